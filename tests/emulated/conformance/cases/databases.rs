//! RDS: snapshots, and instances restored from them.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

fn snapshot(name: &'static str) -> Case {
    case(name).call("rds", "CreateDBSnapshot", create())
}

fn create() -> Value {
    json!({"DBInstanceIdentifier": "stage-db", "DBSnapshotIdentifier": "s-{id}"})
}

fn own() -> Value {
    json!({"DBSnapshotIdentifier": "s-{id}"})
}

pub fn cases() -> Vec<Case> {
    vec![
        case("databases: described")
            .call("rds", "DescribeDBInstances", json!({"DBInstanceIdentifier": "stage-db"}))
            .gives(json!({"DBInstances": [{
                "DBInstanceIdentifier": "stage-db", "Engine": "postgres", "DBInstanceStatus": "$text",
                "DBInstanceArn": "arn:aws:rds:{region}:{account}:db:stage-db", "Endpoint": {"Port": "$number"},
            }]})),
        case("databases: an unknown one is refused")
            .call("rds", "DescribeDBInstances", json!({"DBInstanceIdentifier": "{id}-none"}))
            .fails("DBInstanceNotFound"),
        snapshot("databases: a snapshot is being created at first")
            .gives(json!({"DBSnapshot": {
                "DBSnapshotIdentifier": "s-{id}", "DBInstanceIdentifier": "stage-db", "Status": "creating",
                "SnapshotType": "manual", "PercentProgress": {"$least": 0},
            }})),
        snapshot("databases: a snapshot becomes available")
            .call("rds", "DescribeDBSnapshots", own())
            .comes_to(json!({"DBSnapshots": [{
                "Status": "available", "PercentProgress": 100, "SnapshotCreateTime": "$time",
                "DBSnapshotArn": "arn:aws:rds:{region}:{account}:snapshot:s-{id}",
            }]})),
        snapshot("databases: a second snapshot of that name is refused")
            .call("rds", "CreateDBSnapshot", create())
            .fails("DBSnapshotAlreadyExists"),
        case("databases: a snapshot of an unknown instance is refused")
            .call("rds", "CreateDBSnapshot", json!({"DBInstanceIdentifier": "{id}-none", "DBSnapshotIdentifier": "s-{id}"}))
            .fails("DBInstanceNotFound"),
        case("databases: an unknown snapshot is refused")
            .call("rds", "DescribeDBSnapshots", own())
            .fails("DBSnapshotNotFound"),
        snapshot("databases: snapshots are found by their instance")
            .call("rds", "DescribeDBSnapshots", json!({"DBInstanceIdentifier": "stage-db"}))
            .gives(json!({"DBSnapshots": {"$has": {"DBSnapshotIdentifier": "s-{id}", "Engine": "postgres"}}})),
        snapshot("databases: a deleted snapshot is gone")
            .call("rds", "DescribeDBSnapshots", own())
            .until(json!({"DBSnapshots": [{"Status": "available"}]}))
            .call("rds", "DeleteDBSnapshot", own())
            .call("rds", "DescribeDBSnapshots", own())
            .fails("DBSnapshotNotFound"),
        snapshot("databases: an instance that is there is not overwritten")
            .call("rds", "DescribeDBSnapshots", own())
            .until(json!({"DBSnapshots": [{"Status": "available"}]}))
            .call("rds", "RestoreDBInstanceFromDBSnapshot", json!({
                "DBInstanceIdentifier": "stage-db", "DBSnapshotIdentifier": "s-{id}",
            }))
            .fails("DBInstanceAlreadyExists"),
        case("databases: an unknown snapshot cannot be deleted")
            .call("rds", "DeleteDBSnapshot", own())
            .fails("DBSnapshotNotFound"),
        snapshot("databases: an instance is restored from a snapshot")
            .call("rds", "DescribeDBSnapshots", own())
            .until(json!({"DBSnapshots": [{"Status": "available"}]}))
            .call("rds", "RestoreDBInstanceFromDBSnapshot", json!({
                "DBInstanceIdentifier": "r-{id}", "DBSnapshotIdentifier": "s-{id}",
            }))
            .call("rds", "DescribeDBInstances", json!({"DBInstanceIdentifier": "r-{id}"}))
            .comes_to(json!({"DBInstances": [{"DBInstanceStatus": "available", "Engine": "postgres"}]})),
        case("databases: an unknown snapshot cannot be restored")
            .call("rds", "RestoreDBInstanceFromDBSnapshot", json!({
                "DBInstanceIdentifier": "r-{id}", "DBSnapshotIdentifier": "s-{id}",
            }))
            .fails("DBSnapshotNotFound"),
    ]
}
