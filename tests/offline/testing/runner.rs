//! Which tests run, and what is said of them.

use std::fs;

use super::{last, project};
use crate::support::deployer::Deployer;

const TWO: &str = "fn helper() { 1 }\n\
fn test_one() { assert_eq(helper(), 1); rehearse(\"quiet.rhai\").expect_no_writes(); }\n\
fn test_two() { assert_eq(helper(), 2, \"one < two & \\\"more\\\"\"); }\n";

#[test]
fn a_filter_chooses() {
    let deployer = project(TWO);
    let finished = deployer.run(&["test", "--filter", "one"]);
    finished.expect(0);
    assert_eq!(last(&finished), "1 passed, 0 failed");
    let finished = deployer.run(&["test", "--filter", "three"]);
    finished.expect(2).says("`three`").says("nothing was run");
}

#[test]
fn folders_files_and_nothing() {
    let mut deployer = project(TWO);
    deployer.write("more/other.test.rhai", "fn test_it() { assert(true); }\n");
    deployer.write("target/no.test.rhai", "fn test_it() { assert(false); }\n");
    let finished = deployer.run(&["test"]);
    assert_eq!(last(finished.expect(1)), "2 passed, 1 failed");
    let finished = deployer.run(&["test", "more"]);
    assert_eq!(last(finished.expect(0)), "1 passed, 0 failed");
    deployer.run(&["test", "nowhere"]).expect(2).says("nowhere");
    let mut empty = Deployer::offline();
    empty.write("quiet.rhai", super::QUIET);
    empty.run(&["test"]).expect(2).says("there are no tests");
}

#[test]
fn each_test_is_an_object_of_json() {
    let finished = project(TWO).json(&["test"]);
    let lines = finished.expect(1).lines();
    let results: Vec<_> = lines
        .iter()
        .map(|l| (l["test"].clone(), l["result"].clone()))
        .collect();
    assert_eq!(
        results,
        [
            ("one".into(), "passed".into()),
            ("two".into(), "failed".into())
        ]
    );
    assert_eq!(lines[1]["failure"]["expected"], "2");
    assert_eq!(lines[1]["failure"]["frames"][0]["line"], 3);
}

#[test]
fn junit_is_well_formed() {
    let deployer = project(TWO);
    let path = deployer.state().with_file_name("junit.xml");
    deployer
        .run(&["test", "--junit", &path.to_string_lossy()])
        .expect(1);
    let xml = fs::read_to_string(&path).expect("the file");
    assert_eq!(balanced(&xml), Ok(()), "{xml}");
    for part in [
        "tests=\"2\" failures=\"1\"",
        "<testcase classname=\"quiet.test.rhai\" name=\"one\"",
        "<failure type=\"assertion\" message=\"the values differ: one &lt; two &amp; &quot;more&quot;\">",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
}

/// Whether every element is closed, and nothing is left unescaped.
fn balanced(xml: &str) -> Result<(), String> {
    let mut open = Vec::new();
    for part in xml.split('<').skip(1) {
        let (tag, text) = part
            .split_once('>')
            .ok_or(format!("`<{part}` is not closed"))?;
        let name = tag
            .trim_start_matches('/')
            .split(' ')
            .next()
            .unwrap_or_default();
        if tag.starts_with('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
        } else if !tag.starts_with('?') && !tag.ends_with('/') {
            open.push(name.to_owned());
        }
        for entity in text.split('&').skip(1) {
            let known = ["lt;", "gt;", "amp;", "quot;", "apos;"];
            if !known.iter().any(|k| entity.starts_with(k)) {
                return Err(format!("&{entity}"));
            }
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(format!("{open:?} stay open"))
    }
}
