//! Tasks on container instances: where there is room for them, and what is said where there is none.

use super::super::balancing::world_with;
use super::*;

const TWO: &str = "[capacity]\ninstances = [{ cluster = \"realserv-prod\", cpu = 1024, memory = 512, count = 2 }]\n";

/// Registers a definition for instances, which needs so much memory and that port of the host (0: any).
fn register(world: &dyn World, memory: u32, port: u32) -> Value {
    let ports = json!([{ "containerPort": 80, "hostPort": port }]);
    let input = json!({
        "family": "batch", "requiresCompatibilities": ["EC2"],
        "containerDefinitions": [{ "name": "a", "image": "nginx", "memory": memory, "portMappings": ports }],
    });
    ecs(world, "RegisterTaskDefinition", input)["taskDefinition"]["taskDefinitionArn"].clone()
}

fn run(world: &dyn World, definition: &Value, count: u32) -> Result<Value, Fault> {
    let input = json!({ "cluster": CLUSTER, "taskDefinition": definition, "count": count });
    aws(world, "ecs", "RunTask", input)
}

fn described(world: &dyn World, name: &str) -> Value {
    let input = json!({ "cluster": CLUSTER, "services": [name] });
    ecs(world, "DescribeServices", input)["services"][0].clone()
}

/// ECS API Reference, RunTask, "failures"; ECS Developer Guide, "Amazon ECS API failures messages": RESOURCE:*.
#[test]
fn tasks_are_placed_as_far_as_they_fit() {
    let world = world_with(TWO, &[]);
    let small = register(&world, 200, 0);
    let out = run(&world, &small, 6).expect("some of them");
    assert_eq!(out["tasks"].as_array().map(Vec::len), Some(4));
    assert_eq!(out["failures"].as_array().map(Vec::len), Some(2));
    assert_eq!(out["failures"][0]["reason"], "RESOURCE:MEMORY");
    assert!(out["tasks"][0]["containerInstanceArn"].is_string());
    let listed = ecs(
        &world,
        "ListContainerInstances",
        json!({ "cluster": CLUSTER }),
    );
    let input =
        json!({ "cluster": CLUSTER, "containerInstances": listed["containerInstanceArns"] });
    let instances = ecs(&world, "DescribeContainerInstances", input)["containerInstances"].clone();
    let left = &instances[0]["remainingResources"][1];
    assert_eq!(
        (&left["name"], &left["integerValue"]),
        (&json!("MEMORY"), &json!(112))
    );
    let clusters = ecs(&world, "DescribeClusters", json!({ "clusters": [CLUSTER] }));
    assert_eq!(
        clusters["clusters"][0]["registeredContainerInstancesCount"],
        2
    );

    let world = world_with(TWO, &[]);
    let fixed = register(&world, 64, 8080);
    let out = run(&world, &fixed, 3).expect("some of them");
    assert_eq!(out["tasks"].as_array().map(Vec::len), Some(2));
    assert_eq!(out["failures"][0]["reason"], "RESOURCE:PORTS");
    // What has stopped leaves its place to others.
    let task = out["tasks"][0]["taskArn"].clone();
    ecs(
        &world,
        "StopTask",
        json!({ "cluster": CLUSTER, "task": task }),
    );
    world.sleep(Duration::from_secs(120));
    let out = run(&world, &fixed, 1).expect("a task");
    assert_eq!(out["tasks"].as_array().map(Vec::len), Some(1));
}

/// ECS Developer Guide, "Amazon ECS service event messages": "was unable to place a task because no container instance
/// met all of its requirements".
#[test]
fn without_an_instance_nothing_is_placed() {
    let empty = world(&[]);
    let definition = register(&empty, 64, 0);
    let fault = run(&empty, &definition, 1).expect_err("no instance");
    assert_eq!(
        (fault.code.as_str(), fault.message.as_str()),
        (
            "InvalidParameterException",
            "No Container Instances were found in your cluster."
        )
    );
    for (world, lacks) in [
        (
            empty,
            "Reason: No Container Instances were found in your cluster.",
        ),
        (world_with(TWO, &[]), "has insufficient memory available."),
    ] {
        let large = register(&world, 400, 0);
        let input = json!({ "cluster": CLUSTER, "serviceName": "batch", "taskDefinition": large, "desiredCount": 3 });
        ecs(&world, "CreateService", input);
        world.sleep(Duration::from_secs(180));
        let service = described(&world, "batch");
        let words =
            "was unable to place a task because no container instance met all of its requirements.";
        assert!(said(&service, words), "{service:#}");
        assert!(said(&service, lacks), "{service:#}");
        assert_ne!(service["deployments"][0]["rolloutState"], "COMPLETED");
    }
}

