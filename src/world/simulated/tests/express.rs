//! ECS Express Mode: services that ECS runs with everything around them.

use super::balancing::world_with;
use super::*;
use crate::world::HttpRequest;

pub(in crate::world) const NEXT: &str =
    "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.3.0";
pub(in crate::world) const NOW: &str =
    "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service:1.2.0";
pub(in crate::world) const ARN: &str =
    "arn:aws:ecs:ap-south-1:123456789012:service/realserv-prod/shop";

pub(in crate::world) fn shop() -> String {
    format!(
        r#"
[[express_services]]
cluster = "realserv-prod"
serviceName = "shop"
executionRoleArn = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
infrastructureRoleArn = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
healthCheckPath = "/health"
primaryContainer = {{ image = "{NOW}", containerPort = 8080 }}
scalingTarget = {{ minTaskCount = 2 }}

[[traffic]]
service = "shop"
requests_per_second = 50.0
errors = 0.1
"#
    )
}

fn asked() -> Value {
    json!({
        "cluster": CLUSTER, "serviceName": "stand",
        "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
        "primaryContainer": { "image": NEXT },
    })
}

/// The body that a service answers at an address.
fn body(world: &Simulated, url: &str) -> String {
    let request = HttpRequest {
        method: "GET".to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        timeout_ms: 5_000,
        expected: None,
        secret: None,
    };
    world.http(&request).expect("an answer").body
}

fn describe(world: &Simulated, arn: &str) -> Value {
    let input = json!({ "serviceArn": arn });
    ecs(world, "DescribeExpressGatewayService", input)["service"].clone()
}

fn deploy(world: &Simulated, image: &str) -> Value {
    let input =
        json!({ "serviceArn": ARN, "primaryContainer": { "image": image, "containerPort": 8080 } });
    ecs(world, "UpdateExpressGatewayService", input)["service"].clone()
}

fn images(described: &Value) -> Vec<&str> {
    let all = described["activeConfigurations"]
        .as_array()
        .expect("a list");
    all.iter()
        .filter_map(|one| one["primaryContainer"]["image"].as_str())
        .collect()
}

fn latest(world: &Simulated, service: &str) -> Value {
    let input = json!({ "cluster": CLUSTER, "service": service });
    ecs(world, "ListServiceDeployments", input)["serviceDeployments"][0].clone()
}

fn pass(world: &Simulated, seconds: u64) {
    world.sleep(Duration::from_secs(seconds));
}

/// ECS Developer Guide, "Updating an Amazon ECS Express Mode service", Deployment behavior: 5 % of the traffic for three
/// minutes, then all of it, and the old tasks three minutes more.
#[test]
fn an_update_is_deployed_as_a_canary() {
    let world = world_with(&shop(), &[]);
    let endpoint =
        describe(&world, ARN)["activeConfigurations"][0]["ingressPaths"][0]["endpoint"].clone();
    let url = format!("{}/health", endpoint.as_str().expect("an address"));
    assert!(body(&world, &url).contains("1.2.0"));

    let target = deploy(&world, NEXT);
    assert_eq!(
        target["targetConfiguration"]["primaryContainer"]["image"],
        NEXT
    );
    pass(&world, 150);
    assert_eq!(
        images(&describe(&world, ARN)),
        [NEXT, NOW],
        "both are active"
    );
    let arn = latest(&world, "shop")["serviceDeploymentArn"].clone();
    let input = json!({ "serviceDeploymentArns": [arn] });
    let found = ecs(&world, "DescribeServiceDeployments", input)["serviceDeployments"][0].clone();
    assert_eq!(
        found["targetServiceRevision"]["requestedProductionTrafficWeight"],
        5.0
    );
    assert_eq!(
        found["targetServiceRevision"]["arn"],
        target["targetConfiguration"]["serviceRevisionArn"]
    );

    // Connections have time to end before the old tasks are gone.
    pass(&world, 900);
    assert_eq!(latest(&world, "shop")["status"], "SUCCESSFUL");
    assert_eq!(images(&describe(&world, ARN)), [NEXT]);
    assert!(body(&world, &url).contains("1.3.0"));
}

/// ECS Developer Guide, "Updating an Amazon ECS Express Mode service": the circuit breaker and the alarm on more than 1 %
/// of 4xx and 5xx answers both go back.
#[test]
fn a_bad_version_is_rolled_back() {
    for fault in ["version-unhealthy", "errors-after-shift:60"] {
        let world = world_with(&shop(), &[fault]);
        deploy(&world, NEXT);
        pass(&world, 3600);
        assert_eq!(
            latest(&world, "shop")["status"],
            "ROLLBACK_SUCCESSFUL",
            "{fault}"
        );
        assert_eq!(images(&describe(&world, ARN)), [NOW], "{fault}");
        assert_eq!(describe(&world, ARN)["status"]["statusCode"], "ACTIVE");
    }
}

