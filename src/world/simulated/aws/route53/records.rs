//! Record sets as they are listed.

use serde_json::{Value, json};

use super::names::Key;
use super::state::Route53;
use super::{id, names, no_zone, page_size};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;

/// Lists record sets in their order, from the named one on.
pub(super) fn list(route53: &Route53, input: &Value) -> Result<Value, Fault> {
    let id = id(input, "HostedZoneId");
    let zone = route53.zones.get(id).ok_or_else(|| no_zone(id))?;
    let member = |name: &str| text(input, name).unwrap_or_default().to_owned();
    if text(input, "StartRecordType").is_some() && text(input, "StartRecordName").is_none() {
        return Err(Fault::new(
            "InvalidInput",
            "StartRecordType cannot be specified without StartRecordName.",
        ));
    }
    let from: Option<Key> = text(input, "StartRecordName").map(|name| {
        let of_type = member("StartRecordType");
        (
            names::labels(name),
            of_type,
            member("StartRecordIdentifier"),
        )
    });
    let size = page_size(input, 300);
    let all = zone.records.iter();
    let rest = all.filter(|(key, _)| from.as_ref().is_none_or(|from| *key >= from));
    let mut sets: Vec<&Value> = rest.map(|(_, set)| set).take(size + 1).collect();
    let next = match sets.len() > size {
        true => sets.pop(),
        false => None,
    };
    let mut out = json!({
        "ResourceRecordSets": sets,
        "IsTruncated": next.is_some(),
        "MaxItems": size.to_string(),
    });
    if let Some(next) = next {
        out["NextRecordName"] = next["Name"].clone();
        out["NextRecordType"] = next["Type"].clone();
        if next["SetIdentifier"].is_string() {
            out["NextRecordIdentifier"] = next["SetIdentifier"].clone();
        }
    }
    Ok(out)
}
