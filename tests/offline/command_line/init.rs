//! `deployer init`: what it writes checks, rehearses and passes its own tests.

use crate::support::deployer::Deployer;

/// An empty project of its own, and what `init` made of it.
fn scaffolded(arguments: &[&str]) -> Deployer {
    let mut deployer = Deployer::offline();
    deployer.write("NOTES.md", "Ours.\n");
    let arguments: Vec<&str> = ["init"].iter().chain(arguments).copied().collect();
    let finished = deployer.run(&arguments);
    finished.expect(0);
    finished.says("deployer test");
    deployer
}

#[test]
fn what_it_writes_checks_and_passes_its_tests() {
    let deployer = scaffolded(&["--name", "orders-api"]);
    deployer.run(&["check", "pipelines/deploy.rhai"]).expect(0);
    let tested = deployer.run(&["test"]);
    tested.expect(0);
    tested.says("5 passed, 0 failed");
}

#[test]
fn what_it_writes_rehearses_and_plans_in_every_environment() {
    let deployer = scaffolded(&["--name", "orders-api"]);
    let pipeline = "pipelines/deploy.rhai";
    deployer.run(&["rehearse", pipeline]).expect(0);
    for (environment, service) in [
        ("staging", "orders-api-staging"),
        ("production", "orders-api"),
    ] {
        let file = format!("pipelines/environments/{environment}.toml");
        let rehearsed = deployer.run(&["rehearse", pipeline, "--params", &file]);
        rehearsed.expect(0);
        rehearsed.says(&format!("{service} 1.3.0"));
        let cloud = ["--cloud", "pipelines/cloud.toml"];
        let planned = deployer.run(&["plan", pipeline, cloud[0], cloud[1], "--params", &file]);
        planned.expect(0);
        planned.says(&format!("~ UpdateService {service}"));
    }
}

#[test]
fn the_folder_names_the_service() {
    let deployer = scaffolded(&["teams/Billing"]);
    let rehearsed = deployer.run(&["rehearse", "teams/Billing/pipelines/deploy.rhai"]);
    rehearsed.expect(0);
    rehearsed.says("billing-staging 1.3.0");
}

#[test]
fn nothing_is_overwritten() {
    let mut deployer = Deployer::offline();
    deployer.write("README.md", "Ours.\n");
    let finished = deployer.run(&["init", "--name", "orders-api"]);
    finished.expect(0);
    finished.says("left as it is  README.md");
    assert_eq!(deployer.read("README.md"), "Ours.\n");
    assert_eq!(
        deployer.read(".gitignore").lines().last(),
        Some(".deployer/")
    );

    let again = deployer.run(&["init", "--name", "other"]);
    again.expect(2);
    again.says("pipelines/deploy.rhai is there already");
    let wrong = deployer.run(&["init", "elsewhere", "--name", "Orders_API"]);
    wrong.expect(2);
    wrong.says("`Orders_API` cannot name a service");
}
