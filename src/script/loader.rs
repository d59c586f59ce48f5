//! From a pipeline's name to everything it imports: parsed, in the order in which it is needed.

use rhai::{AST, ASTNode, Engine, Expr, Module, ModuleResolver, Position, Scope, Shared, Stmt};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use super::Rejected;
use super::big_stack::on_big_stacks;
use super::catch_rewrite::{self, Insertion};
use super::diagnosis::Diagnosis;
use super::early;
use super::failure::{self, Error};
use super::name_mangling::Names;
use super::resolver::{self, Resolver, Sources, Unresolved};
use super::switches;
use crate::vocabulary::Site;

/// One script, parsed.
pub(crate) struct Unit {
    pub(crate) name: String,
    pub(crate) text: String,
    /// As it was written.
    pub(crate) ast: AST,
    /// As it is executed: see [`catches`] and [`super::name_mangling`].
    pub(crate) executed: AST,
    pub(crate) insertions: Vec<Insertion>,
    pub(crate) imports: Vec<Import>,
}

/// An `import` statement.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) alias: String,
    /// Name of the imported script.
    pub(crate) target: String,
    pub(crate) position: Position,
}

/// Loads `entry` and all that it imports; what is imported comes first, `entry` last.
pub(crate) fn load(
    engine: &Engine,
    resolver: &Resolver,
    entry: &str,
) -> Result<Vec<Unit>, Rejected> {
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
    if loader.wrong.is_empty() {
        Ok(loader.units)
    } else {
        Err(Rejected {
            diagnoses: loader.wrong,
            sources: loader.sources,
        })
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
        if self.units.iter().any(|unit| unit.name == name) {
            return;
        }
        let text = match self.resolver.text(name) {
            // What some editors begin a file with is no part of the script.
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(error) => return self.wrong.push(unresolved(error, from)),
        };
        self.sources.insert(name.to_owned(), text.clone());
        let (mut ast, mut insertions) = match switches::compile(self.engine, &text) {
            Ok(parsed) => parsed,
            Err(error) => return self.wrong.push(syntax(&error, name)),
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
        self.open.push(name.to_owned());
        for import in &imports {
            self.visit(&import.target, failure::site(name, import.position));
        }
        self.open.pop();
        insertions.extend(catch_rewrite::insertions(&ast));
        insertions.sort();
        self.units.push(Unit {
            name: name.to_owned(),
            text,
            insertions,
            ast,
            executed: AST::empty(),
            imports,
        });
    }

    /// Parses every script once more, as it is executed: now it is known where its calls lead. Half of the work of
    /// loading, and each by itself: all cores take part.
    fn settle(&mut self) {
        let (engine, units) = (self.engine, &self.units);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let index = next.fetch_add(1, Ordering::Relaxed)
                && let Some(unit) = units.get(index)
            {
                let names = Names::new(unit, &units[..index]);
                let text = catch_rewrite::insert(&unit.text, &unit.insertions);
                let text = match index + 1 == units.len() {
                    true => early::marked(text, &unit.ast),
                    false => text,
                };
                done.push((index, names.compile(engine, &text)));
            }
            done
        };
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let parsed = on_big_stacks(cores.min(units.len()), work);
        for (index, parsed) in parsed.into_iter().flatten() {
            let unit = &mut self.units[index];
            match parsed {
                Ok(ast) => unit.executed = ast,
                Err(error) => self.wrong.push(syntax(&error, &unit.name)),
            }
            unit.executed.set_source(unit.name.as_str());
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

fn syntax(error: &rhai::ParseError, name: &str) -> Diagnosis {
    let site = failure::site(name, error.position());
    Diagnosis::new(error.err_type().to_string(), site).label("here")
}

/// The evaluated modules of one engine, by name.
#[derive(Clone, Default)]
pub(crate) struct Modules(Arc<RwLock<BTreeMap<String, Shared<Module>>>>);

impl Modules {
    /// Evaluates `units` in their order.
    ///
    /// # Errors
    /// The first that fails, with its name.
    pub(crate) fn evaluate<'u>(
        &self,
        engine: &Engine,
        units: &'u [Unit],
    ) -> Result<(), (&'u str, Error)> {
        for unit in units {
            let module = Module::eval_ast_as_new(Scope::new(), &unit.executed, engine)
                .map_err(|error| (unit.name.as_str(), error))?;
            self.0
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(unit.name.clone(), module.into());
        }
        Ok(())
    }
}

impl ModuleResolver for Modules {
    fn resolve(
        &self,
        _engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Error> {
        let missing = || {
            let path = path.to_owned();
            Error::from(rhai::EvalAltResult::ErrorModuleNotFound(path, position))
        };
        let name = resolver::resolve(source.unwrap_or_default(), path).map_err(|_| missing())?;
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
            .cloned()
            .ok_or_else(missing)
    }
}
