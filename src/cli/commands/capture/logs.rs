//! Log groups of the task definitions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::captured::Captured;
use super::reader::{Reader, items, text};

/// Fixtures have the log groups of their task definitions; says which ones are not there.
pub(super) fn read(reader: &Reader, captured: &Captured) {
    let mut groups = BTreeSet::new();
    let containers = captured
        .definitions
        .iter()
        .filter_map(|d| d.get("containerDefinitions")?.as_array());
    for container in containers.flatten() {
        let options = container
            .get("logConfiguration")
            .and_then(|log| log.get("options"));
        groups.insert(text(options.unwrap_or(&Value::Null), "awslogs-group"));
    }
    groups.remove("");
    for group in groups {
        let what = format!("log group {group}");
        let input = json!({ "logGroupNamePrefix": group });
        let Some(answer) = reader.try_read(&what, "logs", "DescribeLogGroups", input) else {
            continue;
        };
        let mut found = items(&answer, "logGroups").iter();
        match found.find(|g| text(g, "logGroupName") == group) {
            Some(found) => {
                let given = [
                    "logGroupName",
                    "arn",
                    "logGroupArn",
                    "creationTime",
                    "storedBytes",
                ];
                reader.lose("log groups", found, &[], &given);
            }
            None => reader.leave_out(format!(
                "that log group {group} is not there: fixtures have those of their tasks"
            )),
        }
    }
}
