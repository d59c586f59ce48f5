//! `aws::` — any operation of any AWS API, its pages, and AWS's own waiters.

use std::sync::Arc;

use serde_json::{Value, json};

use super::elb::login::keeping_secrets;
use super::verb::verb;
use super::{Primitive, wait};
use crate::world::AwsCall;

mod call;
mod in_doubt;
mod pages;
mod wait_for;

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    vec![
        verb::<call::AnyCall>(),
        verb::<pages::AllItems>(),
        verb::<wait::Wait>(),
        verb::<wait_for::WaitFor>(),
    ]
}

/// Which account and region a call is made in, where it is not the configured one.
#[derive(Clone, Copy)]
struct Place<'a> {
    region: &'a Option<String>,
    profile: &'a Option<String>,
}

/// The call that a script describes.
fn call_of(service: &str, operation: &str, input: &Value, place: Place<'_>) -> AwsCall {
    let input = match operation {
        _ if input.is_null() => json!({}),
        "ModifyRule" | "ModifyListener" if service == "elbv2" => keeping_secrets(input),
        _ => input.clone(),
    };
    AwsCall {
        region: place.region.clone(),
        profile: place.profile.clone(),
        ..AwsCall::new(service, operation, input)
    }
}
