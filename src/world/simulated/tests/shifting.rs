//! Deployments that shift traffic, and service deployments as the API shows them.

use super::*;

const PRODUCTION: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:listener-rule/app/prod/1/2/3";
const TEST: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:listener-rule/app/prod/1/2/4";
pub(super) const GREEN: &str =
    "arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/catalog-green/1";

/// The catalog service with a strategy, and hooks where there are any.
pub(in crate::world) fn shifting(configuration: Value, faults: &[&str]) -> Simulated {
    let faults: Vec<FaultSpec> = faults.iter().map(|f| f.parse().expect("a fault")).collect();
    Simulated::from_fixture(fixture(configuration), &faults, 7).expect("sound")
}

/// The fixture of such a cloud.
pub(super) fn fixture(configuration: Value) -> Fixture {
    let mut fixture = Fixture::builtin().expect("sound");
    let mut group = fixture.target_groups[0].clone();
    group.arn = GREEN.to_owned();
    fixture.target_groups.push(group);
    let service = fixture
        .services
        .iter_mut()
        .find(|s| s.raw["serviceName"] == SERVICE)
        .expect("the service");
    service.raw["loadBalancers"][0]["advancedConfiguration"] = json!({
        "alternateTargetGroupArn": GREEN,
        "productionListenerRule": PRODUCTION,
        "testListenerRule": TEST,
    });
    service
        .raw
        .insert("deploymentConfiguration".to_owned(), configuration);
    // The rule that requests already go through is the one that the deployments shift.
    fixture.load_balancers[0].listeners[0].rules[0].arn = Some(PRODUCTION.to_owned());
    fixture.alarms.push(
        json!({
            "AlarmName": "5xx", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum",
            "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
        })
        .as_object()
        .expect("an object")
        .clone(),
    );
    let mut test = fixture.endpoints[0].clone();
    test.url = "https://test.realserv.com/".to_owned();
    test.test_traffic = true;
    fixture.endpoints.push(test);
    fixture
}

/// The weights of the production rule.
fn forwards(cloud: &super::super::model::Cloud) -> Vec<(String, u32)> {
    elb::weights(&cloud.elb.rule(PRODUCTION).expect("a rule").actions)
}

/// The alarm goes into ALARM.
fn ring(world: &dyn World) {
    let state = json!({ "AlarmName": "5xx", "StateValue": "ALARM", "StateReason": "test" });
    aws(world, "cloudwatch", "SetAlarmState", state).expect("set");
}

pub(in crate::world) fn current(world: &dyn World) -> Value {
    let arn = service(world)["currentServiceDeployment"].clone();
    let out = ecs(
        world,
        "DescribeServiceDeployments",
        json!({ "serviceDeploymentArns": [arn] }),
    );
    out["serviceDeployments"][0].clone()
}

/// Every stage that a deployment passes, with the weights of the production rule.
fn stages(world: &Simulated, minutes: i64) -> Vec<(String, Vec<u32>)> {
    let mut seen: Vec<(String, Vec<u32>)> = Vec::new();
    for _ in 0..minutes * 60 {
        world.sleep(Duration::from_secs(1));
        let state = world.state();
        let key = ServiceKey::new(CLUSTER, SERVICE);
        let service = state.cloud.ecs.service(&key).expect("a service");
        let stage = service.history[0].stage;
        let weights = forwards(&state.cloud).into_iter().map(|(_, w)| w);
        let now = (stage.map_or("", |s| s.name()).to_owned(), weights.collect());
        if !now.0.is_empty() && seen.last() != Some(&now) {
            seen.push(now);
        }
    }
    seen
}

fn asked(world: &Simulated, url: &str) -> String {
    let answer = world.http(&HttpRequest {
        method: "GET".to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        timeout_ms: 5_000,
        expected: None,
        secret: None,
    });
    answer.expect("an answer").body
}

const HEALTH: &str = "https://api.realserv.com/catalog/health";

