//! Which members of `UpdateService` start a deployment.

use super::*;
use crate::world::apis::aws;

/// ECS API Reference, UpdateService: what each member says of new service deployments. Those that it says nothing of
/// configure the service and not its tasks, except for the gateway connectors.
#[test]
fn a_deployment_starts_where_what_tasks_are_made_of_changes() {
    let network = |subnet: &str, more: Value| {
        let mut own = json!({ "subnets": [subnet] });
        for (name, value) in more.as_object().into_iter().flatten() {
            own[name] = value.clone();
        }
        json!({ "awsvpcConfiguration": own })
    };
    let now = service(&world(&[]));
    let balancers = now["loadBalancers"].clone();
    let own = now["networkConfiguration"].clone();
    let mut reordered = own.clone();
    for member in ["subnets", "securityGroups"] {
        if let Some(names) = reordered["awsvpcConfiguration"][member].as_array_mut() {
            names.reverse();
        }
    }
    let fargate = json!([{ "capacityProvider": "FARGATE", "weight": 1 }]);
    let table: Vec<(&str, Value, bool)> = vec![
        ("desiredCount", json!(4), false),
        (
            "taskDefinition",
            json!("realserv-catalog-service:41"),
            false,
        ),
        ("capacityProviderStrategy", fargate, false),
        (
            "deploymentConfiguration",
            json!({ "maximumPercent": 150 }),
            false,
        ),
        ("availabilityZoneRebalancing", json!("ENABLED"), false),
        (
            "networkConfiguration",
            network("subnet-new", json!({})),
            true,
        ),
        ("networkConfiguration", own, false),
        ("networkConfiguration", reordered, false),
        ("placementConstraints", json!([]), false),
        ("placementStrategy", json!([]), false),
        ("platformVersion", json!("1.4.0"), true),
        ("platformVersion", json!("LATEST"), false),
        ("forceNewDeployment", json!(true), true),
        ("forceNewDeployment", json!(false), false),
        ("healthCheckGracePeriodSeconds", json!(77), false),
        ("deploymentController", json!({ "type": "ECS" }), false),
        ("enableExecuteCommand", json!(true), false),
        ("enableECSManagedTags", json!(true), false),
        ("propagateTags", json!("SERVICE"), false),
        ("loadBalancers", balancers, false),
        ("loadBalancers", json!([]), true),
        (
            "serviceRegistries",
            json!([{ "registryArn": "arn:aws:servicediscovery:ap-south-1:123456789012:service/srv-1" }]),
            true,
        ),
        ("serviceRegistries", json!([]), false),
        (
            "serviceConnectConfiguration",
            json!({ "enabled": true, "namespace": "shop" }),
            true,
        ),
        (
            "serviceConnectConfiguration",
            json!({ "enabled": false }),
            false,
        ),
        (
            "volumeConfigurations",
            json!([{ "name": "data", "managedEBSVolume": { "roleArn": "arn:aws:iam::123456789012:role/ebs", "sizeInGiB": 10 } }]),
            true,
        ),
        ("volumeConfigurations", json!([]), false),
        (
            "vpcLatticeConfigurations",
            json!([{ "roleArn": "arn:aws:iam::123456789012:role/l", "targetGroupArn": "arn:aws:vpc-lattice:ap-south-1:123456789012:targetgroup/tg-1", "portName": "http" }]),
            true,
        ),
        ("vpcLatticeConfigurations", json!([]), false),
        ("gatewayConnectors", json!([{ "portName": "http" }]), true),
        ("gatewayConnectors", json!([]), false),
        ("monitoring", json!({}), false),
    ];
    for (member, value, deploys) in &table {
        let world = world(&[]);
        let before = service(&world)["deployments"][0]["id"].clone();
        let mut input = json!({ "cluster": CLUSTER, "service": SERVICE });
        input[*member] = value.clone();
        let updated = ecs(&world, "UpdateService", input);
        let after = updated["service"]["deployments"][0]["id"].clone();
        assert_eq!(before != after, *deploys, "{member}: {value}");
        let history = ecs(
            &world,
            "ListServiceDeployments",
            json!({ "cluster": CLUSTER, "service": SERVICE }),
        );
        let count = history["serviceDeployments"].as_array().map(Vec::len);
        assert_eq!(count, Some(1 + usize::from(*deploys)), "{member}: {value}");
    }
    let model = aws::service("ecs").unwrap();
    let members = model.inputs(model.operation("UpdateService").unwrap());
    let members = members.iter().map(|member| member.name);
    for member in members.filter(|name| !["cluster", "service"].contains(name)) {
        let named = table.iter().any(|(known, ..)| *known == member);
        assert!(named, "{member} is not in the table");
    }
}
