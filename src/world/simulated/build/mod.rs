//! Builds the cloud that a fixture describes: in operation, and steady.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::answers::Answers;
use super::clock::{earlier, later};
use super::cloud::{AGE, Cloud, Prospects};
use super::ecs::Capacity;
use super::ecs::definitions::{self, Behaviour};
use super::ecs::hooks::Function;
use super::ecs::service::{Deployment, Rollout, Service, ServiceKey};
use super::ecs::service_deployment::Revision;
use super::ecs::{self, events, rollout, services, start};
use super::elb::{TargetGroup, name_in};
use super::faults::{FaultSpec, Faults};
use super::fixture::{self, Fixture, Reply};
use super::json::{list, short, text};
use super::lag::Lag;
use super::{ecr, http, net, people, scaling, secrets, traffic};
use crate::vocabulary::Fault;

mod around;
mod past;

pub(super) fn build(fixture: Fixture, faults: &[FaultSpec], seed: u64) -> Result<Cloud, Fault> {
    let mut cloud = Cloud::new(fixture.start, seed, Prospects::Modelled);
    cloud.account = fixture.account;
    cloud.region = fixture.region;
    cloud.version = fixture
        .params
        .get("version")
        .and_then(Value::as_str)
        .map(str::to_owned);
    for name in &fixture.clusters {
        let raw = ecs::new_cluster(&cloud, name);
        cloud.clusters.insert(name.clone(), raw);
    }
    for repository in fixture.repositories {
        add_repository(&mut cloud, repository);
    }
    for secret in fixture.secrets {
        add_secret(&mut cloud, secret);
    }
    for parameter in fixture.parameters {
        let known = secrets::Parameter {
            value: parameter.value,
            secure: parameter.secure,
            version: 1,
        };
        cloud.parameters.insert(parameter.name, known);
    }
    for group in fixture.target_groups {
        add_target_group(&mut cloud, group);
    }
    for balancer in fixture.load_balancers {
        around::add_balancer(&mut cloud, balancer)?;
    }
    for definition in fixture.task_definitions {
        add_family(&mut cloud, definition)?;
    }
    cloud.used_images = used_images(&cloud);
    // What is in use was pulled before anything went wrong.
    cloud.faults = Faults::new(faults);
    for service in fixture.services {
        add_service(&mut cloud, service)?;
    }
    for past in fixture.deployments {
        past::add(&mut cloud, past)?;
    }
    for traffic in fixture.traffic {
        around::add_traffic(&mut cloud, traffic)?;
    }
    for queue in fixture.queues {
        around::add_queue(&mut cloud, queue)?;
    }
    cloud.sns.topics = fixture.topics.into_iter().collect();
    for database in fixture.databases {
        around::add_database(&mut cloud, database);
    }
    cloud.processes.described = around::processes(fixture.processes);
    let hosts = fixture.hosts.into_iter();
    cloud.hosts = hosts.map(|h| (h.address, h.reachable)).collect();
    for hook in fixture.lifecycle_hooks {
        let function = Function {
            succeeds: hook.succeeds,
            takes: hook.takes,
        };
        cloud.functions.insert(hook.function, function);
    }
    for target in fixture.scaling {
        add_scaling(&mut cloud, target)?;
    }
    cloud.answers = Answers::new(fixture.answers);
    cloud.lag = Lag::new(fixture.read_lag);
    cloud.capacity = Capacity {
        tasks: fixture.capacity.tasks,
        placement: fixture.capacity.placement,
    };
    for endpoint in fixture.endpoints {
        add_endpoint(&mut cloud, endpoint)?;
    }
    for listener in fixture.reachable {
        let known = net::Listener {
            host: listener.host,
            port: listener.port,
            from: later(cloud.start, listener.after),
        };
        cloud.listeners.push(known);
    }
    for file in fixture.files {
        cloud
            .files
            .write(&file.path, &file.text)
            .map_err(|fault| bad(fault.message))?;
    }
    cloud.files.begin();
    let began = cloud.began();
    traffic::begin(&mut cloud, began);
    for alarm in fixture.alarms {
        around::add_alarm(&mut cloud, alarm)?;
    }
    cloud.people = fixture.people.into_iter().map(person).collect();
    Ok(cloud)
}

fn bad(message: String) -> Fault {
    Fault::new("bad_fixture", message)
}

