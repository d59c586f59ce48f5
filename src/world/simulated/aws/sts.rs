//! STS: who is calling.

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::not_simulated;
use crate::world::simulated::cloud::Cloud;

pub(crate) fn call(cloud: &Cloud, operation: &str) -> Result<Value, Fault> {
    match operation {
        "GetCallerIdentity" => Ok(json!({
            "UserId": "AIDASIMULATED",
            "Account": cloud.kernel.account,
            "Arn": format!("arn:aws:iam::{}:user/simulated", cloud.kernel.account),
        })),
        _ => Err(not_simulated("sts", operation)),
    }
}
