//! STS: who is calling.

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

/// How far STS is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "sts",
    behaves: "The caller is a user of the fixture's account.",
    leaves_out: "Roles cannot be assumed.",
    tests: &["emulated::conformance::cases::secrets"],
};

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
