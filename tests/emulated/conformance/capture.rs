//! `deployer capture` writes a fixture from what is live, by reading only, and pipelines rehearse on it.

use std::fs;

use deployer::world::simulated::Fixture;
use serde_json::json;

use crate::support::catalog::{self, GOOD, Names, OLD, SECRET};
use crate::support::cloud::must;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Moto;
use crate::support::health::{Health, Mood};
use crate::support::proxy::Proxy;
use crate::support::rules::{Disturbance, Rule};
use crate::support::stage::{PIPELINE, Stage};

/// A capture of the catalog service, with its migration and health endpoint.
struct Capture {
    deployer: Deployer,
    file: String,
    finished: Finished,
}

impl Capture {
    fn of(proxy: &Proxy, names: &Names, health: &Health) -> Capture {
        let deployer = Deployer::at(&proxy.endpoint());
        fs::create_dir_all(deployer.state()).expect("a directory of our own");
        let file = deployer.state().join("live.cloud.toml");
        let file = file.to_str().expect("a path in UTF-8").to_owned();
        let finished = deployer.run(&Capture::arguments(names, health, &file));
        Capture {
            deployer,
            file,
            finished,
        }
    }

    fn arguments(names: &Names, health: &Health, file: &str) -> Vec<String> {
        let arguments = [
            "capture",
            "--cluster",
            &names.cluster,
            "--service",
            &names.service,
            "--task-family",
            &names.migration,
            "--endpoint",
            &health.url(),
            "--out",
            file,
        ];
        arguments.map(str::to_owned).to_vec()
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file).unwrap_or_else(|e| panic!("{e}: {}", self.finished))
    }

    /// Rehearses the shipped pipeline on the captured cloud.
    fn rehearsed(&self, more: &[&str]) -> Finished {
        let arguments = [
            "rehearse", PIPELINE, "--cloud", &self.file, "--output", "json",
        ];
        self.deployer.run(&[&arguments, more].concat())
    }
}

/// What holds wherever it was captured.
fn is_whole(capture: &Capture, proxy: &Proxy, names: &Names) {
    capture.finished.expect(0).says("no write");
    let requests = proxy.requests();
    let writes: Vec<_> = requests.iter().filter(|r| r.is_write()).collect();
    assert!(writes.is_empty(), "{writes:?}");
    capture
        .finished
        .says(&format!("{} reads", requests.len() + 1)); // one is the endpoint
    let asked = |operation: &str| requests.iter().any(|r| r.operation == operation);
    assert!(!asked("GetSecretValue") && !asked("GetParameter") && !asked("GetParameters"));

    let text = capture.text();
    assert!(
        !text.contains(SECRET) && !capture.finished.has_said(SECRET),
        "{text}"
    );
    let fixture = Fixture::parse(&text, &capture.file).unwrap_or_else(|f| panic!("{f}\n{text}"));
    assert_eq!(fixture.params["service"], json!(names.service), "{text}");
    assert!(fixture.params["version"].is_string(), "{text}");
    let mut families: Vec<_> = fixture
        .task_definitions
        .iter()
        .map(|d| d.definition["family"].clone())
        .collect();
    // A revision of which more than the image differs stands by itself.
    families.dedup();
    assert_eq!(
        families,
        [json!(names.service), json!(names.migration)],
        "{text}"
    );
    let secrets: Vec<_> = fixture
        .secrets
        .iter()
        .map(|s| (s.name.as_str(), s.has_value))
        .collect();
    assert_eq!(secrets, [("catalog-db-connection", true)], "{text}");
    let images = &fixture.repositories[0].images;
    for version in [OLD, GOOD] {
        let known = images.iter().find(|i| i.tags == [version]);
        assert_eq!(
            known.map(|i| i.digest.clone()),
            Some(catalog::digest(version)),
            "{text}"
        );
    }

    capture
        .rehearsed(&["--set", "version=1.3.0", "--set", "watch=1m"])
        .expect(0);
    let crashing = ["--set", "version=1.3.0", "--fault", "crash-loop"];
    capture.rehearsed(&crashing).expect(3);
}