fn add_repository(cloud: &mut Cloud, repository: fixture::Repository) {
    let start = cloud.start;
    let images = repository.images.into_iter().map(|image| ecr::Image {
        tags: image.tags,
        digest: image.digest,
        pushed: image.pushed.unwrap_or(start).to_string(),
        size: image.size,
        findings: image.findings,
        scanned: image.pushed.unwrap_or(start),
        manifest: None,
    });
    let known = ecr::Repository {
        images: images.collect(),
        immutable: repository.immutable,
    };
    cloud.repositories.insert(repository.name, known);
}

fn add_secret(cloud: &mut Cloud, secret: fixture::Secret) {
    let ending = cloud.rng.hex(6);
    let made_up = cloud.arn(
        "secretsmanager",
        &format!("secret:{}-{ending}", secret.name),
    );
    let known = secrets::Secret {
        arn: secret.arn.unwrap_or(made_up),
        has_value: secret.has_value,
        deleted: secret.deleted.then(|| later(cloud.now(), secrets::WINDOW)),
        binary: secret.binary,
        keys: secret.keys,
    };
    cloud.secrets.insert(secret.name, known);
}

fn add_target_group(cloud: &mut Cloud, group: fixture::TargetGroup) {
    let known = TargetGroup {
        name: name_in(&group.arn).to_owned(),
        port: group.port,
        path: group.path,
        interval: group.interval,
        healthy_threshold: group.healthy_threshold,
        unhealthy_threshold: group.unhealthy_threshold,
        deregistration_delay: group.deregistration_delay,
        ..TargetGroup::new("", group.port)
    };
    cloud.target_groups.insert(group.arn, known);
}

fn add_family(cloud: &mut Cloud, fixture: fixture::TaskDefinition) -> Result<(), Fault> {
    let fixture::TaskDefinition {
        definition,
        behaviour,
    } = fixture;
    let family = definition
        .get("family")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    for before in &behaviour.earlier {
        let mut raw = definition.clone();
        raw.insert("revision".to_owned(), json!(before.revision));
        if before.inactive {
            raw.insert("status".to_owned(), json!("INACTIVE"));
        }
        let image = raw
            .get_mut("containerDefinitions")
            .and_then(|c| c.get_mut(0))
            .and_then(|c| c.as_object_mut())
            .ok_or_else(|| bad(format!("task definition {family} has no container")))?;
        image.insert("image".to_owned(), json!(before.image));
        definitions::add(cloud, raw, false);
    }
    let added = definitions::add(cloud, definition, false);
    if added.containers().is_empty() {
        return Err(bad(format!("task definition {family} has no container")));
    }
    if let Some((group, _)) = super::logs::place(&added, "") {
        cloud.logs.entry(group).or_default();
    }
    if let Some(known) = cloud.families.get_mut(&family) {
        known.behaviour = Arc::new(Behaviour {
            log_lines: behaviour.log_lines,
            run: behaviour
                .run_seconds
                .map(|s| Duration::from_secs(u64::from(s))),
            exit_code: behaviour.exit_code,
        });
    }
    Ok(())
}

fn used_images(cloud: &Cloud) -> BTreeSet<String> {
    let definitions = cloud.families.values().flat_map(|f| f.revisions.values());
    definitions
        .flat_map(|d| d.containers())
        .filter_map(|c| ecr::pull(cloud, text(c, "image")?).ok()?.digest)
        .collect()
}

fn add_service(cloud: &mut Cloud, fixture: fixture::Service) -> Result<(), Fault> {
    let raw = fixture.raw;
    let whole = Value::Object(raw.clone());
    let name = text(&whole, "serviceName").unwrap_or_default().to_owned();
    let cluster = cluster_of(cloud, &whole, &name)?;
    let reference = text(&whole, "taskDefinition").unwrap_or_default();
    let definition = definitions::find(cloud, reference).ok_or_else(|| {
        bad(format!(
            "service {name}: there is no task definition {reference}"
        ))
    })?;
    let desired = whole
        .get("desiredCount")
        .and_then(Value::as_u64)
        .and_then(|d| u32::try_from(d).ok())
        .ok_or_else(|| bad(format!("service {name}: desiredCount is no whole number")))?;
    for lb in list(&whole, "loadBalancers") {
        for alternate in [false, true] {
            let arn = ecs::traffic::group_of(lb, alternate).unwrap_or_default();
            if !cloud.target_groups.contains_key(arn) {
                return Err(bad(format!(
                    "service {name}: there is no target group {arn}"
                )));
            }
        }
    }
    let key = ServiceKey::new(&cluster, &name);
    let filled = services::fill(cloud, &cluster, raw);
    let mut service = Service::new(filled, desired);
    let began = earlier(cloud.start, AGE);
    let id = format!("ecs-svc/{}", cloud.rng.digits(19));
    let revision_id = ecs::revision_id(&id);
    let revision = Revision::new(
        revision_id,
        Arc::clone(&definition),
        false,
        &service.raw,
        began,
    );
    let mut deployment = Deployment::new(id.clone(), &revision, began);
    let reason = format!("ECS deployment {id} completed.");
    deployment.become_(Rollout::Completed, reason, began);
    service.take_up(deployment, revision, ecs::record_id(&id));
    service.events = events::steady(cloud, &name);
    cloud.services.insert(key.clone(), service);
    ecs::traffic::route(cloud, &key);
    start_tasks(cloud, &key, &id, &definition, desired);
    Ok(())
}

