//! Lambda: functions, versions, aliases. CodeDeploy: deployment groups and deployments.
//!
//! AWS Lambda API Reference: GetFunctionConfiguration, UpdateFunctionCode, UpdateFunctionConfiguration, PublishVersion, CreateAlias,
//! UpdateAlias, Invoke. AWS CodeDeploy API Reference: CreateDeployment, GetDeployment, StopDeployment, GetDeploymentGroup.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

fn named(function: &str) -> Value {
    json!({"FunctionName": function})
}

fn alias(version: &str) -> Value {
    json!({"FunctionName": "stage-aliases", "Name": "{id}", "FunctionVersion": version})
}

fn own_alias() -> Value {
    json!({"FunctionName": "stage-aliases", "Name": "{id}"})
}

fn weights(version: &str, weight: f64) -> Value {
    let mut input = own_alias();
    input["RoutingConfig"] = json!({"AdditionalVersionWeights": {version: weight}});
    input
}

fn aliased(name: &'static str) -> Case {
    case(name).call("lambda", "CreateAlias", alias("1"))
}

fn image(tag: &str) -> String {
    format!("{{image}}:{tag}")
}

fn group(name: &str) -> Value {
    json!({"applicationName": "stage", "deploymentGroupName": name})
}

fn deployment(of: &str) -> Value {
    let spec = json!({"version": 0.0, "Resources": [{"stage": {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Name": "stage-aliases", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"},
    }}]});
    let mut input = group(of);
    input["description"] = json!("{id}");
    input["revision"] =
        json!({"revisionType": "AppSpecContent", "appSpecContent": {"content": spec.to_string()}});
    input
}

fn started(name: &'static str, of: &str) -> Case {
    case(name)
        .call("codedeploy", "CreateDeployment", deployment(of))
        .keep("deployment", "/deploymentId")
}

pub fn cases() -> Vec<Case> {
    [functions(), aliases(), deployments()].concat()
}

