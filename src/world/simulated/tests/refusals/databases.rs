//! Databases and their snapshots.

use super::super::balancing::world_with;
use super::*;

/// RDS API Reference, CreateDBSnapshot and DeleteDBSnapshot, "Errors"; "Naming constraints in Amazon RDS".
#[test]
fn a_snapshot_is_made_of_a_database_that_is_available() {
    let world = world_with(
        "[[databases]]\nname = \"orders\"\nsnapshot_takes = \"5m\"\n",
        &[],
    );
    let create =
        |name: &str| json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": name });
    let code = |operation: &str, input: Value| {
        let answer = aws(&world, "rds", operation, input);
        answer.expect_err(operation).code
    };
    assert_eq!(
        code("CreateDBSnapshot", create("-one")),
        "InvalidParameterValue"
    );
    call(&world, "rds", "CreateDBSnapshot", create("one"));
    assert_eq!(
        code("CreateDBSnapshot", create("two")),
        "InvalidDBInstanceState"
    );
    let one = json!({ "DBSnapshotIdentifier": "one" });
    assert_eq!(
        code("DeleteDBSnapshot", one.clone()),
        "InvalidDBSnapshotState"
    );
    world.sleep(Duration::from_secs(301));
    call(&world, "rds", "CreateDBSnapshot", create("two"));
    call(&world, "rds", "DeleteDBSnapshot", one);
}

/// RDS User Guide, "Viewing Amazon RDS DB instance status"; RDS API Reference, StopDBInstance, "Errors".
#[test]
fn a_database_that_is_stopped_is_not_backed_up() {
    let world = world_with("[[databases]]\nname = \"orders\"\n", &[]);
    let of = json!({ "DBInstanceIdentifier": "orders" });
    let state = || {
        let found = call(&world, "rds", "DescribeDBInstances", of.clone());
        found["DBInstances"][0]["DBInstanceStatus"].clone()
    };
    let refused = |operation: &str, input: &Value| {
        let fault = aws(&world, "rds", operation, input.clone()).expect_err(operation);
        assert_eq!(fault.code, "InvalidDBInstanceState", "{operation}");
    };
    let snapshot = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "one" });
    refused("StartDBInstance", &of);
    call(&world, "rds", "StopDBInstance", of.clone());
    assert_eq!(state(), "stopping");
    refused("CreateDBSnapshot", &snapshot);
    world.sleep(Duration::from_secs(600));
    assert_eq!(state(), "stopped");
    for operation in ["StopDBInstance", "RebootDBInstance"] {
        refused(operation, &of);
    }
    refused("CreateDBSnapshot", &snapshot);
    call(&world, "rds", "StartDBInstance", of.clone());
    world.sleep(Duration::from_secs(600));
    assert_eq!(state(), "available");
    call(&world, "rds", "CreateDBSnapshot", snapshot);
}
