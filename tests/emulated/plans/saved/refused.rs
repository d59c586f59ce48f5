//! Saved plans that a run refuses, before it does anything.

use super::*;

#[test]
fn a_plan_that_was_edited_or_has_expired_is_refused() {
    let planned = Planned::new();
    let text = std::fs::read_to_string(&planned.file).expect("the saved plan");
    for (from, to) in [
        (GOOD, OLD),
        ("\"expires\": \"2", "\"expires\": \"3"),
        ("\"effect\": \"write\"", "\"effect\": \"read\""),
    ] {
        assert!(text.contains(from), "{text}");
        std::fs::write(&planned.file, text.replace(from, to)).expect("a file of our own");
        planned.refused("plan_file", &["was changed after it was made"]);
    }
    let plan = SavedPlan::parse(&text).expect("a plan");
    let expired = plan.sealed(
        Timestamp::now() - SignedDuration::from_hours(25),
        SignedDuration::from_hours(24),
    );
    let expired = serde_json::to_string(&expired).expect("JSON");
    std::fs::write(&planned.file, expired).expect("a file of our own");
    planned.refused("plan_file", &["it has expired"]);
}

#[test]
fn settings_that_have_moved_are_refused_before_anything_is_done() {
    let planned = Planned::new();
    let names = &planned.stage.names;
    let update = json!({
        "cluster": names.cluster, "service": names.service, "healthCheckGracePeriodSeconds": 77,
    });
    must(
        &planned.stage.ministack.endpoint(),
        "ecs",
        "UpdateService",
        update,
    );
    planned.refused("plan_outdated", &["healthCheckGracePeriodSeconds of", "77"]);
    assert_eq!(planned.stage.proxy.count("RunTask"), 0);
}

#[test]
fn a_changed_script_is_refused_by_name() {
    let mut stage = Stage::set();
    let pipeline = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai"));
    stage.deployer.write(PIPELINE, pipeline);
    let mut planned = Planned::on(stage);
    let edited = format!("{pipeline}\n// reviewed\n");
    planned.stage.deployer.write(PIPELINE, &edited);
    planned
        .stage
        .deployer
        .write("stdlib/verify.rhai", "fn answers(url, members) { }\n");
    let run = planned.run();
    run.expect(2);
    run.says("pipelines/prod.rhai has changed since the plan was made");
    run.says("std/verify has changed since the plan was made");
    assert!(
        planned.stage.proxy.requests().is_empty(),
        "nothing was asked"
    );
}

#[test]
fn other_parameters_are_refused() {
    let planned = Planned::new();
    let file = planned.file.display().to_string();
    for more in [&["--set", "version=1.2.0"][..], &[PIPELINE], &["--dry-run"]] {
        let mut arguments = vec!["run", "--plan", &file];
        arguments.extend(more);
        let run = planned.stage.deployer.run(&arguments);
        run.expect(2).says("cannot be used with");
    }
    // Nor does it help to edit them in the file: what follows from them is not what was planned.
    planned.edit(|plan| plan["params"]["version"] = json!(OLD));
    planned.refused("plan_outdated", &[]);
}

#[test]
fn another_image_behind_the_tag_is_refused() {
    let planned = Planned::new();
    let endpoint = planned.stage.ministack.endpoint();
    let repository = &planned.stage.names.repository;
    let gone = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": GOOD }] });
    must(&endpoint, "ecr", "BatchDeleteImage", gone);
    let digest = catalog::digest("rebuilt");
    let image = json!({
        "repositoryName": repository, "imageManifest": "{\"schemaVersion\":2}",
        "imageDigest": digest, "imageTag": GOOD,
    });
    must(&endpoint, "ecr", "PutImage", image);
    let what = format!("image {repository}:{GOOD} is");
    planned.refused("plan_outdated", &[&what, &catalog::digest(GOOD)]);
}

#[test]
fn another_live_revision_is_refused() {
    let planned = Planned::new();
    let names = &planned.stage.names;
    let endpoint = planned.stage.ministack.endpoint();
    let described = must(
        &endpoint,
        "ecs",
        "DescribeTaskDefinition",
        json!({ "taskDefinition": names.revision }),
    );
    let mut same = described["taskDefinition"].clone();
    let members = same.as_object_mut().expect("a task definition");
    for given in [
        "taskDefinitionArn",
        "revision",
        "status",
        "registeredAt",
        "registeredBy",
        "requiresAttributes",
        "compatibilities",
    ] {
        members.remove(given);
    }
    let revision = catalog::register(&endpoint, &same);
    let update =
        json!({ "cluster": names.cluster, "service": names.service, "taskDefinition": revision });
    must(&endpoint, "ecs", "UpdateService", update);
    let limit = crate::support::HANG;
    cloud::until("the other deployment", limit, || {
        let service = planned.stage.service();
        let deployments = service["deployments"].as_array().map_or(0, Vec::len);
        let primary = cloud::primary(&service)?;
        (deployments == 1 && primary["rolloutState"] == "COMPLETED").then_some(())
    });
    let what = format!("live revision of {}/{} is", names.cluster, names.service);
    planned.refused("plan_outdated", &[&what, "live deployment of"]);
}

#[test]
fn a_plan_that_leaves_a_write_out_is_refused() {
    let planned = Planned::new();
    planned.edit(|plan| {
        let at = position(plan, "ecs::update_service");
        plan["calls"].as_array_mut().expect("calls").remove(at);
    });
    planned.refused("plan_outdated", &["was not planned: nothing more was"]);
}

#[test]
fn what_is_no_plan_is_refused() {
    let planned = Planned::new();
    planned.edit(|plan| plan["version"] = json!(99));
    planned
        .run()
        .expect(2)
        .says("it has format 99, and this deployer reads format 1");
    std::fs::write(&planned.file, "no plan").expect("a file of our own");
    planned.run().expect(2).says("it is not a saved plan");
    let gone = Path::new("gone.json").display().to_string();
    planned
        .stage
        .deployer
        .run(&["run", "--plan", &gone])
        .expect(2)
        .says("gone.json");
}
