//! The tree itself: no test file is forgotten, and no primitive knows the kinds of worlds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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
