//! `CreateExpressGatewayService`: a service with everything around it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::resources::{self, host};
use super::start::Start;
use super::state::{ExpressService, ManagedResources};
use super::task_definition::{port, register};
use super::{defaults, validation, view};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::ecs::{self, cluster_name, definitions};
use crate::world::simulated::aws::json::{invalid, list, number, object, set, text};
use crate::world::simulated::cloud::Cloud;

/// Creates a service; `input` is that of `CreateExpressGatewayService`.
///
/// # Errors
/// What ECS refuses of it.
pub(crate) fn add(cloud: &mut Cloud, input: &Value, start: Start) -> Result<ServiceKey, Fault> {
    let cluster = cluster_name(input).to_owned();
    validation::created(cloud, input)?;
    if !cloud.ecs.has_cluster(&cluster) {
        // ECS makes the default cluster where there is none.
        if cluster != "default" {
            return Err(Fault::new("ClusterNotFoundException", "Cluster not found."));
        }
        ecs::call(cloud, "CreateCluster", &json!({ "clusterName": cluster }))?;
    }
    let name = match text(input, "serviceName") {
        Some(name) => name.to_owned(),
        None => format!("express-service-{}", cloud.kernel.rng.hex(8)),
    };
    let key = ServiceKey::new(&cluster, &name);
    let known = cloud.ecs.service(&key);
    match known.and_then(|service| text(&service.raw, "status")) {
        None | Some("INACTIVE") => {}
        Some("DRAINING") => {
            return Err(invalid("Unable to Start a service that is still Draining."));
        }
        Some(_) => return Err(invalid("Creation of service was not idempotent.")),
    }
    let configuration = defaults::configuration(&key, &Value::Null, input);
    validation::scaling(&configuration)?;
    let definition = register(cloud, &key, &configuration, start)?;
    let port = port(cloud, &configuration, &definition);
    let host = host(cloud, &key);
    let made = resources::make(cloud, &key, &host, &configuration, port)?;
    let role = text(input, "infrastructureRoleArn").unwrap_or_default();
    let asked = service(
        &key,
        input,
        &configuration,
        &made,
        (&definition, port, role),
    );
    // Its own resources are gone if ECS refuses it.
    if let Err(fault) = run(cloud, &key, asked, start) {
        resources::remove(cloud, &key, &made);
        return Err(fault);
    }
    let at = match start {
        Start::Now => cloud.now(),
        Start::Before => cloud.began(),
    };
    let known = ExpressService {
        infrastructure_role: role.to_owned(),
        created: at,
        updated: at,
        target: configuration.clone(),
        configurations: BTreeMap::new(),
        host,
        resources: made,
    };
    cloud.express.services.insert(key.clone(), known);
    view::note_revision(cloud, &key, &configuration);
    resources::scale(cloud, &key, &configuration)?;
    Ok(key)
}

/// The input of `CreateService` for the service underneath.
fn service(
    key: &ServiceKey,
    input: &Value,
    configuration: &Value,
    made: &ManagedResources,
    (definition, port, role): (&str, u64, &str),
) -> Value {
    let mut out = json!({
        "cluster": &*key.cluster,
        "serviceName": &*key.name,
        "taskDefinition": definition,
        "desiredCount": configuration["scalingTarget"]["minTaskCount"],
        "launchType": "FARGATE",
        "networkConfiguration": network(configuration),
        "loadBalancers": [{
            "targetGroupArn": made.groups.first(),
            "containerName": defaults::CONTAINER,
            "containerPort": port,
            "advancedConfiguration": {
                "alternateTargetGroupArn": made.groups.last(),
                "productionListenerRule": made.rule,
                "roleArn": role,
            },
        }],
        "deploymentConfiguration": defaults::deployment(&made.alarm),
        "resourceManagementType": "ECS",
    });
    if !list(input, "tags").is_empty() {
        set(&mut out, "tags", input["tags"].clone());
        set(&mut out, "propagateTags", json!("SERVICE"));
    }
    out
}

/// The network of tasks: without a word, public subnets of the default VPC.
pub(super) fn network(configuration: &Value) -> Value {
    let given = &configuration["networkConfiguration"];
    let or = |member: &str, usual: &str| match list(given, member) {
        [] => json!([usual]),
        some => json!(some),
    };
    json!({ "awsvpcConfiguration": {
        "subnets": or("subnets", "subnet-default"),
        "securityGroups": or("securityGroups", "sg-ecs-express"),
        "assignPublicIp": "ENABLED",
    } })
}

fn run(cloud: &mut Cloud, key: &ServiceKey, asked: Value, start: Start) -> Result<(), Fault> {
    if start == Start::Now {
        return ecs::call(cloud, "CreateService", &asked).map(drop);
    }
    let reference = text(&asked, "taskDefinition").unwrap_or_default();
    let definition = definitions::find(cloud, reference)
        .ok_or_else(|| Fault::new("ClientException", "TaskDefinition not found."))?;
    let desired = number(&asked, "desiredCount").and_then(|n| u32::try_from(n).ok());
    let desired = desired.unwrap_or(1);
    ecs::initial_state::add_service(cloud, key, object(&asked), &definition, desired);
    Ok(())
}
