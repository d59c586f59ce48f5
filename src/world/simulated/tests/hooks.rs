//! Lifecycle hooks: how long they take, and what comes of it.

use super::shifting::{current, fixture, hooked, rolled_back, shifting};
use super::*;

const SMOKE: &str = "arn:aws:lambda:ap-south-1:123456789012:function:smoke";

/// A cloud whose function `smoke` does that, in which a deployment has begun.
fn with_hooks(configuration: Value, does: &str) -> Simulated {
    let text = format!(
        "account = \"1\"\nregion = \"r\"\n[[lifecycle_hooks]]\nfunction = \"smoke\"\n{does}\n"
    );
    let described = Fixture::parse(&text, "cloud.toml").expect("a fixture");
    let mut fixture = fixture(configuration);
    fixture.lifecycle_hooks = described.lifecycle_hooks;
    let world = Simulated::from_fixture(fixture, &[], 7).expect("a cloud");
    deploy(&world);
    world
}

/// Waits until the hook has begun, and gives its details.
fn begun(world: &Simulated) -> Value {
    for _ in 0..600 {
        world.sleep(Duration::from_secs(1));
        let details = current(world)["lifecycleHookDetails"][0].clone();
        if details.is_object() {
            return details;
        }
    }
    panic!("no hook begins: {}", current(world));
}

/// ECS API Reference, DeploymentLifecycleHookTimeoutConfiguration, DeploymentLifecycleHookDetail.
#[test]
fn a_function_that_does_not_answer_in_time_times_out() {
    for (action, ends) in [
        (Value::Null, "ROLLBACK_SUCCESSFUL"),
        (json!("ROLLBACK"), "ROLLBACK_SUCCESSFUL"),
        (json!("CONTINUE"), "SUCCESSFUL"),
    ] {
        let mut timeout = json!({ "timeoutInMinutes": 10 });
        if !action.is_null() {
            timeout["action"] = action.clone();
        }
        let hook = json!({ "hookTargetArn": SMOKE, "lifecycleStages": ["POST_SCALE_UP"], "timeoutConfiguration": timeout });
        let world = with_hooks(hooked(hook), "takes = \"1h\"");
        let details = begun(&world);
        assert_eq!(details["status"], "IN_PROGRESS");
        assert_eq!(details["targetArn"], SMOKE);
        let shown = action.as_str().unwrap_or("ROLLBACK");
        assert_eq!(details["timeoutAction"], shown);
        let expires: jiff::Timestamp = details["expiresAt"]
            .as_str()
            .expect("a time")
            .parse()
            .expect("a time");
        let left = expires.duration_since(world.now()).as_secs();
        assert!((590..=600).contains(&left), "{left}");
        world.sleep(Duration::from_secs(580));
        assert_eq!(current(&world)["lifecycleStage"], "POST_SCALE_UP");
        world.sleep(Duration::from_secs(600));
        assert_eq!(current(&world)["status"], ends);
        let hooks = current(&world)["lifecycleHookDetails"].clone();
        assert_eq!(hooks[0]["status"], "TIMED_OUT");
    }
}

/// ECS Developer Guide, "Lambda hooks for Amazon ECS service deployments": hookStatus FAILED.
#[test]
fn a_hook_that_fails_does_not_wait_for_its_stage() {
    let linear = json!({
        "strategy": "LINEAR", "bakeTimeInMinutes": 1,
        "linearConfiguration": { "stepPercent": 50.0, "stepBakeTimeInMinutes": 60 },
        "lifecycleHooks": [{ "hookTargetArn": SMOKE, "lifecycleStages": ["PRODUCTION_TRAFFIC_SHIFT"] }],
    });
    let world = shifting(linear, &["hook-fails:smoke"]);
    deploy(&world);
    begun(&world);
    world.sleep(Duration::from_secs(120));
    rolled_back(&world);
}

/// ECS API Reference, DeploymentLifecycleHook: `lifecycleStages`.
#[test]
fn a_hook_of_a_traffic_shift_is_called_at_every_step() {
    let linear = json!({
        "strategy": "LINEAR", "bakeTimeInMinutes": 1,
        "linearConfiguration": { "stepPercent": 25.0, "stepBakeTimeInMinutes": 1 },
        "lifecycleHooks": [{ "hookTargetArn": SMOKE, "lifecycleStages": ["PRE_PRODUCTION_TRAFFIC_SHIFT"] }],
    });
    let world = shifting(linear, &[]);
    deploy(&world);
    world.sleep(Duration::from_secs(1_200));
    assert_eq!(current(&world)["status"], "SUCCESSFUL");
    let hooks = current(&world)["lifecycleHookDetails"].clone();
    let passed = hooks.as_array().expect("hooks").iter();
    assert_eq!(passed.filter(|h| h["status"] == "SUCCEEDED").count(), 4);
}

/// ECS Developer Guide, "Lambda hooks for Amazon ECS service deployments": hookStatus IN_PROGRESS, callBackDelay.
#[test]
fn a_function_that_is_in_progress_is_called_again() {
    let hook = json!({ "hookTargetArn": SMOKE, "lifecycleStages": ["POST_SCALE_UP"] });
    let world = with_hooks(
        hooked(hook),
        "takes = \"5s\"\nin_progress = 3\ncallback_delay = \"60s\"",
    );
    let began = begun(&world);
    assert_eq!(began["status"], "IN_PROGRESS");
    world.sleep(Duration::from_secs(5 + 3 * 65 - 10));
    let details = || current(&world)["lifecycleHookDetails"][0]["status"].clone();
    assert_eq!(details(), "IN_PROGRESS");
    world.sleep(Duration::from_secs(20));
    assert_eq!(details(), "SUCCEEDED");
}
