//! The threshold of the circuit breaker is what a pipeline says, or what the service has.
//!
//! ECS API Reference, DeploymentCircuitBreaker (`resetOnHealthyTask`) and ThresholdConfiguration (`type`, `value`).

use crate::support::deployer::Deployer;

const CLOUD: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/pipelines/prod.cloud.toml"
));

const DEPLOY: &str = r#"
import "std/service" as service;
import "std/task_definition" as task_definition;
let app = params(#{ cluster: text("c"), service: text("s"), by: text("roll_out or ensure").or("roll_out"), type: text("t").or("COUNT"), value: integer("v") });
step "Deploy" {
    let live = service::find(app.cluster, app.service);
    let definition = task_definition::as_new_revision(task_definition::find(live.taskDefinition));
    definition.containerDefinitions[0].image = "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0";
    let breaker = if app.value == 0 { #{} } else {
        #{ resetOnHealthyTask: false, thresholdConfiguration: #{ type: app.type, value: app.value } }
    };
    if app.by == "ensure" {
        service::ensure(app, live, definition, #{ breaker: breaker, maximum_percent: 150 });
    } else {
        service::roll_out(app, live, definition, live.taskDefinition, #{ breaker: breaker });
    }
}
"#;

const TESTS: &str = r#"
fn deployed(by, type, value, faults) {
    rehearse("deploy.rhai", #{ faults: faults, params: #{ by: by, type: type, value: value } })
}
fn threshold(run) {
    let app = #{ cluster: run.params.cluster, service: run.params.service };
    let listed = run.cloud("ecs", "ListServiceDeployments", app).serviceDeployments;
    let arns = listed.map(|one| one.serviceDeploymentArn);
    arns.truncate(2);
    let found = run.cloud("ecs", "DescribeServiceDeployments", #{ serviceDeploymentArns: arns }).serviceDeployments;
    // A deployment that failed is followed by the way back, which has the settings from before.
    let failed = found.filter(|one| one.deploymentCircuitBreaker.failureCount > 0);
    (if failed.len() > 0 { failed[0] } else { found[0] }).deploymentCircuitBreaker.threshold
}
fn test_so_many_failed_tasks_end_a_deployment() {
    for by in ["roll_out", "ensure"] {
        let run = deployed(by, "COUNT", 2, ["version-unhealthy"]);
        run.expect_outcome("rolled_back");
        run.expect_write("UpdateService", #{ deploymentConfiguration: #{ deploymentCircuitBreaker: #{
            enable: true, rollback: true, resetOnHealthyTask: false, thresholdConfiguration: #{ type: "COUNT", value: 2 },
        } } });
        assert_eq(threshold(run), 2);
    }
}
fn test_percentages_are_of_the_desired_count() {
    // Three tasks: at least three failures where the percentage is bounded.
    for row in [["BOUNDED_PERCENT", 50, 3], ["UNBOUNDED_PERCENT", 50, 2]] {
        let run = deployed("roll_out", row[0], row[1], []);
        run.expect_outcome("succeeded");
        assert_eq(threshold(run), row[2]);
    }
}
fn test_a_threshold_stays() {
    for by in ["roll_out", "ensure"] {
        let run = rehearse("deploy.rhai", #{ cloud: "own.toml", params: #{ by: by, value: 0 } });
        run.expect_outcome("succeeded");
        assert_eq(threshold(run), 7);
    }
}
"#;

#[test]
fn the_threshold_of_the_circuit_breaker_is_that_of_the_pipeline_or_of_the_service() {
    let mut deployer = Deployer::offline();
    let breaker = "deploymentCircuitBreaker = { enable = true, rollback = true }";
    assert!(CLOUD.contains(breaker));
    let own = "deploymentCircuitBreaker = { enable = true, rollback = true, thresholdConfiguration = { type = \"COUNT\", value = 7 } }";
    deployer.write("deploy.cloud.toml", CLOUD);
    deployer.write("own.toml", &CLOUD.replace(breaker, own));
    deployer.write("deploy.rhai", DEPLOY);
    deployer.write("deploy.test.rhai", TESTS);
    deployer.run(&["test", "deploy.test.rhai"]).expect(0);
}
