//! What tests demand of processes, requests and files.

use crate::support::deployer::Deployer;

const PIPELINE: &str = r#"step "Do" {
    process::run("make", #{ args: ["release", "1.0"] });
    http::request(#{ url: "https://hooks.example.com/x", method: "POST", json: #{ text: "hello" } });
    file::write("made.txt", "made");
}
"#;

const CLOUD: &str = r#"account = "123456789012"
region = "eu-west-1"
start = "2026-03-02T09:00:00Z"

[[processes]]
program = "make"

[[endpoints]]
url = "https://hooks.example.com/x"
"#;

#[test]
fn they_are_seen_and_can_be_missed() {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", PIPELINE);
    deployer.write("team.cloud.toml", CLOUD);
    deployer.write(
        "team.test.rhai",
        r#"fn test_it() {
    let run = rehearse("team.rhai");
    run.expect_outcome("succeeded");
    run.expect_process("make", ["release"]);
    run.expect_no_process("make", ["clean"]);
    run.expect_no_process("docker");
    run.expect_request("POST", "https://hooks.example.com/x");
    assert_eq(run.requests[0].body.text, "hello");
    assert_eq(run.files, #{ "made.txt": "made" });
    assert_eq(run.processes, [#{ program: "make", args: ["release", "1.0"] }]);
}
fn test_a_process_can_fail() {
    let run = rehearse("team.rhai", #{ faults: ["process-fails:make release"] });
    run.expect_fault("process_failed");
    run.expect_outcome("failed");
}
"#,
    );
    deployer.run(&["test"]).expect(0);
    for missed in [
        "run.expect_process(\"make\", [\"clean\"])",
        "run.expect_no_process(\"make\")",
        "run.expect_request(\"GET\", \"https://hooks.example.com/x\")",
    ] {
        let test = format!("fn test_it() {{ let run = rehearse(\"team.rhai\"); {missed}; }}\n");
        deployer.write("team.test.rhai", &test);
        deployer.run(&["test"]).expect(1);
    }
}
