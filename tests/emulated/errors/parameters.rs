//! Parameters that are wrong, and halts that a script swallows: nothing is changed on AWS.

use crate::support::catalog::{GOOD, SECRET};
use crate::support::deployer::Deployer;
use crate::support::stage::Stage;

#[test]
fn a_halt_cannot_be_swallowed() {
    for attempt in [
        "try { approval::ask(\"go?\", #{}); } catch (e) { print(\"swallowed\"); }",
        "[1].map(|x| { try { approval::ask(\"go?\", #{}); } catch (e) { 2 } });",
        "[2, 1].sort(|a, b| { approval::ask(\"go?\", #{}); 1 });",
    ] {
        let stage = Stage::set();
        let mut deployer = Deployer::at(&stage.proxy.endpoint());
        let after = "ecs::update_service(#{ cluster: \"prod\", service: \"catalog-service\", \
                     desiredCount: 0 });\nprint(\"went on\");\n";
        deployer.write("pipelines/team.rhai", &format!("{attempt}\n{after}"));
        let run = deployer.json(&["run", "pipelines/team.rhai"]);
        run.expect(5);
        assert!(
            run.events("printed")
                .iter()
                .all(|it| it["text"] != "went on"),
            "{run}"
        );
        stage.changed_nothing();
    }
}

#[test]
fn a_missing_parameter() {
    let stage = Stage::set();
    let mut arguments = stage.arguments("run", GOOD);
    arguments.drain(2..4);
    stage.deployer.run(&arguments).expect(2).says("cluster");
    assert!(stage.proxy.requests().is_empty());
}

#[test]
fn an_unknown_parameter() {
    let stage = Stage::set();
    let mut arguments = stage.arguments("run", GOOD);
    arguments[3] = "clutser=prod".to_owned();
    let run = stage.deployer.run(&arguments);
    run.expect(2)
        .says("clutser")
        .says("did you mean")
        .says("cluster");
    assert!(stage.proxy.requests().is_empty());
}

#[test]
fn parameters_of_the_wrong_type() {
    let stage = Stage::set();
    for (name, wrong, expected) in [("watch", "soon", "duration"), ("approvers", "lead", "list")] {
        let arguments = stage.arguments_with("run", GOOD, &[(name, wrong)]);
        stage.deployer.run(&arguments).expect(2).says(expected);
    }
    assert!(stage.proxy.requests().is_empty());
}

#[test]
fn a_version_that_looks_like_a_number_stays_text() {
    let stage = Stage::set();
    let run = stage.run("1.10");
    run.expect(1).says("1.10");
    let started = &run.events("started")[0];
    assert_eq!(started["params"]["version"], "1.10");
    assert!(!run.has_said(SECRET));
}
