//! RDS: instances and their snapshots, which take time.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

/// The state of RDS: database instances and snapshots, by identifier.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rds {
    instances: BTreeMap<String, Instance>,
    snapshots: BTreeMap<String, Snapshot>,
    /// What instances were told to become, by identifier.
    changes: BTreeMap<String, Change>,
}

/// A change of an instance that is under way.
#[derive(Debug, Clone)]
struct Change {
    /// Its status until then, and from then on.
    during: &'static str,
    until: Timestamp,
    after: &'static str,
}

/// Calls that change the state of an instance: the state that it must be in, the state meanwhile, how long that lasts,
/// and the state afterwards.
const COURSES: [(&str, &str, &str, Duration, &str); 3] = [
    (
        "StopDBInstance",
        "available",
        "stopping",
        Duration::from_secs(180),
        "stopped",
    ),
    (
        "StartDBInstance",
        "stopped",
        "starting",
        Duration::from_secs(300),
        "available",
    ),
    (
        "RebootDBInstance",
        "available",
        "rebooting",
        Duration::from_secs(60),
        "available",
    ),
];

impl Rds {
    /// Adds a database instance under its identifier.
    pub(crate) fn add_instance(&mut self, name: String, instance: Instance) {
        self.instances.insert(name, instance);
    }

    /// Adds a snapshot under its identifier.
    pub(crate) fn add_snapshot(&mut self, name: String, snapshot: Snapshot) {
        self.snapshots.insert(name, snapshot);
    }
}

/// A database instance, and how long what is done to it takes.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) engine: String,
    pub(crate) class: String,
    pub(crate) created: Timestamp,
    /// When the instance becomes available, in virtual time.
    pub(crate) ready: Timestamp,
    pub(crate) snapshot_takes: Duration,
    pub(crate) restore_takes: Duration,
}

/// A snapshot of a database instance.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) instance: String,
    pub(crate) engine: String,
    pub(crate) created: Timestamp,
    /// When the snapshot becomes available, in virtual time.
    pub(crate) ready: Timestamp,
    pub(crate) restore_takes: Duration,
}

fn needed<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    text(input, name).filter(|t| !t.is_empty()).ok_or_else(|| {
        Fault::new(
            "MissingParameter",
            format!("The request must contain the parameter {name}."),
        )
    })
}

fn no_instance(name: &str) -> Fault {
    Fault::new(
        "DBInstanceNotFound",
        format!("DBInstance {name} not found."),
    )
}

fn no_snapshot(name: &str) -> Fault {
    Fault::new(
        "DBSnapshotNotFound",
        format!("DBSnapshot {name} not found."),
    )
}

/// How far RDS is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "rds",
    behaves: "Snapshots, restores, stops, starts and reboots of instances take time, and each is refused in the \
              wrong state.",
    leaves_out: "An instance has a state and no data. Clusters, replicas, failovers, parameter groups, automated \
              snapshots, and the creation, change and deletion of instances are not simulated.",
    tests: &[
        "simulated::tests::stores",
        "simulated::tests::refusals::databases",
        "emulated::conformance::cases::databases",
    ],
};

pub(crate) fn call(
    rds: &mut Rds,
    kernel: &Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "DescribeDBInstances" => describe_instances(rds, kernel, input),
        "DescribeDBSnapshots" => describe_snapshots(rds, kernel, input),
        "CreateDBSnapshot" => create_snapshot(rds, kernel, input),
        "DeleteDBSnapshot" => {
            let name = needed(input, "DBSnapshotIdentifier")?;
            let gone = rds.snapshots.get(name).ok_or_else(|| no_snapshot(name))?;
            if kernel.now() < gone.ready {
                return Err(Fault::new(
                    "InvalidDBSnapshotState",
                    format!("Cannot delete the snapshot {name}: it is being created."),
                ));
            }
            let gone = gone.clone();
            rds.snapshots.remove(name);
            Ok(json!({ "DBSnapshot": snapshot(kernel, name, &gone) }))
        }
        "RestoreDBInstanceFromDBSnapshot" => restore(rds, kernel, input),
        "StopDBInstance" | "StartDBInstance" | "RebootDBInstance" => {
            change(rds, kernel, operation, input)
        }
        _ => Err(not_simulated("rds", operation)),
    }
}

/// `creating`, `backing-up`, `available`, or what it was told to become.
fn status(rds: &Rds, kernel: &Kernel, name: &str, known: &Instance) -> &'static str {
    let now = kernel.now();
    match rds.changes.get(name) {
        Some(change) if now < change.until => return change.during,
        Some(change) if change.after != "available" => return change.after,
        _ => {}
    }
    let mut snapshots = rds.snapshots.values();
    if now < known.ready {
        "creating"
    } else if snapshots.any(|s| s.instance == name && now < s.ready) {
        "backing-up"
    } else {
        "available"
    }
}

/// Checks the identifier of a new instance or snapshot.
fn check_name(name: &str, what: &str, longest: usize) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let sound = name.len() <= longest
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(fits)
        && !name.ends_with('-')
        && !name.contains("--");
    match sound {
        true => Ok(()),
        false => Err(Fault::new(
            "InvalidParameterValue",
            format!(
                "The parameter {what} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
            ),
        )),
    }
}

fn instance(rds: &Rds, kernel: &Kernel, name: &str, known: &Instance) -> Value {
    let status = status(rds, kernel, name, known);
    let mut out = json!({
        "DBInstanceIdentifier": name,
        "DBInstanceClass": known.class,
        "Engine": known.engine,
        "DBInstanceStatus": status,
        "MasterUsername": "admin",
        "AllocatedStorage": 100,
        "InstanceCreateTime": known.created.to_string(),
        "MultiAZ": false,
        "DBInstanceArn": kernel.arn("rds", &format!("db:{name}")),
    });
    if status != "creating" {
        let port = if known.engine.starts_with("mysql") {
            3306
        } else {
            5432
        };
        let address = format!("{name}.simulated.{}.rds.amazonaws.com", kernel.region);
        let endpoint = json!({ "Address": address, "Port": port });
        set(&mut out, "Endpoint", endpoint);
    }
    out
}

