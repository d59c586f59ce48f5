//! Makes the two files of [`super::prepared`] from the library, and holds them to it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use regex::{Captures, Regex};
use rhai::{AST, Engine, Position};
use serde_json::{Value, json};

use super::prepared::{COLUMN, checksum};
use super::reached::{Body, MARK, words};
use super::{MODULES, PreparedModule, Reached};
use crate::primitive;
use crate::script::insertion::{Insertion, insert, original};
use crate::script::loader;
use crate::script::name_mangling::Names;
use crate::script::resolver::{Resolver, STD};
use crate::script::unit::{Script, ScriptTree, Unit};
use crate::script::{Program, check, parser, signature};
use crate::vocabulary::Site;

/// What is generated for one module: its facts, and the text that is executed.
struct GeneratedModule {
    /// What is known of it, a column each.
    facts: [Value; 5],
    executed: String,
}

/// Parses the module `name` in full, with all that it imports.
fn parsed(engine: &Engine, name: &str) -> (Script, Vec<Unit>) {
    // A text that is not the one that ships is never taken as it was prepared.
    let texts = MODULES.iter().map(|module| {
        (
            format!("{STD}{}", module.name),
            format!("{}\n", module.text),
        )
    });
    let resolver = Resolver::recorded(texts.collect());
    let loaded = loader::load(engine, &resolver, &format!("{STD}{name}"))
        .unwrap_or_else(|rejected| panic!("{name}: {:?}", rejected.diagnoses));
    (loaded.pipeline, loaded.modules)
}

fn made(engine: &Engine, name: &str) -> GeneratedModule {
    let (script, modules) = parsed(engine, name);
    let mut insertions = script.insertions.to_vec();
    let lines: Vec<&str> = script.text.lines().collect();
    let names = Names::new(&script, &modules);
    for ((line, column), name, there) in names.calls() {
        let quoted = lines[line - 1].chars().nth(column - 1) == Some('"');
        let position = Position::new(line.try_into().unwrap(), column.try_into().unwrap());
        let behind = name.chars().count() + usize::from(quoted);
        let suffix = there[name.len()..].to_owned();
        insertions.extend(Insertion::behind(position, behind, suffix));
    }
    let defined = definition();
    for (line, text) in lines.iter().enumerate() {
        if let Some(name) = defined.captures(text).and_then(|found| found.get(1)) {
            let start = Position::new(u16::try_from(line + 1).unwrap(), 1);
            let suffix = names.suffix().to_owned();
            insertions.extend(Insertion::behind(start, name.end(), suffix));
        }
    }
    insertions.sort();
    let executed = without_comments(&insert(&script.text, &insertions));
    let ast = same(
        engine,
        &script,
        &names
            .compile(engine, &insert(&script.text, &script.insertions))
            .unwrap(),
        &executed,
        &insertions,
    );
    GeneratedModule {
        facts: [
            json!(script.imports),
            json!(signature::signatures(&script)),
            json!(script.members()),
            json!(insertions),
            json!(bodies(&ast, &executed)),
        ],
        executed,
    }
}

/// The beginning of a line that begins a function.
fn definition() -> Regex {
    Regex::new(r"^(?:private +)?fn +(\w+)").unwrap()
}

