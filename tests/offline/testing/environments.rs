//! Environments: files of parameters that several pipelines of a folder share.

use crate::support::deployer::Deployer;

const DEPLOY: &str = "let app = params(#{ name: text(\"n\"), many: integer(\"m\").or(1) });
step \"Deploy\" { note(`${app.name} ${app.many}`); }
";
const ROLLBACK: &str = "let app = params(#{ name: text(\"n\"), reason: text(\"r\") });
step \"Roll back\" { note(`${app.name} ${app.reason}`); }
";
const STAGING: &str = "name = \"api-staging\"\nmany = 2\n";

fn project(staging: &str, tests: &str) -> Deployer {
    let mut deployer = Deployer::offline();
    deployer.write("deploy.rhai", DEPLOY);
    deployer.write("rollback.rhai", ROLLBACK);
    deployer.write("environments/staging.toml", staging);
    deployer.write("deploy.test.rhai", tests);
    deployer
}

#[test]
fn a_test_takes_one() {
    let tests = r#"
fn test_the_file() {
    let run = rehearse("deploy.rhai", #{ params_file: "environments/staging.toml" });
    assert_eq(run.notes, ["api-staging 2"]);
}
fn test_over_the_file() {
    let run = rehearse("rollback.rhai", #{
        params_file: "environments/staging.toml", params: #{ name: "other", reason: "slow" },
    });
    assert_eq(run.notes, ["other slow"]);
}
"#;
    project(STAGING, tests).run(&["test"]).expect(0);
}

#[test]
fn the_command_line_takes_one() {
    let deployer = project(STAGING, "");
    let file = ["--params", "environments/staging.toml"];
    let finished = deployer.run(&[
        "rehearse",
        "rollback.rhai",
        "--set",
        "reason=slow",
        file[0],
        file[1],
    ]);
    finished.expect(0);
    finished.says("api-staging slow");
}

#[test]
fn a_name_that_no_pipeline_declares_is_refused() {
    let misspelt = "name = \"api-staging\"\nreasn = \"slow\"\n";
    let tests = "fn test_it() { rehearse(\"rollback.rhai\", #{ params_file: \"environments/staging.toml\" }); }";
    let deployer = project(misspelt, tests);
    let file = "environments/staging.toml";
    let finished = deployer.run(&["rehearse", "rollback.rhai", "--params", file]);
    finished.expect(2);
    finished.says("--params names `reasn`, which the pipeline does not declare");
    finished.says("did you mean `reason`?");
    let finished = deployer.run(&["test"]);
    finished.expect(1);
    finished.says("params names `reasn`");
}

#[test]
fn the_folder_has_one_cloud_for_all() {
    let mut deployer = project(STAGING, "");
    deployer.write("cloud.toml", &cloud("of-the-fixture"));
    let finished = deployer.run(&["rehearse", "deploy.rhai"]);
    finished.expect(0);
    finished.says("of-the-fixture 1");
    deployer.write("deploy.cloud.toml", &cloud("its-own"));
    deployer.run(&["rehearse", "deploy.rhai"]).says("its-own 1");
}

#[test]
fn a_rehearsal_begins_when_it_is_told_to() {
    let tests = r#"
fn test_friday() {
    let run = rehearse("deploy.rhai", #{ params: #{ name: "x" }, start: "2026-01-16T21:30:00Z" });
    assert_eq(run.outcome, "failed");
}
"#;
    let mut deployer = project(STAGING, tests);
    let finished = deployer.run(&["test", "--verbose"]);
    finished.expect(1);
    finished.says("started 2026-01-16 21:30:00");
    finished.says("--start 2026-01-16T21:30:00Z");
    let set = ["--set", "name=x"];
    let start = ["--start", "2026-01-16T21:30:00Z"];
    let rehearsed = deployer.run(&[
        "rehearse",
        "deploy.rhai",
        set[0],
        set[1],
        start[0],
        start[1],
    ]);
    rehearsed.expect(0);
    rehearsed.says("2026-01-16");
    let wrong = "fn test_it() { rehearse(\"deploy.rhai\", #{ start: \"friday\" }); }";
    deployer.write("deploy.test.rhai", wrong);
    let finished = deployer.run(&["test"]);
    finished.expect(1);
    finished.says("`start` is a time such as");
}

fn cloud(name: &str) -> String {
    let head = "account = \"123456789012\"\nregion = \"ap-south-1\"\n";
    format!("{head}[params]\nname = \"{name}\"\n")
}
