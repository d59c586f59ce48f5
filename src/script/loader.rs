//! From a pipeline's name to everything it imports: parsed, in the order in which it is needed.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rhai::{AST, ASTNode, Engine, Expr, Position, Stmt};

use super::InvalidPipeline;
use super::big_stack::on_big_stacks;
use super::catch_rewrite;
use super::diagnosis::Diagnosis;
use super::early_end;
use super::failure;
use super::name_mangling::Names;
use super::parse_help;
use super::resolver::{self, Resolver, Sources, UnresolvedImport};
use super::unit::{Import, Script, ScriptTree, Unit, embedded};
use super::unknown_switch;
use crate::vocabulary::Site;

/// Loads `entry` and all that it imports.
pub(crate) fn load(
    engine: &Engine,
    resolver: &Resolver,
    entry: &str,
) -> Result<ScriptTree, InvalidPipeline> {
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
        Some(Unit::Parsed(pipeline)) if loader.wrong.is_empty() => {
            Ok(ScriptTree::new(loader.units, pipeline))
        }
        _ => Err(InvalidPipeline {
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
            // What some editors begin a file with is not part of the script.
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(error) => return self.wrong.push(unresolved(error, from)),
        };
        self.sources.insert(name.to_owned(), text.clone());
        if self.take_embedded(name, &text) {
            return;
        }
        let (mut ast, mut insertions) = match unknown_switch::compile(self.engine, &text) {
            Ok(parsed) => parsed,
            Err(error) => {
                return self.wrong.push(parse_help::explain(&error, &text, name));
            }
        };
        if let Some(at) = open_comment(self.engine, &text) {
            let found = Diagnosis::new("a comment is not closed", failure::site(name, at));
            let help = "everything after it would be ignored: close it with */".to_owned();
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
            executed: Arc::default(),
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
                let text = super::insertion::insert(&script.text, &script.insertions);
                let text = match index + 1 == units.len() {
                    true => early_end::marked(text, &script.ast),
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
                Ok(mut ast) => {
                    ast.set_source(script.name.as_str());
                    script.executed = Arc::new(ast);
                }
                Err(error) => {
                    self.wrong
                        .push(parse_help::explain(&error, &script.text, &script.name))
                }
            }
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

fn unresolved(error: UnresolvedImport, site: Site) -> Diagnosis {
    // The pipeline itself is not imported from anywhere.
    let label = if site.line > 0 { "imported here" } else { "" };
    Diagnosis::new(error.message, site)
        .label(label)
        .help(error.help)
}
