//! What tests say, and what is said where they are wrong.

use super::{fails, last, tested};

#[test]
fn a_test_that_holds() {
    let finished = tested(
        r#"fn test_it() {
    let run = rehearse("quiet.rhai");
    run.expect_outcome("succeeded");
    run.expect_note("NOTHING to do");
    run.expect_no_writes();
    run.expect_never("UpdateService");
    run.expect_writes("UpdateService", 0);
    run.expect_asked([]);
    run.expect_within("1s");
    assert_eq!(run.notes, ["nothing to do"]);
}
"#,
    );
    finished.expect(0);
    assert_eq!(last(&finished), "1 passed, 0 failed");
}

#[test]
fn an_assertion_that_fails_shows_its_line_and_what_happened() {
    fails(
        "fn test_it() {\n    let run = rehearse(\"quiet.rhai\");\n    run.expect_outcome(\"failed\");\n}\n",
        &[
            "quiet.test.rhai:3:9",
            "run.expect_outcome(\"failed\");",
            "expected  failed",
            "found     succeeded",
            "deployer rehearse quiet.rhai --seed 1",
        ],
    );
}

#[test]
fn what_is_never_made_must_be_spelt() {
    for (demand, said) in [
        (
            "run.expect_never(\"UpdateServce\")",
            "did you mean `UpdateService`?",
        ),
        (
            "run.expect_never(\"UpdateService\", #{ desierdCount: 0 })",
            "did you mean `desiredCount`?",
        ),
        (
            "run.expect_never(\"ecs:UpdateServise\")",
            "did you mean `UpdateService`?",
        ),
        (
            "run.expect_never(\"esc:UpdateService\")",
            "did you mean `ecs`?",
        ),
        (
            "run.expect_never(\"rds:UpdateService\")",
            "there is no operation `rds:UpdateService`",
        ),
        (
            "run.expect_never(\"NoSuchOp\")",
            "there is no operation `NoSuchOp`",
        ),
        (
            "run.expect_never(\"DescribeServices\")",
            "DescribeServices only reads",
        ),
        (
            "run.expect_never(\"UpdateService\", #{ networkConfiguration: #{ awsvpcConfiguration: #{ subnet: [] } } })",
            "did you mean `subnets`?",
        ),
        (
            "run.expect_never(\"UpdateService\", #{ desiredCount: \"0\" })",
            "expected integer, found string",
        ),
        (
            "run.expect_never(\"Publish\", #{ Mesage: \"x\" })",
            "did you mean `Message`?",
        ),
        (
            "run.expect_writes(\"UpdateServise\", 0)",
            "did you mean `UpdateService`?",
        ),
        (
            "run.expect_order([\"UpdateServise\"])",
            "did you mean `UpdateService`?",
        ),
        (
            "run.cloud(\"ecs\", \"DescribeServises\", #{})",
            "did you mean `DescribeServices`?",
        ),
    ] {
        fails(
            &format!(
                "fn test_it() {{\n    let run = rehearse(\"quiet.rhai\");\n    {demand};\n}}\n"
            ),
            &["quiet.test.rhai:3:", said],
        );
    }
}

#[test]
fn each_demand_can_fail() {
    for demand in [
        "run.expect_write(\"UpdateService\")",
        "run.expect_writes(\"UpdateService\", 1)",
        "run.expect_order([\"UpdateService\"])",
        "run.expect_asked([\"lead\"])",
        "run.expect_lasting(\"1m\")",
        "run.expect_event(\"completed\")",
        "run.expect_note(\"something\")",
        "run.expect_fault(\"rejected\")",
        "run.expect_failed_in(\"Nothing\")",
        "run.expect_cause(\"exit\")",
        "run.expect_undone(\"back\")",
        "run.expect_left(\"task\")",
        "assert(run.outcome == \"failed\", \"it should fail\")",
        "assert_eq(run.outcome, \"failed\")",
        "assert_ne(run.outcome, \"succeeded\")",
    ] {
        fails(
            &format!(
                "fn test_it() {{\n    let run = rehearse(\"quiet.rhai\");\n    {demand};\n}}\n"
            ),
            &["quiet.test.rhai:3:", "expected", "found"],
        );
    }
}

