//! AppConfig: versions of configurations, and their deployments.
//!
//! AWS AppConfig API Reference: CreateHostedConfigurationVersion, StartDeployment, GetDeployment, StopDeployment, GetEnvironment.
//! AWS AppConfig User Guide, "Predefined deployment strategies", AppConfig.AllAtOnce.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

/// `{"limit":2}`.
const CONTENT: &str = "eyJsaW1pdCI6Mn0=";

fn profile() -> Value {
    json!({"ApplicationId": "{application}", "ConfigurationProfileId": "{profile-settings}"})
}

fn version() -> Value {
    let mut input = profile();
    input["Content"] = json!(CONTENT);
    input["ContentType"] = json!("application/json");
    input
}

fn numbered(number: Value) -> Value {
    let mut input = profile();
    input["VersionNumber"] = number;
    input
}

fn environment(name: &str) -> Value {
    json!({"ApplicationId": "{application}", "EnvironmentId": format!("{{environment-{name}}}")})
}

fn deployment(of: &str) -> Value {
    let mut input = environment(of);
    input["DeploymentStrategyId"] = json!("AppConfig.AllAtOnce");
    input["ConfigurationProfileId"] = json!("{profile-settings}");
    input["ConfigurationVersion"] = json!("1");
    input
}

fn with(of: &str, member: &str, value: &str) -> Value {
    let mut input = deployment(of);
    input[member] = json!(value);
    input
}

fn own(of: &str) -> Value {
    let mut input = environment(of);
    input["DeploymentNumber"] = json!("#{number}");
    input
}

fn started(name: &'static str, of: &str) -> Case {
    case(name)
        .call("appconfig", "StartDeployment", deployment(of))
        .keep("number", "/DeploymentNumber")
}

pub fn cases() -> Vec<Case> {
    [versions(), deployments()].concat()
}

fn versions() -> Vec<Case> {
    vec![
        case("configurations: a version is kept")
            .call("appconfig", "CreateHostedConfigurationVersion", version())
            .keep("number", "/VersionNumber")
            .call("appconfig", "GetHostedConfigurationVersion", numbered(json!("#{number}")))
            .gives(json!({
                "ApplicationId": "{application}", "ConfigurationProfileId": "{profile-settings}", "Content": CONTENT,
                "ContentType": "application/json", "VersionNumber": {"$least": 2},
            })),
        case("configurations: a version behind another one than the latest is refused")
            .call("appconfig", "CreateHostedConfigurationVersion", {
                let mut input = version();
                input["LatestVersionNumber"] = json!(999);
                input
            })
            .fails("ConflictException"),
        case("configurations: an unknown version is refused")
            .call("appconfig", "GetHostedConfigurationVersion", numbered(json!(999)))
            .fails("ResourceNotFoundException"),
        case("configurations: versions are listed, the newest first")
            .call("appconfig", "CreateHostedConfigurationVersion", version())
            .call("appconfig", "ListHostedConfigurationVersions", profile())
            .gives(json!({"Items": {"$has": {"VersionNumber": 1}}})),
        case("configurations: a profile is described")
            .call("appconfig", "GetConfigurationProfile", profile())
            .gives(json!({
                "Id": "{profile-settings}", "Name": "settings", "LocationUri": "hosted", "Type": "AWS.Freeform",
            })),
        case("configurations: an unknown profile is refused")
            .call("appconfig", "GetConfigurationProfile", json!({
                "ApplicationId": "{application}", "ConfigurationProfileId": "none123",
            }))
            .fails("ResourceNotFoundException"),
        case("configurations: an unknown application is refused")
            .call("appconfig", "ListConfigurationProfiles", json!({"ApplicationId": "none123"}))
            .fails("ResourceNotFoundException"),
    ]
}

fn deployments() -> Vec<Case> {
    vec![
        case("configurations: applications are listed")
            .call("appconfig", "ListApplications", json!({}))
            .gives(json!({"Items": {"$has": {"Id": "{application}", "Name": "stage"}}})),
        case("configurations: strategies are listed, AWS's own too")
            .call("appconfig", "ListDeploymentStrategies", json!({}))
            .gives(json!({"Items": {"$has": {
                "Id": "AppConfig.AllAtOnce", "DeploymentDurationInMinutes": 0, "FinalBakeTimeInMinutes": 10,
                "GrowthFactor": 100, "GrowthType": "LINEAR",
            }}})),
        case("configurations: an environment is ready at first")
            .call("appconfig", "GetEnvironment", environment("read"))
            .gives(json!({"Name": "read", "State": "READY_FOR_DEPLOYMENT"})),
        case("configurations: an unknown environment is refused")
            .call("appconfig", "GetEnvironment", json!({"ApplicationId": "{application}", "EnvironmentId": "none123"}))
            .fails("ResourceNotFoundException"),
        started("configurations: a deployment reaches its targets and bakes", "started")
            .call("appconfig", "GetDeployment", own("started"))
            .comes_to(json!({
                "State": "BAKING", "PercentageComplete": 100, "ConfigurationVersion": "1", "ConfigurationName": "settings",
                "DeploymentStrategyId": "AppConfig.AllAtOnce", "StartedAt": "$time",
                "EventLog": {"$has": {"EventType": "DEPLOYMENT_STARTED", "TriggeredBy": "USER"}},
            })),
        started("configurations: a second deployment in an environment is refused", "busy")
            .call("appconfig", "StartDeployment", deployment("busy"))
            .fails("ConflictException"),
        case("configurations: a deployment that is stopped rolls back")
            .call("appconfig", "StartDeployment", with("stopped", "DeploymentStrategyId", "{strategy-slow}"))
            .keep("number", "/DeploymentNumber")
            .call("appconfig", "StopDeployment", own("stopped"))
            .call("appconfig", "GetDeployment", own("stopped"))
            .comes_to(json!({
                "State": "ROLLED_BACK", "EventLog": {"$has": {"EventType": "ROLLBACK_STARTED", "TriggeredBy": "USER"}},
            })),
        case("configurations: a deployment that was stopped is not stopped again")
            .call("appconfig", "StartDeployment", with("ended", "DeploymentStrategyId", "{strategy-slow}"))
            .keep("number", "/DeploymentNumber")
            .call("appconfig", "StopDeployment", own("ended"))
            .call("appconfig", "GetDeployment", own("ended"))
            .until(json!({"State": "ROLLED_BACK"}))
            .call("appconfig", "StopDeployment", own("ended"))
            .fails("BadRequestException"),
        case("configurations: a deployment behind another one than the latest is refused")
            .call("appconfig", "StartDeployment", {
                let mut input = deployment("read");
                input["LatestDeploymentNumber"] = json!(99);
                input
            })
            .fails("ConflictException"),
        case("configurations: an unknown deployment is refused")
            .call("appconfig", "GetDeployment", {
                let mut input = environment("read");
                input["DeploymentNumber"] = json!(99);
                input
            })
            .fails("ResourceNotFoundException"),
        case("configurations: an unknown strategy is refused")
            .call("appconfig", "StartDeployment", with("read", "DeploymentStrategyId", "none123"))
            .fails("ResourceNotFoundException"),
        case("configurations: an unknown version is not deployed")
            .call("appconfig", "StartDeployment", with("read", "ConfigurationVersion", "999"))
            .fails("ResourceNotFoundException"),
        case("configurations: an unknown environment gets no deployment")
            .call("appconfig", "StartDeployment", with("read", "EnvironmentId", "none123"))
            .fails("ResourceNotFoundException"),
    ]
}
