//! What is known of single operations that scripts reach by `aws::call`: whether a write whose answer was lost has
//! happened, and whether what it leaves in place matters.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::primitive::api::reconcile::{SKEW, did_not_happen, happened_if_gone, is_not_found};
use crate::primitive::api::send;
use crate::primitive::{Context, Reconciled};
use crate::vocabulary::Stop;
use crate::world::AwsCall;
use crate::world::apis::aws::{Marks, service};

/// Pause between two looks at an update that is under way, and the most looks.
const PAUSE: Duration = Duration::from_secs(2);
const LOOKS: u32 = 300;

/// Finds out whether a write has happened.
///
/// # Errors
/// A fault where the look fails, or a halt.
pub(super) fn reconcile(call: &AwsCall, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    match (call.service.as_str(), call.operation.as_str()) {
        ("lambda", "UpdateFunctionCode" | "UpdateFunctionConfiguration") => again(call, cx),
        ("lambda", "PublishVersion") => Ok(Reconciled::MayRepeat {
            how: "Lambda publishes no second version of the same code and configuration".to_owned(),
        }),
        ("lambda", "CreateAlias" | "UpdateAlias") => {
            let live = alias(call, cx)?;
            Ok(match live.filter(|live| is_as_asked(live, &call.input)) {
                Some(output) => Reconciled::Happened {
                    output,
                    how: "the alias is as asked".to_owned(),
                },
                None => did_not_happen("the alias is not as asked"),
            })
        }
        ("lambda", "DeleteAlias") => Ok(happened_if_gone(alias(call, cx)?.as_ref(), json!({}))),
        ("codedeploy", "CreateDeployment") => created_deployment(call, cx),
        ("codedeploy", "StopDeployment") => stopped_deployment(call, cx),
        _ => Ok(Reconciled::Unknown),
    }
}

/// Whether what an operation leaves in place matters to nobody.
pub(super) fn is_harmless(service: &str, operation: &str) -> bool {
    // A version that no alias names serves nobody; an invocation leaves nothing in Lambda.
    service == "lambda" && ["PublishVersion", "Invoke"].contains(&operation)
}

/// The texts that an operation's input must have, by their members, in the order of AWS's model: they say what it acts
/// upon.
pub(super) fn subject(call: &AwsCall) -> Vec<(&'static str, &str)> {
    let Some(service) = service(&call.service) else {
        return Vec::new();
    };
    let inputs = service
        .operation(&call.operation)
        .map(|it| service.inputs(it));
    let required = inputs
        .unwrap_or_default()
        .iter()
        .filter(|it| it.marks.has(Marks::REQUIRED));
    let texts =
        required.filter_map(|member| Some((member.name, call.input.get(member.name)?.as_str()?)));
    texts.collect()
}

/// Whether a member is a name that people know, and not what is sent: `FunctionName`, `alarmName`, `QueueUrl`.
pub(super) fn is_name(member: &str) -> bool {
    let endings = ["name", "arn", "id", "identifier", "url"];
    let member = member.to_ascii_lowercase();
    endings.iter().any(|ending| member.ends_with(ending))
}

/// Another call of the same service, region and profile.
fn like(call: &AwsCall, operation: &str, input: Value) -> AwsCall {
    AwsCall {
        operation: operation.to_owned(),
        input,
        ..call.clone()
    }
}

/// Lets a write of code or configuration be made again, since the same once more changes nothing. Lambda takes it only when no
/// update is under way.
fn again(call: &AwsCall, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let input = json!({ "FunctionName": call.input["FunctionName"] });
    let look = like(call, "GetFunctionConfiguration", input);
    for _ in 0..LOOKS {
        let live = send(cx, &look)?;
        let asked = &call.input["RevisionId"];
        let other_revision = !asked.is_null() && *asked != live["RevisionId"];
        if live["LastUpdateStatus"] != "InProgress" {
            return Ok(match other_revision {
                // The call would be refused now, and who has updated the function is not known.
                true => Reconciled::Unknown,
                false => Reconciled::MayRepeat {
                    how: "the same update once more changes nothing".to_owned(),
                },
            });
        }
        cx.sleep(PAUSE)?;
    }
    Ok(Reconciled::Unknown)
}

fn alias(call: &AwsCall, cx: &Context<'_>) -> Result<Option<Value>, Stop> {
    let named = ["FunctionName", "Name"].map(|name| (name.to_owned(), call.input[name].clone()));
    let input = Value::Object(Map::from_iter(named));
    match send(cx, &like(call, "GetAlias", input)) {
        Ok(alias) => Ok(Some(alias)),
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// Whether an alias has the version and the weights that an input names; what it leaves out may be anything.
fn is_as_asked(live: &Value, input: &Value) -> bool {
    let weights = |of: &Value| {
        let weights = of["RoutingConfig"]["AdditionalVersionWeights"].as_object();
        weights.cloned().unwrap_or_default()
    };
    let same = |name: &str| input[name].is_null() || input[name] == live[name];
    let weighted = input["RoutingConfig"].is_null() || weights(input) == weights(live);
    same("FunctionVersion") && same("Description") && weighted
}

/// The deployment of a group that was created since, with the same revision and description.
fn created_deployment(call: &AwsCall, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let input = &call.input;
    let from = cx.started.checked_sub(SKEW).unwrap_or(cx.started);
    let mut asked = json!({
        "applicationName": input["applicationName"], "deploymentGroupName": input["deploymentGroupName"],
        "createTimeRange": { "start": from.to_string() },
    });
    if let Some(members) = asked.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    let listed = send(cx, &like(call, "ListDeployments", asked))?;
    for id in listed["deployments"].as_array().into_iter().flatten() {
        let look = like(call, "GetDeployment", json!({ "deploymentId": id }));
        let found = send(cx, &look)?["deploymentInfo"].take();
        let same = |name: &str| found[name] == input[name];
        let content = |of: &Value| of["revision"]["appSpecContent"]["content"].clone();
        let revision =
            same("revision") || (content(&found).is_string() && content(&found) == content(input));
        if revision && same("description") {
            return Ok(Reconciled::Happened {
                output: json!({ "deploymentId": id }),
                how: "CodeDeploy lists the deployment".to_owned(),
            });
        }
    }
    Ok(did_not_happen("CodeDeploy lists no such deployment"))
}

fn stopped_deployment(call: &AwsCall, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let input = json!({ "deploymentId": call.input["deploymentId"] });
    let look = like(call, "GetDeployment", input);
    let found = send(cx, &look)?["deploymentInfo"].take();
    let ended = ["Stopped", "Failed", "Succeeded"];
    Ok(match found["status"].as_str() {
        Some(status) if ended.contains(&status) => Reconciled::Happened {
            output: json!({ "status": "Succeeded" }),
            how: format!("the deployment is {status}"),
        },
        _ => did_not_happen("the deployment is still under way"),
    })
}
