//! CodeDeploy: deployments that follow their lifecycle events, fail, are stopped and rolled back.

use super::balancing::world_with;
use super::*;

const GROUPS: &str = r#"
[[functions]]
FunctionName = "invoices"
Role = "arn:aws:iam::123456789012:role/invoices"
Code = { S3Bucket = "releases", S3Key = "invoices-1.4.0.zip" }
versions = [{ version = 6 }, { version = 7 }]
aliases = [{ name = "live", version = "6" }]

[[deployment_groups]]
applicationName = "invoices"
deploymentGroupName = "live"
serviceRoleArn = "arn:aws:iam::123456789012:role/codedeploy"
deploymentConfigName = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
event_takes = "10s"

[[deployment_groups]]
applicationName = "orders"
deploymentGroupName = "prod"
serviceRoleArn = "arn:aws:iam::123456789012:role/codedeploy"
ecsServices = [{ clusterName = "prod", serviceName = "orders" }]
failures = [{ revision = "orders:8", event = "AfterAllowTestTraffic", code = "HOOK_EXECUTION_FAILURE", message = "The hook answered Failed" }]
"#;

fn call(world: &dyn World, operation: &str, input: Value) -> Result<Value, Fault> {
    aws(world, "codedeploy", operation, input)
}

fn must(world: &dyn World, operation: &str, input: Value) -> Value {
    call(world, operation, input).expect(operation)
}

fn revision(kind: &str, properties: Value) -> Value {
    let spec = json!({ "version": 0.0, "Resources": [{ "Target": { "Type": kind, "Properties": properties } }] });
    json!({ "revisionType": "AppSpecContent", "appSpecContent": { "content": spec.to_string() } })
}

fn of_function() -> Value {
    let properties =
        json!({ "Name": "invoices", "Alias": "live", "CurrentVersion": "6", "TargetVersion": "7" });
    json!({
        "applicationName": "invoices", "deploymentGroupName": "live",
        "revision": revision("AWS::Lambda::Function", properties),
    })
}

fn of_service(definition: &str, rollback: bool) -> Value {
    let properties = json!({ "TaskDefinition": definition, "LoadBalancerInfo": { "ContainerName": "app", "ContainerPort": 80 } });
    json!({
        "applicationName": "orders", "deploymentGroupName": "prod", "revision": revision("AWS::ECS::Service", properties),
        "autoRollbackConfiguration": { "enabled": rollback, "events": ["DEPLOYMENT_FAILURE"] },
    })
}

fn start(world: &dyn World, input: Value) -> Value {
    must(world, "CreateDeployment", input)["deploymentId"].clone()
}

fn info(world: &dyn World, id: &Value) -> Value {
    must(world, "GetDeployment", json!({ "deploymentId": id }))["deploymentInfo"].clone()
}

fn events(world: &dyn World, id: &Value, target: &str) -> Vec<(String, String)> {
    let named = json!({ "deploymentId": id });
    let ids = must(world, "ListDeploymentTargets", named)["targetIds"].clone();
    let asked = json!({ "deploymentId": id, "targetIds": ids });
    let found = must(world, "BatchGetDeploymentTargets", asked);
    let events = &found["deploymentTargets"][0][target]["lifecycleEvents"];
    let word = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let all = events.as_array().into_iter().flatten();
    all.map(|event| (word(event, "lifecycleEventName"), word(event, "status")))
        .collect()
}

fn alias(world: &dyn World) -> (Value, Value) {
    let named = json!({ "FunctionName": "invoices", "Name": "live" });
    let found = aws(world, "lambda", "GetAlias", named).expect("the alias");
    let weights = found["RoutingConfig"]["AdditionalVersionWeights"].clone();
    (found["FunctionVersion"].clone(), weights)
}

/// AWS CodeDeploy User Guide, "AppSpec 'hooks' section" (run order of a Lambda deployment) and "Working with deployment
/// configurations in CodeDeploy" (canary: a first share, and the rest after the interval).
#[test]
fn a_deployment_of_a_function_moves_its_alias_as_configured() {
    let world = world_with(GROUPS, &[]);
    let id = start(&world, of_function());
    assert_eq!(info(&world, &id)["status"], "Created");
    world.sleep(Duration::from_secs(20));
    assert_eq!(info(&world, &id)["status"], "InProgress");
    assert_eq!(alias(&world), (json!("6"), json!({ "7": 0.1 })));
    world.sleep(Duration::from_secs(320));
    assert_eq!(alias(&world), (json!("7"), Value::Null));
    assert_eq!(info(&world, &id)["status"], "Succeeded");
    let names = ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"];
    let expected = names.map(|name| (name.to_owned(), "Succeeded".to_owned()));
    assert_eq!(events(&world, &id, "lambdaTarget"), expected);
    let group = must(
        &world,
        "GetDeploymentGroup",
        json!({ "applicationName": "invoices", "deploymentGroupName": "live" }),
    );
    assert_eq!(
        group["deploymentGroupInfo"]["lastSuccessfulDeployment"]["deploymentId"],
        id
    );
}