#[test]
fn writes_are_demanded_by_their_input() {
    // The shipped fixture and pipeline, by what is built in.
    let write = |demand: &str| {
        let mut deployer = crate::support::deployer::Deployer::offline();
        deployer.write(
            "prod.rhai",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai")),
        );
        deployer.write(
            "prod.test.rhai",
            &format!(
                "fn test_it() {{\n    let run = rehearse(\"prod.rhai\");\n    {demand};\n}}\n"
            ),
        );
        deployer.run(&["test", "--verbose"])
    };
    write("run.expect_never(\"UpdateService\", #{ service: \"other\" })").expect(0);
    write("run.expect_write(\"ecs:UpdateService\", #{ service: \"catalog-service\" })").expect(0);
    write("run.expect_order([\"ecs:UpdateService\"])").expect(0);
    for demand in [
        "run.expect_never(\"UpdateService\")",
        "run.expect_never(\"UpdateService\", #{ service: \"catalog-service\" })",
        "run.expect_write(\"UpdateService\", #{ service: \"other\" })",
        "run.expect_writes(\"UpdateService\", #{ service: \"catalog-service\" }, 2)",
        "run.expect_order([\"UpdateService\", \"RunTask\"])",
        "run.expect_no_writes()",
        "run.expect_within(\"1m\")",
    ] {
        write(demand).expect(1).says("catalog-service 1.3.0");
    }
    // What was found is shown with its fields.
    write("run.expect_write(\"UpdateService\", #{ desiredCount: 9 })")
        .expect(1)
        .says("expected  UpdateService {\"desiredCount\":9}")
        .says("found     UpdateService")
        .says("{\"cluster\":\"realserv-prod\"");
}

#[test]
fn a_test_asserts_something() {
    fails(
        "fn test_it() {\n    rehearse(\"quiet.rhai\");\n}\n",
        &["the test asserts nothing", "quiet.test.rhai:1:"],
    );
}

#[test]
fn a_failure_that_is_caught_is_one_all_the_same() {
    fails(
        "fn test_it() {\n    try { assert(false, \"no\"); } catch { }\n    assert(true);\n}\n",
        &["assertion failed: no", "quiet.test.rhai:2:"],
    );
}

#[test]
fn a_loop_without_end_is_stopped() {
    fails(
        "fn test_it() {\n    loop { let a = 1; }\n}\n",
        &["computes without end", "quiet.test.rhai:1:"],
    );
}

#[test]
fn a_pipeline_without_end_is_stopped() {
    let mut deployer = super::project(
        "fn test_it() {\n    rehearse(\"endless.rhai\").expect_outcome(\"succeeded\");\n}\n",
    );
    deployer.write("endless.rhai", "loop { time::sleep(\"1h\"); }\n");
    let finished = deployer.run(&["test"]);
    finished
        .expect(1)
        .says("the rehearsal never ends: 30 days have passed")
        .says("quiet.test.rhai:2:");
}

#[test]
fn a_test_that_rehearses_for_ever_is_stopped() {
    let deployer = super::project("fn test_it() {\n    loop { rehearse(\"quiet.rhai\"); }\n}\n");
    let finished = deployer.run(&["test", "--timeout", "1"]);
    assert_eq!(finished.code, Some(1), "{finished}");
    assert!(
        finished.has_said("stopped after 1 s") || finished.has_said("the test's time is up"),
        "{finished}"
    );
}

