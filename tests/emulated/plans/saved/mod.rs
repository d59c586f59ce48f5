//! A run that is held to a saved plan: it does what was planned, or nothing.

mod refused;

use std::path::{Path, PathBuf};

use deployer::run::planned::SavedPlan;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::catalog::{self, GOOD, OLD};
use crate::support::cloud::{self, must};
use crate::support::deployer::Finished;
use crate::support::stage::{PIPELINE, Stage};

/// A stage, and a saved plan of deploying [`GOOD`] on it.
struct Planned {
    stage: Stage,
    file: PathBuf,
}

impl Planned {
    fn new() -> Planned {
        Planned::on(Stage::set())
    }

    fn on(stage: Stage) -> Planned {
        std::fs::create_dir_all(stage.deployer.state()).expect("a directory of our own");
        let file = stage.deployer.state().join("saved.json");
        let mut arguments = stage.arguments("plan", GOOD);
        arguments.extend(["--out".to_owned(), file.display().to_string()]);
        stage.deployer.run(&arguments).expect(0);
        stage.changed_nothing();
        stage.proxy.clear();
        Planned { stage, file }
    }

    fn run(&self) -> Finished {
        let file = self.file.display().to_string();
        self.stage.deployer.json(&["run", "--plan", &file])
    }

    /// Changes the JSON of the saved plan, and writes it back.
    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let text = std::fs::read_to_string(&self.file).expect("the saved plan");
        let mut plan = serde_json::from_str(&text).expect("JSON");
        change(&mut plan);
        // As whoever makes plans would: what only the digest would show is a test of its own.
        let text = plan.to_string();
        let text = SavedPlan::parse(&text).map_or(text, |plan| {
            let sealed = plan.sealed(Timestamp::now(), SignedDuration::from_hours(1));
            serde_json::to_string(&sealed).expect("JSON")
        });
        std::fs::write(&self.file, text).expect("a file of our own");
    }

    /// A plan of the shipped pipeline with `more` behind it, where `looks` counts how often it was gone through: once for
    /// the plan, once more before the run, and then by the run itself.
    fn counting(more: &str) -> Planned {
        let mut stage = Stage::set();
        let pipeline = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai"));
        let count = r#"
let looks = process::run("sh", #{ args: ["-c", "echo x >> looks; wc -l < looks"], reads: true }).stdout;
looks.trim();
let looks = parse_int(looks);
"#;
        let (head, steps) = pipeline.split_at(pipeline.find("title(").expect("a title"));
        stage
            .deployer
            .write(PIPELINE, &format!("{head}{count}{steps}{more}"));
        Planned::on(stage)
    }

    /// Refused before anything was run.
    fn refused(&self, code: &str, says: &[&str]) {
        let run = self.run();
        run.expect(2).says(code);
        for what in says {
            run.says(what);
        }
        self.stage.changed_nothing();
        self.stage.serves(OLD);
    }
}

fn position(plan: &Value, primitive: &str) -> usize {
    let calls = plan["calls"].as_array().expect("calls");
    let found = calls.iter().position(|call| call["primitive"] == primitive);
    found.unwrap_or_else(|| panic!("{primitive} is not planned: {plan}"))
}

#[test]
fn a_run_does_what_was_planned() {
    let planned = Planned::new();
    let run = planned.run();
    run.expect(0);
    planned.stage.serves(GOOD);
    planned.stage.changed_once();
    let text = std::fs::read_to_string(&planned.file).expect("the saved plan");
    let plan: Value = serde_json::from_str(&text).expect("JSON");
    let inputs = |calls: &Value| -> Vec<Value> {
        let calls = calls.as_array().into_iter().flatten();
        calls.map(|call| call["input"].clone()).collect()
    };
    let mut written = run.events("call");
    written.retain(|call| call["effect"] == "write");
    assert_eq!(inputs(&json!(written)), inputs(&plan["calls"]), "{run}");
    let digest = catalog::digest(GOOD);
    assert!(plan["relies_on"].to_string().contains(&digest), "{plan}");
    assert_eq!(
        plan["undo"][0]["input"]["taskDefinition"],
        planned.stage.names.revision
    );
}

#[test]
fn names_that_only_aws_gives_may_differ() {
    let planned = Planned::new();
    let endpoint = planned.stage.ministack.endpoint();
    let (family, secret) = (&planned.stage.names.service, &planned.stage.names.secret);
    let mut other = catalog::migration_definition(&planned.stage.names.repository, secret);
    other["family"] = json!(family);
    catalog::register(&endpoint, &other);
    planned.run().expect(0);
    planned.stage.serves(GOOD);
    let revision = planned.stage.service()["taskDefinition"].to_string();
    assert!(revision.contains(&format!("{family}:3")), "{revision}");
}

#[test]
fn a_failed_run_undoes_what_was_planned() {
    let planned = Planned::counting("\nstep \"Late\" { if looks > 2 { throw \"too late\"; } }\n");
    let endpoint = planned.stage.ministack.endpoint();
    let run = planned.run();
    let ending = run.expect(3).ending();
    assert_eq!(ending["fault"]["message"], "too late", "{run}");
    assert!(!run.has_said("not foreseen"), "{run}");
    assert_eq!(planned.stage.proxy.carried_out("UpdateService"), 2, "{run}");
    let service = cloud::service(
        &endpoint,
        &planned.stage.names.cluster,
        &planned.stage.names.service,
    );
    assert_eq!(service["taskDefinition"], planned.stage.names.revision);
}

