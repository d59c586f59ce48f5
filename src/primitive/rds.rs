//! `rds::` — database instances and their snapshots.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{find, happened_if_created, happened_if_gone};
use super::api::{Api, left, name_of, primitives};
use super::{Context, LineKind, Primitive, diff};
use crate::vocabulary::Stop;

const RDS: &str = "rds";

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read("rds", name, (RDS, operation), object, doc, example)
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        read(
            "describe_db_instances",
            "DescribeDBInstances",
            "DBInstanceIdentifier",
            "Describes database instances, all of them or one by its identifier.",
            r#"print(rds::describe_db_instances(#{ DBInstanceIdentifier: "catalog-db" }).DBInstances[0].DBInstanceStatus);"#,
        ),
        read(
            "describe_db_snapshots",
            "DescribeDBSnapshots",
            "DBSnapshotIdentifier",
            "Describes snapshots, by `DBInstanceIdentifier` or `DBSnapshotIdentifier`.",
            r#"print(rds::describe_db_snapshots(#{ DBInstanceIdentifier: "catalog-db" }).DBSnapshots.len());"#,
        ),
        read(
            "create_db_snapshot",
            "CreateDBSnapshot",
            "DBSnapshotIdentifier",
            "Starts a snapshot of a database instance. It can be used when its status is `available`: wait for that with `aws::wait`.",
            r#"rds::create_db_snapshot(#{ DBInstanceIdentifier: "catalog-db", DBSnapshotIdentifier: "catalog-db-before-1-3-0" });
let done = aws::wait(#{
    service: "rds", operation: "DescribeDBSnapshots", input: #{ DBSnapshotIdentifier: "catalog-db-before-1-3-0" },
    path: "DBSnapshots[0].Status", becomes: ["available"], fails: ["failed"], what: "snapshot catalog-db-before-1-3-0",
});
print(done.DBSnapshots[0].PercentProgress);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(|input, cx| {
            let live = snapshot(cx, input)?;
            let live = live.filter(|s| s["DBInstanceIdentifier"] == input["DBInstanceIdentifier"]);
            let output = |snapshot| json!({ "DBSnapshot": snapshot });
            Ok(happened_if_created(live, "SnapshotCreateTime", cx, output))
        })
        .residue(|input, _| {
            let name = name_of(&input["DBSnapshotIdentifier"]);
            left(format!("snapshot {name} of {}", name_of(&input["DBInstanceIdentifier"])), true)
        })
        .in_flight(|input| {
            Some(format!("snapshot {} is being made", name_of(&input["DBSnapshotIdentifier"])))
        }),
        read(
            "delete_db_snapshot",
            "DeleteDBSnapshot",
            "DBSnapshotIdentifier",
            "Deletes a snapshot.",
            r#"rds::delete_db_snapshot(#{ DBSnapshotIdentifier: "catalog-db-before-1-2-0" });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let output = json!({ "DBSnapshot": { "DBSnapshotIdentifier": input["DBSnapshotIdentifier"], "Status": "deleted" } });
            Ok(happened_if_gone(snapshot(cx, input)?.as_ref(), output))
        }),
        read(
            "restore_db_instance_from_db_snapshot",
            "RestoreDBInstanceFromDBSnapshot",
            "DBInstanceIdentifier",
            "Starts to restore a snapshot into a new database instance, which has an `Endpoint` when its status is `available`. It never overwrites an instance.",
            r#"rds::restore_db_instance_from_db_snapshot(#{
    DBInstanceIdentifier: "catalog-db-restored", DBSnapshotIdentifier: "catalog-db-before-1-2-0",
});
let done = aws::wait(#{
    service: "rds", operation: "DescribeDBInstances", input: #{ DBInstanceIdentifier: "catalog-db-restored" },
    path: "DBInstances[0].DBInstanceStatus", becomes: ["available"], fails: ["failed"],
});
print(done.DBInstances[0].Endpoint.Address);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(|input, cx| {
            let one = json!({ "DBInstanceIdentifier": input["DBInstanceIdentifier"] });
            let live = find(cx, (RDS, "DescribeDBInstances"), one, "DBInstances")?;
            let output = |instance| json!({ "DBInstance": instance });
            // It gets its time of creation once it is available.
            Ok(happened_if_created(live, "InstanceCreateTime", cx, output))
        })
        .changes(|input, _| diff::asked(None, input, &["DBInstanceIdentifier", "Tags"]))
        .residue(|input, _| {
            left(format!("database instance {}", name_of(&input["DBInstanceIdentifier"])), false)
        })
        .in_flight(|input| {
            Some(format!("{} is being restored", name_of(&input["DBInstanceIdentifier"])))
        }),
    ])
}

/// The snapshot that a call is about, as it is.
fn snapshot(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let one = json!({ "DBSnapshotIdentifier": input["DBSnapshotIdentifier"] });
    find(cx, (RDS, "DescribeDBSnapshots"), one, "DBSnapshots")
}
