//! Configurations that AppConfig deploys.

use super::balancing::world_with;
use super::*;

const APPLICATION: &str = r#"
[[alarms]]
AlarmName = "orders-errors"
Namespace = "Orders"
MetricName = "Errors"
Statistic = "Sum"
Period = 60
EvaluationPeriods = 1
Threshold = 5.0
ComparisonOperator = "GreaterThanThreshold"
StateValue = "OK"

[[config_applications]]
name = "orders"
environments = [{ name = "live", monitors = ["orders-errors"] }]
profiles = [
    { name = "limits", versions = ['{"most":1}', '{"most":2}'], deployed = 1 },
    { name = "switches", type = "AWS.AppConfig.FeatureFlags" },
]
strategies = [{ name = "halves", minutes = 10, factor = 50.0, bake = 5 }]
"#;

struct Place {
    world: Simulated,
    application: Value,
    environment: Value,
    strategy: Value,
}

impl Place {
    fn new(faults: &[&str]) -> Place {
        let world = world_with(APPLICATION, faults);
        let found = |operation: &str, input: Value, name: &str| {
            let listed = aws(&world, "appconfig", operation, input).expect(operation);
            let items = listed["Items"].as_array().expect("items");
            let item = items.iter().find(|item| item["Name"] == name);
            item.expect(name)["Id"].clone()
        };
        let application = found("ListApplications", json!({}), "orders");
        let of = json!({ "ApplicationId": application });
        Place {
            environment: found("ListEnvironments", of, "live"),
            strategy: found("ListDeploymentStrategies", json!({}), "halves"),
            application,
            world,
        }
    }

    fn profile(&self, name: &str) -> Value {
        let of = json!({ "ApplicationId": self.application });
        let listed = self
            .call("ListConfigurationProfiles", of)
            .expect("profiles");
        let items = listed["Items"].as_array().expect("items");
        items.iter().find(|item| item["Name"] == name).expect("one")["Id"].clone()
    }

    fn call(&self, operation: &str, input: Value) -> Result<Value, Fault> {
        aws(&self.world, "appconfig", operation, input)
    }

    fn start(&self, version: &str) -> Result<Value, Fault> {
        self.call(
            "StartDeployment",
            json!({
                "ApplicationId": self.application, "EnvironmentId": self.environment,
                "ConfigurationProfileId": self.profile("limits"), "ConfigurationVersion": version,
                "DeploymentStrategyId": self.strategy,
            }),
        )
    }

    fn about(&self, number: u64) -> Value {
        json!({
            "ApplicationId": self.application, "EnvironmentId": self.environment, "DeploymentNumber": number,
        })
    }

    /// State and percentage of a deployment.
    fn state(&self, number: u64) -> (String, f64) {
        let found = self
            .call("GetDeployment", self.about(number))
            .expect("a deployment");
        let state = found["State"].as_str().expect("a state").to_owned();
        (
            state,
            found["PercentageComplete"].as_f64().expect("a percentage"),
        )
    }

    fn stop(&self, number: u64, reverts: bool) -> Result<Value, Fault> {
        let mut input = self.about(number);
        if reverts {
            input["AllowRevert"] = json!(true);
        }
        self.call("StopDeployment", input)
    }

    fn pass(&self, minutes: u64) {
        self.world.sleep(Duration::from_secs(minutes * 60));
    }
}

fn is(state: &str, share: f64) -> (String, f64) {
    (state.to_owned(), share)
}

/// AppConfig User Guide, "Working with deployment strategies": growth, then the bake time.
#[test]
fn a_configuration_reaches_its_targets_step_by_step() {
    let place = Place::new(&[]);
    let started = place.start("2").expect("a deployment");
    assert_eq!(started["DeploymentNumber"], 2);
    place.pass(1);
    assert_eq!(place.state(2), is("DEPLOYING", 50.0));
    place.pass(5);
    assert_eq!(place.state(2), is("DEPLOYING", 100.0));
    place.pass(5);
    assert_eq!(place.state(2), is("BAKING", 100.0));
    place.pass(5);
    assert_eq!(place.state(2), is("COMPLETE", 100.0));
    let found = place.call("GetDeployment", place.about(2)).expect("one");
    let last = found["EventLog"][0]["EventType"].clone();
    assert_eq!(last, "DEPLOYMENT_COMPLETED");
    let input = json!({ "ApplicationId": place.application, "EnvironmentId": place.environment });
    let listed = place.call("ListDeployments", input).expect("deployments");
    assert_eq!(listed["Items"][0]["ConfigurationVersion"], "2");
    assert_eq!(listed["Items"][1]["ConfigurationVersion"], "1");
}

