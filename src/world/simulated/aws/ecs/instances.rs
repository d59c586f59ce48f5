//! Container instances: the EC2 capacity of clusters, and which instance a task fits on.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::definition::Definition;
use super::instance::Instance;
use super::lack::Lack;
use super::task::{Status, Task};
use super::{cluster, validation};
use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, lists, number, page, text, texts};
use crate::world::simulated::cloud::Cloud;

/// What a task needs of an instance, or what is taken of one.
#[derive(Debug, Clone, Default)]
struct Needs {
    cpu: u64,
    memory: u64,
    /// Ports of the host, with their protocol.
    ports: BTreeSet<(u64, String)>,
}

/// The instances of a cluster.
pub(crate) fn registered<'a>(
    cloud: &'a Cloud,
    cluster: &'a str,
) -> impl Iterator<Item = &'a Instance> {
    let all = cloud.ecs.capacity.instances.iter();
    all.filter(move |i| i.cluster == cluster)
}

/// Whether a cluster has as many instances as are wanted: a plan takes that for granted, and where a fixture lets
/// tasks run on instances without describing those, there must be some.
pub(super) fn unbounded(cloud: &Cloud, cluster: &str) -> bool {
    cloud.kernel.all_goes_well() || cloud.ecs.capacity.unbounded.contains(cluster)
}

/// Tasks of a daemon service: one on each instance.
pub(super) fn each(cloud: &Cloud, cluster: &str) -> u32 {
    match unbounded(cloud, cluster) {
        true => 1,
        false => u32::try_from(registered(cloud, cluster).count()).unwrap_or(u32::MAX),
    }
}

impl Needs {
    fn of(definition: &Definition) -> Self {
        let raw = &definition.raw;
        let containers = definition.containers();
        let sum = |amount: &dyn Fn(&Value) -> Option<u64>| -> u64 {
            containers.iter().filter_map(amount).sum()
        };
        let cpu = raw.get("cpu").and_then(validation::cpu_units);
        let memory = raw.get("memory").and_then(validation::mebibytes);
        let reserved = |c: &Value| number(c, "memoryReservation").or(number(c, "memory"));
        let mut ports = BTreeSet::new();
        // Tasks with a network of their own share no ports.
        if text(raw, "networkMode") != Some("awsvpc") {
            for mapping in containers.iter().flat_map(|c| list(c, "portMappings")) {
                let protocol = text(mapping, "protocol").unwrap_or("tcp");
                if let Some(port) = number(mapping, "hostPort").filter(|p| *p > 0) {
                    ports.insert((port, protocol.to_owned()));
                }
            }
        }
        Needs {
            cpu: cpu.unwrap_or_else(|| sum(&|c| number(c, "cpu"))),
            memory: memory.unwrap_or_else(|| sum(&reserved)),
            ports,
        }
    }

    fn add(&mut self, other: Needs) {
        self.cpu += other.cpu;
        self.memory += other.memory;
        self.ports.extend(other.ports);
    }
}

/// What the tasks on an instance have taken of it.
fn taken(cloud: &Cloud, instance: &Instance) -> Needs {
    let mut taken = Needs::default();
    let here = |t: &&Task| t.instance.as_deref() == Some(&instance.arn);
    let tasks = cloud.ecs.tasks.values().filter(here);
    for task in tasks.filter(|t| t.status < Status::Stopped) {
        taken.add(Needs::of(&task.definition));
    }
    taken
}

/// The instance for one more task: of those that it fits on, the one with the most memory left. `but` are instances
/// that it must not be placed on.
pub(super) fn place(
    cloud: &Cloud,
    cluster: &str,
    definition: &Definition,
    but: &[String],
) -> Result<String, Lack> {
    let needs = Needs::of(definition);
    let mut best: Option<(u64, &Instance)> = None;
    let mut lack = Lack::Instances;
    for instance in registered(cloud, cluster).filter(|i| !but.contains(&i.arn)) {
        let taken = taken(cloud, instance);
        let left = instance.memory.saturating_sub(taken.memory);
        let missing = if needs.cpu > instance.cpu.saturating_sub(taken.cpu) {
            Some("CPU")
        } else if needs.memory > left {
            Some("MEMORY")
        } else if !needs.ports.is_disjoint(&taken.ports) {
            Some("PORTS")
        } else {
            None
        };
        match missing {
            Some(what) => lack = Lack::Resource(what, instance.arn.clone()),
            None if best.is_none_or(|(most, _)| left > most) => best = Some((left, instance)),
            None => {}
        }
    }
    best.map(|(_, instance)| instance.arn.clone()).ok_or(lack)
}

pub(super) fn list_arns(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let draining = text(input, "status").is_some_and(|s| s != "ACTIVE");
    let all = registered(cloud, cluster).filter(|_| !draining);
    let arns = all.map(|i| json!(i.arn)).collect();
    Ok(page(input, "containerInstanceArns", arns, 100))
}

pub(super) fn describe(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let cluster = cluster(cloud, input)?;
    let names = texts(input, "containerInstances");
    if names.is_empty() {
        return Err(invalid("Container instances cannot be empty."));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in &names {
        match registered(cloud, cluster).find(|i| short_name(&i.arn) == short_name(name)) {
            Some(instance) => found.push(render(cloud, instance)),
            None => failures.push(json!({ "arn": name, "reason": "MISSING" })),
        }
    }
    Ok(lists([
        ("containerInstances", found),
        ("failures", failures),
    ]))
}

fn render(cloud: &Cloud, instance: &Instance) -> Value {
    let taken = taken(cloud, instance);
    let here = |t: &&Task| t.instance.as_deref() == Some(&instance.arn);
    let tasks = || cloud.ecs.tasks.values().filter(here);
    let resources = |cpu: u64, memory: u64| {
        json!([
            { "name": "CPU", "type": "INTEGER", "integerValue": cpu },
            { "name": "MEMORY", "type": "INTEGER", "integerValue": memory },
        ])
    };
    json!({
        "containerInstanceArn": instance.arn,
        "status": "ACTIVE",
        "agentConnected": true,
        "registeredResources": resources(instance.cpu, instance.memory),
        "remainingResources": resources(
            instance.cpu.saturating_sub(taken.cpu),
            instance.memory.saturating_sub(taken.memory),
        ),
        "runningTasksCount": tasks().filter(|t| t.status == Status::Running).count(),
        "pendingTasksCount": tasks().filter(|t| t.status.pending()).count(),
    })
}