fn snapshot(kernel: &Kernel, name: &str, known: &Snapshot) -> Value {
    let now = kernel.now();
    let whole = known.ready.duration_since(known.created).as_secs_f64();
    let gone = now.duration_since(known.created).as_secs_f64();
    let progress = if whole > 0.0 {
        (100.0 * gone / whole).clamp(0.0, 100.0)
    } else {
        100.0
    };
    json!({
        "DBSnapshotIdentifier": name,
        "DBInstanceIdentifier": known.instance,
        "Engine": known.engine,
        "SnapshotType": "manual",
        "SnapshotCreateTime": known.created.to_string(),
        "Status": if now < known.ready { "creating" } else { "available" },
        "PercentProgress": progress as u64,
        "AllocatedStorage": 100,
        "DBSnapshotArn": kernel.arn("rds", &format!("snapshot:{name}")),
    })
}

fn describe_instances(rds: &Rds, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "DBInstanceIdentifier");
    let all = rds.instances.iter();
    let found: Vec<Value> = all
        .filter(|(own, _)| name.is_none_or(|n| n == *own))
        .map(|(own, known)| instance(rds, kernel, own, known))
        .collect();
    match name {
        Some(name) if found.is_empty() => Err(no_instance(name)),
        _ => Ok(json!({ "DBInstances": found })),
    }
}

fn describe_snapshots(rds: &Rds, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "DBSnapshotIdentifier");
    let of = text(input, "DBInstanceIdentifier");
    let all = rds.snapshots.iter();
    let found: Vec<Value> = all
        .filter(|(own, s)| name.is_none_or(|n| n == *own) && of.is_none_or(|of| of == s.instance))
        .map(|(own, known)| snapshot(kernel, own, known))
        .collect();
    match name {
        Some(name) if found.is_empty() => Err(no_snapshot(name)),
        _ => Ok(json!({ "DBSnapshots": found })),
    }
}

fn create_snapshot(rds: &mut Rds, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let now = kernel.now();
    let of = needed(input, "DBInstanceIdentifier")?;
    let name = needed(input, "DBSnapshotIdentifier")?;
    check_name(name, "DBSnapshotIdentifier", 255)?;
    let database = rds.instances.get(of).ok_or_else(|| no_instance(of))?;
    if rds.snapshots.contains_key(name) {
        return Err(Fault::new(
            "DBSnapshotAlreadyExists",
            format!(
                "Cannot create the snapshot because a snapshot with the identifier {name} already exists."
            ),
        ));
    }
    let state = status(rds, kernel, of, database);
    if state != "available" {
        return Err(Fault::new(
            "InvalidDBInstanceState",
            format!(
                "Cannot create a snapshot because the database instance {of} is not currently in the available state (it is {state})."
            ),
        ));
    }
    let known = Snapshot {
        instance: of.to_owned(),
        engine: database.engine.clone(),
        created: now,
        ready: later(now, database.snapshot_takes),
        restore_takes: database.restore_takes,
    };
    let out = json!({ "DBSnapshot": snapshot(kernel, name, &known) });
    rds.snapshots.insert(name.to_owned(), known);
    Ok(out)
}

/// Begins to stop, start or reboot an instance.
fn change(rds: &mut Rds, kernel: &Kernel, operation: &str, input: &Value) -> Result<Value, Fault> {
    let name = needed(input, "DBInstanceIdentifier")?;
    let known = rds.instances.get(name).ok_or_else(|| no_instance(name))?;
    let course = COURSES.iter().find(|(of, ..)| *of == operation);
    let Some((_, from, during, takes, after)) = course else {
        return Err(not_simulated("rds", operation));
    };
    let state = status(rds, kernel, name, known);
    if state != *from {
        return Err(Fault::new(
            "InvalidDBInstanceState",
            format!("Instance {name} is not in {from} state (it is {state})."),
        ));
    }
    let change = Change {
        during,
        until: later(kernel.now(), *takes),
        after,
    };
    rds.changes.insert(name.to_owned(), change);
    let known = rds.instances.get(name).ok_or_else(|| no_instance(name))?;
    Ok(json!({ "DBInstance": instance(rds, kernel, name, known) }))
}

fn restore(rds: &mut Rds, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let now = kernel.now();
    let name = needed(input, "DBInstanceIdentifier")?;
    let from = needed(input, "DBSnapshotIdentifier")?;
    check_name(name, "DBInstanceIdentifier", 63)?;
    let known = rds.snapshots.get(from).ok_or_else(|| no_snapshot(from))?;
    if rds.instances.contains_key(name) {
        return Err(Fault::new(
            "DBInstanceAlreadyExists",
            "DB instance already exists",
        ));
    }
    if now < known.ready {
        return Err(Fault::new(
            "InvalidDBSnapshotState",
            format!("Cannot restore from the snapshot {from}: it is being created."),
        ));
    }
    let restored = Instance {
        engine: known.engine.clone(),
        class: text(input, "DBInstanceClass")
            .unwrap_or("db.t4g.medium")
            .to_owned(),
        created: now,
        ready: later(now, known.restore_takes),
        snapshot_takes: Duration::from_secs(360),
        restore_takes: known.restore_takes,
    };
    let out = json!({ "DBInstance": instance(rds, kernel, name, &restored) });
    rds.instances.insert(name.to_owned(), restored);
    Ok(out)
}
