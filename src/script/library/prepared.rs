//! Embedded modules as they are executed, prepared when the library was last changed: comments out, every function
//! with its own name (see [`name_mangling`](super::super::name_mangling)), the statements of
//! [`catch_rewrite`](super::super::catch_rewrite) in; lines stay where they are.
//!
//! Two generated files hold them: `executed.rhai`, the texts one behind the other, and `facts.jsonl`, a line a module:
//! the checksum of the text that it was made from, where its executed text is, and its [`Facts`]. A module whose
//! checksum is another is not prepared: an outdated file costs time, and changes nothing. After a change of the library:
//! `UPDATE_LIBRARY=1 cargo test --lib -- library::prepare`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, OnceLock};

use rhai::{AST, Engine, ParseError};
use serde::{Deserialize, Serialize};

use crate::script::catch_rewrite::Insertion;
use crate::script::loader::Import;
use crate::script::signature::Signature;

/// All executed texts.
const EXECUTED: &str = include_str!("executed.rhai");
/// What is known of each module.
const FACTS: &str = include_str!("facts.jsonl");

/// Lines of [`FACTS`] by module: the head and the JSON.
static LINES: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
    let lines = FACTS.lines().filter_map(|line| {
        let (head, facts) = line.split_at(line.find('{')?);
        Some((head.split(' ').next()?, (head, facts)))
    });
    lines.collect()
});

/// A prepared module.
pub(in crate::script) struct Prepared {
    pub(in crate::script) facts: Facts,
    /// What was put into its text.
    pub(in crate::script) insertions: Arc<[Insertion]>,
    executed: &'static str,
    parsed: OnceLock<Result<AST, Box<ParseError>>>,
}

/// What the loader and the checker know of a module without parsing it.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::script) struct Facts {
    pub(in crate::script) imports: Vec<Import>,
    pub(in crate::script) functions: Vec<Signature>,
    /// Members of its map literals.
    pub(in crate::script) members: BTreeSet<String>,
    /// Where something was put into a line: line, column, text.
    pub(super) insertions: Vec<Insertion>,
}

impl Prepared {
    /// The module `name`, if it was prepared from this text.
    pub(super) fn find(name: &str, text: &str) -> Option<Prepared> {
        let (head, facts) = LINES.get(name)?;
        let mut head = head
            .split(' ')
            .skip(1)
            .map_while(|it| it.parse::<usize>().ok());
        let (sum, begin, end) = (head.next()?, head.next()?, head.next()?);
        if sum != checksum(text) {
            return None;
        }
        let mut facts: Facts = serde_json::from_str(facts).ok()?;
        Some(Prepared {
            insertions: std::mem::take(&mut facts.insertions).into(),
            facts,
            executed: EXECUTED.get(begin..end)?,
            parsed: OnceLock::new(),
        })
    }

    /// The module `source` as it is executed, parsed the first time that it is asked for.
    ///
    /// # Errors
    /// It does not parse: it was prepared by another version of the language.
    pub(in crate::script) fn ast(
        &self,
        engine: &Engine,
        source: &str,
    ) -> Result<&AST, Box<ParseError>> {
        let parse = || {
            let mut ast = engine.compile(self.executed)?;
            ast.set_source(source);
            Ok(ast)
        };
        self.parsed
            .get_or_init(parse)
            .as_ref()
            .map_err(Clone::clone)
    }
}

/// CRC-32 of a module's text.
pub(super) fn checksum(text: &str) -> usize {
    crc32fast::hash(text.as_bytes()) as usize
}
