//! The rolling deployment, end to end, on a scheduler that really rolls.

use serde_json::{Map, Value, json};

use crate::support::catalog::{self, CRASHING, GOOD, OLD, SECRET, UNPULLABLE};
use crate::support::cloud;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::{Fate, Moto};
use crate::support::health::Mood;
use crate::support::proxy::Proxy;
use crate::support::stage::{PIPELINE, Stage};

#[test]
fn a_good_version_succeeds_with_the_deployment_that_the_run_started() {
    let stage = Stage::set();
    let run = stage.run(GOOD);
    run.expect(0);
    assert_eq!(run.ending()["outcome"], "succeeded");
    stage.serves(GOOD);
    stage.changed_once();

    let service = stage.service();
    let primary = cloud::primary(&service).expect("a PRIMARY deployment");
    assert_eq!(started_deployment(&run), primary["id"], "{service}");
    assert!(
        stage
            .proxy
            .writes()
            .iter()
            .all(|write| write.input.get("desiredCount").is_none()),
        "a deployment does not touch the desired count"
    );
}

/// The deployment that was PRIMARY in the answer to the run's own update.
fn started_deployment(run: &Finished) -> Value {
    let returned = run.events("returned");
    let services = returned
        .iter()
        .filter_map(|event| event["result"]["Ok"].get("service"));
    let deployments = services.filter_map(cloud::primary);
    let ids: Vec<Value> = deployments
        .map(|deployment| deployment["id"].clone())
        .collect();
    assert_eq!(ids.len(), 1, "one update: {run}");
    ids[0].clone()
}

#[test]
fn the_image_is_pinned_and_nothing_else_changes() {
    let stage = Stage::set();
    stage.run(GOOD).expect(0);
    let describe = |revision: &Value| {
        let described = cloud::must(
            &stage.ministack.endpoint(),
            "ecs",
            "DescribeTaskDefinition",
            json!({"taskDefinition": revision}),
        );
        described["taskDefinition"].clone()
    };
    let mut before = describe(&json!(stage.names.revision));
    let after = describe(&stage.service()["taskDefinition"]);
    let image = &mut before["containerDefinitions"][0]["image"];
    let pinned = image
        .as_str()
        .map(|it| it.replace(&catalog::digest(OLD), &catalog::digest(GOOD)));
    *image = json!(pinned);
    for member in ["revision", "taskDefinitionArn", "registeredAt"] {
        before[member] = after[member].clone();
    }
    assert_eq!(before, after);
}

#[test]
fn a_crashing_version_is_rolled_back_with_its_reason() {
    let stage = Stage::set();
    let run = stage.run(CRASHING);
    run.expect(3);
    let ending = run.ending();
    assert_eq!(ending["outcome"], "rolled_back");
    assert_eq!(ending["step"], "Deploy");
    let causes = ending["causes"].to_string();
    assert!(causes.contains("exited with 1"), "{run}");
    assert!(
        causes.contains("Unhandled exception"),
        "the last log lines: {causes}"
    );
    assert!(
        ending["left"].to_string().contains("catalog-service:2"),
        "{ending}"
    );
    serves_the_old_revision(&stage);
}

#[test]
fn an_image_that_cannot_be_pulled_is_rolled_back_with_its_reason() {
    let stage = Stage::set();
    let run = stage.run(UNPULLABLE);
    run.expect(3);
    let causes = run.ending()["causes"].to_string();
    assert!(causes.contains("CannotPullContainerError"), "{run}");
    serves_the_old_revision(&stage);
}

#[test]
fn a_slow_start_is_waited_for() {
    let stage = Stage::set();
    let slow = catalog::behaviour().image(GOOD, &catalog::digest(GOOD), Fate::Slow(3.0));
    stage.ministack.behave(slow);
    stage.run(GOOD).expect(0);
    stage.serves(GOOD);
}

