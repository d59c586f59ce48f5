//! Route 53: hosted zones, record sets, changes.
//!
//! Amazon Route 53 API Reference: GetHostedZone, ChangeResourceRecordSets, ListResourceRecordSets, GetChange. Amazon Route 53
//! Developer Guide, "Supported DNS record types", CNAME; "Values specific for weighted records".

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

const NAME: &str = "{id}.stage.example.com";

fn simple(value: &str) -> Value {
    json!({"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value}]})
}

fn alias_name(value: &str) -> Value {
    json!({"Name": NAME, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]})
}

fn weighted(identifier: &str, weight: u32) -> Value {
    json!({
        "Name": NAME, "Type": "A", "TTL": 60, "SetIdentifier": identifier, "Weight": weight,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    })
}

fn batch(changes: &[(&str, Value)]) -> Value {
    let changes = changes
        .iter()
        .map(|(action, set)| json!({"Action": action, "ResourceRecordSet": set}));
    json!({"HostedZoneId": "{zone}", "ChangeBatch": {"Changes": changes.collect::<Vec<_>>()}})
}

fn change(name: &'static str, changes: &[(&str, Value)]) -> Case {
    case(name).then(changes)
}

impl Case {
    fn then(self, changes: &[(&str, Value)]) -> Case {
        self.call("route53", "ChangeResourceRecordSets", batch(changes))
    }

    fn listed(self) -> Case {
        let input = json!({"HostedZoneId": "{zone}", "StartRecordName": NAME, "MaxItems": "2"});
        self.call("route53", "ListResourceRecordSets", input)
    }
}

pub fn cases() -> Vec<Case> {
    vec![
        case("zones: described")
            .call("route53", "GetHostedZone", json!({"Id": "{zone}"}))
            .gives(json!({"HostedZone": {
                "Id": "/hostedzone/{zone}", "Name": "stage.example.com.", "Config": {"PrivateZone": false},
                "ResourceRecordSetCount": {"$least": 2},
            }})),
        case("zones: found by the id that answers have")
            .call("route53", "GetHostedZone", json!({"Id": "/hostedzone/{zone}"}))
            .gives(json!({"HostedZone": {"Name": "stage.example.com."}})),
        case("zones: found by name")
            .call("route53", "ListHostedZonesByName", json!({"DNSName": "stage.example.com"}))
            .gives(json!({"HostedZones": {"$has": {"Id": "/hostedzone/{zone}", "Name": "stage.example.com."}}})),
        case("zones: an unknown one is refused")
            .call("route53", "GetHostedZone", json!({"Id": "Z0NONE"}))
            .fails("NoSuchHostedZone"),
        case("records: of an unknown zone cannot be listed")
            .call("route53", "ListResourceRecordSets", json!({"HostedZoneId": "Z0NONE"}))
            .fails("NoSuchHostedZone"),
        change("records: a created one is listed", &[("CREATE", simple("192.0.2.1"))])
            .listed()
            .gives(json!({"ResourceRecordSets": {"$has": {
                "Name": "{id}.stage.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}],
            }}})),
        change("records: a change is pending at first", &[("CREATE", simple("192.0.2.1"))])
            .gives(json!({"ChangeInfo": {"Id": "$like /change/*", "Status": "PENDING", "SubmittedAt": "$time"}})),
        change("records: a change comes to all name servers", &[("CREATE", simple("192.0.2.1"))])
            .keep("change", "/ChangeInfo/Id")
            .call("route53", "GetChange", json!({"Id": "{change}"}))
            .comes_to(json!({"ChangeInfo": {"Id": "{change}", "Status": "INSYNC"}})),
        case("records: an unknown change is refused")
            .call("route53", "GetChange", json!({"Id": "C0NONE"}))
            .fails("NoSuchChange"),
        change("records: one that is there is not created", &[("CREATE", simple("192.0.2.1"))])
            .then(&[("CREATE", simple("192.0.2.2"))])
            .fails("InvalidChangeBatch"),
        change("records: put again, one is replaced", &[("UPSERT", simple("192.0.2.1"))])
            .then(&[("UPSERT", simple("192.0.2.2"))])
            .listed()
            .gives(json!({"ResourceRecordSets": {"$has": {
                "Name": "{id}.stage.example.com.", "ResourceRecords": [{"Value": "192.0.2.2"}],
            }}})),
        change("records: a deleted one is gone", &[("CREATE", simple("192.0.2.1"))])
            .then(&[("DELETE", simple("192.0.2.1"))])
            .listed()
            .gives(json!({"ResourceRecordSets": {"$not": {"Name": "{id}.stage.example.com."}}})),
        change("records: an unknown one is not deleted", &[("DELETE", simple("192.0.2.1"))])
            .fails("InvalidChangeBatch"),
        change("records: one with other values is not deleted", &[("CREATE", simple("192.0.2.1"))])
            .then(&[("DELETE", simple("192.0.2.2"))])
            .fails("InvalidChangeBatch"),
        change("records: a name outside of the zone is refused", &[("CREATE", {
            let mut set = simple("192.0.2.1");
            set["Name"] = json!("{id}.example.org");
            set
        })])
        .fails("InvalidChangeBatch"),
        change("records: one without an answer is refused", &[("CREATE", json!({"Name": NAME, "Type": "A"}))])
            .fails("InvalidInput"),
        change("records: a CNAME stands alone", &[("CREATE", simple("192.0.2.1"))])
            .then(&[("CREATE", alias_name("example.net"))])
            .fails("InvalidChangeBatch"),
        change("records: nothing stands beside a CNAME", &[("CREATE", alias_name("example.net"))])
            .then(&[("CREATE", simple("192.0.2.1"))])
            .fails("InvalidChangeBatch"),
        change("records: the zone's own name is no CNAME", &[("CREATE", {
            let mut set = alias_name("example.net");
            set["Name"] = json!("stage.example.com");
            set
        })])
        .fails("InvalidChangeBatch"),
        change("records: weighted ones stand side by side", &[
            ("CREATE", weighted("blue", 100)),
            ("CREATE", weighted("green", 0)),
        ])
        .listed()
        .gives(json!({"ResourceRecordSets": [
            {"Name": "{id}.stage.example.com.", "SetIdentifier": "blue", "Weight": 100},
            {"Name": "{id}.stage.example.com.", "SetIdentifier": "green", "Weight": 0},
        ]})),
        change("records: a weighted one has an identifier", &[("CREATE", {
            let mut set = weighted("blue", 100);
            set["SetIdentifier"] = Value::Null;
            set
        })])
        .fails("InvalidInput"),
        change("records: a weighted one is not beside a simple one", &[("CREATE", simple("192.0.2.1"))])
            .then(&[("CREATE", weighted("blue", 100))])
            .fails("InvalidChangeBatch"),
        case("records: of an unknown zone cannot be changed")
            .call("route53", "ChangeResourceRecordSets", {
                let mut input = batch(&[("CREATE", simple("192.0.2.1"))]);
                input["HostedZoneId"] = json!("Z0NONE");
                input
            })
            .fails("NoSuchHostedZone"),
        case("records: names in a request have no need of the last dot")
            .then(&[("CREATE", simple("192.0.2.1"))])
            .then(&[("DELETE", {
                let mut set = simple("192.0.2.1");
                set["Name"] = json!("{id}.stage.example.com.");
                set
            })])
            .gives(json!({"ChangeInfo": {"Id": "$text"}})),
    ]
}
