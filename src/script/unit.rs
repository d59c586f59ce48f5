//! Loaded scripts: a pipeline, and what it imports.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rhai::{AST, ASTNode, Engine, Expr, ParseError, Position};
use serde::{Deserialize, Serialize};

use super::insertion::Insertion;
use super::library::{self, Module, PreparedModule, Reached};
use super::resolver::STD;

/// A pipeline and all that it imports.
pub(crate) struct ScriptTree {
    /// What is imported: each behind all that it imports itself.
    pub(crate) modules: Vec<Unit>,
    pub(crate) pipeline: Script,
    reached: OnceLock<Reached>,
}

impl ScriptTree {
    pub(crate) fn new(modules: Vec<Unit>, pipeline: Script) -> ScriptTree {
        ScriptTree {
            modules,
            pipeline,
            reached: OnceLock::new(),
        }
    }

    /// The functions of the embedded library that its scripts can call.
    pub(super) fn reached(&self) -> &Reached {
        self.reached.get_or_init(|| Reached::by(self))
    }
}

/// An imported script: of the project, or of the embedded library.
pub(crate) enum Unit {
    /// One of the project, or of a run's copies.
    Parsed(Script),
    /// A module of the embedded library, as it ships with all that it imports.
    Embedded {
        /// Name under which it is imported: `std/service`.
        name: String,
        text: &'static str,
        prepared: &'static PreparedModule,
    },
}

/// One script that was read and parsed.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) text: String,
    /// The script's syntax tree, as people wrote it.
    pub(crate) ast: AST,
    /// The syntax tree that is executed: see `catch_rewrite` and `name_mangling`.
    pub(crate) executed: Arc<AST>,
    pub(crate) insertions: Arc<[Insertion]>,
    pub(crate) imports: Vec<Import>,
}

/// What was put into a script's text; of an embedded module it is read when somebody asks.
pub(crate) enum Insertions {
    Parsed(Arc<[Insertion]>),
    Embedded(&'static PreparedModule),
}

impl Insertions {
    pub(crate) fn get(&self) -> &[Insertion] {
        match self {
            Insertions::Parsed(insertions) => insertions,
            Insertions::Embedded(prepared) => prepared.insertions(),
        }
    }
}

impl Script {
    /// Members of its map literals.
    pub(crate) fn members(&self) -> BTreeSet<String> {
        let mut members = BTreeSet::new();
        self.ast.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Expr(Expr::Map(map, _))) = path.last() {
                members.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
            }
            true
        });
        members
    }
}

impl Unit {
    pub(crate) fn name(&self) -> &str {
        match self {
            Unit::Parsed(script) => &script.name,
            Unit::Embedded { name, .. } => name,
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Unit::Parsed(script) => &script.text,
            Unit::Embedded { text, .. } => text,
        }
    }

    pub(crate) fn insertions(&self) -> Insertions {
        match self {
            Unit::Parsed(script) => Insertions::Parsed(Arc::clone(&script.insertions)),
            Unit::Embedded { prepared, .. } => Insertions::Embedded(prepared),
        }
    }

    /// Whether it is what the binary carries.
    pub(super) fn is_shipped(&self) -> bool {
        embedded(self.name()).is_some_and(|module| module.text == self.text())
    }

    /// Whether [`Unit::executed`] only has to hand it out.
    pub(super) fn is_parsed(&self, reached: &Reached) -> bool {
        match self {
            Unit::Parsed(_) => true,
            Unit::Embedded { prepared, .. } => prepared.is_parsed(reached),
        }
    }

    /// The syntax tree that is executed, with at least the functions that are `reached`.
    pub(super) fn executed(
        &self,
        engine: &Engine,
        reached: &Reached,
    ) -> Result<Arc<AST>, Box<ParseError>> {
        match self {
            Unit::Parsed(script) => Ok(Arc::clone(&script.executed)),
            Unit::Embedded { name, prepared, .. } => prepared.ast(engine, name, reached),
        }
    }
}

/// The embedded module that the script `name` is in a project without its own.
pub(super) fn embedded(name: &str) -> Option<&'static Module> {
    library::module(name.strip_prefix(STD)?)
}

/// An `import` statement of a script.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Import {
    pub(crate) alias: String,
    /// Name of the imported script.
    pub(crate) target: String,
    #[serde(with = "place")]
    pub(crate) position: Position,
}

/// Positions as line and column.
mod place {
    use rhai::Position;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(at: &Position, to: S) -> Result<S::Ok, S::Error> {
        (at.line().unwrap_or(0), at.position().unwrap_or(0)).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Position, D::Error> {
        let (line, column) = <(u16, u16)>::deserialize(from)?;
        Ok(match line {
            0 => Position::NONE,
            line => Position::new(line, column),
        })
    }
}
