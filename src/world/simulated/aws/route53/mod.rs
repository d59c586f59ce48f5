//! Route 53: hosted zones, their record sets, and changes that take a while to reach all name servers.

use serde_json::{Value, json};

use crate::text::arn::short_name;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{not_simulated, text};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

mod changes;
mod names;
mod records;
mod refusals;
mod state;
mod zones;

pub(crate) use changes::declare;
pub(crate) use state::Route53;

/// How far Route 53 is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "route53",
    behaves: "A batch of changes is carried out as a whole or refused, and is `INSYNC` after 45 seconds.",
    leaves_out: "Hosted zones come from the fixture and cannot be created. Names are not resolved: a record directs \
              no request. Health checks, traffic policies and DNSSEC are not simulated.",
    tests: &[
        "simulated::tests::route53",
        "emulated::conformance::cases::records",
    ],
};

/// Answers a call of Route 53.
pub(crate) fn call(
    route53: &mut Route53,
    kernel: &mut Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "ListHostedZonesByName" => Ok(zones::by_name(route53, input)),
        "GetHostedZone" => zones::get(route53, input),
        "ListResourceRecordSets" => records::list(route53, input),
        "ChangeResourceRecordSets" => changes::change(route53, kernel, input),
        "GetChange" => changes::get(route53, kernel, input),
        _ => Err(not_simulated("route53", operation)),
    }
}

/// An id as requests may have it: `/hostedzone/Z1` is `Z1`.
fn id<'a>(input: &'a Value, member: &str) -> &'a str {
    short_name(text(input, member).unwrap_or_default())
}

fn no_zone(id: &str) -> Fault {
    Fault::new(
        "NoSuchHostedZone",
        format!("No hosted zone found with ID: {id}"),
    )
}

/// The most items of a page: what the call asks for, but no more than AWS allows. AWS writes it as a text.
fn page_size(input: &Value, most: usize) -> usize {
    let given = &input["MaxItems"];
    let number = given
        .as_u64()
        .and_then(|number| usize::try_from(number).ok());
    let text = given.as_str().and_then(|text| text.parse().ok());
    number.or(text).unwrap_or(most).clamp(1, most)
}

fn change_info(id: &str, change: &state::Change, kernel: &Kernel) -> Value {
    let is_known_everywhere = kernel.now() >= change.insync;
    let mut info = json!({
        "Id": format!("/change/{id}"),
        "Status": if is_known_everywhere { "INSYNC" } else { "PENDING" },
        "SubmittedAt": change.submitted.to_string(),
    });
    if let Some(comment) = &change.comment {
        info["Comment"] = json!(comment);
    }
    json!({ "ChangeInfo": info })
}