#[test]
fn an_undo_that_was_not_foreseen_is_made_and_told() {
    let more = r#"
step "Late" {
    let found = ecs::describe_services(#{ cluster: app.cluster, services: [app.service] });
    let arn = found.services[0].serviceArn;
    undo("tag gone", || if looks > 2 { aws::call("ecs", "UntagResource", #{ resourceArn: arn, tagKeys: ["by"] }); });
    ecs::tag_resource(#{ resourceArn: arn, tags: [#{ key: "by", value: "us" }] });
    if looks > 2 { throw "too late"; }
}
"#;
    let planned = Planned::counting(more);
    let run = planned.run();
    run.expect(3)
        .says("not foreseen by the plan: UntagResource");
    assert_eq!(planned.stage.proxy.carried_out("UntagResource"), 1, "{run}");
    assert_eq!(planned.stage.proxy.carried_out("UpdateService"), 2, "{run}");
    let shown = planned
        .stage
        .deployer
        .run(&["show", &planned.stage.deployer.newest_run()]);
    shown.expect(0).says("not foreseen by the plan");
}

#[test]
fn the_end_of_a_run_that_failed_puts_right_what_no_plan_knew() {
    let more = r#"
finally("Put right", |ended| {
    let found = ecs::describe_services(#{ cluster: app.cluster, services: [app.service] });
    let tags = [#{ key: "ended", value: ended.outcome }];
    if ended.outcome != "succeeded" { ecs::tag_resource(#{ resourceArn: found.services[0].serviceArn, tags: tags }); }
});
step "Late" { if looks > 2 { throw "too late"; } }
"#;
    let planned = Planned::counting(more);
    let run = planned.run();
    run.expect(3).says("not foreseen by the plan: TagResource");
    assert_eq!(planned.stage.proxy.carried_out("TagResource"), 1, "{run}");
}

#[test]
fn a_write_that_was_not_planned_never_reaches_aws() {
    let more = r#"
step "Late" {
    let found = ecs::describe_services(#{ cluster: app.cluster, services: [app.service] });
    let arn = found.services[0].serviceArn;
    if looks > 2 { ecs::tag_resource(#{ resourceArn: arn, tags: [#{ key: "by", value: "us" }] }); }
}
"#;
    let planned = Planned::counting(more);
    let run = planned.run();
    let ending = run.ending();
    assert_eq!(ending["fault"]["code"], "not_planned", "{run}");
    run.says("was not planned: nothing more was");
    assert_eq!(planned.stage.proxy.count("TagResource"), 0, "{run}");
    planned.stage.serves(OLD);
}

#[test]
fn at_the_end_only_what_was_planned_is_written() {
    let mut stage = Stage::set();
    let pipeline = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai"));
    let closing = r#"
finally("Mark it", |ended| {
    let found = ecs::describe_services(#{ cluster: app.cluster, services: [app.service] });
    ecs::tag_resource(#{ resourceArn: found.services[0].serviceArn, tags: [#{ key: "by", value: "us" }] });
});
"#;
    let text = format!("{pipeline}{closing}");
    stage.deployer.write(PIPELINE, &text);
    let planned = Planned::on(stage);
    let run = planned.run();
    run.expect(0);
    assert_eq!(planned.stage.proxy.carried_out("TagResource"), 1, "{run}");

    planned.stage.proxy.clear();
    let again = Planned::on(planned.stage);
    again.edit(|plan| plan["closing"] = json!([]));
    let run = again.run();
    run.says("not done: TagResource");
    run.says("was not planned for the end");
    assert_eq!(again.stage.proxy.count("TagResource"), 0, "{run}");
}

#[test]
fn a_write_that_differs_never_reaches_aws() {
    let planned = Planned::new();
    planned.edit(|plan| {
        let at = position(plan, "ecs::register_task_definition");
        plan["calls"][at]["input"]["cpu"] = json!("256");
    });
    let said = "RegisterTaskDefinition catalog-service is not as planned";
    planned.refused("plan_outdated", &[said]);
}

#[test]
fn a_resumed_run_is_held_to_its_plan_too() {
    let stage = Stage::set();
    let file = stage
        .deployer
        .state()
        .join("saved.json")
        .display()
        .to_string();
    std::fs::create_dir_all(stage.deployer.state()).expect("a directory of our own");
    let mut arguments = stage.arguments_with("plan", GOOD, &[("approvers", "[\"lead\"]")]);
    arguments.extend(["--out".to_owned(), file.clone()]);
    stage.deployer.run(&arguments).expect(0);
    let planned = Planned {
        file: PathBuf::from(&file),
        stage,
    };
    planned.run().expect(5);
    let run = planned.stage.deployer.newest_run();
    let kept = planned
        .stage
        .deployer
        .state()
        .join("runs")
        .join(&run)
        .join("plan.json");
    planned.stage.deployer.run(&["approve", &run]).expect(0);
    let text = std::fs::read_to_string(&kept).expect("the run's own copy");
    let edited = text.replace("UpdateService", "UpdateServices");
    for (copy, said) in [(Some(edited), "was changed"), (None, "is missing")] {
        match copy {
            Some(copy) => std::fs::write(&kept, copy).expect("a file of our own"),
            None => std::fs::remove_file(&kept).expect("a file of our own"),
        }
        let resumed = planned.stage.deployer.run(&["resume", &run]);
        resumed.expect(2).says(said);
    }
    assert_eq!(planned.stage.proxy.count("UpdateService"), 0);
    std::fs::write(&kept, text).expect("a file of our own");
    planned.stage.deployer.json(&["resume", &run]).expect(0);
}
