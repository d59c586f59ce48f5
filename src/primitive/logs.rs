//! `logs::` — CloudWatch Logs.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{happened_if_gone, list};
use super::api::{Api, primitives};
use super::{LineKind, Primitive};

const LOGS: &str = "logs";

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read("logs", name, (LOGS, operation), object, doc, example)
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        read(
            "get_log_events",
            "GetLogEvents",
            "logStreamName",
            "Reads the events of one log stream.",
            r#"let started = ecs::run_task(#{
    cluster: "realserv-prod", taskDefinition: "catalog-migration-task", launchType: "FARGATE",
    networkConfiguration: #{ awsvpcConfiguration: #{ subnets: ["subnet-abc123"] } },
});
let task = started.tasks[0].taskArn;
ecs::follow_task(#{ cluster: "realserv-prod", task: task });
let streams = logs::describe_log_streams(#{ logGroupName: "/realserv/catalog-migration" });
let found = logs::get_log_events(#{
    logGroupName: "/realserv/catalog-migration", logStreamName: streams.logStreams[0].logStreamName, startFromHead: true,
});
print(found.events.len());"#,
        ),
        read(
            "describe_log_groups",
            "DescribeLogGroups",
            "logGroupNamePrefix",
            "Describes log groups by `logGroupNamePrefix`.",
            r#"print(logs::describe_log_groups(#{ logGroupNamePrefix: "/realserv/catalog" }).logGroups[0].logGroupName);"#,
        ),
        read(
            "describe_log_streams",
            "DescribeLogStreams",
            "logGroupName",
            "Lists the streams of a log group.",
            r#"print(logs::describe_log_streams(#{ logGroupName: "/realserv/catalog-service" }).logStreams.len());"#,
        ),
        read(
            "filter_log_events",
            "FilterLogEvents",
            "logGroupName",
            "Searches the events of a log group by `filterPattern` and time.",
            r#"print(logs::filter_log_events(#{ logGroupName: "/realserv/catalog-service", filterPattern: "ERROR" }).events.len());"#,
        ),
        read(
            "delete_log_group",
            "DeleteLogGroup",
            "logGroupName",
            "Deletes a log group with all its log events, which cannot be recovered.",
            r#"logs::delete_log_group(#{ logGroupName: "/realserv/catalog-service" });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let of = json!({ "logGroupNamePrefix": input["logGroupName"] });
            let groups: Vec<Value> = list(cx, (LOGS, "DescribeLogGroups"), of, "logGroups")?;
            let own = groups
                .iter()
                .find(|g| g["logGroupName"] == input["logGroupName"]);
            Ok(happened_if_gone(own, json!({})))
        }),
    ])
}
