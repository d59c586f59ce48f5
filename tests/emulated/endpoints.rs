//! Endpoint rule sets, beside botocore, which interprets the same ones.

use std::process::{Command, Stdio};

use deployer::world::apis::aws::endpoint::resolve;
use deployer::world::apis::aws::service;
use serde_json::{Map, Value, json};

use crate::support::provision::{MOTO, python};

/// Every service in regions of all partitions, with FIPS and dual stack, with addresses of one's own; buckets, access
/// points, outposts, tables, streams.
#[test]
#[ignore = "deep: tens of thousands of endpoints"]
fn are_resolved_as_botocore_resolves_them() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/endpoints.py");
    let output = Command::new(python(MOTO))
        .arg(script)
        .stdin(Stdio::null())
        .output()
        .expect("the interpreter is installed");
    let (text, errors) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{errors}");
    let (mut asked, mut refused, mut different) = (0, 0, Vec::new());
    for line in String::from_utf8_lossy(text).lines() {
        let case: Value = serde_json::from_str(line).expect("a line of JSON");
        let name = case["service"].as_str().expect("a service");
        let parameters = case["parameters"].as_object().expect("parameters");
        let service = service(name).unwrap_or_else(|| panic!("no model of {name}"));
        let ours = match resolve(service, parameters) {
            Ok(found) => {
                let headers: Map<_, _> = found
                    .headers
                    .into_iter()
                    .map(|(name, values)| (name, json!(values)))
                    .collect();
                json!({"url": found.url, "headers": headers, "properties": found.properties})
            }
            Err(_) => json!({"none": true}),
        };
        let mut theirs = case.clone();
        let members = theirs.as_object_mut().expect("an object");
        members.retain(|name, _| name != "service" && name != "parameters");
        asked += 1;
        refused += usize::from(theirs["none"] == true);
        // botocore takes an absent region for one of the partition `aws`, which the rules of no other service come to ask.
        let is_without_region = name == "importexport" && parameters.is_empty();
        if ours != theirs && !is_without_region {
            different.push(format!("{line}\n  ours: {ours}"));
        }
    }
    let few = &different[..different.len().min(20)];
    assert!(
        few.is_empty(),
        "{} of {asked} differ:\n{}",
        different.len(),
        few.join("\n")
    );
    assert!(
        asked > 25_000 && refused < asked / 2,
        "{asked} asked, {refused} without endpoint"
    );
}