/// Tasks of a deployment that have been running for a day.
pub(super) fn start_tasks(
    cloud: &mut Cloud,
    key: &ServiceKey,
    deployment: &str,
    definition: &Arc<definitions::Definition>,
    count: u32,
) {
    let Some(launch) = rollout::launch_of(cloud, key, deployment, definition) else {
        return;
    };
    for _ in 0..count {
        start::running_already(cloud, launch.clone(), AGE);
    }
}

/// The cluster that a service names, or the only one.
fn cluster_of(cloud: &Cloud, service: &Value, name: &str) -> Result<String, Fault> {
    let named = text(service, "cluster").map(short);
    let only = || cloud.clusters.keys().next().map(String::as_str);
    let cluster = named
        .or_else(only)
        .ok_or_else(|| bad(format!("service {name}: there is no cluster")))?;
    if !cloud.clusters.contains_key(cluster) {
        return Err(bad(format!(
            "service {name}: there is no cluster {cluster}"
        )));
    }
    Ok(cluster.to_owned())
}

fn add_scaling(cloud: &mut Cloud, target: fixture::Scaling) -> Result<(), Fault> {
    let named = &target.service;
    let key = find_service(cloud, named)
        .ok_or_else(|| bad(format!("scaling: there is no service {named}")))?;
    if target.min > target.max {
        return Err(bad(format!("scaling of {named}: min is more than max")));
    }
    if let Some(load) = target.load {
        cloud.scaling.set_load(key.clone(), load);
    }
    scaling::declare(cloud, &key, target)
        .map_err(|fault| bad(format!("scaling of {}: {}", key.name, fault.message)))
}

/// A service by `name` or `cluster/name`.
fn find_service(cloud: &Cloud, named: &str) -> Option<ServiceKey> {
    let key = match named.split_once('/') {
        Some((cluster, name)) => Some(ServiceKey::new(cluster, name)),
        None => cloud.services.keys().find(|k| &*k.name == named).cloned(),
    };
    key.filter(|k| cloud.services.contains_key(k))
}

/// The service of that name, if one is named.
fn service_of(cloud: &Cloud, named: Option<&str>, what: &str) -> Result<Option<ServiceKey>, Fault> {
    let Some(named) = named else {
        return Ok(None);
    };
    find_service(cloud, named)
        .map(Some)
        .ok_or_else(|| bad(format!("{what}: there is no service {named}")))
}

fn add_endpoint(cloud: &mut Cloud, endpoint: fixture::Endpoint) -> Result<(), Fault> {
    let service = service_of(
        cloud,
        endpoint.service.as_deref(),
        &format!("endpoint {}", endpoint.url),
    )?;
    let entry = traffic::entry(cloud, Some(&endpoint.url), service.as_ref());
    cloud.endpoints.push(http::Endpoint {
        url: endpoint.url,
        service,
        entry,
        test: endpoint.test_traffic,
        status: endpoint.status,
        body: endpoint.body,
        unhealthy_body: endpoint.unhealthy_body,
        latency: endpoint.latency,
        method: endpoint.method,
        headers: endpoint.headers.into_iter().collect(),
        answers: endpoint.answers,
        answered: 0,
    });
    Ok(())
}

fn person(person: fixture::Person) -> people::Person {
    people::Person {
        role: person.role,
        name: person.name,
        after: person.after,
        reply: match person.answer {
            Reply::Approve => people::Reply::Approve,
            Reply::Reject => people::Reply::Reject,
            Reply::Never => people::Reply::Never,
            Reply::Mistype => people::Reply::Mistype,
        },
        note: person.note,
    }
}

/// A JSON object, or an empty one.
pub(super) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
