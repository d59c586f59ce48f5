//! AWS's partitions: which regions are in each, and what can be done there.

use std::sync::OnceLock;

use regex::Regex;
use serde_json::{Map, Value};

use crate::world::apis::aws::pack;

struct Partition {
    id: String,
    /// What holds in it: domain names, what is supported.
    outputs: Map<String, Value>,
    /// Its regions, and what is different in each.
    regions: Map<String, Value>,
    /// What names of its regions look like, also of those that come later.
    looks: Option<Regex>,
}

/// What holds in the partition of a region; of a region that looks like none, what holds in `aws`.
pub(super) fn of_region(region: &str) -> Option<Value> {
    let all = all();
    let listed = all.iter().find(|one| one.regions.contains_key(region));
    let alike = || {
        let matches = |one: &&Partition| one.looks.as_ref().is_some_and(|it| it.is_match(region));
        all.iter().find(matches)
    };
    let found = listed.or_else(alike).or_else(|| all.first())?;
    let mut outputs = found.outputs.clone();
    if let Some(Value::Object(different)) = found.regions.get(region) {
        outputs.extend(different.clone());
    }
    outputs.insert("name".to_owned(), found.id.clone().into());
    Some(Value::Object(outputs))
}

/// All of them; `aws` is the first.
fn all() -> &'static [Partition] {
    static READ: OnceLock<Vec<Partition>> = OnceLock::new();
    READ.get_or_init(|| {
        let published: Value = serde_json::from_str(pack::partitions()).unwrap_or_default();
        let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let partitions = published["partitions"].as_array().into_iter().flatten();
        let read = partitions.map(|one| Partition {
            id: one["id"].as_str().unwrap_or_default().to_owned(),
            outputs: members(&one["outputs"]),
            regions: members(&one["regions"]),
            looks: one["regionRegex"]
                .as_str()
                .and_then(|it| Regex::new(it).ok()),
        });
        read.collect()
    })
}
