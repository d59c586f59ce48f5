//! Every step that the pipelines promise is proven, and so is the failure that it guards against.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What the tests of one row show.
#[derive(Default)]
struct Shown {
    success: usize,
    failure: usize,
}

/// Words of a test in which something goes wrong.
const WRONG: [&str; 9] = [
    "expect_fault(",
    "expect_failed_in(",
    "\"failed\"",
    "\"rolled_back\"",
    "\"rejected\"",
    "\"suspended\"",
    "faults: [",
    "fails",
    "refus",
];

fn tests_in(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the pipelines").flatten() {
        let path = entry.path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.to_string_lossy().ends_with(".test.rhai") {
            found.push(path);
        }
    }
}

/// The rows in a test's name: `test_r19_r20_…`.
fn rows(name: &str) -> Vec<String> {
    let words = name.split('_').skip(1);
    let row = |word: &&str| word.len() == 3 && word.starts_with('r');
    words.take_while(row).map(str::to_uppercase).collect()
}

#[test]
fn each_row_is_shown_to_hold_and_to_guard() {
    let pipelines = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    let mut files = Vec::new();
    tests_in(&pipelines, &mut files);
    let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a test file");
        for test in text
            .split("\nfn ")
            .filter(|test| test.starts_with("test_r"))
        {
            let name = test.split('(').next().unwrap_or_default();
            let wrong = WRONG.iter().any(|word| test.contains(word));
            let right = test.contains("\"succeeded\"") || !wrong;
            for row in rows(name) {
                let shown = shown.entry(row).or_default();
                shown.success += usize::from(right);
                shown.failure += usize::from(wrong);
            }
        }
    }
    let promised = fs::read_to_string(pipelines.join("README.md")).expect("the rows");
    let promised = promised.lines().filter(|line| line.starts_with("| R"));
    let promised: Vec<&str> = promised
        .filter(|line| !line.contains("not covered"))
        .map(|line| line[2..5].trim())
        .collect();
    assert!(promised.len() > 40, "{promised:?}");
    for row in promised {
        let of = shown.remove(row).unwrap_or_default();
        assert!(of.success > 0, "no test shows that {row} holds");
        assert!(of.failure > 0, "no test shows what {row} guards against");
    }
    assert!(
        shown.is_empty(),
        "tests of unknown rows: {:?}",
        shown.keys()
    );
}
