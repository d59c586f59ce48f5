//! What would come of each fault, found out without a write.

use serde_json::Value;

use crate::support::catalog::GOOD;
use crate::support::stage::Stage;

/// A fault, the exit code that it ends with, the step that it stops (empty: any), and whether the service is put back.
const FAULTS: [(&str, i32, &str, bool); 9] = [
    ("version-unhealthy", 3, "Verify", true),
    ("crash-loop", 3, "", true),
    ("image-unpullable", 3, "Deploy", true),
    ("image-missing", 1, "Preflight", false),
    ("secret-empty", 1, "Preflight", false),
    ("migration-fails:7", 1, "Migrate", false),
    ("no-capacity", 1, "Migrate", false),
    ("approval-rejected:lead", 4, "Approve", false),
    ("approval-unanswered", 5, "Approve", false),
];

#[test]
fn every_fault_shows_its_failure_branch() {
    let stage = Stage::set();
    for (fault, code, step, undone) in FAULTS {
        let mut arguments = stage.arguments_with("plan", GOOD, &[("approvers", "[\"lead\"]")]);
        arguments.extend(["--what-if".to_owned(), fault.to_owned()]);
        let plan = stage.deployer.json(&arguments);
        assert_eq!(plan.code, Some(code), "{fault}: {plan}");
        let shown: Value = plan.lines().remove(0);
        assert_eq!(shown["what_if"]["exit_code"], code, "{fault}: {plan}");
        if !step.is_empty() && code != 5 {
            assert_eq!(shown["ended"]["step"], step, "{fault}: {plan}");
        }
        let labels = shown["what_if"]["undone"].as_array().map_or(0, Vec::len);
        assert_eq!(labels > 0, undone, "{fault}: {plan}");
        if undone {
            let left = shown["what_if"]["left"].to_string();
            assert!(left.contains("catalog-service:2"), "{fault}: {left}");
        }
    }
    stage.changed_nothing();
}

#[test]
fn the_failure_branch_reads_well() {
    let stage = Stage::set();
    let mut arguments = stage.arguments("plan", GOOD);
    arguments.extend(["--what-if".to_owned(), "version-unhealthy".to_owned()]);
    let plan = stage.deployer.run(&arguments);
    let from = plan.stdout.find("Would be undone").expect("an undo");
    assert_eq!(
        plan.stdout[from..].trim_end(),
        r"Would be undone, in this order:
  catalog-service back to catalog-service:1 · after UpdateService (step Deploy)
      ~ UpdateService catalog-service
          catalog-service:2 → catalog-service:1
          waits for this deployment, at most 15m
Would be left: task of catalog-migration:1 was run, task definition
               catalog-service:2 (harmless)
Would end: rolled back · exit 3 · after about 3 minutes"
    );
    plan.says("What if: version-unhealthy")
        .says("would fail here");
}

#[test]
fn a_fault_that_is_none_is_refused() {
    let stage = Stage::set();
    let mut arguments = stage.arguments("plan", GOOD);
    arguments.extend(["--what-if".to_owned(), "crash-lop".to_owned()]);
    let plan = stage.deployer.run(&arguments);
    plan.expect(2).says("did you mean `crash-loop`?");
    for fault in [
        "dead-letters",
        "version-degraded",
        "errors-after-shift",
        "crash-loop@5m",
    ] {
        arguments.pop();
        arguments.push(fault.to_owned());
        let plan = stage.deployer.run(&arguments);
        let said = format!("a plan cannot show what comes of `{fault}`");
        plan.expect(2)
            .says(&said)
            .says("deployer rehearse PIPELINE --fault");
    }
    // There are no lifecycle hooks.
    arguments.pop();
    arguments.push("hook-fails".to_owned());
    let plan = stage.deployer.run(&arguments);
    plan.expect(2).says("the fault `hook-fails` met nothing");
    stage.changed_nothing();
}
