//! What Route 53 refuses of changes to record sets.

use serde_json::Value;

use super::names::{self, Key};
use super::state::Zone;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text};

/// The most values in a batch; an `UPSERT` counts twice.
const VALUES: usize = 1000;

/// Members that say how Route 53 chooses among the sets of a name and a type.
const ROUTING: [&str; 6] = [
    "Weight",
    "Region",
    "Failover",
    "GeoLocation",
    "MultiValueAnswer",
    "CidrRoutingConfig",
];

fn is_given(set: &Value, name: &str) -> bool {
    set.get(name).is_some_and(|value| !value.is_null())
}

/// The refusal of a batch with all that is wrong in it.
pub(super) fn batch(wrong: &[String]) -> Fault {
    Fault::new("InvalidChangeBatch", format!("[{}]", wrong.join(", ")))
}

/// Checks how large a batch is.
pub(super) fn size(changes: &[Value]) -> Result<(), Fault> {
    let count = |change: &Value| {
        let values = list(&change["ResourceRecordSet"], "ResourceRecords")
            .len()
            .max(1);
        match text(change, "Action") {
            Some("UPSERT") => 2 * values,
            _ => values,
        }
    };
    match changes.iter().map(count).sum::<usize>() > VALUES {
        true => Err(batch(&[format!(
            "Number of records limit of {VALUES} exceeded."
        )])),
        false => Ok(()),
    }
}

/// Checks what a record set of a change must have, whatever the zone holds.
pub(super) fn form(change: &Value) -> Result<(), Fault> {
    let set = &change["ResourceRecordSet"];
    let member = |name: &str| text(set, name).unwrap_or("null").to_owned();
    let action = text(change, "Action").unwrap_or_default();
    let about = format!(
        "Change with [Action={action}, Name={}, Type={}, SetIdentifier={}]",
        member("Name"),
        member("Type"),
        member("SetIdentifier")
    );
    let invalid = |what: String| {
        Err(Fault::new(
            "InvalidInput",
            format!("Invalid request: {what} in {about}"),
        ))
    };
    let has_values = is_given(set, "TTL") && !list(set, "ResourceRecords").is_empty();
    let answers = [
        is_given(set, "AliasTarget"),
        has_values,
        is_given(set, "TrafficPolicyInstanceId"),
    ];
    let answers = answers.into_iter().filter(|given| *given).count();
    if answers != 1 {
        let found = if answers == 0 {
            "none"
        } else {
            "more than one"
        };
        return invalid(format!(
            "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found {found}"
        ));
    }
    let routing = ROUTING.iter().filter(|name| is_given(set, name)).count();
    match (is_given(set, "SetIdentifier"), routing) {
        (true, 1) | (false, 0) => Ok(()),
        (false, _) => invalid("Missing field 'SetIdentifier'".to_owned()),
        (true, routing) => {
            let found = if routing == 0 {
                "none"
            } else {
                "more than one"
            };
            invalid(format!(
                "Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer], but found {found}"
            ))
        }
    }
}

/// A record set as messages name it.
fn described(set: &Value) -> String {
    let identifier = text(set, "SetIdentifier");
    let identifier = identifier.map_or(String::new(), |it| format!(", set identifier='{it}'"));
    format!(
        "[name='{}', type='{}'{identifier}]",
        text(set, "Name").unwrap_or_default(),
        text(set, "Type").unwrap_or_default()
    )
}

/// Why a set is not deleted; `None`: it is.
pub(super) fn deletion(zone: &Zone, key: &Key, set: &Value) -> Option<String> {
    let what = format!("Tried to delete resource record set {}", described(set));
    let Some(live) = zone.records.get(key) else {
        return Some(format!("{what} but it was not found"));
    };
    if live != set {
        return Some(format!(
            "{what} but the values provided do not match the current values"
        ));
    }
    let is_apex = key.0 == names::labels(&zone.name);
    match key.1.as_str() {
        "NS" if is_apex => {
            Some("A HostedZone must contain at least one NS record for the zone itself.".to_owned())
        }
        "SOA" => Some("A HostedZone must contain exactly one SOA record.".to_owned()),
        _ => None,
    }
}

/// Why a set is not created or replaced; `None`: it is.
pub(super) fn addition(zone: &Zone, key: &Key, set: &Value, action: &str) -> Option<String> {
    let (labels, of_type, identifier) = key;
    let name = text(set, "Name").unwrap_or_default();
    // Of a zone that a plan has imported, only records are known.
    if !zone.name.is_empty() && !names::is_within(name, &zone.name) {
        return Some(format!(
            "RRSet with DNS name {name} is not permitted in zone {}",
            zone.name
        ));
    }
    if action == "CREATE" && zone.records.contains_key(key) {
        return Some(format!(
            "Tried to create resource record set {} but it already exists",
            described(set)
        ));
    }
    let of_name = || zone.records.iter().filter(|(other, _)| other.0 == *labels);
    let mut other_types = of_name().filter(|(other, _)| other.1 != *of_type);
    let is_conflict = match of_type.as_str() {
        "CNAME" if *labels == names::labels(&zone.name) => {
            return Some(format!(
                "RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {}",
                zone.name
            ));
        }
        "CNAME" => other_types.next().is_some(),
        _ => other_types.any(|(other, _)| other.1 == "CNAME"),
    };
    if is_conflict {
        return Some(format!(
            "RRSet of type {of_type} with DNS name {name} is not permitted as it conflicts with other records with the same DNS name in zone {}",
            zone.name
        ));
    }
    let mut others = of_name().filter(|(other, _)| other.1 == *of_type && *other != key);
    if identifier.is_empty() {
        return others.next().map(|_| {
            format!("RRSet with DNS name {name}, type {of_type} cannot be created as other RRSets exist with the same name and type.")
        });
    }
    let policy = ROUTING.into_iter().find(|policy| is_given(set, policy))?;
    let has_other_policy = others.any(|(_, other)| !is_given(other, policy));
    has_other_policy.then(|| {
        let word = match policy {
            "Weight" => "weighted".to_owned(),
            "Region" => "latency".to_owned(),
            other => other.to_ascii_lowercase(),
        };
        format!("RRSet with DNS name {name}, type {of_type}, SetIdentifier {identifier} cannot be created as a non-{word} set exists with the same name and type.")
    })
}
