//! Calls of AWS that the fixture answers.

use crate::support::deployer::{Deployer, Finished};

const CLOUD: &str = "account = \"123456789012\"\nregion = \"eu-west-1\"\nclusters = [\"prod\"]\nstart = \"2026-03-02T09:00:00Z\"\n";

const DISABLE: &str = r#"let rule = step "Stop" {
    stays("it is started again by hand");
    aws::call("events", "DisableRule", #{ Name: "nightly", EventBusName: "orders" });
    aws::call("events", "DescribeRule", #{ Name: "nightly" })
};
note(`it is ${rule?.State}`);
"#;

/// Calls that the simulated cloud does not know.
const ARCHIVE: &str = r#"let archive = step "Describe" {
    stays("a description");
    aws::call("events", "UpdateArchive", #{ ArchiveName: "nightly", Description: "orders" });
    aws::call("events", "DescribeArchive", #{ ArchiveName: "nightly" })
};
note(`it is ${archive?.State}`);
"#;

/// A project with a pipeline and these answers in its fixture.
fn project(script: &str, answers: &str) -> Deployer {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", script);
    deployer.write("cloud.toml", &format!("{CLOUD}\n{answers}"));
    deployer
}

fn rehearsed(script: &str, answers: &str) -> Finished {
    project(script, answers).run(&["rehearse", "team.rhai"])
}

/// An answer, from its members.
fn answer(service: &str, operation: &str, more: &str) -> String {
    format!("[[answers]]\nservice = \"{service}\"\noperation = \"{operation}\"\n{more}\n\n")
}

/// The lines of a hint that can be pasted into a fixture, as they were printed.
fn pasted(finished: &Finished) -> String {
    let said = format!("{}{}", finished.stdout, finished.stderr);
    let lines = said
        .lines()
        .map(|line| line.trim_start_matches(|c| " │·╰─".contains(c)));
    let from = lines.skip_while(|line| !line.ends_with("[[answers]]"));
    let wanted = |line: &&str| {
        line.ends_with("[[answers]]")
            || ["service", "operation", "when", "answer"]
                .iter()
                .any(|m| line.starts_with(m))
    };
    let lines: Vec<&str> = from.take_while(wanted).collect();
    let text = lines.join("\n") + "\n";
    text[text.find("[[answers]]").expect("lines to paste")..].to_owned()
}

#[test]
fn what_is_missing_is_said_as_lines_to_paste_until_nothing_is() {
    let mut answers = String::new();
    for operation in ["UpdateArchive", "DescribeArchive"] {
        let failed = rehearsed(ARCHIVE, &answers);
        failed
            .expect(1)
            .says("the simulated cloud does not know")
            .says(operation);
        answers += &pasted(&failed);
    }
    assert!(
        answers.contains("when = { ArchiveName = \"nightly\", Description = \"orders\" }"),
        "{answers}"
    );
    rehearsed(ARCHIVE, &answers).expect(0);
}

#[test]
fn the_first_that_fits_answers_as_often_as_it_may() {
    let answers = [
        answer(
            "events",
            "DisableRule",
            "when = { Name = \"weekly\" }\nerror = { code = \"ResourceNotFoundException\" }",
        ),
        answer(
            "events",
            "DisableRule",
            "times = 2\nerror = { code = \"ThrottlingException\", message = \"Rate exceeded\" }",
        ),
        answer("events", "DisableRule", "when = { Name = \"night*\" }"),
        answer(
            "events",
            "DescribeRule",
            "answer = { State = \"DISABLED\" }",
        ),
    ];
    let done = rehearsed(DISABLE, &answers.concat());
    done.expect(0).says("Rate exceeded").says("it is DISABLED");
    // What it was asked with is shown beside what nothing asked for.
    done.says(
        "nothing asked for the fixture's answer to events DisableRule when { Name = \"weekly\" }",
    )
    .says("the run called it with { EventBusName = \"orders\", Name = \"nightly\" }");
}

#[test]
fn an_error_is_that_of_aws() {
    let script = "step \"Stop\" {\n    try { aws::call(\"events\", \"DisableRule\", #{ Name: \"x\" }); } catch (e) {\n        \
                  note(`${e.code}: ${e.message}`);\n        finish(\"there is none\");\n    }\n}\n";
    let error =
        "error = { code = \"ResourceNotFoundException\", message = \"Rule x does not exist.\" }";
    let done = rehearsed(script, &answer("events", "DisableRule", error));
    done.expect(0)
        .says("ResourceNotFoundException: Rule x does not exist.");
    // From 500 on nobody knows whether it was carried out.
    let lost = "error = { code = \"InternalException\", status = 503 }";
    let done = rehearsed(DISABLE, &answer("events", "DisableRule", lost));
    assert_ne!(done.code, Some(0), "{done}");
}

#[test]
fn the_model_is_overridden_where_it_is_asked() {
    let script = "let found = step \"Look\" { ecs::describe_clusters(#{ clusters: [\"prod\"] }) };\nnote(found.clusters[0].status);\n";
    rehearsed(script, "").expect(0).says("ACTIVE");
    let answer = answer(
        "ecs",
        "DescribeClusters",
        "when = { clusters = [\"prod\"] }\nanswer = { clusters = [{ clusterName = \"prod\", status = \"PROVISIONING\" }], failures = [] }",
    );
    rehearsed(script, &answer).expect(0).says("PROVISIONING");
}

#[test]
fn a_plan_against_the_fixture_has_its_answers() {
    let answers = [
        answer("events", "DisableRule", ""),
        answer(
            "events",
            "DescribeRule",
            "answer = { State = \"DISABLED\" }",
        ),
    ];
    let project = project(DISABLE, &answers.concat());
    let plan = project.run(&["plan", "team.rhai", "--cloud", "cloud.toml"]);
    plan.expect(0).says("DisableRule");
    assert!(!plan.has_said("depends on"), "{plan}");
}

#[test]
fn what_no_call_can_name_is_refused() {
    for (answers, said) in [
        (
            answer("event", "DisableRule", ""),
            "no service `event`, did you mean `events`?",
        ),
        (
            answer("ecs", "UpdateServices", ""),
            "did you mean `UpdateService`?",
        ),
        (
            answer("events", "disable-rule", ""),
            "did you mean `DisableRule`?",
        ),
        (
            answer("events", "DisableRule", "whn = {}"),
            "did you mean `when`?",
        ),
        (
            answer(
                "events",
                "DisableRule",
                "answer = {}\nerror = { code = \"X\" }",
            ),
            "one is enough",
        ),
        (
            answer("events", "DisableRule", "error = { cod = \"X\" }"),
            "did you mean `code`?",
        ),
        (
            answer("events", "DisableRules", ""),
            "did you mean `DisableRule`?",
        ),
        (answer("events", "DisableRule", "times = 0"), "0 times"),
        (
            answer("events", "DisableRule", "when = { Naem = \"x\" }"),
            "did you mean `Name`?",
        ),
        (
            answer("ecs", "UpdateService", "when = { servce = \"x\" }"),
            "did you mean `service`?",
        ),
        (
            answer(
                "ecs",
                "DescribeServices",
                "answer = { services = [{ serviceNam = \"x\" }] }",
            ),
            "did you mean `serviceName`?",
        ),
        (
            answer("events", "DescribeRule", "answer = { Stat = \"DISABLED\" }"),
            "the answer to events DescribeRule: `answer` has no field `Stat`, did you mean `State`?",
        ),
        (
            answer(
                "events",
                "DescribeRule",
                "answer = { State = \"disabled\" }",
            ),
            "`State`: unknown value \"disabled\", did you mean `\"DISABLED\"`?",
        ),
        (
            answer(
                "rds",
                "DescribeDBInstances",
                "answer = { DBInstances = \"orders\" }",
            ),
            "`DBInstances`: expected list, found string",
        ),
        (
            answer(
                "lambda",
                "GetFunction",
                "answer = { Configuration = { Timeout = \"3\" } }",
            ),
            "`Configuration.Timeout`: expected integer, found string, did you mean `3`?",
        ),
    ] {
        rehearsed(DISABLE, &answers)
            .expect(2)
            .says(said)
            .says("cloud.toml:");
    }
}

#[test]
fn another_operation_is_named_by_the_call_that_missed_it() {
    let script = "step \"Tag\" { aws::call(\"events\", \"TagResource\", #{ ResourceARN: \"r\", Tags: [] }); }\n";
    let failed = rehearsed(script, &answer("events", "UntagResource", ""));
    failed
        .expect(1)
        .says("the fixture's answer to events UntagResource does not fit");
    failed.says("did you mean `TagResource`, which the run called?");
}