/// AWS CodeDeploy API Reference, "StopDeployment": with `autoRollbackEnabled`, what was there before is deployed.
#[test]
fn a_stopped_deployment_is_rolled_back() {
    let world = world_with(GROUPS, &[]);
    let id = start(&world, of_function());
    let busy = call(&world, "CreateDeployment", of_function()).expect_err("another one runs");
    assert_eq!(busy.code, "DeploymentLimitExceededException");
    world.sleep(Duration::from_secs(60));
    must(
        &world,
        "StopDeployment",
        json!({ "deploymentId": id, "autoRollbackEnabled": true }),
    );
    let stopped = info(&world, &id);
    assert_eq!(stopped["status"], "Stopped");
    assert_eq!(stopped["errorInformation"]["code"], "MANUAL_STOP");
    let by = &stopped["rollbackInfo"]["rollbackDeploymentId"];
    assert_eq!(info(&world, by)["creator"], "codeDeployRollback");
    world.sleep(Duration::from_secs(60));
    assert_eq!(info(&world, by)["status"], "Succeeded");
    assert_eq!(alias(&world), (json!("6"), Value::Null));
    let over =
        call(&world, "StopDeployment", json!({ "deploymentId": id })).expect_err("it is over");
    assert_eq!(over.code, "DeploymentAlreadyCompletedException");
}

/// AWS CodeDeploy User Guide, "AppSpec 'hooks' section" (run order of an Amazon ECS deployment) and "Redeploy and roll
/// back a deployment with CodeDeploy": a rollback is a deployment of its own.
#[test]
fn a_failed_event_ends_the_deployment_with_its_reason() {
    let world = world_with(GROUPS, &[]);
    let id = start(&world, of_service("orders:8", true));
    world.sleep(Duration::from_secs(300));
    let failed = info(&world, &id);
    assert_eq!(failed["status"], "Failed");
    assert_eq!(failed["errorInformation"]["code"], "HOOK_EXECUTION_FAILURE");
    assert!(
        failed["rollbackInfo"]["rollbackDeploymentId"].is_string(),
        "{failed}"
    );
    let events = events(&world, &id, "ecsTarget");
    let status = |name: &str| {
        events
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, status)| status.as_str())
    };
    assert_eq!(status("Install"), Some("Succeeded"));
    assert_eq!(status("AfterAllowTestTraffic"), Some("Failed"));
    assert_eq!(status("AllowTraffic"), Some("Skipped"));
    world.sleep(Duration::from_secs(600));
    let other = start(&world, of_service("orders:9", false));
    world.sleep(Duration::from_secs(600));
    assert_eq!(info(&world, &other)["status"], "Succeeded");
    let input = json!({ "applicationName": "orders", "deploymentGroupName": "prod", "includeOnlyStatuses": ["Failed"] });
    assert_eq!(
        must(&world, "ListDeployments", input)["deployments"],
        json!([id])
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let world = world_with(GROUPS, &[]);
    let refused = |input: Value| {
        call(&world, "CreateDeployment", input)
            .expect_err("refused")
            .code
    };
    let mut other = of_function();
    other["deploymentGroupName"] = json!("liev");
    assert_eq!(
        refused(other.clone()),
        "DeploymentGroupDoesNotExistException"
    );
    other["applicationName"] = json!("invoice");
    assert_eq!(refused(other), "ApplicationDoesNotExistException");
    let mut wrong = of_function();
    wrong["revision"] = of_service("orders:9", false)["revision"].clone();
    assert_eq!(refused(wrong), "InvalidRevisionException");
    assert_eq!(
        refused(json!({ "applicationName": "invoices", "deploymentGroupName": "live" })),
        "RevisionRequiredException"
    );
}

/// Amazon ECS Developer Guide, "Migrate CodeDeploy blue/green deployments to Amazon ECS blue/green deployments": the
/// service is updated in place, with the deployment controller ECS.
#[test]
fn a_service_of_codedeploy_is_updated_by_ecs_once_it_has_the_controller_ecs() {
    let name = "serviceName = \"catalog-service\"";
    let text = include_str!("../../../../pipelines/prod.cloud.toml");
    let text = text.replacen(
        name,
        &format!("{name}\ndeploymentController = {{ type = \"CODE_DEPLOY\" }}"),
        1,
    );
    let fixture = Fixture::parse(&text, "x.toml").expect("sound");
    let world = Simulated::from_fixture(fixture, &[], 7).expect("sound");
    let update = |more: Value| {
        let mut input =
            json!({ "cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": true });
        input
            .as_object_mut()
            .expect("a map")
            .extend(more.as_object().expect("a map").clone());
        aws(&world, "ecs", "UpdateService", input)
    };
    let refused = update(json!({})).expect_err("CodeDeploy deploys it");
    assert!(
        refused.message.contains("CODE_DEPLOY"),
        "{}",
        refused.message
    );
    let moved = update(json!({ "deploymentController": { "type": "ECS" } })).expect("it is moved");
    assert_eq!(moved["service"]["deploymentController"]["type"], "ECS");
    update(json!({})).expect("ECS deploys it");
}