fn functions() -> Vec<Case> {
    vec![
        case("functions: described")
            .call("lambda", "GetFunctionConfiguration", named("stage-read"))
            .gives(json!({
                "FunctionName": "stage-read", "FunctionArn": "arn:aws:lambda:{region}:{account}:function:stage-read",
                "Version": "$like $LATEST", "PackageType": "Image", "State": "Active", "LastUpdateStatus": "Successful",
                "MemorySize": 128, "Timeout": 3, "RevisionId": "$text", "CodeSha256": "$text",
            })),
        case("functions: one says where its code is")
            .call("lambda", "GetFunction", named("stage-read"))
            .gives(json!({"Code": {"ImageUri": image("1.0.0")}, "Configuration": {"FunctionName": "stage-read"}})),
        case("functions: found by their ARN")
            .call("lambda", "GetFunctionConfiguration", named("arn:aws:lambda:{region}:{account}:function:stage-read"))
            .gives(json!({"FunctionName": "stage-read"})),
        case("functions: an unknown one is refused")
            .call("lambda", "GetFunction", named("{id}"))
            .fails("ResourceNotFoundException"),
        case("functions: an unknown one has no code")
            .call("lambda", "UpdateFunctionCode", json!({"FunctionName": "{id}", "ImageUri": image("1.1.0")}))
            .fails("ResourceNotFoundException"),
        case("functions: an unknown one has no settings")
            .call("lambda", "UpdateFunctionConfiguration", json!({"FunctionName": "{id}", "Timeout": 5}))
            .fails("ResourceNotFoundException"),
        case("functions: an unknown one publishes nothing")
            .call("lambda", "PublishVersion", named("{id}"))
            .fails("ResourceNotFoundException"),
        case("functions: an unknown one is not invoked")
            .call("lambda", "Invoke", json!({"FunctionName": "{id}", "InvocationType": "DryRun"}))
            .fails("ResourceNotFoundException"),
        case("functions: a dry run only says that it could be invoked")
            .call("lambda", "Invoke", json!({"FunctionName": "stage-read", "InvocationType": "DryRun"}))
            .gives(json!({"StatusCode": 204})),
        case("functions: new code is in use after a while")
            .call("lambda", "UpdateFunctionCode", json!({"FunctionName": "stage-code", "ImageUri": image("1.1.0")}))
            .call("lambda", "GetFunction", named("stage-code"))
            .comes_to(json!({
                "Code": {"ImageUri": image("1.1.0")}, "Configuration": {"LastUpdateStatus": "Successful"},
            })),
        case("functions: new code for another revision is refused")
            .call("lambda", "UpdateFunctionCode", json!({
                "FunctionName": "stage-read", "ImageUri": image("1.1.0"), "RevisionId": "00000000-0000-0000-0000-000000000000",
            }))
            .fails("PreconditionFailedException"),
        case("functions: code that is nowhere is refused")
            .call("lambda", "UpdateFunctionCode", named("stage-read"))
            .fails("InvalidParameterValueException"),
        case("functions: new settings are in use after a while")
            .call("lambda", "UpdateFunctionConfiguration", json!({
                "FunctionName": "stage-settings", "MemorySize": 256, "Environment": {"Variables": {"LEVEL": "info"}},
            }))
            .call("lambda", "GetFunctionConfiguration", named("stage-settings"))
            .comes_to(json!({
                "MemorySize": 256, "Timeout": 3, "Environment": {"Variables": {"LEVEL": "info"}},
                "LastUpdateStatus": "Successful",
            })),
        case("functions: a version is published once of the same code")
            .call("lambda", "PublishVersion", named("stage-publish"))
            .keep("version", "/Version")
            .call("lambda", "PublishVersion", named("stage-publish"))
            .gives(json!({
                "Version": "{version}", "FunctionArn": "arn:aws:lambda:{region}:{account}:function:stage-publish:{version}",
            })),
        case("functions: versions are listed beside $LATEST")
            .call("lambda", "ListVersionsByFunction", named("stage-aliases"))
            .gives(json!({"Versions": [{"Version": "$like $LATEST"}, {"Version": "1"}, {"Version": "2"}]})),
        case("functions: an unknown version is refused")
            .call("lambda", "GetFunctionConfiguration", json!({"FunctionName": "stage-read", "Qualifier": "99"}))
            .fails("ResourceNotFoundException"),
    ]
}

