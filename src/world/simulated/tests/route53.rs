//! Route 53: batches that are carried out as a whole or refused, and changes that take a while.

use super::*;

const ZONE: &str = "Z0REALSERV";

fn route53(world: &dyn World, operation: &str, input: Value) -> Value {
    aws(world, "route53", operation, input).expect(operation)
}

fn refused(world: &dyn World, operation: &str, input: Value) -> (String, String) {
    let fault = aws(world, "route53", operation, input).expect_err(operation);
    (fault.code, fault.message)
}

fn record(name: &str, identifier: &str, weight: u32) -> Value {
    json!({ "Name": name, "Type": "CNAME", "TTL": 60, "SetIdentifier": identifier, "Weight": weight,
            "ResourceRecords": [{ "Value": format!("{identifier}.example.net") }] })
}

fn simple(name: &str, of_type: &str) -> Value {
    json!({ "Name": name, "Type": of_type, "TTL": 60, "ResourceRecords": [{ "Value": "192.0.2.1" }] })
}

fn batch(changes: &[(&str, Value)]) -> Value {
    let changes = changes
        .iter()
        .map(|(action, set)| json!({ "Action": action, "ResourceRecordSet": set }));
    json!({ "HostedZoneId": ZONE, "ChangeBatch": { "Changes": changes.collect::<Vec<_>>() } })
}

fn names(world: &dyn World, from: &str) -> Vec<String> {
    let input = json!({ "HostedZoneId": ZONE, "StartRecordName": from });
    let listed = route53(world, "ListResourceRecordSets", input);
    let sets = listed["ResourceRecordSets"]
        .as_array()
        .expect("sets")
        .iter();
    sets.map(|set| {
        format!(
            "{} {} {}",
            set["Name"].as_str().expect("a name"),
            set["Type"].as_str().expect("a type"),
            set["SetIdentifier"].as_str().unwrap_or_default()
        )
        .trim_end()
        .to_owned()
    })
    .collect()
}

/// Route 53 API Reference, "ChangeResourceRecordSets" and "GetChange": PENDING, then INSYNC.
#[test]
fn a_change_is_known_everywhere_after_a_while() {
    let world = world(&[]);
    let made = route53(
        &world,
        "ChangeResourceRecordSets",
        batch(&[("UPSERT", record("api.realserv.com", "a", 1))]),
    );
    let info = &made["ChangeInfo"];
    assert_eq!(info["Status"], "PENDING");
    let id = json!({ "Id": info["Id"] });
    assert_eq!(
        route53(&world, "GetChange", id.clone())["ChangeInfo"]["Status"],
        "PENDING"
    );
    world.sleep(Duration::from_secs(60));
    assert_eq!(
        route53(&world, "GetChange", id)["ChangeInfo"]["Status"],
        "INSYNC"
    );
    assert_eq!(
        refused(&world, "GetChange", json!({ "Id": "C0" })).0,
        "NoSuchChange"
    );
}

/// Route 53 API Reference, "ListResourceRecordSets": sorted by the reversed labels of the name, then by type.
/// "ListHostedZonesByName": from the name on, other zones too.
#[test]
fn listings_are_ordered_by_reversed_labels_and_have_pages() {
    let world = world(&[]);
    let sets = ["b.z.realserv.com", "z.realserv.com", "a.realserv.com"]
        .map(|name| ("CREATE", simple(name, "A")));
    route53(&world, "ChangeResourceRecordSets", batch(&sets));
    assert_eq!(
        names(&world, "a.realserv.com"),
        [
            "a.realserv.com. A",
            "shop.realserv.com. A blue",
            "shop.realserv.com. A green",
            "z.realserv.com. A",
            "b.z.realserv.com. A",
        ]
    );
    let first = route53(
        &world,
        "ListResourceRecordSets",
        json!({ "HostedZoneId": format!("/hostedzone/{ZONE}"), "MaxItems": "4" }),
    );
    assert_eq!(first["IsTruncated"], true);
    assert_eq!(first["NextRecordName"], "shop.realserv.com.");
    assert_eq!(first["NextRecordIdentifier"], "green");
    let zones = |from: &str| {
        route53(&world, "ListHostedZonesByName", json!({ "DNSName": from }))["HostedZones"].clone()
    };
    assert_eq!(
        zones("example.com")[0]["Id"],
        format!("/hostedzone/{ZONE}"),
        "not the zone that was asked for"
    );
    assert_eq!(zones("zebra.com"), json!([]));
    assert_eq!(
        refused(
            &world,
            "ListResourceRecordSets",
            json!({ "HostedZoneId": "Z1" })
        )
        .0,
        "NoSuchHostedZone"
    );
}

