//! `appconfig::` — configurations that AppConfig hosts, and their deployments.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{did_not_happen, is_since_call, list};
use super::api::{Api, left, name_of, primitives, send};
use super::{Context, LineKind, Primitive, Reconciled};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

const APPCONFIG: &str = "appconfig";

/// What a deployment is started for, in its description: it is found by that.
const DESCRIPTION: &str = "deployer";

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        Api::read(
            "appconfig",
            "create_hosted_configuration_version",
            (APPCONFIG, "CreateHostedConfigurationVersion"),
            "VersionLabel",
            "Creates a version of a configuration that AppConfig hosts. Nothing reads it before it is deployed. With a `VersionLabel`, a resumed run finds its version.",
            r#"import "std/app_config" as app_config;
let at = app_config::find("catalog", "production", "flags");
let made = appconfig::create_hosted_configuration_version(#{
    ApplicationId: at.application, ConfigurationProfileId: at.profile, VersionLabel: "without-flags",
    ContentType: "application/json", Content: "eyJmbGFncyI6e30sInZhbHVlcyI6e30sInZlcnNpb24iOiIxIn0=",
});
print(made.VersionNumber);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(|input, cx| {
            if input["VersionLabel"].is_null() {
                return Ok(Reconciled::Unknown);
            }
            let mut asked = json!({});
            for member in ["ApplicationId", "ConfigurationProfileId", "VersionLabel"] {
                asked[member] = input[member].clone();
            }
            let all = list(cx, (APPCONFIG, "ListHostedConfigurationVersions"), asked, "Items")?;
            let mut all = all.into_iter();
            let found = all.find(|one| one["VersionLabel"] == input["VersionLabel"]);
            Ok(found.map_or_else(
                || did_not_happen("it is not there"),
                |output| Reconciled::Happened { output, how: "it is there".into() },
            ))
        })
        .residue(|input, output| {
            let name = name_of(&input["VersionLabel"]);
            left(format!("version {} ({name}) of a configuration", output["VersionNumber"]), true)
        }),
        Api::read(
            "appconfig",
            "start_deployment",
            (APPCONFIG, "StartDeployment"),
            "EnvironmentId",
            "Starts to deploy a version of a configuration to an environment, step by step as its strategy says. An environment takes one deployment at a time. Its `State` says how it ends: `COMPLETE`, or `ROLLED_BACK` if an alarm of the environment fires.",
            r#"import "std/app_config" as app_config;
let at = app_config::find("catalog", "production", "flags");
let started = appconfig::start_deployment(#{
    ApplicationId: at.application, EnvironmentId: at.environment, ConfigurationProfileId: at.profile,
    ConfigurationVersion: "2", DeploymentStrategyId: "AppConfig.AllAtOnce",
});
print(started.State);"#,
        )
        .writes(LineKind::Changes)
        .prepared_by(described)
        .reconciled_by(|input, cx| {
            let place = place(input);
            let recent = list(cx, (APPCONFIG, "ListDeployments"), place.clone(), "Items")?;
            let recent = recent.into_iter();
            for one in recent.filter(|one| is_since_call(cx, &one["StartedAt"])) {
                let mut asked = place.clone();
                asked["DeploymentNumber"] = one["DeploymentNumber"].clone();
                let found = deployment(cx, &asked)?;
                let description = described(input, cx)["Description"].clone();
                if found["Description"] == description {
                    let how = "its description says so".into();
                    return Ok(Reconciled::Happened { output: found, how });
                }
            }
            Ok(did_not_happen("no deployment has its description"))
        })
        .residue(|input, output| {
            let number = &output["DeploymentNumber"];
            let environment = name_of(&input["EnvironmentId"]);
            left(format!("deployment {number} to environment {environment}"), false)
        })
        .in_flight(|input| {
            Some(format!("a configuration is being deployed to {}", name_of(&input["EnvironmentId"])))
        }),
        Api::read(
            "appconfig",
            "stop_deployment",
            (APPCONFIG, "StopDeployment"),
            "EnvironmentId",
            "Stops a deployment that is under way: AppConfig rolls it back. With `AllowRevert: true` it also takes back one that is complete, up to 72 hours later.",
            r#"import "std/app_config" as app_config;
let at = app_config::find("catalog", "production", "flags");
let place = #{ ApplicationId: at.application, EnvironmentId: at.environment };
let started = appconfig::start_deployment(place + #{
    ConfigurationProfileId: at.profile, ConfigurationVersion: "2", DeploymentStrategyId: "AppConfig.AllAtOnce",
});
appconfig::stop_deployment(place + #{ DeploymentNumber: started.DeploymentNumber, AllowRevert: true });"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            let mut asked = place(input);
            asked["DeploymentNumber"] = input["DeploymentNumber"].clone();
            let found = deployment(cx, &asked)?;
            let state = found["State"].as_str().unwrap_or_default().to_owned();
            let how = format!("it is {state}");
            Ok(match ["ROLLING_BACK", "ROLLED_BACK", "REVERTED"].contains(&state.as_str()) {
                true => Reconciled::Happened { output: found, how },
                false => did_not_happen(how),
            })
        }),
    ])
}

/// The input with a description by which its deployment is found again; one that is given stays, before it.
fn described(input: &Value, cx: &Context<'_>) -> Value {
    let mut input = input.clone();
    let given = input["Description"].as_str().unwrap_or(DESCRIPTION);
    input["Description"] = json!(format!("{given} {}", cx.token()));
    input
}

/// Application and environment of a call.
fn place(input: &Value) -> Value {
    json!({ "ApplicationId": input["ApplicationId"], "EnvironmentId": input["EnvironmentId"] })
}

/// A deployment as it is.
fn deployment(cx: &Context<'_>, asked: &Value) -> Result<Value, Stop> {
    send(cx, &AwsCall::new(APPCONFIG, "GetDeployment", asked.clone()))
}
