//! Which file imports which: rooms only import rooms below them, and no files import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;

/// A module by its path: `["run", "perform"]`; of the crate itself: empty.
type Module = Vec<String>;

/// The rooms, from the top to the bottom: each may import those behind it.
const ROOMS: [&str; 16] = [
    "cli",
    "report",
    "testing",
    "script",
    "run",
    "primitive",
    "world",
    "journal",
    "scrub",
    "data",
    "retry",
    "suggest",
    "cancel",
    "sync",
    "vocabulary",
    "text",
];

/// Every module of the program, with its text outside comments and tests, and whether it is a folder's front page.
fn modules() -> BTreeMap<Module, (String, bool)> {
    fn walk(folder: &Path, at: &[String], found: &mut BTreeMap<Module, (String, bool)>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = |name: &str| [at, &[name.to_owned()]].concat();
            if path.is_dir() {
                walk(&path, &below(&name), found);
            } else if let Some(name) = name.strip_suffix(".rs") {
                let front = ["mod", "lib"].contains(&name);
                let module = if front { at.to_vec() } else { below(name) };
                if name != "main" && !module.contains(&"tests".to_owned()) {
                    found.insert(module, (code(&path), front));
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &[],
        &mut found,
    );
    found
}

fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a file");
    let text = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths of a `use`: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(tree: &str, before: &str, found: &mut Vec<String>) {
    let mut depth = 0;
    let parts = tree.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((head, rest)) => {
                let inner = rest.strip_suffix('}').unwrap_or(rest);
                paths(inner, &format!("{before}{}", head.trim()), found);
            }
            None => found.push(format!(
                "{before}{}",
                part.split(" as ").next().unwrap_or_default()
            )),
        }
    }
}

/// The modules that a module names, itself left out.
fn imports(
    module: &Module,
    text: &str,
    all: &BTreeMap<Module, (String, bool)>,
) -> BTreeSet<Module> {
    let uses = Regex::new(r"\buse ([^;]+);").expect("a pattern");
    let named = Regex::new(r"\b(?:crate|super)(?:::\w+)+").expect("a pattern");
    let mut found: Vec<String> = named
        .find_iter(text)
        .map(|m| m.as_str().to_owned())
        .collect();
    for tree in uses.captures_iter(text) {
        paths(&tree[1], "", &mut found);
    }
    let resolve = |path: &String| -> Option<Module> {
        let words: Vec<&str> = path
            .split("::")
            .map(str::trim)
            .filter(|w| !["self", "*"].contains(w))
            .collect();
        let up = words.iter().take_while(|word| **word == "super").count();
        let rest = words[up..].iter().map(|word| (*word).to_owned());
        let mut at: Module = match words.first().copied()? {
            "crate" => rest.skip(1).collect(),
            "super" => module
                .iter()
                .take(module.len().checked_sub(up)?)
                .cloned()
                .chain(rest)
                .collect(),
            child => {
                let below = [module.as_slice(), &[child.to_owned()]].concat();
                all.get(&below)
                    .map(|_| module.iter().cloned().chain(rest).collect())?
            }
        };
        while !all.contains_key(&at) {
            at.pop()?;
        }
        Some(at)
    };
    found
        .iter()
        .filter_map(resolve)
        .filter(|to| to != module)
        .collect()
}

#[test]
fn a_room_imports_only_rooms_below_it() {
    let all = modules();
    let mut wrong = BTreeSet::new();
    for (module, (text, _)) in all.iter().filter(|(module, _)| !module.is_empty()) {
        let place = |module: &Module| ROOMS.iter().position(|room| *room == module[0]);
        let from = place(module)
            .unwrap_or_else(|| panic!("{} is a room that nobody has placed", module[0]));
        for to in imports(module, text, &all)
            .iter()
            .filter(|to| !to.is_empty())
        {
            if place(to).is_some_and(|to| to < from) {
                wrong.insert(format!("{} imports {}", module.join("::"), to.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let all = modules();
    // A folder's front page names what is below it, and what is below uses what the front page holds.
    let one_family =
        |a: &Module, b: &Module| (all[a].1 && b.starts_with(a)) || (all[b].1 && a.starts_with(b));
    let mut edges: BTreeMap<&Module, BTreeSet<Module>> = BTreeMap::new();
    for (module, (text, _)) in &all {
        let to = imports(module, text, &all)
            .into_iter()
            .filter(|to| !one_family(module, to));
        edges.insert(module, to.collect());
    }
    // Whatever imports nothing that is left is not part of a circle.
    loop {
        let left: BTreeSet<Module> = edges.keys().map(|module| (*module).clone()).collect();
        let before = edges.len();
        edges.retain(|_, to| to.iter().any(|to| left.contains(to)));
        let imported: BTreeSet<Module> = edges.values().flatten().cloned().collect();
        edges.retain(|module, _| imported.contains(*module));
        if edges.len() == before {
            break;
        }
    }
    let left: Vec<String> = edges
        .iter()
        .map(|(module, to)| {
            let to: Vec<String> = to
                .iter()
                .filter(|to| edges.contains_key(to))
                .map(|to| to.join("::"))
                .collect();
            format!("{} → {}", module.join("::"), to.join(", "))
        })
        .collect();
    assert!(left.is_empty(), "{left:#?}");
}
