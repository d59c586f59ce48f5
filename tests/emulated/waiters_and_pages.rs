//! `aws::wait_for` and `aws::pages` over sockets, against moto, which nobody here wrote.

use serde_json::json;

use crate::support::catalog::{self, Names};
use crate::support::cloud;
use crate::support::deployer::Deployer;
use crate::support::emulators::Moto;

/// A service of moto never runs a task of its own: it is stable once it wants none.
fn stable_once_it_wants_none(moto: &Moto) {
    let input = json!({ "cluster": "waits", "service": "web", "desiredCount": 0 });
    cloud::must(&moto.endpoint(), "ecs", "UpdateService", input);
}

/// A service of moto that is not stable, and a script that waits until it is.
fn unstable(moto: &Moto, names: &Names) -> Deployer {
    let endpoint = moto.endpoint();
    cloud::must(
        &endpoint,
        "ecs",
        "CreateCluster",
        json!({ "clusterName": "waits" }),
    );
    let service = json!({
        "cluster": "waits", "serviceName": "web", "desiredCount": 2, "taskDefinition": names.revision, "launchType": "EC2",
    });
    cloud::must(&endpoint, "ecs", "CreateService", service);
    let mut deployer = Deployer::at(&endpoint);
    deployer.write(
        "team.rhai",
        r#"let done = aws::wait_for("ecs", "ServicesStable", #{ cluster: "waits", services: ["web"] }, #{ every: "1s", what: "web" });
note(`wants ${done.services[0].desiredCount}`);"#,
    );
    deployer
}

#[test]
fn a_wait_that_was_killed_goes_on_when_it_is_resumed() {
    let moto = Moto::start();
    let names = catalog::seed_moto(&moto);
    let deployer = unstable(&moto, &names);
    let mut live = deployer.spawn_json(&["run", "team.rhai"]);
    live.line(|line| line.contains("\"progress\""))
        .expect("it waits");
    live.kill();
    stable_once_it_wants_none(&moto);
    let resumed = deployer.json(&["resume", &deployer.newest_run()]);
    assert_eq!(resumed.expect(0).ending()["outcome"], "succeeded");
    resumed.says("wants 0");
}

#[test]
fn a_failure_ends_a_wait_and_a_plan_lists_it() {
    let moto = Moto::start();
    let names = catalog::seed_moto(&moto);
    let mut deployer = unstable(&moto, &names);
    deployer.write(
        "gone.rhai",
        r#"aws::wait_for("ecs", "ServicesStable", #{ cluster: "waits", services: ["nobody"] }, #{ what: "nobody" });"#,
    );
    let run = deployer.json(&["run", "gone.rhai"]);
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "wait_failed");
    assert_eq!(fault["message"], "nobody: failures[].reason is MISSING");
    stable_once_it_wants_none(&moto);
    let plan = deployer.run(&["plan", "team.rhai"]);
    plan.expect(0).says("ServicesStable");
}

#[test]
fn every_page_of_a_list_is_read() {
    let moto = Moto::start();
    let endpoint = moto.endpoint();
    for number in 0..7 {
        let name = format!("page-{number}");
        cloud::must(
            &endpoint,
            "secretsmanager",
            "CreateSecret",
            json!({ "Name": name }),
        );
    }
    let mut deployer = Deployer::at(&endpoint);
    deployer.write(
        "team.rhai",
        r#"let all = aws::pages("secretsmanager", "ListSecrets", #{ MaxResults: 2 });
let some = aws::pages("secretsmanager", "ListSecrets", #{ MaxResults: 2 }, #{ max_items: 5 });
let one = aws::call("secretsmanager", "ListSecrets", #{ MaxResults: 2 });
let whole = aws::call("secretsmanager", "ListSecrets");
note(`${all.len()} ${some.len()} ${one.SecretList.len()} ${whole.SecretList.len()}`);
note(`first ${all[0].Name}, last ${all[6].Name}`);"#,
    );
    let run = deployer.json(&["run", "team.rhai"]);
    run.expect(0)
        .says("7 5 2 7")
        .says("first page-0, last page-6");
}
