//! Crashes and chaos find what is planted.

use crate::support::deployer::{Deployer, Finished};

/// The head of each pipeline.
const HEAD: &str = r#"let app = params(#{ cluster: text("cluster"), service: text("service") });
"#;

fn planted(pipeline: &str, options: &[&str]) -> Finished {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", &format!("{HEAD}{pipeline}"));
    deployer.write(
        "team.test.rhai",
        "fn test_it() { rehearse(\"team.rhai\").expect_outcome(\"succeeded\"); }\n",
    );
    deployer.run(&[&["test"], options].concat())
}

/// Goes back to a revision and follows that.
const DEPLOY: &str = r#"
fn to(app, revision) {
    let updated = ecs::update_service(#{
        cluster: app.cluster, service: app.service, taskDefinition: revision,
        deploymentConfiguration: #{ maximumPercent: 200, minimumHealthyPercent: 100,
                                    deploymentCircuitBreaker: #{ enable: true, rollback: true } },
    });
    updated.service.deployments[0].id
}
fn next(app) {
    let found = ecs::describe_task_definition(#{ taskDefinition: "realserv-catalog-service" });
    let containers = found.taskDefinition.containerDefinitions;
    ecs::register_task_definition(#{
        family: "realserv-catalog-service", networkMode: "awsvpc", cpu: "512", memory: "1024",
        requiresCompatibilities: ["FARGATE"], containerDefinitions: containers,
        executionRoleArn: found.taskDefinition.executionRoleArn,
    }).taskDefinition.taskDefinitionArn
}
"#;

#[test]
fn chaos_finds_a_success_that_is_none() {
    let pipeline = format!(
        r#"{DEPLOY}
step "Deploy" {{
    let id = to(app, next(app));
    try {{ ecs::follow_deployment(#{{ cluster: app.cluster, service: app.service, deployment: id }}); }}
    catch (e) {{ note("whatever"); }}
}}
"#
    );
    let finished = planted(&pipeline, &["--chaos", "40"]);
    finished
        .expect(1)
        .says("a success serves the new version with all its tasks")
        .says("reproduce: deployer rehearse team.rhai")
        .says("--fault");
}

#[test]
fn chaos_finds_a_rollback_that_is_none() {
    let pipeline = format!(
        r#"{DEPLOY}
step "Deploy" {{
    let revision = next(app);
    undo("back", || {{
        let id = to(app, "realserv-catalog-service:40");
        ecs::follow_deployment(#{{ cluster: app.cluster, service: app.service, deployment: id }});
    }});
    let id = to(app, revision);
    ecs::follow_deployment(#{{ cluster: app.cluster, service: app.service, deployment: id }});
}}
"#
    );
    let finished = planted(&pipeline, &["--chaos", "40"]);
    finished
        .expect(1)
        .says("what was rolled back serves what it served before");
}

/// The service is back; what scales it is not.
#[test]
fn chaos_finds_what_a_rollback_left_around_the_service() {
    let pipeline = format!(
        r#"{DEPLOY}
step "Deploy" {{
    let before = ecs::describe_services(#{{ cluster: app.cluster, services: [app.service] }}).services[0];
    // An undo that says it does, and does nothing.
    undo("scaling back", || ());
    autoscaling::register_scalable_target(#{{
        ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount",
        ResourceId: `service/${{app.cluster}}/${{app.service}}`, MinCapacity: 2, MaxCapacity: 7,
    }});
    let revision = next(app);
    undo("back", || {{
        let id = to(app, before.taskDefinition);
        ecs::follow_deployment(#{{ cluster: app.cluster, service: app.service, deployment: id }});
    }});
    let id = to(app, revision);
    ecs::follow_deployment(#{{ cluster: app.cluster, service: app.service, deployment: id }});
}}
"#
    );
    let finished = planted(&pipeline, &["--chaos", "40"]);
    finished
        .expect(1)
        .says("what was rolled back serves what it served before: scaling service/");
}

#[test]
fn a_crash_finds_a_write_that_is_made_twice() {
    // Nothing can show whether it has happened; the simulated people say: do it again.
    let pipeline = r#"
step "Clean" {
    aws::call("ecs", "DeregisterTaskDefinition", #{ taskDefinition: "realserv-catalog-service:39" });
}
"#;
    let finished = planted(pipeline, &["--crash"]);
    finished
        .expect(1)
        .says("the run ends differently")
        .says("no write is carried out twice: DeregisterTaskDefinition was made");
}