/// ECS Developer Guide, "Amazon ECS services", Daemon; ECS API Reference, CreateService, `schedulingStrategy`.
#[test]
fn a_daemon_has_a_task_on_each_instance() {
    let world = world_with(TWO, &[]);
    let definition = register(&world, 64, 0);
    let daemon = json!({
        "cluster": CLUSTER, "serviceName": "agent", "taskDefinition": definition, "schedulingStrategy": "DAEMON",
    });
    let mut counted = daemon.clone();
    counted["desiredCount"] = json!(2);
    let fault = aws(&world, "ecs", "CreateService", counted).expect_err("a count");
    assert!(fault.message.contains("does not support a desired count"));
    let mut wide = daemon.clone();
    wide["deploymentConfiguration"] = json!({ "maximumPercent": 200 });
    let fault = aws(&world, "ecs", "CreateService", wide).expect_err("200 %");
    assert!(fault.message.contains("a maximumPercent of 100"));

    let made = ecs(&world, "CreateService", daemon);
    let limits = &made["service"]["deploymentConfiguration"];
    assert_eq!(
        (&limits["maximumPercent"], &limits["minimumHealthyPercent"]),
        (&json!(100), &json!(0))
    );
    world.sleep(Duration::from_secs(180));
    assert_eq!(described(&world, "agent")["runningCount"], 2);
    // The next revision takes the places of the one before.
    let next = register(&world, 128, 0);
    let update = json!({ "cluster": CLUSTER, "service": "agent", "taskDefinition": next });
    ecs(&world, "UpdateService", update);
    world.sleep(Duration::from_secs(300));
    let service = described(&world, "agent");
    assert_eq!(
        (
            &service["runningCount"],
            &service["deployments"][0]["rolloutState"]
        ),
        (&json!(2), &json!("COMPLETED"))
    );
}

/// ECS API Reference, CreateCluster, `defaultCapacityProviderStrategy`; Task, `capacityProviderName`.
#[test]
fn a_cluster_says_what_tasks_run_on_that_do_not() {
    let world = world(&[]);
    let cluster = json!({
        "clusterName": "spot", "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": [
            { "capacityProvider": "FARGATE", "base": 1, "weight": 1 },
            { "capacityProvider": "FARGATE_SPOT", "weight": 3 },
        ],
    });
    ecs(&world, "CreateCluster", cluster);
    let run = json!({
        "cluster": "spot", "taskDefinition": "realserv-catalog-service:41", "count": 9,
        "networkConfiguration": network(),
    });
    let tasks = ecs(&world, "RunTask", run)["tasks"].clone();
    let tasks = tasks.as_array().expect("tasks");
    let on = |name: &str| {
        let own = tasks.iter().filter(|t| t["capacityProviderName"] == name);
        own.count()
    };
    assert_eq!((on("FARGATE"), on("FARGATE_SPOT")), (3, 6));
    assert!(tasks.iter().all(|t| t["launchType"] == "FARGATE"));
}

/// ECS API Reference, DeploymentConfiguration: `minimumHealthyPercent` ("to free up cluster capacity").
#[test]
fn an_old_task_makes_room_where_the_instances_are_full() {
    for (least, completes) in [(50, true), (100, false)] {
        let world = world_with(TWO, &[]);
        let definition = register(&world, 400, 0);
        let limits = json!({ "maximumPercent": 200, "minimumHealthyPercent": least });
        let input = json!({
            "cluster": CLUSTER, "serviceName": "batch", "taskDefinition": definition, "desiredCount": 2,
            "deploymentConfiguration": limits,
        });
        ecs(&world, "CreateService", input);
        world.sleep(Duration::from_secs(300));
        assert_eq!(
            described(&world, "batch")["deployments"][0]["rolloutState"],
            "COMPLETED"
        );
        let next = register(&world, 300, 0);
        let update = json!({ "cluster": CLUSTER, "service": "batch", "taskDefinition": next });
        ecs(&world, "UpdateService", update);
        for _ in 0..60 {
            world.sleep(Duration::from_secs(20));
            let running = described(&world, "batch")["runningCount"].as_u64();
            assert!(running >= Some(2 * least / 100), "{running:?}");
        }
        let service = described(&world, "batch");
        let state = &service["deployments"][0]["rolloutState"];
        assert_eq!(state == "COMPLETED", completes, "{service:#}");
        assert!(said(&service, "has insufficient memory available."));
    }
}