/// The functions of a module as it is executed, and what stands outside of them, which is the first.
fn bodies(ast: &AST, executed: &str) -> Vec<Body> {
    let defined = definition();
    let begins = executed.lines().enumerate().filter_map(|(index, line)| {
        let name = defined.captures(line)?[1].to_owned();
        Some((name, index + 1))
    });
    let functions = ast.iter_fn_def().filter(|f| !f.name.starts_with("anon$"));
    let mut functions: Vec<(usize, usize, &str)> = functions
        .map(|f| {
            let end = f.body.end_position().line().unwrap();
            (
                f.body.start_position().line().unwrap(),
                end,
                f.name.as_str(),
            )
        })
        .collect();
    functions.sort_unstable();
    let mut bodies = vec![Body::default()];
    for ((name, first), (opens, last, known)) in begins.zip(functions.iter().copied()) {
        assert!(name == known && bodies[bodies.len() - 1].lines.1 < first && first <= opens);
        bodies.push(Body {
            name,
            lines: (first, last),
            calls: Vec::new(),
        });
    }
    assert_eq!(bodies.len(), functions.len() + 1);
    for (number, line) in (1..).zip(executed.lines()) {
        let at = bodies
            .iter()
            .position(|body| (body.lines.0..=body.lines.1).contains(&number));
        let body = &mut bodies[at.unwrap_or(0)];
        let named = words(line).filter(|word| word.contains(MARK) && *word != body.name);
        body.calls.extend(named.map(str::to_owned));
    }
    for body in &mut bodies {
        body.calls.sort();
        body.calls.dedup();
    }
    bodies
}

/// Leaves out lines that are comments, and what stands behind the last that is none.
fn without_comments(text: &str) -> String {
    let comment = |line: &str| line.trim_start().starts_with("//");
    let lines = text
        .lines()
        .map(|line| if comment(line) { "" } else { line.trim_end() });
    let lines: Vec<&str> = lines.collect();
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// Demands that `executed` means what the script means that is parsed in full, and tells the same places.
fn same(
    engine: &Engine,
    script: &Script,
    expected: &AST,
    executed: &str,
    insertions: &[Insertion],
) -> AST {
    let ast = engine
        .compile(executed)
        .unwrap_or_else(|error| panic!("{}: {error}\n{executed}", script.name));
    let (expected, found) = (shown(expected, &script.insertions), shown(&ast, insertions));
    let differs = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
    assert_eq!(differs, None, "{}", script.name);
    assert_eq!(expected.len(), found.len(), "{}", script.name);
    ast
}

/// A script as Rhai shows it, with the places as they were written and without comments.
fn shown(ast: &AST, insertions: &[Insertion]) -> String {
    let mut text = format!("{:#?}", ast.statements());
    let functions: Vec<(String, String)> = ast
        .iter_fn_def()
        .map(|f| {
            let of = format!("{:?} {:?} {:#?}", f.access, f.params, f.body);
            (f.name.to_string(), of)
        })
        .collect();
    // The names of closures are made anew each time; their bodies follow in the order of their places.
    let mut bodies: Vec<String> = functions
        .into_iter()
        .map(|(name, of)| match name.starts_with("anon$") {
            true => of,
            false => format!("{name} {of}"),
        })
        .collect();
    // `12:3`, `12:3-9` and `12:3-14:1`.
    let place = Regex::new(r"\b(\d+):(\d+)(?:-(?:(\d+):)?(\d+))?\b").unwrap();
    let closure = Regex::new(r"anon\$[0-9a-f]+").unwrap();
    let written = |text: &str| {
        let text = place.replace_all(text, |at: &Captures<'_>| {
            let number = |group: usize| at.get(group).and_then(|it| it.as_str().parse().ok());
            let column = |line: Option<usize>, column: Option<usize>| {
                let (line, column) = (line.unwrap(), column?);
                let site = Site {
                    source: String::new(),
                    line,
                    column,
                };
                Some((line, original(site, insertions).column))
            };
            let end = number(3).or(number(1));
            format!(
                "{:?}-{:?}",
                column(number(1), number(2)),
                column(end, number(4))
            )
        });
        // Hashes are of the names.
        closure.replace_all(&text, "anon").into_owned()
    };
    text = written(&text);
    for body in &mut bodies {
        *body = written(body);
    }
    bodies.sort();
    text + bodies.join("\n").as_str()
}

fn files() -> (String, String) {
    let engine = parser();
    let (mut facts, mut executed) = (String::new(), String::new());
    for module in &MODULES {
        let made = made(&engine, module.name);
        let begin = executed.len();
        executed.push_str(&made.executed);
        let (sum, end) = (checksum(module.text), executed.len());
        let columns = [json!(module.name), json!(sum), json!(begin), json!(end)];
        let columns = columns.iter().chain(&made.facts);
        let columns: Vec<String> = columns.map(Value::to_string).collect();
        let line = columns.join(&COLUMN.to_string());
        writeln!(facts, "{}", line.replacen('"', "", 2)).unwrap();
    }
    (facts, executed)
}

