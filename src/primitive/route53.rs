//! `route53::` — Route 53: hosted zones, and record sets that say where a name leads.

use std::sync::Arc;

use serde_json::Value;

use super::api::{Api, left, name_of, primitives};
use super::{LineKind, Primitive, Reconciled, diff};

const ROUTE53: &str = "route53";

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read(ROUTE53, name, (ROUTE53, operation), object, doc, example)
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        read(
            "list_hosted_zones_by_name",
            "ListHostedZonesByName",
            "DNSName",
            "Lists hosted zones in the order of their names. With `DNSName` the list begins there: it also has other zones, and may lack the named one.",
            r#"print(route53::list_hosted_zones_by_name(#{ DNSName: "realserv.com" }).HostedZones[0].Id);"#,
        ),
        read(
            "list_resource_record_sets",
            "ListResourceRecordSets",
            "HostedZoneId",
            "Lists the record sets of a hosted zone. With `StartRecordName` it answers one page that begins there.",
            r#"for set in route53::list_resource_record_sets(#{ HostedZoneId: "Z0REALSERV" }).ResourceRecordSets { print(set.Name); }"#,
        ),
        read(
            "get_change",
            "GetChange",
            "Id",
            "Reads whether all name servers of Route 53 know a change: `INSYNC`, or `PENDING`. To wait for that, use `aws::wait_for` with the waiter `ResourceRecordSetsChanged`.",
            r#"let set = #{ Name: "new.realserv.com", Type: "A", TTL: 60, ResourceRecords: [#{ Value: "192.0.2.1" }] };
let batch = #{ Changes: [#{ Action: "UPSERT", ResourceRecordSet: set }] };
let change = route53::change_resource_record_sets(#{ HostedZoneId: "Z0REALSERV", ChangeBatch: batch });
print(route53::get_change(#{ Id: change.ChangeInfo.Id }).ChangeInfo.Status);   // PENDING"#,
        ),
        read(
            "change_resource_record_sets",
            "ChangeResourceRecordSets",
            "HostedZoneId",
            "Changes record sets of a hosted zone, all of them or none. An `UPSERT` replaces a set as a whole. If its answer is lost, a batch of `UPSERT`s is sent again, because the same sets change nothing and the answer names the change to wait for; about any other batch a person is asked.",
            r#"let set = #{ Name: "new.realserv.com", Type: "A", TTL: 60, ResourceRecords: [#{ Value: "192.0.2.1" }] };
let batch = #{ Changes: [#{ Action: "UPSERT", ResourceRecordSet: set }] };
let change = route53::change_resource_record_sets(#{ HostedZoneId: "Z0REALSERV", ChangeBatch: batch });
print(aws::wait_for("route53", "ResourceRecordSetsChanged", #{ Id: change.ChangeInfo.Id }).ChangeInfo.Status);   // INSYNC"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, _| {
            Ok(match changes(input).all(|change| change["Action"] == "UPSERT") {
                true => Reconciled::MayRepeat {
                    how: "the same record sets once more change nothing".into(),
                },
                false => Reconciled::Unknown,
            })
        })
        .changes(|input, seen| {
            let mut found = Vec::new();
            for change in changes(input) {
                let set = &change["ResourceRecordSet"];
                let path = ["Name", "Type", "SetIdentifier"].map(|name| name_of(&set[name]));
                let live = seen.record_set(&input["HostedZoneId"], set).unwrap_or(&Value::Null);
                let wanted = match change["Action"] == "DELETE" {
                    true => &Value::Null,
                    false => set,
                };
                diff::into(path.join(" ").trim_end(), live, wanted, &mut found);
            }
            found
        })
        .residue(|input, _| {
            let names = changes(input).map(|change| name_of(&change["ResourceRecordSet"]["Name"]));
            let mut names: Vec<String> = names.collect();
            names.dedup();
            left(format!("records of {}", names.join(", ")), false)
        }),
    ])
}

fn changes(input: &Value) -> impl Iterator<Item = &Value> {
    let changes = &input["ChangeBatch"]["Changes"];
    changes.as_array().into_iter().flatten()
}
