//! Daemons of ECS Managed Instances, and their task definitions.

use serde_json::{Value, json};

use super::{ECS, read};
use crate::primitive::api::reconcile::{did_not_happen, is_not_found, is_since_call};
use crate::primitive::api::{Api, left, name_of, send};
use crate::primitive::{Context, LineKind, Reconciled, diff};
use crate::text::arn::short_name;
use crate::vocabulary::Stop;
use crate::world::AwsCall;

/// Operations that change daemons.
pub(super) fn all() -> [Api; 2] {
    [
        read(
            "register_daemon_task_definition",
            "RegisterDaemonTaskDefinition",
            "family",
            "Registers a revision of a daemon task definition: the containers that run on every instance of ECS Managed Instances.",
            r#"let made = ecs::register_daemon_task_definition(#{
    family: "log-agent", containerDefinitions: [#{ name: "agent", image: "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.1.0", memory: 128 }],
});
print(made.daemonTaskDefinitionArn);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(find_registered)
        .changes(|input, _| diff::asked(None, input, &["family", "tags"]))
        .residue(|_, output| {
            left(format!("daemon task definition {}", name_of(&output["daemonTaskDefinitionArn"])), true)
        }),
        read(
            "update_daemon",
            "UpdateDaemon",
            "daemonArn",
            "Deploys a daemon task definition to all instances of its capacity providers, batch by batch. Each batch is drained and replaced. Name the settings that must stay: those that are left out have their defaults again.",
            r#"import "std/daemon" as daemon;
let at = daemon::find("realserv-prod", "log-agent");
let made = ecs::register_daemon_task_definition(#{
    family: "log-agent", containerDefinitions: [#{ name: "agent", image: "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.1.0", memory: 128 }],
});
let live = aws::call("ecs", "DescribeDaemon", #{ daemonArn: at.arn }).daemon;
let updated = ecs::update_daemon(#{
    daemonArn: at.arn, daemonTaskDefinitionArn: made.daemonTaskDefinitionArn,
    capacityProviderArns: live.currentRevisions[0].capacityProviders.map(|one| one.arn),
});
print(updated.deploymentArn);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(find_update)
        .changes(|input, _| diff::asked(None, input, &["daemonArn"]))
        .residue(|input, _| {
            let definition = name_of(&input["daemonTaskDefinitionArn"]);
            left(format!("daemon {} updated to {definition}", name_of(&input["daemonArn"])), false)
        })
        .in_flight(|input| {
            Some(format!("the deployment of {} continues in ECS", short_name(input["daemonArn"].as_str()?)))
        }),
    ]
}

/// The answer of a read; `None`: it says that there is no such thing.
fn looked_up(cx: &Context<'_>, operation: &str, input: Value) -> Result<Option<Value>, Stop> {
    match send(cx, &AwsCall::new(ECS, operation, input)) {
        Ok(output) => Ok(Some(output)),
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) || fault.code == "ClientException" => {
            Ok(None)
        }
        Err(stop) => Err(stop),
    }
}

/// The latest revision of the family, if it was registered since the call with the images that it asks for.
fn find_registered(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let ask = json!({ "daemonTaskDefinition": input["family"] });
    let Some(found) = looked_up(cx, "DescribeDaemonTaskDefinition", ask)? else {
        return Ok(did_not_happen("the family has no ACTIVE revision"));
    };
    let found = &found["daemonTaskDefinition"];
    if !is_since_call(cx, &found["registeredAt"]) {
        return Ok(did_not_happen("the latest revision of the family is older"));
    }
    let images = |it: &Value| -> Vec<Value> {
        let containers = it["containerDefinitions"].as_array().into_iter().flatten();
        containers.map(|one| one["image"].clone()).collect()
    };
    Ok(match images(found) == images(input) {
        true => Reconciled::Happened {
            output: json!({ "daemonTaskDefinitionArn": found["daemonTaskDefinitionArn"] }),
            how: "the latest revision of the family has its images".into(),
        },
        false => did_not_happen("the latest revision of the family has other images"),
    })
}

/// An update has happened if the newest deployment brings its task definition, and has begun since.
fn find_update(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let ask = json!({ "daemonArn": input["daemonArn"] });
    let Some(found) = looked_up(cx, "DescribeDaemon", ask)? else {
        return Ok(did_not_happen("the daemon is not there"));
    };
    let daemon = &found["daemon"];
    let ask = json!({ "daemonDeploymentArns": [daemon["deploymentArn"]] });
    let deployments = looked_up(cx, "DescribeDaemonDeployments", ask)?.unwrap_or_default();
    let newest = &deployments["daemonDeployments"][0];
    if newest["createdAt"].is_null() || !is_since_call(cx, &newest["createdAt"]) {
        return Ok(did_not_happen("no deployment has begun since"));
    }
    let ask = json!({ "daemonRevisionArns": [newest["targetDaemonRevision"]["arn"]] });
    let revisions = looked_up(cx, "DescribeDaemonRevisions", ask)?.unwrap_or_default();
    let brings = &revisions["daemonRevisions"][0]["daemonTaskDefinitionArn"];
    Ok(match *brings == input["daemonTaskDefinitionArn"] {
        true => Reconciled::Happened {
            output: json!({
                "daemonArn": input["daemonArn"], "status": daemon["status"],
                "createdAt": daemon["createdAt"], "updatedAt": daemon["updatedAt"],
                "deploymentArn": daemon["deploymentArn"],
            }),
            how: "its deployment has begun".into(),
        },
        false => did_not_happen("the newest deployment brings another task definition"),
    })
}