/// Route 53 API Reference, "ChangeResourceRecordSets", InvalidChangeBatch and InvalidInput; Developer Guide, "Values
/// specific for weighted records" and "Supported DNS record types" (CNAME).
#[test]
fn a_batch_is_carried_out_as_a_whole_or_refused() {
    let world = world(&[]);
    let before = names(&world, "realserv.com");
    let mut missing_ttl = simple("api.realserv.com", "A");
    missing_ttl["TTL"] = Value::Null;
    let mut no_policy = record("api.realserv.com", "a", 1);
    no_policy["Weight"] = Value::Null;
    let mut no_identifier = record("api.realserv.com", "a", 1);
    no_identifier["SetIdentifier"] = Value::Null;
    let mut latency = record("new.realserv.com", "b", 1);
    latency["Weight"] = Value::Null;
    latency["Region"] = json!("eu-west-1");
    let weighted = record("new.realserv.com", "a", 1);
    /// Changes, and the code and a part of the message with which they are refused.
    type Refusal<'a> = (Vec<(&'a str, Value)>, &'a str, &'a str);
    let wrong: [Refusal<'_>; 12] = [
        (
            vec![("CREATE", missing_ttl)],
            "InvalidInput",
            "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]",
        ),
        (
            vec![("CREATE", no_policy)],
            "InvalidInput",
            "Expected exactly one of [Weight, Region",
        ),
        (
            vec![("CREATE", no_identifier)],
            "InvalidInput",
            "Missing field 'SetIdentifier'",
        ),
        (
            vec![("CREATE", simple("api.example.com", "A"))],
            "InvalidChangeBatch",
            "is not permitted in zone realserv.com.",
        ),
        (
            vec![
                ("CREATE", simple("x.realserv.com", "A")),
                ("CREATE", simple("x.realserv.com", "A")),
            ],
            "InvalidChangeBatch",
            "[name='x.realserv.com.', type='A'] but it already exists",
        ),
        (
            vec![("DELETE", simple("x.realserv.com", "A"))],
            "InvalidChangeBatch",
            "but it was not found",
        ),
        (
            vec![
                ("CREATE", weighted.clone()),
                ("DELETE", record("new.realserv.com", "a", 2)),
            ],
            "InvalidChangeBatch",
            "the values provided do not match the current values",
        ),
        (
            vec![("CREATE", weighted.clone()), ("CREATE", latency)],
            "InvalidChangeBatch",
            "as a non-latency set exists",
        ),
        (
            vec![("UPSERT", simple("shop.realserv.com", "A"))],
            "InvalidChangeBatch",
            "cannot be created as other RRSets exist",
        ),
        (
            vec![("CREATE", record("realserv.com", "a", 1))],
            "InvalidChangeBatch",
            "is not permitted at apex",
        ),
        (
            vec![("CREATE", record("shop.realserv.com", "a", 1))],
            "InvalidChangeBatch",
            "conflicts with other records",
        ),
        (
            vec![
                ("CREATE", weighted),
                ("CREATE", simple("new.realserv.com", "TXT")),
            ],
            "InvalidChangeBatch",
            "conflicts with other records",
        ),
    ];
    for (changes, code, says) in wrong {
        let (found, message) = refused(&world, "ChangeResourceRecordSets", batch(&changes));
        assert_eq!(found, code, "{says}: {message}");
        assert!(message.contains(says), "{message}");
        assert_eq!(names(&world, "realserv.com"), before, "{says}");
    }
    let own = route53(
        &world,
        "ListResourceRecordSets",
        json!({ "HostedZoneId": ZONE, "MaxItems": "2" }),
    );
    for set in own["ResourceRecordSets"].as_array().expect("NS and SOA") {
        let (code, _) = refused(
            &world,
            "ChangeResourceRecordSets",
            batch(&[("DELETE", set.clone())]),
        );
        assert_eq!(code, "InvalidChangeBatch", "{set}");
    }
    let many: Vec<Value> = (0..501)
        .map(|n| json!({ "Value": format!("192.0.2.{n}") }))
        .collect();
    let mut large = simple("large.realserv.com", "A");
    large["ResourceRecords"] = json!(many);
    let (code, _) = refused(
        &world,
        "ChangeResourceRecordSets",
        batch(&[("UPSERT", large)]),
    );
    assert_eq!(code, "InvalidChangeBatch", "an UPSERT counts twice");
}
