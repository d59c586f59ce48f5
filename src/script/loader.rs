//! From a pipeline's name to everything it imports: parsed, in the order in which it is needed.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rhai::{AST, ASTNode, Engine, Expr, ParseError, Position, Stmt};
use serde::{Deserialize, Serialize};

use super::Rejected;
use super::big_stack::on_big_stacks;
use super::catch_rewrite::{self, Insertion};
use super::diagnosis::Diagnosis;
use super::early;
use super::failure;
use super::library::{self, Module, Prepared};
use super::name_mangling::Names;
use super::parse_help;
use super::resolver::{self, Resolver, STD, Sources, Unresolved};
use super::signature::{self, Signature};
use super::switches;
use crate::vocabulary::Site;

/// A pipeline and all that it imports.
pub(crate) struct Loaded {
    /// What is imported: each behind all that it imports itself.
    pub(crate) modules: Vec<Unit>,
    pub(crate) pipeline: Script,
}

/// An imported script.
pub(crate) enum Unit {
    /// One of the project, or of a run's copies.
    Parsed(Script),
    /// A module of the embedded library, as it ships with all that it imports.
    Embedded {
        /// `std/service`
        name: String,
        text: &'static str,
        prepared: &'static Prepared,
    },
}

/// One script, parsed.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) text: String,
    /// As it was written.
    pub(crate) ast: AST,
    /// As it is executed: see [`catch_rewrite`] and [`super::name_mangling`].
    pub(crate) executed: AST,
    pub(crate) insertions: Arc<[Insertion]>,
    pub(crate) imports: Vec<Import>,
}

/// What was put into a script's text; of an embedded module it is read when somebody asks.
pub(crate) enum Insertions {
    Parsed(Arc<[Insertion]>),
    Embedded(&'static Prepared),
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

    /// Its functions; of an embedded module without their doc comments and places.
    pub(crate) fn signatures(&self) -> Vec<Signature> {
        match self {
            Unit::Parsed(script) => signature::signatures(script),
            Unit::Embedded { prepared, .. } => prepared.functions().to_vec(),
        }
    }

    /// Whether it is what the binary carries.
    fn is_shipped(&self) -> bool {
        embedded(self.name()).is_some_and(|module| module.text == self.text())
    }

    /// Whether [`Unit::executed`] only has to hand it out.
    pub(crate) fn is_parsed(&self) -> bool {
        match self {
            Unit::Parsed(_) => true,
            Unit::Embedded { prepared, .. } => prepared.is_parsed(),
        }
    }

    /// As it is executed.
    ///
    /// # Errors
    /// What was prepared does not parse.
    pub(crate) fn executed(&self, engine: &Engine) -> Result<&AST, Box<ParseError>> {
        match self {
            Unit::Parsed(script) => Ok(&script.executed),
            Unit::Embedded { name, prepared, .. } => prepared.ast(engine, name),
        }
    }
}

/// The embedded module that the script `name` is in a project without its own.
fn embedded(name: &str) -> Option<&'static Module> {
    library::module(name.strip_prefix(STD)?)
}

/// An `import` statement.
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

/// Loads `entry` and all that it imports.
pub(crate) fn load(engine: &Engine, resolver: &Resolver, entry: &str) -> Result<Loaded, Rejected> {
    let mut loader = Loader {
        engine,
        resolver,
        units: Vec::new(),
        open: Vec::new(),
        sources: Sources::new(),
        wrong: Vec::new(),
    };
    let start = Site {
        source: entry.to_owned(),
        ..Site::default()
    };
    loader.visit(entry, start);
    if loader.wrong.is_empty() {
        loader.settle();
    }
    match loader.units.pop() {
        Some(Unit::Parsed(pipeline)) if loader.wrong.is_empty() => Ok(Loaded {
            modules: loader.units,
            pipeline,
        }),
        _ => Err(Rejected {
            diagnoses: loader.wrong,
            sources: loader.sources,
        }),
    }
}

struct Loader<'a> {
    engine: &'a Engine,
    resolver: &'a Resolver,
    units: Vec<Unit>,
    /// The chain of imports that led here.
    open: Vec<String>,
    sources: Sources,
    wrong: Vec<Diagnosis>,
}

