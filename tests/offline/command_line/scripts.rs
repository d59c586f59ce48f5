//! Scripts that are wrong: told before anything runs, with the place and the nearest right word.

use crate::support::deployer::{Deployer, Finished};

const TEAM: &str = "team.rhai";

/// Checks `script`, then runs it without an AWS: both refuse with exit 2 and say all of `phrases`.
fn refused(script: &str, phrases: &[&str]) {
    let mut deployer = Deployer::offline();
    deployer.write(TEAM, script);
    for command in ["check", "run"] {
        let finished = deployer.run(&[command, TEAM]);
        finished.expect(2);
        for phrase in phrases {
            finished.says(phrase);
        }
    }
}

#[test]
fn a_syntax_error() {
    refused("let a = 1;\nlet b = ;\n", &["team.rhai:2:9"]);
}

#[test]
fn an_unknown_function() {
    refused(
        "let a = 1;\necs::describe_servises(#{});\n",
        &[
            "team.rhai:2:",
            "describe_servises",
            "did you mean",
            "describe_services",
        ],
    );
}

#[test]
fn a_call_that_aws_does_not_have_is_no_part_of_a_plan() {
    for (call, said, meant) in [
        (
            "\"sq\" + \"ss\", \"SendMessage\", #{}",
            "AWS has no service `sqss`",
            "`sqs`",
        ),
        (
            "\"sqs\", \"Send\" + \"Mesage\", #{}",
            "sqs has no operation SendMesage",
            "`SendMessage`",
        ),
        (
            "\"sqs\", \"PurgeQueue\", json::parse(`{\"QueueUrl\": \"q\", \"Qeue\": 1}`)",
            "Qeue: unknown field",
            "PurgeQueue",
        ),
    ] {
        let script = format!("step \"Send\" {{ aws::call({call}); }}\n");
        let mut deployer = Deployer::offline();
        deployer.write(TEAM, &script);
        deployer.write(
            "cloud.toml",
            "account = \"123456789012\"\nregion = \"ap-south-1\"\n",
        );
        deployer.run(&["check", TEAM]).expect(0);
        for command in [
            &["plan", TEAM, "--cloud", "cloud.toml"][..],
            &["rehearse", TEAM],
            &["run", TEAM],
        ] {
            let finished = deployer.run(command);
            finished.says("aws::call: ").says(said).says(meant);
            assert!(!finished.to_string().contains("predicted"), "{finished}");
            assert_ne!(finished.code, Some(0), "{finished}");
        }
    }
}

#[test]
fn an_unknown_module() {
    refused(
        "esc::describe_services(#{});\n",
        &["team.rhai:1:", "esc", "did you mean", "ecs"],
    );
}

#[test]
fn a_module_that_is_not_there() {
    refused(
        "import \"std/servise\" as s;\n",
        &["team.rhai:1:", "std/servise", "did you mean", "std/service"],
    );
}

#[test]
fn wrong_arity() {
    refused(
        "fn twice(x) { x * 2 }\n\ntwice(1, 2);\n",
        &["team.rhai:3:", "twice"],
    );
}

#[test]
fn a_misspelt_field_in_an_aws_map() {
    refused(
        "ecs::update_service(#{ cluster: \"prod\", service: \"api\",\n    desierdCount: 3,\n});\n",
        &[
            "team.rhai:2:",
            "desierdCount",
            "did you mean",
            "desiredCount",
        ],
    );
}

#[test]
fn a_mistyped_field_in_an_aws_map() {
    refused(
        "ecs::update_service(#{ cluster: \"prod\", service: \"api\",\n    desiredCount: \"three\",\n});\n",
        &["team.rhai:2:", "desiredCount", "integer"],
    );
}

#[test]
fn a_misspelt_field_deep_inside() {
    refused(
        "ecs::register_task_definition(#{ family: \"api\", containerDefinitions: [\n    \
         #{ name: \"api\", image: \"api:1\", memmory: 512 },\n]});\n",
        &["team.rhai:2:", "memmory", "did you mean", "memory"],
    );
}

#[test]
fn a_file_that_is_not_there() {
    let deployer = Deployer::offline();
    for command in ["check", "run", "plan", "rehearse"] {
        deployer
            .run(&[command, "pipelines/prd.rhai"])
            .expect(2)
            .says("pipelines/prd.rhai");
    }
}

/// Runs a script of one's own on the simulated cloud.
fn rehearsed(files: &[(&str, &str)]) -> Finished {
    let mut deployer = Deployer::offline();
    for (name, text) in files {
        deployer.write(name, text);
    }
    deployer.run(&["rehearse", TEAM])
}

#[test]
fn an_error_in_an_imported_module_shows_the_pipeline_too() {
    let run = rehearsed(&[
        (TEAM, "import \"./steps\" as steps;\n\nsteps::fail();\n"),
        (
            "steps.rhai",
            "fn fail() {\n    throw \"this went wrong\";\n}\n",
        ),
    ]);
    run.expect(1)
        .says("this went wrong")
        .says("steps.rhai:2")
        .says("team.rhai:3");
}

#[test]
fn an_endless_loop_ends() {
    let run = rehearsed(&[(TEAM, "let n = 0;\nloop { n += 1; }\n")]);
    assert!(matches!(run.code, Some(1)), "{run}");
    run.says("team.rhai:2");
}

#[test]
fn endless_recursion_ends() {
    let run = rehearsed(&[(TEAM, "fn again(n) { again(n + 1) }\nagain(0);\n")]);
    run.expect(1).says("team.rhai");
}

#[test]
fn exit_and_eval_do_not_make_a_success() {
    for escape in ["exit();", "exit(0);", "eval(\"1\");"] {
        let run = rehearsed(&[(TEAM, &format!("{escape}\nthrow \"not reached\";\n"))]);
        assert!(matches!(run.code, Some(1 | 2)), "{run}");
    }
}

#[test]
fn lengths_of_time_are_read_before_anything_runs() {
    for (script, said) in [
        ("time::sleep(\"soon\");", "is not a duration"),
        ("time::sleep(\"9000000h\");", "is longer than a year"),
        (
            "aws::wait(#{ service: \"ecs\", operation: \"DescribeServices\", path: \"x\", becomes: [1], timeout: \"5 parsecs\" });",
            "is not a duration",
        ),
    ] {
        let mut deployer = Deployer::offline();
        deployer.write("team.rhai", script);
        deployer.run(&["check", "team.rhai"]).expect(2).says(said);
    }
}

#[test]
fn a_rehearsal_that_never_ends_is_ended() {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", "loop { time::sleep(\"1s\"); }");
    let run = deployer.json(&["rehearse", "team.rhai"]);
    assert_eq!(run.expect(1).ending()["fault"]["code"], "limit_exceeded");
}

#[test]
fn a_folder_is_checked_and_programs_hear_warnings_too() {
    let mut deployer = Deployer::offline();
    deployer.write("team/a.rhai", "let unused = 1;\nprint(1);\n");
    deployer.write("team/b.rhai", "print(2);\n");
    deployer.write("team/b.test.rhai", "fn test_it() { }\n");
    let checked = deployer.json(&["check", "team"]);
    let lines = checked.expect(0).lines();
    assert_eq!(lines.len(), 2, "{checked}");
    let warning = lines[0]["warnings"][0]["message"].to_string();
    assert!(warning.contains("unused"), "{checked}");
    deployer.put("team/b.rhai", "print(2;\n");
    deployer
        .run(&["check", "team"])
        .expect(2)
        .says("team/b.rhai:1:6");
}
