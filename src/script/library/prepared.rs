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
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use rhai::{AST, Engine, ParseError};
use serde::de::DeserializeOwned;

use super::reached::{Body, Reached};
use crate::script::insertion::Insertion;
use crate::script::signature::Signature;
use crate::script::unit::Import;
use crate::sync::Lock;

/// The texts of all modules as they are executed, one after the other.
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

/// A module with the facts and the executed text that were generated for it.
pub(crate) struct PreparedModule {
    imports: Column<Vec<Import>>,
    functions: Column<Vec<Signature>>,
    members: Column<BTreeSet<String>>,
    insertions: Column<Vec<Insertion>>,
    bodies: Column<Vec<Body>>,
    executed: &'static str,
    parsed: Mutex<Option<Parsed>>,
}

/// A module as far as the programs of this process have needed it.
struct Parsed {
    /// Which of its function bodies are in `ast`, by their index.
    bodies: Vec<bool>,
    ast: Result<Arc<AST>, Box<ParseError>>,
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
            bodies: Column::new(columns.next()?),
            executed: EXECUTED.get(begin..end)?,
            parsed: Mutex::new(None),
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

    /// Its functions, and what stands outside of them.
    pub(super) fn bodies(&self) -> &[Body] {
        self.bodies.get()
    }

    /// Whether what a program can reach of it has been parsed.
    pub(in crate::script) fn is_parsed(&self, reached: &Reached) -> bool {
        let parsed = self.parsed.locked();
        parsed
            .as_ref()
            .is_some_and(|it| it.has(self.wanted(reached)))
    }

    fn wanted(&self, reached: &Reached) -> impl Iterator<Item = bool> {
        self.bodies().iter().map(|body| reached.has(body))
    }

    /// The module `source` as it is executed, with the functions that a program can reach at least. It is parsed when
    /// it is first asked for, and again with more when more is needed.
    ///
    /// # Errors
    /// It does not parse: it was prepared by another version of the language.
    pub(in crate::script) fn ast(
        &self,
        engine: &Engine,
        source: &str,
        reached: &Reached,
    ) -> Result<Arc<AST>, Box<ParseError>> {
        let mut parsed = self.parsed.locked();
        let before = parsed.as_ref();
        if let Some(before) = before.filter(|it| it.has(self.wanted(reached))) {
            return before.ast.clone();
        }
        // What another program has needed stays: it may be needed again.
        let kept = |index: usize| before.is_some_and(|it| it.bodies[index]);
        let wanted = self.wanted(reached).enumerate();
        let bodies: Vec<bool> = wanted.map(|(index, it)| it || kept(index)).collect();
        let ast = engine.compile(self.only(&bodies)).map(|mut ast| {
            ast.set_source(source);
            Arc::new(ast)
        });
        let ast = ast.map_err(Box::new);
        parsed.insert(Parsed { bodies, ast }).ast.clone()
    }

    /// Its text with these bodies; each on the lines where it stands in the whole.
    fn only(&self, bodies: &[bool]) -> String {
        let all = self.bodies().iter().zip(bodies);
        let mut without = all
            .filter(|(_, wanted)| !**wanted)
            .map(|(body, _)| body.lines)
            .peekable();
        let mut text = String::with_capacity(self.executed.len());
        for (number, line) in (1..).zip(self.executed.lines()) {
            while without.next_if(|(_, last)| *last < number).is_some() {}
            if without.peek().is_none_or(|(first, _)| number < *first) {
                text.push_str(line);
            }
            text.push('\n');
        }
        text
    }
}

impl Parsed {
    fn has(&self, mut wanted: impl Iterator<Item = bool>) -> bool {
        let mut bodies = self.bodies.iter();
        wanted.all(|wanted| bodies.next().is_some_and(|has| *has || !wanted))
    }
}

/// CRC-32 of a module's text.
pub(super) fn checksum(text: &str) -> usize {
    crc32fast::hash(text.as_bytes()) as usize
}
