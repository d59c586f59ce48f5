//! What cases of Lambda, CodeDeploy, Route 53 and AppConfig find in each backend.

use std::time::Duration;

use aws_smithy_types::base64;
use deployer::vocabulary::Fault;
use deployer::world::AwsCall;
use deployer::world::simulated::Fixture;
use deployer::world::simulated::fixture::{ConfigApplication, Function};
use serde_json::{Value, json};

use super::backend::{Backend, Names};

/// Names of ids that AWS gives, of what `deployables` makes.
type Ids = Vec<(String, String)>;

fn ask(backend: &Backend, service: &str, operation: &str, input: Value) -> Result<Value, Fault> {
    backend.call(&AwsCall::new(service, operation, input))
}

fn id(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    // Answers of Route 53 have the kind in front of an id.
    let id = found.and_then(|id| id.rsplit('/').next());
    id.unwrap_or_else(|| panic!("no {pointer} in {answer}"))
        .to_owned()
}

/// Gives an emulator what the fixture describes, as far as it has the services.
///
/// Returns the ids that it has given.
pub fn build(backend: &Backend, fixture: &Fixture) -> Names {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "lambda.amazonaws.com" },
    }] });
    let role = json!({ "RoleName": "stage", "AssumeRolePolicyDocument": trust.to_string() });
    must(backend, "iam", "CreateRole", role);
    for function in &fixture.functions {
        create_function(backend, function);
    }
    let mut ids = Ids::new();
    for zone in &fixture.hosted_zones {
        let input = json!({ "Name": zone.raw["Name"], "CallerReference": zone.raw["Id"] });
        let made = must(backend, "route53", "CreateHostedZone", input);
        ids.push(("zone".to_owned(), id(&made, "/HostedZone/Id")));
    }
    // An emulator without CodeDeploy or a part of AppConfig says so in its cases.
    let application = json!({ "applicationName": "stage", "computePlatform": "Lambda" });
    if ask(backend, "codedeploy", "CreateApplication", application).is_ok() {
        for group in &fixture.deployment_groups {
            let input = Value::Object(group.raw.clone());
            must(backend, "codedeploy", "CreateDeploymentGroup", input);
        }
    }
    for application in &fixture.config_applications {
        ids.extend(create_application(backend, application));
    }
    ids.into_iter().collect()
}

fn must(backend: &Backend, service: &str, operation: &str, input: Value) -> Value {
    ask(backend, service, operation, input)
        .unwrap_or_else(|f| panic!("{}: the stage: {operation}: {f}", backend.name))
}

fn create_function(backend: &Backend, function: &Function) {
    let name = function.raw["FunctionName"].clone();
    let input = Value::Object(function.raw.clone());
    must(backend, "lambda", "CreateFunction", input);
    for version in &function.versions {
        // Without a change, no other version is published.
        let description = version.description.clone();
        let changed = json!({ "FunctionName": name, "Description": description });
        must(backend, "lambda", "UpdateFunctionConfiguration", changed);
        backend.world().sleep(Duration::from_millis(50));
        must(
            backend,
            "lambda",
            "PublishVersion",
            json!({ "FunctionName": name }),
        );
    }
}

fn create_application(backend: &Backend, given: &ConfigApplication) -> Ids {
    let made = must(
        backend,
        "appconfig",
        "CreateApplication",
        json!({ "Name": given.name }),
    );
    let application = id(&made, "/Id");
    let mut ids = vec![("application".to_owned(), application.clone())];
    for profile in &given.profiles {
        let input = json!({ "ApplicationId": application, "Name": profile.name, "LocationUri": "hosted", "Type": profile.kind });
        let made = must(backend, "appconfig", "CreateConfigurationProfile", input);
        let of = id(&made, "/Id");
        for version in &profile.versions {
            let input = json!({
                "ApplicationId": application, "ConfigurationProfileId": of, "ContentType": "application/json",
                "Content": base64::encode(version),
            });
            must(
                backend,
                "appconfig",
                "CreateHostedConfigurationVersion",
                input,
            );
        }
        ids.push((format!("profile-{}", profile.name), of));
    }
    for environment in &given.environments {
        let input = json!({ "ApplicationId": application, "Name": environment.name });
        if let Ok(made) = ask(backend, "appconfig", "CreateEnvironment", input) {
            ids.push((
                format!("environment-{}", environment.name),
                id(&made, "/Id"),
            ));
        }
    }
    for strategy in &given.strategies {
        let input = json!({
            "Name": strategy.name, "DeploymentDurationInMinutes": strategy.minutes, "GrowthType": strategy.growth,
            "GrowthFactor": strategy.factor, "FinalBakeTimeInMinutes": strategy.bake, "ReplicateTo": "NONE",
        });
        if let Ok(made) = ask(backend, "appconfig", "CreateDeploymentStrategy", input) {
            ids.push((format!("strategy-{}", strategy.name), id(&made, "/Id")));
        }
    }
    ids
}

/// The ids that the simulated cloud has given.
pub fn simulated(backend: &Backend) -> Names {
    let mut ids = Ids::new();
    let zones = must(backend, "route53", "ListHostedZonesByName", json!({}));
    ids.push(("zone".to_owned(), id(&zones, "/HostedZones/0/Id")));
    let listed = must(backend, "appconfig", "ListApplications", json!({}));
    let application = id(&listed, "/Items/0/Id");
    for (kind, operation) in [
        ("profile", "ListConfigurationProfiles"),
        ("environment", "ListEnvironments"),
        ("strategy", "ListDeploymentStrategies"),
    ] {
        let input = match kind {
            "strategy" => json!({}),
            _ => json!({ "ApplicationId": application }),
        };
        let listed = must(backend, "appconfig", operation, input);
        for item in listed["Items"].as_array().into_iter().flatten() {
            ids.push((format!("{kind}-{}", id(item, "/Name")), id(item, "/Id")));
        }
    }
    ids.push(("application".to_owned(), application));
    ids.into_iter().collect()
}
