//! Hosted zones.

use serde_json::{Value, json};

use super::state::{Route53, Zone};
use super::{id, names, no_zone, page_size};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;

/// Lists zones in the order of their names, from `DNSName` on: others than the named one are listed too.
pub(super) fn by_name(route53: &Route53, input: &Value) -> Value {
    let mut all: Vec<(&String, &Zone)> = route53.zones.iter().collect();
    all.retain(|(_, zone)| !zone.name.is_empty());
    all.sort_by_key(|(id, zone)| (names::labels(&zone.name), (*id).clone()));
    if let Some(from) = text(input, "DNSName") {
        let from = (names::labels(from), id(input, "HostedZoneId").to_owned());
        all.retain(|(id, zone)| (names::labels(&zone.name), (*id).clone()) >= from);
    }
    let size = page_size(input, 100);
    let next = all.get(size).copied();
    let zones = all.iter().take(size).map(|(id, zone)| shown(id, zone));
    let mut out = json!({
        "HostedZones": zones.collect::<Vec<_>>(),
        "IsTruncated": next.is_some(),
        "MaxItems": size.to_string(),
    });
    if let Some(from) = text(input, "DNSName") {
        out["DNSName"] = json!(names::full(from));
    }
    if let Some((id, zone)) = next {
        out["NextDNSName"] = json!(zone.name);
        out["NextHostedZoneId"] = json!(id);
    }
    out
}

pub(super) fn get(route53: &Route53, input: &Value) -> Result<Value, Fault> {
    let id = id(input, "Id");
    let zone = route53.zones.get(id).ok_or_else(|| no_zone(id))?;
    Ok(json!({ "HostedZone": shown(id, zone) }))
}

fn shown(id: &str, zone: &Zone) -> Value {
    let mut out = json!({
        "Id": format!("/hostedzone/{id}"),
        "Name": zone.name,
        "CallerReference": id,
        "Config": { "PrivateZone": zone.private },
        "ResourceRecordSetCount": zone.records.len(),
    });
    if let Some(comment) = &zone.comment {
        out["Config"]["Comment"] = json!(comment);
    }
    out
}
