//! Databases and their snapshots, secrets, parameters, log groups, repositories.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{AnswerPlace, Name, ResourceNeed, ResourceType, by};
use crate::world::simulated::model::json::{number, text};
use crate::world::simulated::model::rds::{Instance, Snapshot};
use crate::world::simulated::model::{Cloud, clock};
use crate::world::simulated::model::{secrets::Secret, ssm::Parameter};

pub(super) static TYPES: &[&ResourceType] = &[
    &INSTANCE,
    &SNAPSHOT,
    &SECRET,
    &PARAMETER,
    &LOG_GROUP,
    &REPOSITORY,
];

/// How long a plan takes a snapshot to last, and a restore.
const SNAPSHOT_TAKES: Duration = Duration::from_secs(360);
const RESTORE_TAKES: Duration = Duration::from_secs(900);

static INSTANCE: ResourceType = ResourceType {
    service: "rds",
    read: "DescribeDBInstances",
    shown: AnswerPlace::List("DBInstances"),
    base: &[],
    names: &[by("DBInstanceIdentifier", "DBInstanceIdentifier", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: instance,
};

static SNAPSHOT: ResourceType = ResourceType {
    service: "rds",
    read: "DescribeDBSnapshots",
    shown: AnswerPlace::List("DBSnapshots"),
    base: &[],
    names: &[by("DBSnapshotIdentifier", "DBSnapshotIdentifier", false)],
    lists: &[],
    parents: &[("DBInstanceIdentifier", &INSTANCE)],
    about: &[],
    import: snapshot,
};

static SECRET: ResourceType = ResourceType {
    service: "secretsmanager",
    read: "DescribeSecret",
    shown: AnswerPlace::Whole,
    base: &[],
    names: &[by("ARN", "SecretId", false), by("Name", "SecretId", false)],
    lists: &[("ListSecrets", "SecretList")],
    parents: &[],
    about: &[("GetSecretValue", "SecretId", true)],
    import: secret,
};

static PARAMETER: ResourceType = ResourceType {
    service: "ssm",
    read: "GetParameter",
    shown: AnswerPlace::Inside("Parameter"),
    base: &[],
    names: &[by("Name", "Name", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: parameter,
};

static LOG_GROUP: ResourceType = ResourceType {
    service: "logs",
    read: "DescribeLogGroups",
    shown: AnswerPlace::List("logGroups"),
    base: &[],
    names: &[Name {
        exact: false,
        ..by("logGroupName", "logGroupNamePrefix", false)
    }],
    lists: &[],
    parents: &[],
    about: &[
        ("FilterLogEvents", "logGroupName", false),
        ("GetLogEvents", "logGroupName", false),
        ("DescribeLogStreams", "logGroupName", false),
    ],
    import: log_group,
};

static REPOSITORY: ResourceType = ResourceType {
    service: "ecr",
    read: "DescribeRepositories",
    shown: AnswerPlace::List("repositories"),
    base: &[],
    names: &[by("repositoryName", "repositoryNames", true)],
    lists: &[],
    parents: &[],
    about: &[
        ("DescribeImages", "repositoryName", false),
        ("ListImages", "repositoryName", false),
        ("BatchGetImage", "repositoryName", false),
        ("DescribeImageScanFindings", "repositoryName", false),
    ],
    import: repository,
};

pub(super) fn needs(operation: &str, input: &Value) -> Vec<ResourceNeed> {
    let instance = || {
        ResourceNeed::of(
            &INSTANCE,
            "DBInstanceIdentifier",
            input,
            "DBInstanceIdentifier",
        )
    };
    let snapshot = || {
        ResourceNeed::of(
            &SNAPSHOT,
            "DBSnapshotIdentifier",
            input,
            "DBSnapshotIdentifier",
        )
    };
    let repository = || ResourceNeed::of(&REPOSITORY, "repositoryNames", input, "repositoryName");
    let log_group = || ResourceNeed::of(&LOG_GROUP, "logGroupNamePrefix", input, "logGroupName");
    match operation {
        "CreateDBSnapshot" => snapshot().into_iter().chain(instance()).collect(),
        "DeleteDBSnapshot" => snapshot(),
        "RestoreDBInstanceFromDBSnapshot" => instance().into_iter().chain(snapshot()).collect(),
        "CreateSecret" => ResourceNeed::of(&SECRET, "SecretId", input, "Name"),
        "PutSecretValue" | "UpdateSecret" | "DeleteSecret" | "RestoreSecret" => {
            ResourceNeed::of(&SECRET, "SecretId", input, "SecretId")
        }
        "PutParameter" => ResourceNeed::of(&PARAMETER, "Name", input, "Name"),
        "CreateLogGroup" | "DeleteLogGroup" | "PutRetentionPolicy" | "CreateLogStream"
        | "PutLogEvents" => log_group(),
        "CreateRepository" | "DeleteRepository" => repository(),
        _ => Vec::new(),
    }
}

fn word(item: &Value, name: &str) -> String {
    text(item, name).unwrap_or_default().to_owned()
}

fn instance(cloud: &mut Cloud, item: &Value) {
    let usable = text(item, "DBInstanceStatus") != Some("creating");
    let known = Instance {
        engine: word(item, "Engine"),
        class: word(item, "DBInstanceClass"),
        created: cloud.kernel.start,
        ready: match usable {
            true => cloud.kernel.start,
            false => clock::later(cloud.now(), RESTORE_TAKES),
        },
        snapshot_takes: SNAPSHOT_TAKES,
        restore_takes: RESTORE_TAKES,
    };
    let name = word(item, "DBInstanceIdentifier");
    cloud.rds.add_instance(name, known);
}

fn snapshot(cloud: &mut Cloud, item: &Value) {
    let usable = text(item, "Status") == Some("available");
    let known = Snapshot {
        instance: word(item, "DBInstanceIdentifier"),
        engine: word(item, "Engine"),
        created: cloud.kernel.start,
        ready: match usable {
            true => cloud.kernel.start,
            false => clock::later(cloud.now(), SNAPSHOT_TAKES),
        },
        restore_takes: RESTORE_TAKES,
    };
    let name = word(item, "DBSnapshotIdentifier");
    cloud.rds.add_snapshot(name, known);
}

/// A date as a live answer has it: RFC 3339, or seconds since 1970. One in another form is a date all the same.
fn deleted(cloud: &Cloud, at: &Value) -> Option<Timestamp> {
    let seconds = at.as_f64().map(|seconds| seconds as i64);
    let number = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let text = at.as_str().and_then(|text| text.parse().ok());
    (!at.is_null()).then(|| number.or(text).unwrap_or(cloud.kernel.start))
}

fn secret(cloud: &mut Cloud, item: &Value) {
    let stages = item.get("VersionIdsToStages").and_then(Value::as_object);
    let known = Secret {
        arn: word(item, "ARN"),
        has_value: stages.is_some_and(|stages| !stages.is_empty()),
        deleted: item.get("DeletedDate").and_then(|at| deleted(cloud, at)),
        binary: false,
        keys: Vec::new(),
    };
    cloud.secrets.add(word(item, "Name"), known);
}

fn parameter(cloud: &mut Cloud, item: &Value) {
    let known = Parameter {
        value: word(item, "Value"),
        secure: text(item, "Type") == Some("SecureString"),
        version: number(item, "Version").unwrap_or(1),
    };
    cloud.ssm.add(word(item, "Name"), known);
}

fn log_group(cloud: &mut Cloud, item: &Value) {
    let name = word(item, "logGroupName");
    if let Some(days) = number(item, "retentionInDays") {
        cloud.logs.set_retention(name.clone(), days);
    }
    cloud.logs.add_group(name);
}

fn repository(cloud: &mut Cloud, item: &Value) {
    let immutable = text(item, "imageTagMutability") == Some("IMMUTABLE");
    let name = word(item, "repositoryName");
    cloud.ecr.repository_mut(&name).immutable = immutable;
}
