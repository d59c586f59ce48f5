//! Batches of changes: carried out as a whole or not at all, and known to all name servers after a while.

use std::time::Duration;

use serde_json::{Value, json};

use super::state::{Change, Route53, Zone};
use super::{change_info, id, names, no_zone, refusals};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, list, set, text};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

/// Time until all name servers know a change. AWS says that it is mostly within 60 seconds.
const PROPAGATION: Duration = Duration::from_secs(45);

/// A hosted zone as a fixture describes it: `Id`, `Name`, `Config` and `ResourceRecordSets`.
///
/// # Errors
/// What Route 53 says of record sets that do not fit.
pub(crate) fn declare(route53: &mut Route53, raw: &Value) -> Result<(), Fault> {
    let name = names::full(text(raw, "Name").unwrap_or_default());
    let mut zone = Zone {
        comment: text(&raw["Config"], "Comment").map(str::to_owned),
        private: flag(&raw["Config"], "PrivateZone"),
        name: name.clone(),
        ..Zone::default()
    };
    let record = |value: String| json!([{ "Value": value }]);
    let authority =
        "ns-1.awsdns-01.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400".to_owned();
    let own = [
        json!({ "Name": name, "Type": "NS", "TTL": 172_800, "ResourceRecords": record("ns-1.awsdns-01.org.".to_owned()) }),
        json!({ "Name": name, "Type": "SOA", "TTL": 900, "ResourceRecords": record(authority) }),
    ];
    for set in own.iter().chain(list(raw, "ResourceRecordSets")) {
        let change = json!({ "Action": "CREATE", "ResourceRecordSet": set });
        refusals::form(&change)?;
        let wrong = apply(&mut zone, &change);
        wrong.map_or(Ok(()), |wrong| Err(refusals::batch(&[wrong])))?;
    }
    route53.zones.insert(id(raw, "Id").to_owned(), zone);
    Ok(())
}

pub(super) fn change(
    route53: &mut Route53,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let id = id(input, "HostedZoneId");
    let zone = route53.zones.get_mut(id).ok_or_else(|| no_zone(id))?;
    let batch = &input["ChangeBatch"];
    let changes = list(batch, "Changes");
    refusals::size(changes)?;
    changes.iter().try_for_each(refusals::form)?;
    // All of them, or none.
    let mut next = zone.clone();
    let wrong: Vec<String> = changes
        .iter()
        .filter_map(|change| apply(&mut next, change))
        .collect();
    if !wrong.is_empty() {
        return Err(refusals::batch(&wrong));
    }
    *zone = next;
    let id = format!("C{}", kernel.rng.hex(20).to_ascii_uppercase());
    let change = Change {
        submitted: kernel.now(),
        insync: later(kernel.now(), PROPAGATION),
        comment: text(batch, "Comment").map(str::to_owned),
    };
    let out = change_info(&id, &change, kernel);
    route53.changes.insert(id, change);
    Ok(out)
}

pub(super) fn get(route53: &Route53, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let id = id(input, "Id");
    let change = route53.changes.get(id).ok_or_else(|| {
        Fault::new(
            "NoSuchChange",
            format!("Could not find resource with ID: {id}"),
        )
    })?;
    Ok(change_info(id, change, kernel))
}

/// Carries out one change of a batch.
///
/// Returns why Route 53 refuses it, or `None`.
fn apply(zone: &mut Zone, change: &Value) -> Option<String> {
    let mut new = change["ResourceRecordSet"].clone();
    let name = names::full(text(&new, "Name").unwrap_or_default());
    set(&mut new, "Name", json!(name));
    let key = names::key(&new);
    let action = text(change, "Action").unwrap_or_default();
    let wrong = match action {
        "DELETE" => refusals::deletion(zone, &key, &new),
        _ => refusals::addition(zone, &key, &new, action),
    };
    if wrong.is_some() {
        return wrong;
    }
    match action {
        "DELETE" => zone.records.remove(&key),
        _ => zone.records.insert(key, new),
    };
    None
}
