//! Fixtures and faults that are wrong are said with their place and what was probably meant.

use crate::support::deployer::{Deployer, Finished};
use crate::support::stage::PIPELINE;

const FIXTURE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/pipelines/prod.cloud.toml"
));

/// Rehearses on a fixture of this text.
fn on(name: &str, text: &str) -> Finished {
    let mut deployer = Deployer::offline();
    deployer.write(name, text);
    let pipeline = format!("{}/{PIPELINE}", env!("CARGO_MANIFEST_DIR"));
    let finished = deployer.run(&["rehearse", &pipeline, "--cloud", name]);
    finished.expect(2).says("nothing was run");
    // People get lines of their screen's width; what is said does not depend on them.
    let words = finished.stderr.replace('│', " ");
    Finished {
        stderr: words.split_whitespace().collect::<Vec<_>>().join(" "),
        ..finished
    }
}

/// The shipped fixture with one text replaced by another.
fn with(from: &str, to: &str) -> String {
    assert!(FIXTURE.contains(from), "{from}");
    FIXTURE.replacen(from, to, 1)
}

/// The line on which a text stands.
fn line(text: &str, what: &str) -> usize {
    text.lines()
        .position(|line| line.contains(what))
        .expect("the text is there")
        + 1
}

#[test]
fn a_misspelt_part_is_shown_with_its_line() {
    let text = with("[[secrets]]", "[[secrts]]");
    let place = format!("bad.cloud.toml:{}:", line(&text, "[[secrts]]"));
    on("bad.cloud.toml", &text)
        .says(&place)
        .says("secrts")
        .says("did you mean `secrets`?");
}

#[test]
fn a_misspelt_member_of_aws_is_shown_with_its_line() {
    let text = with("desiredCount = 3", "desierdCount = 3");
    let place = format!("bad.cloud.toml:{}:", line(&text, "desierdCount"));
    on("bad.cloud.toml", &text)
        .says(&place)
        .says("did you mean `desiredCount`?");
}

#[test]
fn a_misspelt_member_of_ours_is_shown_with_its_line() {
    let text = with("healthy_threshold = 2", "healthy_treshold = 2");
    let place = format!("bad.cloud.toml:{}:", line(&text, "healthy_treshold"));
    on("bad.cloud.toml", &text)
        .says(&place)
        .says("did you mean `healthy_threshold`?");
}

#[test]
fn what_is_no_duration_is_shown_with_its_line() {
    let text = with("interval = \"10s\"", "interval = \"ten\"");
    let place = format!("bad.cloud.toml:{}:", line(&text, "\"ten\""));
    on("bad.cloud.toml", &text)
        .says(&place)
        .says("`ten` is not a duration");
}

#[test]
fn what_is_no_toml_or_json_is_shown_with_its_line() {
    on("bad.cloud.toml", "account = \"1\"\nregion =\n").says("bad.cloud.toml:2:");
    on("bad.cloud.json", "{\n  \"account\": \"1\",\n  region: 2\n}").says("bad.cloud.json:3:");
}

#[test]
fn parts_that_do_not_fit_together_are_named() {
    let text = with(
        "taskDefinition = \"realserv-catalog-service:41\"",
        "taskDefinition = \"catalog:41\"",
    );
    on("bad.cloud.toml", &text)
        .says("catalog-service")
        .says("there is no task definition catalog:41");
    let text = with(
        "service = \"catalog-service\"\nbody",
        "service = \"catalogue\"\nbody",
    );
    on("bad.cloud.toml", &text).says("there is no service catalogue");
}

#[test]
fn a_fixture_that_is_not_there_is_said() {
    let finished = Deployer::offline().run(&["rehearse", PIPELINE, "--cloud", "none.toml"]);
    finished.expect(2).says("none.toml").says("nothing was run");
}

#[test]
fn a_misspelt_fault_is_said_with_what_was_meant() {
    let fault = |text: &str| Deployer::offline().run(&["rehearse", PIPELINE, "--fault", text]);
    fault("crash-lop")
        .expect(2)
        .says("did you mean `crash-loop`?")
        .says("nothing was run");
    fault("nonsense")
        .expect(2)
        .says("nonsense")
        .says("crash-loop, ");
}

#[test]
fn a_host_accepts_connections_or_refuses_them() {
    let rehearsed = |host: &str| {
        let mut deployer = Deployer::offline();
        let wait = "net::reachable(\"db.internal\", 5432, #{ timeout: \"5s\" });\n";
        deployer.write("wait.rhai", wait);
        let place = "account = \"123456789012\"\nregion = \"ap-south-1\"\n";
        deployer.write("wait.cloud.toml", &format!("{place}[[hosts]]\n{host}\n"));
        deployer.run(&["rehearse", "wait.rhai"])
    };
    rehearsed("address = \"db.internal:5432\"").expect(0);
    let refused = rehearsed("address = \"db.internal:5432\"\nreachable = false");
    refused.expect(1).says("connection refused");
    rehearsed("address = \"db.internal\"")
        .expect(2)
        .says("name:port");
}
