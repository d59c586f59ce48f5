//! Record sets of Route 53, by hosted zone, and the changes that a plan makes to them.

use serde_json::Value;

use super::{AnswerPlace, ResourceNeed, ResourceType, by};
use crate::text::arn::short_name;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::json::{list, text};

pub(super) static TYPES: &[&ResourceType] = &[&RECORDS, &CHANGE];

/// The record sets that were listed of a zone: the answer does not say of which.
static RECORDS: ResourceType = ResourceType {
    service: "route53",
    read: "ListResourceRecordSets",
    shown: AnswerPlace::Nameless,
    base: &[],
    names: &[by("HostedZoneId", "HostedZoneId", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: records,
};

static CHANGE: ResourceType = ResourceType {
    service: "route53",
    read: "GetChange",
    shown: AnswerPlace::Inside("ChangeInfo"),
    base: &[],
    names: &[by("Id", "Id", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: |_, _| {},
};

pub(super) fn needs(operation: &str, input: &Value) -> Vec<ResourceNeed> {
    match operation {
        "ChangeResourceRecordSets" => {
            ResourceNeed::of(&RECORDS, "HostedZoneId", input, "HostedZoneId")
        }
        _ => Vec::new(),
    }
}

fn records(cloud: &mut Cloud, item: &Value) {
    let zone = short_name(text(item, "HostedZoneId").unwrap_or_default());
    let listed = list(item, "ResourceRecordSets");
    cloud.route53.import(zone, listed);
}
