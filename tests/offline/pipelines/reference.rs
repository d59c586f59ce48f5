//! The reference is true: every verb has an example, it runs, and the page in the tree is the one that is generated.

use std::collections::BTreeSet;
use std::path::Path;

use deployer::primitive;
use deployer::script::{pure, words};
use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::Outcome;
use deployer::world::simulated::{Fixture, Simulated};

use super::mortal_world::{Play, Scene};
use crate::support::deployer::Deployer;

#[test]
fn every_example_runs() {
    let mut names = BTreeSet::new();
    for primitive in primitive::all() {
        let declaration = primitive.declaration();
        let path = declaration.path();
        assert!(names.insert(path.clone()), "{path} is declared twice");
        assert!(!declaration.doc.is_empty(), "{path} has no documentation");
        assert!(
            declaration.example.contains(&format!("{path}(")),
            "the example of {path} does not call it"
        );

        let scene = Scene::set(&[]);
        let play = Play::written(declaration.example);
        assert_eq!(play.program.warnings(), [], "{path}");
        let ending = scene.perform(&play);
        assert_eq!(ending.outcome, Outcome::Succeeded, "{path}: {ending:#?}");
        let mut called = false;
        for event in scene.events() {
            match event.kind {
                EventKind::Call(event::Call { primitive, .. }) => called |= primitive == path,
                EventKind::Printed(event::Printed { text, .. }) => {
                    assert!(
                        !["", "()", "null"].contains(&text.as_str()),
                        "{path} shows nothing"
                    );
                }
                _ => {}
            }
        }
        assert!(called, "{path} was not called");
    }
}

/// Runs an example and compares what it prints with the comments behind its lines.
fn prints_what_it_says(name: &str, example: &str) {
    let said = example.lines().filter_map(|l| l.split_once(";   // "));
    let said: Vec<&str> = said.map(|(_, said)| said).collect();
    assert!(!said.is_empty(), "the example of {name} shows nothing");
    let scene = Scene::set(&[]);
    let play = Play::written(example);
    assert_eq!(play.program.warnings(), [], "{name}");
    let ending = scene.perform(&play);
    assert_eq!(ending.outcome, Outcome::Succeeded, "{name}: {ending:#?}");
    let printed: Vec<String> = scene
        .events()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::Printed(event::Printed { text, .. }) => Some(text),
            _ => None,
        })
        .collect();
    assert_eq!(printed, said, "{name}");
}

#[test]
fn every_function_prints_what_its_example_says() {
    for function in pure::ALL {
        let path = function.path();
        assert!(function.example.contains(&format!("{path}(")), "{path}");
        prints_what_it_says(&path, function.example);
    }
}

#[test]
fn every_word_prints_what_its_example_says() {
    for word in words::LANGUAGE {
        let named = |name: &&str| word.example.contains(*name);
        let shown = named(&word.name) || word.also.iter().any(named);
        assert!(shown, "{}", word.name);
        prints_what_it_says(word.name, word.example);
    }
}

#[test]
fn every_example_of_the_introduction_prints_what_it_says() {
    let page = Deployer::offline().run(&["reference", "rhai"]);
    page.expect(0);
    let examples: Vec<&str> = page.stdout.split("```rhai\n").skip(1).collect();
    assert!(examples.len() > 4, "{}", examples.len());
    for example in examples {
        let (example, _) = example.split_once("```").expect("an end");
        prints_what_it_says(example.lines().next().unwrap_or_default(), example);
    }
}

#[test]
fn every_field_of_a_fixture_has_an_example_that_is_a_cloud() {
    let page = Deployer::offline().run(&["reference", "fixture"]);
    page.expect(0);
    let mut fields = 0;
    for section in page.stdout.split("\n### ").skip(1) {
        fields += 1;
        let name = section.lines().next().unwrap_or_default();
        let example = section
            .split_once("```toml\n")
            .and_then(|(_, rest)| rest.split_once("```"));
        let (example, _) = example.unwrap_or_else(|| panic!("{name} has no example"));
        assert!(example.contains(name), "{name}: {example}");
        let required = |key: &str, value: &str| match example.contains(&format!("{key} = \""))
            && example.starts_with(key)
        {
            true => String::new(),
            false => format!("{key} = \"{value}\"\n"),
        };
        let text = format!(
            "{}{}{example}",
            required("account", "123456789012"),
            required("region", "ap-south-1")
        );
        let fixture =
            Fixture::parse(&text, "example.toml").unwrap_or_else(|fault| panic!("{name}: {fault}"));
        Simulated::from_fixture(fixture, &[], 1).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        for line in section.lines().filter(|line| line.starts_with("| `")) {
            let doc = line
                .trim_end_matches(" |")
                .rsplit(" | ")
                .next()
                .unwrap_or_default();
            assert!(
                doc.trim().len() > 3 || line.contains("| type |"),
                "{name}: {line}"
            );
        }
    }
    assert!(fields > 25, "{fields}");
}

#[test]
fn the_page_is_fresh() {
    let generated = Deployer::offline().run(&["reference", "--markdown"]);
    generated.expect(0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib/REFERENCE.md");
    let kept = std::fs::read_to_string(&path).expect("stdlib/REFERENCE.md");
    assert!(
        kept.trim_end() == generated.stdout.trim_end(),
        "stdlib/REFERENCE.md is stale: deployer reference --markdown > stdlib/REFERENCE.md"
    );
}