/// ECS API Reference, CreateExpressGatewayService: what it makes, and what it takes where nothing is said.
#[test]
fn a_service_is_created_with_everything_around_it() {
    let world = world(&[]);
    let made = ecs(&world, "CreateExpressGatewayService", asked())["service"].clone();
    let configuration = &made["activeConfigurations"][0];
    assert_eq!(configuration["primaryContainer"]["containerPort"], 80);
    assert_eq!(configuration["scalingTarget"]["autoScalingTargetValue"], 60);
    assert_eq!(configuration["cpuArchitecture"], "X86_64");
    pass(&world, 600);
    assert_eq!(latest(&world, "stand")["status"], "SUCCESSFUL");
    let input = json!({ "cluster": CLUSTER, "services": ["stand"] });
    let service = ecs(&world, "DescribeServices", input)["services"][0].clone();
    assert_eq!(service["resourceManagementType"], "ECS");
    assert_eq!(service["runningCount"], 1);
    let targets =
        json!({ "ServiceNamespace": "ecs", "ResourceIds": ["service/realserv-prod/stand"] });
    let scaling = |operation: &str| {
        aws(
            &world,
            "application-autoscaling",
            operation,
            targets.clone(),
        )
        .expect(operation)
    };
    assert_eq!(
        scaling("DescribeScalableTargets")["ScalableTargets"][0]["MaxCapacity"],
        20
    );

    let gone = ecs(
        &world,
        "DeleteExpressGatewayService",
        json!({ "serviceArn": made["serviceArn"] }),
    );
    assert_eq!(gone["service"]["status"]["statusCode"], "DRAINING");
    pass(&world, 600);
    let arn = made["serviceArn"].as_str().expect("an ARN");
    assert_eq!(describe(&world, arn)["status"]["statusCode"], "INACTIVE");
    assert_eq!(
        scaling("DescribeScalableTargets")["ScalableTargets"],
        json!([])
    );
    let groups = aws(&world, "elbv2", "DescribeTargetGroups", json!({})).expect("groups");
    let names = groups["TargetGroups"].as_array().into_iter().flatten();
    let mut names = names.filter_map(|group| group["TargetGroupName"].as_str());
    assert!(!names.any(|name| name.starts_with("ecs-stand")));
    // Its name is free again.
    ecs(&world, "CreateExpressGatewayService", asked());
}

/// ECS API Reference, CreateExpressGatewayService: request parameters and errors.
#[test]
fn bad_input_is_refused() {
    let world = world(&[]);
    let own = "realserv-catalog-service:41";
    for (member, value, code) in [
        (
            "infrastructureRoleArn",
            json!("ecsInfrastructureRole"),
            "InvalidParameterException",
        ),
        ("executionRoleArn", Value::Null, "InvalidParameterException"),
        ("primaryContainer", Value::Null, "InvalidParameterException"),
        (
            "primaryContainer",
            json!({ "image": "" }),
            "InvalidParameterException",
        ),
        (
            "primaryContainer",
            json!({ "image": NEXT, "containerPort": 0 }),
            "InvalidParameterException",
        ),
        ("cluster", json!("elsewhere"), "ClusterNotFoundException"),
        ("serviceName", json!("a b"), "InvalidParameterException"),
        ("serviceName", json!(SERVICE), "InvalidParameterException"),
        (
            "healthCheckPath",
            json!("health"),
            "InvalidParameterException",
        ),
        ("cpu", json!("512"), "ClientException"),
        (
            "scalingTarget",
            json!({ "minTaskCount": 3, "maxTaskCount": 2 }),
            "InvalidParameterException",
        ),
        (
            "scalingTarget",
            json!({ "autoScalingTargetValue": 101 }),
            "InvalidParameterException",
        ),
        ("taskDefinitionArn", json!(own), "InvalidParameterException"),
    ] {
        let mut input = asked();
        input["memory"] = json!("8192");
        input[member] = value.clone();
        let refused = aws(&world, "ecs", "CreateExpressGatewayService", input);
        assert_eq!(refused.expect_err(member).code, code, "{member} {value}");
    }
    let only_own = json!({ "infrastructureRoleArn": asked()["infrastructureRoleArn"], "taskDefinitionArn": own, "cluster": CLUSTER });
    let refused = aws(&world, "ecs", "CreateExpressGatewayService", only_own).expect_err("no Main");
    assert!(refused.message.contains("Main"), "{refused:?}");

    let code = |operation: &str, arn: &str| {
        let refused = aws(&world, "ecs", operation, json!({ "serviceArn": arn }));
        refused.expect_err(operation).code
    };
    let ordinary = "arn:aws:ecs:ap-south-1:123456789012:service/realserv-prod/catalog-service";
    assert_eq!(
        code("DescribeExpressGatewayService", ARN),
        "ResourceNotFoundException"
    );
    assert_eq!(
        code("UpdateExpressGatewayService", ordinary),
        "ServiceNotFoundException"
    );
    assert_eq!(
        code("DeleteExpressGatewayService", ARN),
        "ServiceNotFoundException"
    );
}
