//! STS: who is calling.

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::kernel::Kernel;

pub(crate) fn call(kernel: &Kernel, operation: &str) -> Result<Value, Fault> {
    match operation {
        "GetCallerIdentity" => Ok(json!({
            "UserId": "AIDASIMULATED",
            "Account": kernel.account,
            "Arn": format!("arn:aws:iam::{}:user/simulated", kernel.account),
        })),
        _ => Err(not_simulated("sts", operation)),
    }
}