#[test]
fn blue_green_shifts_all_at_once_and_bakes() {
    let world = shifting(
        json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5 }),
        &[],
    );
    let id = deploy(&world);
    assert_eq!(current(&world)["status"], "PENDING");
    let mut tested = false;
    let start = world.now();
    while current(&world)["lifecycleStage"] != "BAKE_TIME" {
        world.sleep(Duration::from_secs(1));
        if current(&world)["lifecycleStage"] == "POST_TEST_TRAFFIC_SHIFT" {
            assert!(asked(&world, "https://test.realserv.com/").contains("1.3.0"));
            assert!(asked(&world, HEALTH).contains("1.2.0"));
            tested = true;
        }
        assert!(
            world.now().duration_since(start).as_secs() < 900,
            "{}",
            current(&world)
        );
    }
    assert!(tested);
    assert!(asked(&world, HEALTH).contains("1.3.0"));
    let both = service(&world);
    assert_eq!(both["runningCount"], 6, "blue and green run side by side");
    let seen = current(&world);
    assert_eq!(
        seen["targetServiceRevision"]["requestedProductionTrafficWeight"],
        100.0
    );
    assert_eq!(seen["sourceServiceRevisions"][0]["runningTaskCount"], 3);
    world.sleep(Duration::from_secs(600));
    let after = service(&world);
    assert_eq!(current(&world)["status"], "SUCCESSFUL");
    assert_eq!(after["deployments"][0]["id"], json!(id));
    assert_eq!(after["deployments"][0]["rolloutState"], "COMPLETED");
    assert_eq!(after["runningCount"], 3);
    let health = aws(
        &world,
        "elbv2",
        "DescribeTargetHealth",
        json!({ "TargetGroupArn": GREEN }),
    );
    let targets = health.expect("health")["TargetHealthDescriptions"].clone();
    assert_eq!(targets.as_array().map(Vec::len), Some(3));
    // The next one goes the other way.
    ecs(
        &world,
        "UpdateService",
        json!({ "cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": true }),
    );
    world.sleep(Duration::from_secs(1800));
    assert_eq!(current(&world)["status"], "SUCCESSFUL");
    assert_eq!(forwards(&world.state().cloud)[1], (GREEN.to_owned(), 0));
}

#[test]
fn canary_and_linear_shift_step_by_step() {
    for (configuration, expected) in [
        (
            json!({ "strategy": "CANARY", "bakeTimeInMinutes": 1, "canaryConfiguration": { "canaryPercent": 10, "canaryBakeTimeInMinutes": 3 } }),
            vec![vec![90, 10], vec![0, 100]],
        ),
        (
            json!({ "strategy": "LINEAR", "bakeTimeInMinutes": 1, "linearConfiguration": { "stepPercent": 40, "stepBakeTimeInMinutes": 1 } }),
            vec![vec![60, 40], vec![20, 80], vec![0, 100]],
        ),
    ] {
        let world = shifting(configuration, &[]);
        deploy(&world);
        let seen = stages(&world, 15);
        let shifted: Vec<Vec<u32>> = seen
            .iter()
            .filter(|(stage, _)| stage == "PRODUCTION_TRAFFIC_SHIFT")
            .map(|(_, weights)| weights.clone())
            .collect();
        assert_eq!(shifted, expected);
        let mut order: Vec<&str> = seen.iter().map(|(stage, _)| stage.as_str()).collect();
        order.dedup();
        assert_eq!(order[..2], ["PRE_SCALE_UP", "SCALE_UP"]);
        assert_eq!(order[order.len() - 2..], ["BAKE_TIME", "CLEAN_UP"]);
        assert_eq!(current(&world)["status"], "SUCCESSFUL");
    }
}

