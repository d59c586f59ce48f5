//! Database instances of the region, and their snapshots.

use serde_json::json;

use super::captured::Captured;
use super::reader::{Reader, text};

/// Where there are more, the rest is named.
const MOST: usize = 50;
/// So many of the newest snapshots of each are captured.
const SNAPSHOTS: usize = 20;
const PAGE: (&str, &str) = ("Marker", "Marker");

/// Reads the instances: connection strings are secrets, so that nobody can tell whose they are.
pub(super) fn read(reader: &Reader, captured: &mut Captured) {
    let call = ("rds", "DescribeDBInstances");
    let found = reader.try_list("databases", call, json!({}), "DBInstances", PAGE);
    let names = found
        .iter()
        .skip(MOST)
        .map(|one| text(one, "DBInstanceIdentifier").to_owned());
    let names: Vec<String> = names.collect();
    reader.leave_out_all("databases", &names, "there are many");
    for instance in found.iter().take(MOST) {
        let name = text(instance, "DBInstanceIdentifier");
        let status = text(instance, "DBInstanceStatus");
        if !["", "available"].contains(&status) {
            reader.leave_out(format!("that database {name} is {status}"));
        }
        captured.databases.push(json!({
            "name": name,
            "engine": text(instance, "Engine"),
            "snapshots": snapshots(name, reader),
        }));
    }
    if !captured.databases.is_empty() {
        reader.leave_out(
            "of databases: everything but their engine and the names of their snapshots",
        );
    }
    let call = ("rds", "DescribeDBClusters");
    let clusters = reader.try_list("database clusters", call, json!({}), "DBClusters", PAGE);
    let names = clusters
        .iter()
        .map(|one| text(one, "DBClusterIdentifier").to_owned());
    let names: Vec<String> = names.collect();
    reader.leave_out_all("database clusters", &names, "fixtures know instances only");
}

fn snapshots(instance: &str, reader: &Reader) -> Vec<String> {
    let call = ("rds", "DescribeDBSnapshots");
    let what = format!("snapshots of database {instance}");
    let input = json!({ "DBInstanceIdentifier": instance });
    let mut found = reader.try_list(&what, call, input, "DBSnapshots", PAGE);
    // RFC 3339 in UTC sorts as text.
    found.sort_by(|a, b| text(b, "SnapshotCreateTime").cmp(text(a, "SnapshotCreateTime")));
    if found.len() > SNAPSHOTS {
        let older = found.len() - SNAPSHOTS;
        reader.leave_out(format!(
            "{older} snapshots of database {instance}: the {SNAPSHOTS} newest are captured"
        ));
    }
    let names = found.iter().take(SNAPSHOTS).rev();
    names
        .map(|one| text(one, "DBSnapshotIdentifier").to_owned())
        .collect()
}
