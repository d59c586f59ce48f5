//! When a deployment is given up, and when it is done.

use super::health::{IMAGE, app, bring, described, shop, tasks, update};
use super::*;

/// ECS API Reference, ThresholdConfiguration, DeploymentCircuitBreaker: `resetOnHealthyTask`.
#[test]
fn the_circuit_breaker_has_its_own_threshold() {
    let breaker = json!({
        "enable": true, "rollback": true, "resetOnHealthyTask": false,
        "thresholdConfiguration": { "type": "COUNT", "value": 10 },
    });
    let world = shop(false, json!({}), &["crash-loop"]);
    let configuration = json!({ "deploymentCircuitBreaker": breaker });
    update(&world, json!({ "deploymentConfiguration": configuration }));
    bring(&world, json!([app(Value::Null)]));
    let mut counts = Vec::new();
    for _ in 0..900 {
        world.sleep(Duration::from_secs(1));
        let arn = described(&world)["currentServiceDeployment"].clone();
        let input = json!({ "serviceDeploymentArns": [arn] });
        let shown = ecs(&world, "DescribeServiceDeployments", input);
        let shown = shown["serviceDeployments"][0]["deploymentCircuitBreaker"].clone();
        assert_eq!(shown["threshold"], 10);
        let count = shown["failureCount"].as_u64().expect("a count");
        let tripped = shown["status"] == "TRIGGERED";
        assert_eq!(tripped, count == 10, "{shown}");
        if counts.last() != Some(&count) {
            counts.push(count);
        }
        if tripped {
            assert!(said(&described(&world), "rolling back to deployment"));
            assert_eq!(counts, (0..=10).collect::<Vec<u64>>());
            return;
        }
    }
    panic!("it is never given up: {counts:?}");
}

/// ECS Developer Guide, "Amazon ECS service throttle logic": only tasks that do not enter RUNNING are started less often.
#[test]
fn tasks_that_never_run_are_started_less_and_less_often() {
    for (fault, throttled) in [("crash-loop", false), ("image-unpullable", true)] {
        let off = json!({ "deploymentCircuitBreaker": { "enable": false, "rollback": false } });
        let world = shop(false, json!({ "deploymentConfiguration": off }), &[fault]);
        let mut container = app(Value::Null);
        container["image"] = json!("123456789012.dkr.ecr.ap-south-1.amazonaws.com/shop/app:2");
        if fault == "crash-loop" {
            container["image"] = json!(IMAGE);
        }
        bring(&world, json!([container]));
        world.sleep(Duration::from_secs(1_200));
        let service = described(&world);
        assert_eq!(service["deployments"][0]["rolloutState"], "IN_PROGRESS");
        let words = "is unable to consistently start tasks successfully";
        assert_eq!(said(&service, words), throttled, "{fault}");
        let failed = service["deployments"][0]["failedTasks"]
            .as_u64()
            .unwrap_or(0);
        assert_eq!(failed > 20, !throttled, "{fault}: {failed}");
    }
}

/// ECS API Reference, DeploymentEarlySuccessCriteria: `healthyPercent`, `sourceServiceRevisionCleanup`; DeploymentConfiguration:
/// `bakeTimeInMinutes`.
#[test]
fn a_deployment_may_complete_before_it_has_all_its_tasks() {
    for (cleanup, bake) in [("DEFERRED", 0), ("DEFERRED", 5), ("BLOCKING", 0)] {
        let configuration = json!({
            "maximumPercent": 125, "minimumHealthyPercent": 75, "bakeTimeInMinutes": bake,
            "earlySuccessCriteria": { "enable": true, "healthyPercent": 75, "sourceServiceRevisionCleanup": cleanup },
        });
        let more = json!({ "desiredCount": 4, "deploymentConfiguration": configuration });
        let world = shop(false, more, &["slow-start:30s"]);
        let mut fixed = 0;
        bring(&world, json!([app(Value::Null)]));
        let mut enough = None;
        for _ in 0..3_600 {
            world.sleep(Duration::from_secs(1));
            let service = described(&world);
            let started = |t: &Value| t["startedAt"].is_string();
            let new = tasks(&world, "RUNNING").into_iter().filter(started).count();
            if new >= 3 {
                enough.get_or_insert(world.now());
            }
            if service["deployments"][0]["rolloutState"] == "COMPLETED" {
                let old = service["deployments"].as_array().map_or(0, Vec::len) - 1;
                assert_eq!(old > 0, cleanup == "DEFERRED" && bake == 0, "{service}");
                let since = world.now().duration_since(enough.expect("three run"));
                assert!(since.as_secs() >= 38 + 60 * bake, "{since:?}");
                fixed = new;
                break;
            }
        }
        assert!(fixed >= 3, "it never completes");
        world.sleep(Duration::from_secs(600));
        let service = described(&world);
        assert_eq!(service["deployments"].as_array().map(Vec::len), Some(1));
        assert_eq!(service["deployments"][0]["runningCount"], 4);
        assert!(said(&service, "has reached a steady state."));
    }
}