fn aliases() -> Vec<Case> {
    vec![
        aliased("aliases: a created one is described")
            .call("lambda", "GetAlias", own_alias())
            .gives(json!({
                "Name": "{id}", "AliasArn": "arn:aws:lambda:{region}:{account}:function:stage-aliases:{id}",
                "FunctionVersion": "1", "RevisionId": "$text", "RoutingConfig": "$absent",
            })),
        aliased("aliases: a second one of that name is refused")
            .call("lambda", "CreateAlias", alias("2"))
            .fails("ResourceConflictException"),
        case("aliases: an unknown one is refused")
            .call("lambda", "GetAlias", own_alias())
            .fails("ResourceNotFoundException"),
        case("aliases: an unknown one cannot be updated")
            .call("lambda", "UpdateAlias", alias("2"))
            .fails("ResourceNotFoundException"),
        case("aliases: of an unknown function are refused")
            .call("lambda", "CreateAlias", json!({"FunctionName": "{id}", "Name": "live", "FunctionVersion": "1"}))
            .fails("ResourceNotFoundException"),
        case("aliases: an unknown version is refused")
            .call("lambda", "CreateAlias", alias("99"))
            .fails("ResourceNotFoundException"),
        aliased("aliases: one is pointed at another version")
            .call("lambda", "UpdateAlias", alias("2"))
            .call("lambda", "GetAlias", own_alias())
            .gives(json!({"FunctionVersion": "2"})),
        aliased("aliases: two versions share the invocations")
            .call("lambda", "UpdateAlias", weights("2", 0.25))
            .call("lambda", "GetAlias", own_alias())
            .gives(json!({"FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.25}}})),
        aliased("aliases: a weight of more than 1 is refused")
            .call("lambda", "UpdateAlias", weights("2", 1.5))
            .fails("InvalidParameterValueException"),
        aliased("aliases: $LATEST shares with no version")
            .call("lambda", "UpdateAlias", weights("$LATEST", 0.25))
            .fails("InvalidParameterValueException"),
        aliased("aliases: an update of another revision is refused")
            .call("lambda", "UpdateAlias", {
                let mut input = alias("2");
                input["RevisionId"] = json!("00000000-0000-0000-0000-000000000000");
                input
            })
            .fails("PreconditionFailedException"),
        aliased("aliases: listed by function")
            .call("lambda", "ListAliases", named("stage-aliases"))
            .gives(json!({"Aliases": {"$has": {"Name": "{id}", "FunctionVersion": "1"}}})),
        aliased("aliases: listed by version")
            .call("lambda", "ListAliases", json!({"FunctionName": "stage-aliases", "FunctionVersion": "2"}))
            .gives(json!({"Aliases": {"$not": {"Name": "{id}"}}})),
        aliased("aliases: a deleted one is gone")
            .call("lambda", "DeleteAlias", own_alias())
            .call("lambda", "GetAlias", own_alias())
            .fails("ResourceNotFoundException"),
    ]
}

fn deployments() -> Vec<Case> {
    vec![
        case("deployments: a group is described")
            .call("codedeploy", "GetDeploymentGroup", group("read"))
            .gives(json!({"deploymentGroupInfo": {
                "applicationName": "stage", "deploymentGroupName": "read", "computePlatform": "Lambda",
                "deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce",
                "serviceRoleArn": "arn:aws:iam::{account}:role/stage",
            }})),
        case("deployments: an unknown group is refused")
            .call("codedeploy", "GetDeploymentGroup", group("{id}"))
            .fails("DeploymentGroupDoesNotExistException"),
        case("deployments: an unknown application is refused")
            .call("codedeploy", "GetDeploymentGroup", json!({"applicationName": "{id}", "deploymentGroupName": "read"}))
            .fails("ApplicationDoesNotExistException"),
        started("deployments: one that is created is described", "started")
            .call("codedeploy", "GetDeployment", json!({"deploymentId": "{deployment}"}))
            .gives(json!({"deploymentInfo": {
                "deploymentId": "{deployment}", "applicationName": "stage", "deploymentGroupName": "started",
                "description": "{id}", "creator": "user", "status": "$text", "createTime": "$time",
            }})),
        started("deployments: listed by group", "listed")
            .call("codedeploy", "ListDeployments", group("listed"))
            .gives(json!({"deployments": {"$has": "{deployment}"}})),
        started("deployments: a second one in a group is refused", "busy")
            .call("codedeploy", "CreateDeployment", deployment("busy"))
            .fails("DeploymentLimitExceededException"),
        started("deployments: one is stopped", "stopped")
            .call("codedeploy", "StopDeployment", json!({"deploymentId": "{deployment}"}))
            .call("codedeploy", "GetDeployment", json!({"deploymentId": "{deployment}"}))
            .comes_to(json!({"deploymentInfo": {"status": "Stopped"}})),
        case("deployments: one without a revision is refused")
            .call("codedeploy", "CreateDeployment", group("read"))
            .fails("RevisionRequiredException"),
        case("deployments: one to an unknown group is refused")
            .call("codedeploy", "CreateDeployment", deployment("{id}"))
            .fails("DeploymentGroupDoesNotExistException"),
        case("deployments: an unknown one is refused")
            .call("codedeploy", "GetDeployment", json!({"deploymentId": "d-000000000"}))
            .fails("DeploymentDoesNotExistException"),
        case("deployments: an unknown one cannot be stopped")
            .call("codedeploy", "StopDeployment", json!({"deploymentId": "d-000000000"}))
            .fails("DeploymentDoesNotExistException"),
    ]
}