#[test]
fn wrong_faults_fixtures_parameters_and_pipelines_are_told_with_their_lines() {
    let with = |options: &str| {
        format!(
            "fn test_it() {{\n    rehearse(\"quiet.rhai\", #{{ {options} }}).expect_no_writes();\n}}\n"
        )
    };
    fails(
        &with("faults: [\"crash-lop\"]"),
        &["did you mean `crash-loop`", "quiet.test.rhai:2:5"],
    );
    fails(
        &with("cloud: \"none.toml\""),
        &["none.toml", "quiet.test.rhai:2:5"],
    );
    fails(
        &with("params: #{ version: \"1\" }"),
        &["params names `version`", "quiet.test.rhai:2:5"],
    );
    fails(
        &with("fault: [\"crash-loop\"]"),
        &[
            "unknown field `fault`",
            "did you mean `faults`",
            "quiet.test.rhai:2:5",
        ],
    );
    fails(
        "fn test_it() {\n    rehearse(\"quiett.rhai\").expect_no_writes();\n}\n",
        &["quiett.rhai", "did you mean `quiet.rhai`"],
    );
    fails(
        "fn test_it() {\n    rehearse(\"quiet.rhai\").expect_outcome(\"suceeded\");\n}\n",
        &["did you mean `succeeded`", "quiet.test.rhai:2:"],
    );
}

#[test]
fn a_bad_fixture_is_shown_with_its_line() {
    let mut deployer = super::project(
        "fn test_it() {\n    rehearse(\"quiet.rhai\", #{ cloud: \"bad.toml\" }).expect_no_writes();\n}\n",
    );
    deployer.write(
        "bad.toml",
        "account = \"123456789012\"\nregion = \"x\"\nclustrs = []\n",
    );
    let finished = deployer.run(&["test"]);
    finished.expect(1).says("bad.toml:3:1").says("clustrs = []");
}

#[test]
fn a_file_that_does_not_check_is_a_failure_with_its_line() {
    fails(
        "fn test_it() {\n    let run = rehears(\"quiet.rhai\");\n    run.expect_no_writes();\n}\n",
        &["quiet.test.rhai:2:15", "did you mean `rehearse`"],
    );
    fails(
        "fn test_it(a) {\n    assert(a);\n}\n",
        &["the test `test_it` takes arguments"],
    );
}

#[test]
fn a_test_only_reads() {
    fails(
        "fn test_it() {\n    let run = rehearse(\"quiet.rhai\");\n    run.cloud(\"ecs\", \"StopTask\", #{ task: \"x\" });\n}\n",
        &["StopTask is not known to be a read", "quiet.test.rhai:3:9"],
    );
}

#[test]
fn an_argument_of_the_wrong_type_is_told() {
    for (demand, said) in [
        (
            "run.expect_lasting(20)",
            "`expect_lasting` takes a text like \"20m\", this is a number (20)",
        ),
        (
            "run.expect_outcome(3)",
            "`expect_outcome` takes a text like \"rolled_back\", this is a number (3)",
        ),
        (
            "run.expect_asked(\"lead\")",
            "`expect_asked` takes a list like [\"lead\"], this is a text (\"lead\")",
        ),
        (
            "run.expect_order(\"UpdateService\")",
            "`expect_order` takes a list like",
        ),
        (
            "run.expect_write(\"UpdateService\", 2)",
            "`expect_write` takes a map as its second argument, this is a number (2)",
        ),
        (
            "run.expect_writes(\"UpdateService\", \"2\")",
            "`expect_writes` takes a whole number as its second argument, this is a text (\"2\")",
        ),
        (
            "run.expect_cause(())",
            "`expect_cause` takes a text, this is nothing",
        ),
        (
            "run.expect_process(\"psql\", \"-f\")",
            "`expect_process` takes a list as its second argument, this is a text (\"-f\")",
        ),
        (
            "run.pass(20)",
            "`pass` takes a text like \"20m\", this is a number (20)",
        ),
        (
            "assert(run.outcome, \"it went well\")",
            "`assert` takes true or false first, this is a text (\"succeeded\")",
        ),
        ("note(5)", "`note` takes a text, this is a number (5)"),
        ("\"a b\".split(#{})", "this is a map ({})"),
    ] {
        fails(
            &format!(
                "fn test_it() {{\n    let run = rehearse(\"quiet.rhai\");\n    {demand};\n}}\n"
            ),
            &["quiet.test.rhai:3:", said],
        );
    }
}
