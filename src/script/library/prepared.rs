//! Embedded modules as they are executed, prepared when the library was last changed: comments out, every function
//! with its own name (see [`name_mangling`](super::super::name_mangling)), the statements of
//! [`catch_rewrite`](super::super::catch_rewrite) in; lines stay where they are.
//!
//! Two generated files hold them: `executed.rhai`, the texts one behind the other, and `facts.jsonl`, a line a module:
//! the checksum of the text that it was made from, where its executed text is, and what is known of it, in columns that
//! are read when they are asked for. A module whose
//! checksum is another is not prepared: an outdated file costs time, and changes nothing. After a change of the library:
//! `UPDATE_LIBRARY=1 cargo test --lib -- library::prepare`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, OnceLock};

use rhai::{AST, Engine, ParseError};
use serde::de::DeserializeOwned;

use crate::script::insertion::Insertion;
use crate::script::signature::Signature;
use crate::script::unit::Import;

/// All executed texts.
const EXECUTED: &str = include_str!("executed.rhai");
/// What is known of each module.
const FACTS: &str = include_str!("facts.jsonl");

/// Between the columns of a line of [`FACTS`].
pub(super) const COLUMN: char = '\t';

/// Columns of [`FACTS`] by module, without its name.
static LINES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    FACTS
        .lines()
        .filter_map(|line| line.split_once(COLUMN))
        .collect()
});

/// A prepared module.
pub(crate) struct PreparedModule {
    imports: Column<Vec<Import>>,
    functions: Column<Vec<Signature>>,
    members: Column<BTreeSet<String>>,
    insertions: Column<Vec<Insertion>>,
    executed: &'static str,
    parsed: OnceLock<Result<AST, Box<ParseError>>>,
}

/// JSON that is read once, when it is asked for.
struct Column<T> {
    json: &'static str,
    read: OnceLock<T>,
}

impl<T: DeserializeOwned + Default> Column<T> {
    fn new(json: &'static str) -> Self {
        Column {
            json,
            read: OnceLock::new(),
        }
    }

    /// A test holds the file to what is made of the library: it can be read.
    fn get(&self) -> &T {
        self.read
            .get_or_init(|| serde_json::from_str(self.json).unwrap_or_default())
    }
}

impl PreparedModule {
    /// The module `name`, if it was prepared from this text.
    pub(super) fn find(name: &str, text: &str) -> Option<PreparedModule> {
        let mut columns = LINES.get(name)?.split(COLUMN);
        let mut number = || columns.next()?.parse::<usize>().ok();
        let (sum, begin, end) = (number()?, number()?, number()?);
        if sum != checksum(text) {
            return None;
        }
        Some(PreparedModule {
            imports: Column::new(columns.next()?),
            functions: Column::new(columns.next()?),
            members: Column::new(columns.next()?),
            insertions: Column::new(columns.next()?),
            executed: EXECUTED.get(begin..end)?,
            parsed: OnceLock::new(),
        })
    }

    pub(in crate::script) fn imports(&self) -> &[Import] {
        self.imports.get()
    }

    /// Its functions, without their doc comments and places.
    pub(in crate::script) fn functions(&self) -> &[Signature] {
        self.functions.get()
    }

    /// Members of its map literals.
    pub(in crate::script) fn members(&self) -> &BTreeSet<String> {
        self.members.get()
    }

    /// What was put into its text.
    pub(in crate::script) fn insertions(&self) -> &[Insertion] {
        self.insertions.get()
    }

    /// Whether it has been parsed.
    pub(in crate::script) fn is_parsed(&self) -> bool {
        self.parsed.get().is_some()
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