pub(in crate::world) fn hooked(hook: Value) -> Value {
    json!({ "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1, "lifecycleHooks": [hook] })
}

/// What always holds after a rollback: the old revision serves with all its tasks, and all the traffic.
pub(super) fn rolled_back(world: &Simulated) {
    let after = service(world);
    assert_eq!(
        current(world)["status"],
        "ROLLBACK_SUCCESSFUL",
        "{}",
        current(world)
    );
    assert!(
        after["taskDefinition"]
            .as_str()
            .is_some_and(|t| t.ends_with(":41"))
    );
    assert_eq!(
        (&after["runningCount"], &after["pendingCount"]),
        (&json!(3), &json!(0))
    );
    let weights = forwards(&world.state().cloud);
    assert_eq!(weights[1], (GREEN.to_owned(), 0));
    assert!(asked(world, HEALTH).contains("1.2.0"));
}

#[test]
fn a_hook_that_fails_rolls_back() {
    let hook = json!({
        "hookTargetArn": "arn:aws:lambda:ap-south-1:123456789012:function:smoke",
        "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
    });
    let world = shifting(hooked(hook), &["hook-fails:smoke"]);
    let id = deploy(&world);
    world.sleep(Duration::from_secs(240));
    rolled_back(&world);
    let after = service(&world);
    let failed = after["deployments"]
        .as_array()
        .expect("deployments")
        .iter()
        .find(|d| d["id"] == json!(id));
    assert_eq!(failed.expect("still listed")["rolloutState"], "FAILED");
    assert_eq!(
        current(&world)["lifecycleHookDetails"][0]["status"],
        "FAILED"
    );
}

#[test]
fn a_pause_waits_until_someone_goes_on() {
    for (action, status) in [
        ("CONTINUE", "SUCCESSFUL"),
        ("ROLLBACK", "ROLLBACK_SUCCESSFUL"),
    ] {
        let hook =
            json!({ "targetType": "PAUSE", "lifecycleStages": ["PRE_PRODUCTION_TRAFFIC_SHIFT"] });
        let world = shifting(hooked(hook), &[]);
        deploy(&world);
        world.sleep(Duration::from_secs(3600));
        let paused = current(&world);
        assert_eq!(paused["lifecycleStage"], "PRE_PRODUCTION_TRAFFIC_SHIFT");
        let details = &paused["lifecycleHookDetails"][0];
        assert_eq!(details["status"], "AWAITING_ACTION");
        let input = json!({ "serviceDeploymentArn": paused["serviceDeploymentArn"], "hookId": details["hookId"], "action": action });
        ecs(&world, "ContinueServiceDeployment", input.clone());
        world.sleep(Duration::from_secs(1200));
        assert_eq!(current(&world)["status"], status);
        let again = aws(&world, "ecs", "ContinueServiceDeployment", input);
        assert_eq!(
            again.expect_err("nothing waits").code,
            "InvalidParameterException"
        );
    }
    let timeout = json!({ "timeoutInMinutes": 10 });
    let hook = json!({ "targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"], "timeoutConfiguration": timeout });
    let world = shifting(hooked(hook), &[]);
    deploy(&world);
    world.sleep(Duration::from_secs(3600));
    rolled_back(&world);
    assert_eq!(
        current(&world)["lifecycleHookDetails"][0]["status"],
        "TIMED_OUT"
    );
}

fn alarming(strategy: &str) -> Value {
    json!({
        "strategy": strategy, "bakeTimeInMinutes": 10,
        "alarms": { "alarmNames": ["5xx"], "enable": true, "rollback": true },
    })
}

#[test]
fn an_alarm_fails_the_deployment_while_it_bakes() {
    for strategy in ["ROLLING", "BLUE_GREEN"] {
        let world = shifting(alarming(strategy), &[]);
        deploy(&world);
        world.sleep(Duration::from_secs(300));
        assert_eq!(current(&world)["status"], "IN_PROGRESS");
        ring(&world);
        world.sleep(Duration::from_secs(600));
        rolled_back(&world);
        assert_eq!(
            current(&world)["alarms"]["triggeredAlarmNames"],
            json!(["5xx"])
        );
        assert!(said(&service(&world), "deployment failed: alarm detected."));
    }
    let world = shifting(alarming("ROLLING"), &[]);
    ring(&world);
    deploy(&world);
    world.sleep(Duration::from_secs(900));
    assert_eq!(current(&world)["status"], "SUCCESSFUL", "it rang before");
}
