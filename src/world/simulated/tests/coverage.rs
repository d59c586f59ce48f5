//! What each service declares of itself is what the tree holds: every service, every operation, every test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::world::apis::aws as models;
use crate::world::shape;
use crate::world::simulated::{coverage, simulated_operations};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The file of a module of tests, or its folder.
fn file_of(test: &str) -> Option<PathBuf> {
    let path = test.replace("::", "/");
    ["src/world", "tests"]
        .into_iter()
        .flat_map(|place| ["", ".rs"].map(|end| root().join(place).join(format!("{path}{end}"))))
        .find(|path| path.exists())
}

/// The code of a file, or of all files of a folder, without what includes them.
fn code(path: &Path) -> String {
    if !path.is_dir() {
        return std::fs::read_to_string(path).expect("a text");
    }
    let files = std::fs::read_dir(path).expect("a folder");
    files
        .map(|file| code(&file.expect("a file").path()))
        .collect()
}

#[test]
fn every_service_that_answers_is_declared_once() {
    let declared: Vec<&str> = coverage().iter().map(|one| one.service).collect();
    assert!(
        declared.is_sorted_by(|one, next| one < next),
        "{declared:?}"
    );
    let answering = models::services().iter().copied();
    let answering: Vec<&str> = answering
        .filter(|name| !simulated_operations(name).is_empty())
        .collect();
    assert_eq!(answering, declared);
}

#[test]
fn every_operation_that_a_service_matches_is_found() {
    let arm = Regex::new(r#"((?:"\w+"[\s|]*)+)=>"#).expect("a pattern");
    let name = Regex::new(r#""(\w+)""#).expect("a pattern");
    let mut missing = BTreeSet::new();
    for part in std::fs::read_dir(root().join("src/world/simulated/aws")).expect("a folder") {
        let code = code(&part.expect("a file").path());
        let declares = |name: &str| code.contains(&format!("service: \"{name}\","));
        let Some(one) = coverage().iter().find(|one| declares(one.service)) else {
            continue;
        };
        let found = simulated_operations(one.service);
        for arm in arm.captures_iter(&code) {
            let named = name.captures_iter(&arm[1]).map(|it| it.extract::<1>().1[0]);
            let operations = named.filter(|it| shape::operations(one.service).contains(it));
            let absent = operations.filter(|it| !found.contains(it));
            missing.extend(absent.map(|it| format!("{} {it}", one.service)));
        }
        assert!(!found.is_empty(), "{}", one.service);
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(!simulated_operations("ecs").contains(&"ExecuteCommand"));
    assert!(simulated_operations("dynamodb").is_empty());
}

#[test]
fn every_test_that_is_named_exists_and_one_is_about_the_service() {
    for one in coverage() {
        let name = one.service;
        let mut about = false;
        for test in one.tests {
            let file = file_of(test).unwrap_or_else(|| panic!("{name}: nothing is called {test}"));
            let code = code(&file);
            let is_test = code.contains("#[test]") || code.contains("case(");
            assert!(is_test, "{name}: {test} holds no test");
            about |= code.contains(&format!("\"{name}\""));
        }
        assert!(about, "{name}: no test that it names calls it");
    }
}

#[test]
fn every_service_says_what_it_does_and_what_it_leaves_out() {
    for one in coverage() {
        for text in [one.behaves, one.leaves_out] {
            let is_sentence = text.ends_with('.') && text.starts_with(char::is_uppercase);
            assert!(is_sentence && text.len() < 400, "{}: {text}", one.service);
        }
    }
}