#[test]
fn the_prepared_library_is_the_library() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/script/library");
    let (facts, executed) = files();
    for (name, made) in [("facts.jsonl", facts), ("executed.rhai", executed)] {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_LIBRARY").is_some() {
            std::fs::write(&path, made).unwrap();
        } else {
            let kept = std::fs::read_to_string(&path).unwrap();
            assert!(
                kept == made,
                "{name} is older than the library: UPDATE_LIBRARY=1 cargo test --lib -- library::prepare"
            );
        }
    }
}

/// Nobody else checks it: a pipeline's check leaves out what ships.
#[test]
fn the_library_is_checked() {
    let engine = parser();
    for module in &MODULES {
        let (pipeline, modules) = parsed(&engine, module.name);
        let loaded = ScriptTree::new(modules, pipeline);
        let found = check::check(&loaded, &primitive::all(), &engine);
        assert!(found.is_empty(), "{}: {found:?}", module.name);
    }
}

/// What a process loads twice, it parses once.
#[test]
fn an_embedded_module_is_parsed_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.rhai");
    std::fs::write(&path, "import \"std/service\" as service;").unwrap();
    let [first, second] = [(), ()].map(|()| {
        let program =
            Program::load(&path, &primitive::all()).unwrap_or_else(|_| panic!("it is sound"));
        let unit = program
            .loaded
            .modules
            .iter()
            .find(|unit| unit.name() == "std/service");
        let reached = program.loaded.reached();
        unit.unwrap().executed(&parser(), reached).unwrap()
    });
    assert!(Arc::ptr_eq(&first, &second));
}

/// What is left out for a program, none of its functions can come to; what is left means what it meant.
#[test]
fn what_is_left_of_a_module_is_whole() {
    let engine = parser();
    let modules: Vec<&PreparedModule> = MODULES
        .iter()
        .map(|module| module.prepared().unwrap())
        .collect();
    let all = || modules.iter().flat_map(|module| module.bodies());
    let everything = Reached::only(all().map(|body| body.name.as_str()));
    let by_name = |asts: &[Arc<AST>]| {
        let functions = asts.iter().flat_map(|ast| ast.iter_fn_def());
        let named = functions.filter(|f| !f.name.starts_with("anon$"));
        let shown = named.map(|f| {
            (
                (f.name.to_string(), f.params.len()),
                format!("{:?}", f.body),
            )
        });
        shown.collect::<BTreeMap<_, _>>()
    };
    let parse = |reached: &Reached| -> Vec<Arc<AST>> {
        let parsed = MODULES.iter().map(|module| {
            // One that has parsed nothing so far.
            let prepared = PreparedModule::find(module.name, module.text).unwrap();
            prepared.ast(&engine, module.name, reached).unwrap()
        });
        parsed.collect()
    };
    let closure = Regex::new(r"anon\$[0-9a-f]+").unwrap();
    let same = |text: &str| closure.replace_all(text, "anon").into_owned();
    let whole = by_name(&parse(&everything));
    assert_eq!(
        whole.len(),
        all().filter(|body| !body.name.is_empty()).count()
    );
    for pipeline in ["prod.rhai", "imagy/deploy.rhai", "menotime/production.rhai"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("pipelines")
            .join(pipeline);
        let program =
            Program::load(&path, &primitive::all()).unwrap_or_else(|_| panic!("it is sound"));
        let left = by_name(&parse(program.loaded.reached()));
        assert!(!left.is_empty() && left.len() < whole.len());
        for (name, body) in &left {
            assert_eq!(same(body), same(&whole[name]), "{name:?}");
            for called in words(body).filter(|word| word.contains(MARK)) {
                assert!(
                    left.keys().any(|(name, _)| name == called),
                    "{name:?}: {called}"
                );
            }
        }
    }
}
