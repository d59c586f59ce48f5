//! The tree itself: no test file is forgotten, no primitive knows the kinds of worlds, codes are constants, and files
//! and matches are short.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Every Rust file below `folder`.
fn files_below(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.insert(path);
        }
    }
}

/// A file and every file that it includes with `mod name;`.
fn included(file: &Path, modules: &Path, found: &mut BTreeSet<PathBuf>) {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    found.insert(file.to_owned());
    for line in text.lines() {
        let declared = line.trim_start_matches("pub ").strip_prefix("mod ");
        let Some(name) = declared.and_then(|rest| rest.strip_suffix(';')) else {
            continue;
        };
        let file = modules.join(format!("{name}.rs"));
        let folder = modules.join(name);
        if file.exists() {
            included(&file, &folder, found);
        } else {
            included(&folder.join("mod.rs"), &folder, found);
        }
    }
}

#[test]
fn every_test_file_is_included() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut there = BTreeSet::new();
    files_below(&tests, &mut there);
    // The benchmarks are targets of their own.
    there.retain(|file| !file.starts_with(tests.join("bench")));
    let mut reached = BTreeSet::new();
    included(&tests.join("main.rs"), &tests, &mut reached);
    let forgotten: Vec<_> = there.difference(&reached).collect();
    assert!(forgotten.is_empty(), "add `mod …;` for {forgotten:#?}");
    assert!(reached.len() > 60, "{}", reached.len());
}

/// Lines of a file at most.
const MOST_LINES: usize = 400;

#[test]
fn no_file_has_more_than_400_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeSet::new();
    for folder in ["src", "tests"] {
        files_below(&root.join(folder), &mut files);
    }
    let lines = |file: &PathBuf| fs::read_to_string(file).expect("a text").lines().count();
    let long: Vec<(usize, PathBuf)> = files
        .into_iter()
        .map(|file| (lines(&file), file))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn no_primitive_asks_in_which_world_it_is() {
    let mut files = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    files_below(&source.join("primitive"), &mut files);
    assert!(files.len() > 60, "{}", files.len());
    for file in files {
        let text = fs::read_to_string(&file).expect("a text");
        for word in [
            ".predicts()",
            "world::predicted",
            "world::simulated",
            "world::live",
        ] {
            assert!(!text.contains(word), "{}: {word}", file.display());
        }
    }
}

/// The text of every Rust file of the program, without its tests and comments, by path.
fn program() -> Vec<(PathBuf, String)> {
    let mut files = BTreeSet::new();
    files_below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let is_test = |file: &PathBuf| {
        file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs")
    };
    files.retain(|file| !is_test(file));
    let text = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("a text");
        let text = text.split("#[cfg(test)]\nmod tests").next();
        let lines = text.unwrap_or_default().lines();
        let code: Vec<&str> = lines
            .map(|line| match line.trim_start().starts_with("//") {
                true => "",
                false => line,
            })
            .collect();
        (file, code.join("\n"))
    };
    files.into_iter().map(text).collect()
}

#[test]
fn codes_of_faults_are_constants() {
    let program = program();
    let named = |file: &Path| file.ends_with("vocabulary/codes.rs");
    let list = program.iter().find(|(file, _)| named(file));
    let (_, list) = list.expect("the list of codes");
    let constant = Regex::new(r#"pub const \w+: &str =\s*"(\w+)";"#).expect("a pattern");
    // One word alone may be written for its own sake.
    let codes: BTreeSet<&str> = constant
        .captures_iter(list)
        .map(|found| found.extract::<1>().1[0])
        .filter(|code| code.contains('_'))
        .collect();
    assert!(codes.len() > 50, "{}", codes.len());
    let literal = Regex::new(r#""([a-z]+(?:_[a-z]+)+)""#).expect("a pattern");
    let fault = Regex::new(r#"Fault::new\(\s*"[a-z_]+""#).expect("a pattern");
    let mut found = Vec::new();
    for (file, text) in program.iter().filter(|(file, _)| !named(file)) {
        let known = literal.captures_iter(text).map(|l| l.extract::<1>().1[0]);
        let known = known.filter(|code| codes.contains(code));
        let new = fault.find_iter(text).map(|new| new.as_str());
        found.extend(
            known
                .chain(new)
                .map(|code| format!("{}: {code}", file.display())),
        );
    }
    assert!(found.is_empty(), "use `vocabulary::codes`: {found:#?}");
}

/// Lines of a match over events at most.
const LONGEST_MATCH: usize = 40;

#[test]
fn no_match_over_events_is_longer_than_40_lines() {
    // A match by its indentation: from `match …` to the brace that closes it. Its arms tell what it is over.
    let arm = Regex::new(r"^\s*(?:\| )?(?:EventKind|Signal)::\w+").expect("a pattern");
    let (mut all, mut long) = (0, Vec::new());
    for (file, text) in program() {
        let lines: Vec<&str> = text.lines().collect();
        for (first, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if !line.contains("match ") || !line.ends_with('{') {
                continue;
            }
            let body = &lines[first + 1..];
            let ends = |line: &&str| {
                line.len() - line.trim_start().len() == indent && line.trim_start().starts_with('}')
            };
            let length = body.iter().position(ends).unwrap_or(body.len());
            let inner = format!("{}    ", " ".repeat(indent));
            let over_events = body[..length].iter().any(|line| {
                arm.is_match(line)
                    && line.starts_with(&inner)
                    && !line[inner.len()..].starts_with(' ')
            });
            all += usize::from(over_events);
            if over_events && length + 2 > LONGEST_MATCH {
                long.push(format!("{}:{} {}", file.display(), first + 1, length + 2));
            }
        }
    }
    assert!(all > 5, "{all}");
    assert!(
        long.is_empty(),
        "give arms functions of their own: {long:#?}"
    );
}