/// AppConfig User Guide, "Monitoring deployments for automatic rollback": also during the bake time.
#[test]
fn an_alarm_rolls_a_deployment_back() {
    for (fault, minutes) in [
        ("configuration-degrades:live", 1),
        ("configuration-degrades@12m", 13),
    ] {
        let place = Place::new(&[fault]);
        place.start("2").expect("a deployment");
        place.pass(minutes);
        assert_eq!(place.state(2), is("ROLLED_BACK", 0.0), "{fault}");
        let found = place.call("GetDeployment", place.about(2)).expect("one");
        let events = found["EventLog"].as_array().expect("events");
        let begun = events
            .iter()
            .find(|event| event["EventType"] == "ROLLBACK_STARTED");
        assert_eq!(
            begun.expect("a rollback")["TriggeredBy"],
            "CLOUDWATCH_ALARM"
        );
        let environment = place.call(
            "GetEnvironment",
            json!({ "ApplicationId": place.application, "EnvironmentId": place.environment }),
        );
        assert_eq!(environment.expect("one")["State"], "ROLLED_BACK");
    }
}

/// AppConfig API Reference, StartDeployment, ConflictException.
#[test]
fn an_environment_takes_one_deployment_at_a_time() {
    let place = Place::new(&[]);
    place.start("2").expect("a deployment");
    for minutes in [0, 12] {
        place.pass(minutes);
        let refused = place.start("1").expect_err("another");
        assert_eq!(refused.code, "ConflictException", "{refused:?}");
    }
    place.pass(10);
    place.start("1").expect("a deployment");
}

/// AppConfig API Reference, StopDeployment, `AllowRevert`.
#[test]
fn a_deployment_is_stopped_or_reverted() {
    let place = Place::new(&[]);
    place.start("2").expect("a deployment");
    place.stop(2, false).expect("stopped");
    assert_eq!(place.state(2).0, "ROLLING_BACK");
    place.pass(1);
    assert_eq!(place.state(2).0, "ROLLED_BACK");

    place.start("2").expect("a deployment");
    place.pass(12);
    let code = |refused: Result<Value, Fault>| refused.expect_err("refused").code;
    assert_eq!(code(place.stop(3, false)), "BadRequestException", "baking");
    place.pass(5);
    assert_eq!(
        code(place.stop(3, false)),
        "BadRequestException",
        "complete"
    );
    place.stop(3, true).expect("reverted");
    assert_eq!(place.state(3), is("REVERTED", 0.0));

    place.start("2").expect("a deployment");
    place.pass(17 + 72 * 60);
    assert_eq!(code(place.stop(4, true)), "BadRequestException", "too late");
}

/// AppConfig API Reference, CreateHostedConfigurationVersion, `LatestVersionNumber` and "Errors".
#[test]
fn versions_are_numbered_and_checked() {
    let place = Place::new(&[]);
    let create = |profile: &str, content: &str, latest: u64| {
        let content = aws_smithy_types::base64::encode(content);
        place.call(
            "CreateHostedConfigurationVersion",
            json!({
                "ApplicationId": place.application, "ConfigurationProfileId": place.profile(profile),
                "ContentType": "application/json", "Content": content, "LatestVersionNumber": latest,
            }),
        )
    };
    assert_eq!(create("limits", "{}", 2).expect("one")["VersionNumber"], 3);
    let code = |refused: Result<Value, Fault>| refused.expect_err("refused").code;
    assert_eq!(code(create("limits", "{}", 2)), "ConflictException");
    assert_eq!(code(create("switches", "{}", 0)), "BadRequestException");
    let flags = r#"{"flags":{},"values":{},"version":"1"}"#;
    create("switches", flags, 0).expect("flags");
    assert_eq!(code(place.start("9")), "ResourceNotFoundException");
    assert_eq!(code(place.stop(9, true)), "ResourceNotFoundException");
}