#[test]
fn a_version_that_says_it_is_unhealthy_is_rolled_back() {
    let mut stage = Stage::set();
    stage.health.set(Mood::Unhealthy(GOOD.to_owned()));
    // The library's own patience is minutes; a project may replace any module of it.
    let pipeline = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai"));
    stage.deployer.write(PIPELINE, pipeline);
    stage.deployer.write("stdlib/verify.rhai", IMPATIENT);
    let run = stage.run(GOOD);
    let ending = run.expect(3).ending();
    assert_eq!(ending["step"], "Verify");
    assert_eq!(ending["fault"]["code"], "http_check_failed");
    assert_eq!(
        run.events("started")[0]["overridden"],
        json!(["std/verify"])
    );
    run.says("Unhealthy");
    serves_the_old_revision(&stage);
}

const IMPATIENT: &str = r#"
fn answers(url, members) {
    http::check(#{ url: url, expect: #{ json: members }, timeout: "2s" })
}
"#;

#[test]
fn a_version_that_falls_ill_while_it_is_watched_is_rolled_back() {
    let stage = Stage::set();
    let arguments = stage.arguments_with("run", GOOD, &[("watch", "60s")]);
    let mut live = stage.deployer.spawn_json(&arguments);
    let watching = live.line(|line| {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        event["event"] == "step_started" && event["step"] == "Watch"
    });
    stage.health.set(Mood::Status(503));
    let run = live.finish();
    assert!(watching.is_some(), "{run}");
    let ending = run.expect(3).ending();
    assert_eq!(ending["step"], "Watch");
    assert_eq!(ending["fault"]["code"], "watch_breached");
    serves_the_old_revision(&stage);
}

fn serves_the_old_revision(stage: &Stage) {
    stage.serves(OLD);
    assert_eq!(stage.service()["taskDefinition"], stage.names.revision);
}

#[test]
fn a_migration_that_fails_stops_everything_before_the_deployment() {
    let stage = Stage::set();
    let mut definition =
        catalog::migration_definition(&stage.names.repository, &stage.names.secret);
    definition["containerDefinitions"][0]["environment"] =
        json!([{"name": "FATE", "value": Fate::Exits(7, 0.3).text()}]);
    catalog::register(&stage.ministack.endpoint(), &definition);

    let run = stage.run(GOOD);
    assert!(matches!(run.code, Some(1 | 3)), "{run}");
    assert_eq!(run.ending()["step"], "Migrate");
    run.says("7").says("Unhandled exception");
    assert_eq!(stage.proxy.count("UpdateService"), 0);
    serves_the_old_revision(&stage);
}

#[test]
fn an_empty_secret_is_found_before_anything_changes() {
    let stage = Stage::set();
    let endpoint = stage.ministack.endpoint();
    cloud::must(
        &endpoint,
        "secretsmanager",
        "PutSecretValue",
        json!({"SecretId": stage.names.secret, "SecretString": ""}),
    );
    let run = stage.run(GOOD);
    run.expect(1).says("catalog-db-connection");
    assert_eq!(run.ending()["fault"]["code"], "secrets_not_ready");
    assert_eq!(run.ending()["step"], "Preflight");
    stage.changed_nothing();
}

#[test]
fn a_plan_writes_nothing_and_the_run_writes_what_was_planned() {
    let stage = Stage::set();
    let plan = stage.deployer.json(&stage.arguments("plan", GOOD));
    plan.expect(0);
    stage.changed_nothing();
    assert!(
        stage.proxy.count("DescribeServices") > 0,
        "it looks at what is live"
    );
    let planned = plan
        .lines()
        .into_iter()
        .find_map(|line| line["writes"].as_array().cloned())
        .unwrap_or_else(|| panic!("no list of writes: {plan}"));
    let planned: Vec<Value> = planned.iter().map(comparable).collect();

    stage.proxy.clear();
    stage.run(GOOD).expect(0);
    let written: Vec<Value> = stage
        .proxy
        .writes()
        .iter()
        .map(|write| comparable(&json!({"operation": write.operation, "input": write.input})))
        .collect();
    assert_eq!(planned, written);
}

/// A write without what differs between any two runs: tokens, and the spelling of a revision.
fn comparable(write: &Value) -> Value {
    let mut input = write["input"].as_object().cloned().unwrap_or_default();
    for token in ["clientToken", "startedBy"] {
        input.remove(token);
    }
    let revision = input
        .get("taskDefinition")
        .and_then(Value::as_str)
        .map(short);
    if let Some(revision) = revision {
        input.insert("taskDefinition".to_owned(), revision);
    }
    let sorted: std::collections::BTreeMap<_, _> = input.into_iter().collect();
    let input: Map<String, Value> = sorted.into_iter().collect();
    json!({"operation": write["operation"], "input": input})
}

fn short(revision: &str) -> Value {
    json!(revision.rsplit('/').next())
}

#[test]
fn a_dry_run_is_a_plan() {
    let stage = Stage::set();
    let plan = stage.deployer.run(&stage.arguments("plan", GOOD));
    let mut arguments = stage.arguments("run", GOOD);
    arguments.push("--dry-run".to_owned());
    let dry = stage.deployer.run(&arguments);
    assert_eq!(plan.expect(0).stdout, dry.expect(0).stdout);
    for shown in [
        "RegisterTaskDefinition",
        "RunTask",
        "UpdateService",
        &catalog::digest(GOOD)[7..11],
    ] {
        plan.says(shown);
    }
    stage.changed_nothing();
}

#[test]
fn an_approval_suspends_and_goes_on_with_its_answer() {
    let stage = Stage::set();
    let arguments = stage.arguments_with("run", GOOD, &[("approvers", r#"["lead"]"#)]);
    let run = stage.deployer.json(&arguments);
    run.expect(5);
    stage.changed_nothing();
    let id = run.run_id().expect("a run");
    let next = run.ending()["next"].to_string();
    assert!(next.contains(&format!(" approve {id}")), "{run}");

    stage.deployer.json(&["resume", &id]).expect(5);
    stage.changed_nothing();
    let approve = ["approve", &id, "--as", "lead", "--note", "go"];
    stage.deployer.run(&approve).expect(0);
    stage.deployer.json(&["resume", &id]).expect(0);
    stage.serves(GOOD);
    stage.changed_once();
}

#[test]
fn a_rejection_ends_the_run() {
    let stage = Stage::set();
    let arguments = stage.arguments_with("run", GOOD, &[("approvers", r#"["lead"]"#)]);
    let run = stage.deployer.json(&arguments);
    let id = run.expect(5).run_id().expect("a run");
    stage
        .deployer
        .run(&["reject", &id, "--as", "lead"])
        .expect(0);
    let resumed = stage.deployer.json(&["resume", &id]);
    assert_eq!(resumed.expect(4).ending()["outcome"], "rejected");
    stage.changed_nothing();
}

#[test]
fn runs_lists_the_newest_first_and_no_secret_is_anywhere() {
    let stage = Stage::set();
    let first = stage.run(CRASHING);
    let second = stage.run(GOOD);
    let runs = stage.deployer.json(&["runs"]);
    let listed = runs.expect(0).lines();
    let member = |name: &str| {
        listed
            .iter()
            .map(|run| run[name].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        member("run"),
        [json!(second.run_id()), json!(first.run_id())]
    );
    assert_eq!(member("outcome"), ["succeeded", "rolled_back"]);
    assert!(member("started").iter().all(Value::is_string), "{runs}");
    assert!(member("pipeline").iter().all(|it| it == PIPELINE), "{runs}");

    let id = first.run_id().expect("a run");
    let show = stage.deployer.run(&["show", &id]);
    show.expect(0).says("Deploy");
    for finished in [&first, &second, &runs, &show] {
        assert!(!finished.has_said(SECRET));
    }
    let files = stage.deployer.state_files();
    assert!(!files.is_empty());
    for (path, content) in files {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains(SECRET), "{}", path.display());
    }
}

#[test]
fn a_plan_on_moto_looks_and_does_not_touch() {
    let moto = Moto::start();
    let names = catalog::seed_moto(&moto);
    let proxy = Proxy::start(&moto.endpoint());
    let deployer = Deployer::at(&proxy.endpoint());
    let mut arguments = vec!["plan".to_owned(), PIPELINE.to_owned()];
    arguments.extend(names.parameters(GOOD, ""));
    let plan = deployer.json(&arguments);
    plan.expect(0);
    assert!(proxy.writes().is_empty(), "{:#?}", proxy.writes());
    assert!(proxy.count("DescribeServices") > 0);
    plan.says(&catalog::digest(GOOD)).says("UpdateService");
}
