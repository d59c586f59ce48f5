//! The cluster and its services.

use serde_json::{Map, Value, json};

use super::args::CaptureArgs;
use super::captured::Captured;
use super::reader::{Reader, items, says_nothing, text};
use crate::text::arn::short_name;
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::fixture::Service;

/// Most services that one `DescribeServices` request may name.
const AT_ONCE: usize = 10;
const TOKEN: (&str, &str) = ("nextToken", "nextToken");

/// What AWS says of a service by itself, and what the simulated one says, too.
const GIVEN: [&str; 15] = [
    "serviceArn",
    "clusterArn",
    "status",
    "runningCount",
    "pendingCount",
    "deployments",
    "events",
    "createdAt",
    "createdBy",
    "roleArn",
    "currentServiceDeployment",
    "currentServiceRevisions",
    "serviceRevisionArn",
    "resourceManagementType",
    "deploymentController",
];

pub(super) fn read(
    args: &CaptureArgs,
    reader: &Reader,
    captured: &mut Captured,
) -> Result<(), Fault> {
    captured.cluster = match &args.cluster {
        Some(cluster) => short_name(cluster).to_owned(),
        None => only_cluster(reader)?,
    };
    let cluster = captured.cluster.clone();
    let names = if args.service.is_empty() {
        let input = json!({ "cluster": cluster, "maxResults": 100 });
        let arns = reader.list(("ecs", "ListServices"), input, "serviceArns", TOKEN)?;
        arns.iter()
            .filter_map(Value::as_str)
            .map(|arn| short_name(arn).to_owned())
            .collect()
    } else {
        args.service.clone()
    };
    for some in names.chunks(AT_ONCE) {
        let input = json!({ "cluster": cluster, "services": some });
        let answer = reader.read("ecs", "DescribeServices", input)?;
        if let Some(failure) = items(&answer, "failures").first() {
            let name = short_name(text(failure, "arn"));
            let message = format!("service {name} is not in cluster {cluster}");
            return Err(Fault::new("ServiceNotFoundException", message)
                .hint("check the names, the region and the account"));
        }
        for service in items(&answer, "services") {
            take(service, reader, captured);
        }
    }
    if captured.services.is_empty() && args.task_family.is_empty() {
        let message = format!("cluster {cluster} has no service that can be captured");
        let why = reader.left_out();
        let why = match why.is_empty() {
            true => "there is none that is ACTIVE".to_owned(),
            false => why.join("; "),
        };
        return Err(Fault::new(codes::NOTHING_TO_CAPTURE, message).hint(why));
    }
    if captured.cluster_arn.is_empty() {
        let answer = reader.read("ecs", "DescribeClusters", json!({ "clusters": [cluster] }))?;
        let found = items(&answer, "clusters").first();
        text(found.unwrap_or(&Value::Null), "clusterArn").clone_into(&mut captured.cluster_arn);
    }
    Ok(())
}

fn only_cluster(reader: &Reader) -> Result<String, Fault> {
    let arns = reader.list(("ecs", "ListClusters"), json!({}), "clusterArns", TOKEN)?;
    let names: Vec<&str> = arns
        .iter()
        .filter_map(Value::as_str)
        .map(short_name)
        .collect();
    match names.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(
            Fault::new("ClusterNotFoundException", "there is no ECS cluster")
                .hint("check the region and the account"),
        ),
        several => Err(Fault::new(
            codes::CLUSTER_NEEDED,
            format!("there are several clusters: {}", several.join(", ")),
        )
        .hint("add --cluster NAME")),
    }
}

fn take(service: &Value, reader: &Reader, captured: &mut Captured) {
    let name = text(service, "serviceName");
    if text(service, "status") != "ACTIVE" {
        reader.leave_out(format!("service {name}: it is {}", text(service, "status")));
        return;
    }
    if captured.cluster_arn.is_empty() {
        text(service, "clusterArn").clone_into(&mut captured.cluster_arn);
    }
    if items(service, "deployments").len() > 1 {
        reader.leave_out(format!(
            "the deployment of {name} that goes on: the service is captured as if it were steady"
        ));
    }
    let controller = service.get("deploymentController").unwrap_or(&Value::Null);
    let controller = text(controller, "type");
    if text(service, "taskDefinition").is_empty() {
        let why = match controller {
            "" | "ECS" => "it has no task definition".to_owned(),
            other => format!("its deployments are made by {other}"),
        };
        return reader.leave_out(format!("service {name}: {why}"));
    }
    if !["", "ECS"].contains(&controller) {
        reader.leave_out(format!(
            "deployments of service {name}, which {controller} makes: it is captured as if it were steady"
        ));
    }
    reader.lose("services", service, &Service::MEMBERS, &GIVEN);
    let mut kept = Map::new();
    kept.insert("cluster".into(), json!(captured.cluster));
    for member in Service::MEMBERS {
        match service.get(member) {
            Some(value) if !says_nothing(value) => {
                kept.insert(member.into(), value.clone());
            }
            _ => {}
        }
    }
    kept.insert(
        "taskDefinition".into(),
        json!(short_name(text(service, "taskDefinition"))),
    );
    captured.services.push(kept);
}