impl Loader<'_> {
    fn visit(&mut self, name: &str, from: Site) {
        if self.open.iter().any(|open| open == name) {
            let chain = [&self.open[..], &[name.to_owned()]].concat().join(" → ");
            let message = format!("scripts import each other in a circle: {chain}");
            self.wrong
                .push(Diagnosis::new(message, from).label("closes the circle"));
            return;
        }
        if self.units.iter().any(|unit| unit.name() == name) {
            return;
        }
        let text = match self.resolver.text(name) {
            // What some editors begin a file with is no part of the script.
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(error) => return self.wrong.push(unresolved(error, from)),
        };
        self.sources.insert(name.to_owned(), text.clone());
        if self.take_embedded(name, &text) {
            return;
        }
        let (mut ast, mut insertions) = match switches::compile(self.engine, &text) {
            Ok(parsed) => parsed,
            Err(error) => {
                return self.wrong.push(parse_help::explain(&error, &text, name));
            }
        };
        if let Some(at) = open_comment(self.engine, &text) {
            let found = Diagnosis::new("a comment is not closed", failure::site(name, at));
            let help = "all behind it would be left out: close it with */".to_owned();
            return self
                .wrong
                .push(found.label("it begins here").help(Some(help)));
        }
        ast.set_source(name);
        let imports = self.imports(name, &ast);
        self.visit_all(name, &imports);
        insertions.extend(catch_rewrite::insertions(&ast));
        insertions.sort();
        self.units.push(Unit::Parsed(Script {
            name: name.to_owned(),
            text,
            insertions: insertions.into(),
            ast,
            executed: AST::empty(),
            imports,
        }));
    }

    fn visit_all(&mut self, name: &str, imports: &[Import]) {
        self.open.push(name.to_owned());
        for import in imports {
            self.visit(&import.target, failure::site(name, import.position));
        }
        self.open.pop();
    }

    /// Takes a module as it was prepared, if it ships with this text and finds the functions that ship, too.
    fn take_embedded(&mut self, name: &str, text: &str) -> bool {
        let module = embedded(name).filter(|module| module.text == text);
        let prepared = module.and_then(|module| Some((module, module.prepared()?)));
        // The pipeline itself is told in all its places.
        let Some((module, prepared)) = prepared.filter(|_| !self.open.is_empty()) else {
            return false;
        };
        let wrong = self.wrong.len();
        self.visit_all(name, prepared.imports());
        let find = |target: &str| self.units.iter().find(|unit| unit.name() == target);
        let mut imported = prepared.imports().iter().map(|import| find(&import.target));
        if !imported.all(|unit| unit.is_some_and(Unit::is_shipped)) {
            // It is parsed, and its imports are visited again.
            self.wrong.truncate(wrong);
            return false;
        }
        self.units.push(Unit::Embedded {
            name: name.to_owned(),
            text: module.text,
            prepared,
        });
        true
    }

    /// Parses every script once more, as it is executed: now it is known where its calls lead. Half of the work of
    /// loading, and each by itself: all cores take part.
    fn settle(&mut self) {
        let (engine, units) = (self.engine, &self.units);
        let scripts: Vec<(usize, &Script)> = units
            .iter()
            .enumerate()
            .filter_map(|(index, unit)| match unit {
                Unit::Parsed(script) => Some((index, script)),
                Unit::Embedded { .. } => None,
            })
            .collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((index, script)) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                let names = Names::new(script, &units[..*index]);
                let text = catch_rewrite::insert(&script.text, &script.insertions);
                let text = match index + 1 == units.len() {
                    true => early::marked(text, &script.ast),
                    false => text,
                };
                done.push((*index, names.compile(engine, &text)));
            }
            done
        };
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let parsed = match cores.min(scripts.len()) {
            1 => vec![work()],
            threads => on_big_stacks(threads, work),
        };
        for (index, parsed) in parsed.into_iter().flatten() {
            let Unit::Parsed(script) = &mut self.units[index] else {
                continue;
            };
            match parsed {
                Ok(ast) => script.executed = ast,
                Err(error) => {
                    self.wrong
                        .push(parse_help::explain(&error, &script.text, &script.name))
                }
            }
            script.executed.set_source(script.name.as_str());
        }
    }

    fn imports(&mut self, name: &str, ast: &AST) -> Vec<Import> {
        let mut found = Vec::new();
        ast.walk(&mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Stmt(Stmt::Import(import, _))) = path.last() {
                let (what, alias) = &**import;
                found.push((what.clone(), alias.name.to_string()));
            }
            true
        });
        let mut imports = Vec::new();
        for (what, alias) in found {
            let site = failure::site(name, what.position());
            match what {
                Expr::StringConstant(path, position) => match resolver::resolve(name, &path) {
                    Ok(target) => imports.push(Import {
                        alias,
                        target,
                        position,
                    }),
                    Err(error) => self.wrong.push(unresolved(error, site)),
                },
                _ => self.wrong.push(
                    Diagnosis::new("an import names its module as a plain string", site)
                        .label("not a plain string"),
                ),
            }
        }
        imports
    }
}

/// Where a comment begins that is open at the end: Rhai takes the end of the text for its end, too. What follows it is
/// text to Rhai only if no comment is open.
fn open_comment(engine: &Engine, text: &str) -> Option<Position> {
    let is_open = |text: &str| engine.compile(format!("{text}\n)")).is_ok();
    // To parse once more costs time: only where one begins outside of a text, as far as its line tells.
    let begins = |line: &str| {
        let mut before = line.match_indices("/*").map(|(at, _)| &line[..at]);
        before.any(|before| before.matches(['"', '`']).count() % 2 == 0)
    };
    if !text.lines().any(begins) || !is_open(text) {
        return None;
    }
    // The last that opens one outside of any other; within a block that cannot be told, and the last of all is likely.
    let starts = text.match_indices("/*").map(|(at, _)| at);
    let opens = |at: &usize| is_open(&text[..at + 2]) && !is_open(&text[..*at]);
    let at = starts.filter(opens).last().or_else(|| text.rfind("/*"))?;
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    let position = (u16::try_from(line).ok()?, u16::try_from(column).ok()?);
    Some(Position::new(position.0, position.1))
}

fn unresolved(error: Unresolved, site: Site) -> Diagnosis {
    // The pipeline itself is not imported from anywhere.
    let label = if site.line > 0 { "imported here" } else { "" };
    Diagnosis::new(error.message, site)
        .label(label)
        .help(error.help)
}
