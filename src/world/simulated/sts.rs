//! STS: who is calling.

use serde_json::{Value, json};

use super::cloud::Cloud;
use super::not_simulated;
use crate::vocabulary::Fault;

pub(super) fn call(cloud: &Cloud, operation: &str) -> Result<Value, Fault> {
    match operation {
        "GetCallerIdentity" => Ok(json!({
            "UserId": "AIDASIMULATED",
            "Account": cloud.account,
            "Arn": format!("arn:aws:iam::{}:user/simulated", cloud.account),
        })),
        _ => Err(not_simulated("sts", operation)),
    }
}
