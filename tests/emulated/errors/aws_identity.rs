//! Right scripts in wrong surroundings: no credentials, or names that AWS does not know.

use crate::support::catalog::GOOD;
use crate::support::deployer::{Deployer, Finished};
use crate::support::stage::{PIPELINE, Stage};

#[test]
fn without_credentials_it_says_that_a_rehearsal_needs_none() {
    let stage = Stage::set();
    let run = Deployer::offline().run(&stage.arguments("run", GOOD));
    assert!(matches!(run.code, Some(1 | 2)), "{run}");
    run.says("deployer rehearse");
    let said = run.stderr.to_lowercase();
    assert!(
        said.contains("region") || said.contains("credentials"),
        "{run}"
    );
}

#[test]
fn a_rehearsal_needs_none() {
    let deployer = Deployer::offline();
    deployer.run(&["rehearse", PIPELINE]).expect(0);
    deployer.run(&["check", PIPELINE]).expect(0);
}

/// A run in which one parameter names nothing: it fails with AWS's code and changes nothing.
fn unknown(parameter: &str, code: &str) -> Finished {
    let stage = Stage::set();
    let arguments = stage.arguments_with("run", GOOD, &[(parameter, "nowhere")]);
    let run = stage.deployer.json(&arguments);
    let ending = run.expect(1).ending();
    assert_eq!(ending["fault"]["code"], code, "{run}");
    assert_eq!(ending["step"], "Preflight", "{run}");
    let frames = ending["frames"].as_array().expect("frames").clone();
    assert_eq!(frames.last().expect("a frame")["source"], PIPELINE, "{run}");
    run.says("nowhere");
    stage.changed_nothing();
    run
}

#[test]
fn an_unknown_cluster() {
    unknown("cluster", "ClusterNotFoundException");
}

#[test]
fn an_unknown_service() {
    unknown("service", "ServiceNotFoundException");
}

#[test]
fn an_unknown_image() {
    unknown("version", "image_not_found");
}

#[test]
fn an_unknown_repository() {
    unknown("repository", "RepositoryNotFoundException");
}

#[test]
fn an_unknown_container() {
    let stage = Stage::set();
    let arguments = stage.arguments_with("run", GOOD, &[("container", "catalog")]);
    let run = stage.deployer.json(&arguments);
    let ending = run.expect(1).ending();
    assert_eq!(ending["fault"]["code"], "container_not_found", "{run}");
    run.says("catalog-service");
    stage.changed_nothing();
}