#[test]
fn what_ministack_runs_can_be_rehearsed_on() {
    let stage = Stage::set();
    let capture = Capture::of(&stage.proxy, &stage.names, &stage.health);
    is_whole(&capture, &stage.proxy, &stage.names);
    let text = capture.text();
    assert!(text.contains("# Left out:"), "{text}");
    capture.finished.says("left out: scaling"); // it has no Application Auto Scaling
}

#[test]
fn what_moto_keeps_can_be_rehearsed_on() {
    let moto = Moto::start();
    let names = catalog::seed_moto(&moto);
    let health = Health::start(Mood::Healthy(OLD.to_owned()));
    let endpoint = moto.endpoint();
    must(
        &endpoint,
        "ssm",
        "PutParameter",
        json!({"Name": "/catalog/flag", "Value": "not-to-be-seen", "Type": "String"}),
    );
    let mut definition = catalog::migration_definition(&names.repository, &names.secret);
    definition["containerDefinitions"][0]["secrets"] = json!([
        {"name": "FLAG", "valueFrom": "/catalog/flag"}, {"name": "GONE", "valueFrom": "/catalog/none"},
    ]);
    definition["containerDefinitions"][0]["environment"] =
        json!([{"name": "DB_PASSWORD", "value": "hunter3"}, {"name": "LEVEL", "value": "info"}]);
    catalog::register(&endpoint, &definition);
    let proxy = Proxy::start(&endpoint);
    let capture = Capture::of(&proxy, &names, &health);
    // Whoever names a parameter that is not there cannot start: the rehearsal says so, as AWS would.
    capture.finished.expect(0).says("parameter /catalog/none");
    let text = capture.text();
    assert!(
        !text.contains("not-to-be-seen") && !text.contains("hunter3"),
        "{text}"
    );
    assert!(
        text.contains("\"info\"") && text.contains("\"/catalog/flag\""),
        "{text}"
    );
    let fixture = Fixture::parse(&text, "live.cloud.toml").expect("a fixture");
    let revisions: Vec<_> = fixture
        .task_definitions
        .iter()
        .filter(|d| d.definition["family"] == json!(names.migration))
        .map(|d| d.definition["revision"].clone())
        .collect();
    assert_eq!(revisions, [json!(1), json!(2)], "{text}");
    capture
        .rehearsed(&["--set", "version=1.3.0"])
        .expect(1)
        .says("/catalog/none");

    // Without the migration, all is well.
    let proxy = Proxy::start(&endpoint);
    catalog::register(
        &endpoint,
        &catalog::migration_definition(&names.repository, &names.secret),
    );
    let capture = Capture::of(&proxy, &names, &health);
    is_whole(&capture, &proxy, &names);
}

#[test]
fn what_may_not_be_read_is_left_out_and_what_is_needed_is_said() {
    let moto = Moto::start();
    let names = catalog::seed_moto(&moto);
    let health = Health::start(Mood::Healthy(OLD.to_owned()));
    let proxy = Proxy::start(&moto.endpoint());
    for operation in ["DescribeSecret", "DescribeAlarms"] {
        let denied = Disturbance::Refused("AccessDeniedException");
        proxy.disturb(Rule::every(operation, denied));
    }
    let capture = Capture::of(&proxy, &names, &health);
    capture.finished.expect(0).says("AccessDeniedException");
    let text = capture.text();
    for what in ["secret ", "alarms: AccessDeniedException"] {
        let said = |line: &str| line.starts_with("#   ") && line.contains(what);
        assert!(text.lines().any(said), "{text}");
    }

    let again = capture
        .deployer
        .run(&Capture::arguments(&names, &health, &capture.file));
    again.expect(2).says("is there already").says("--force");
    let mut unknown = Capture::arguments(&names, &health, "none.cloud.toml");
    unknown[4] = "catalog-servise".to_owned();
    let unknown = capture.deployer.run(&unknown);
    unknown
        .expect(2)
        .says("service catalog-servise is not in cluster prod");
}
