//! The reference of the words of tests: every example passes as a test.

use std::collections::BTreeSet;

use deployer::testing::WORDS;

use super::last;
use crate::support::deployer::Deployer;

/// A pipeline that runs a program.
const MIGRATE: &str = "process::run(\"psql\", #{ args: [\"--version\"], reads: true });\n";
const MIGRATE_CLOUD: &str = r#"account = "123456789012"
region = "ap-south-1"

[[processes]]
program = "psql"
stdout = "psql (PostgreSQL) 17.2"
"#;

#[test]
fn every_word_of_tests_has_an_example_that_passes() {
    let mut deployer = Deployer::offline();
    let mut names = BTreeSet::new();
    let mut tests = String::new();
    for word in WORDS {
        assert!(names.insert(word.name), "{} is declared twice", word.name);
        let named = |name: &&str| word.example.contains(*name);
        assert!(
            named(&word.name) || word.also.iter().any(named),
            "the example of {} does not use it",
            word.name
        );
        tests.push_str(
            &word
                .example
                .replace("test_it", &format!("test_{}", word.name)),
        );
        tests.push_str("\n\n");
    }
    let shipped = |name: &str| {
        let path = format!("{}/pipelines/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("a shipped file")
    };
    for name in ["prod.rhai", "prod.cloud.toml"] {
        deployer.write(name, &shipped(name));
    }
    deployer.write("migrate.rhai", MIGRATE);
    deployer.write("migrate.cloud.toml", MIGRATE_CLOUD);
    deployer.write("words.test.rhai", &tests);
    let tested = deployer.run(&["test", "words.test.rhai"]);
    tested.expect(0);
    assert_eq!(
        last(&tested),
        format!("{} passed, 0 failed", WORDS.len()),
        "{tested}"
    );
}
