//! CloudFormation: stacks, and change sets that say what an update would change before it is carried out.
//!
//! A change set is made from the difference of two templates; what the resources themselves are is not known here. Nested
//! stacks, imports, drift and templates in S3 are not simulated.

use serde_json::Value;

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

mod change_set_input;
mod change_sets;
mod changes;
mod declared;
mod stacks;
mod state;
mod template;
mod timeline;

pub(crate) use declared::{DeclaredStack, add_stack, import_stack, import_template};
pub(crate) use state::{Behaviour, CloudFormation};

/// How far CloudFormation is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "cloudformation",
    behaves: "Change sets are made from the difference of two templates. Executing one creates, updates, replaces and \
              removes resources one after the other; a failure or a cancellation rolls back. All of it takes time.",
    leaves_out: "The resources exist as names and statuses only: no call of another service sees them. Intrinsic \
              functions are not evaluated, and outputs are those of the fixture. Nested stacks, imports, drift, \
              stack sets, templates in S3, `CreateStack` and `UpdateStack` are not simulated.",
    tests: &[
        "simulated::tests::cloudformation",
        "simulated::aws::cloudformation::template",
        "emulated::conformance::cases::stacks",
    ],
};

/// Answers a call of CloudFormation.
pub(crate) fn call(
    state: &mut CloudFormation,
    kernel: &mut Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "CreateChangeSet" => change_sets::create(state, kernel, input),
        "DescribeChangeSet" => change_sets::describe(state, kernel, input),
        "ListChangeSets" => change_sets::list_all(state, kernel, input),
        "ExecuteChangeSet" => change_sets::execute(state, kernel, input),
        "DeleteChangeSet" => change_sets::delete(state, kernel, input),
        "DescribeStacks" => stacks::describe(state, kernel, input),
        "DescribeStackEvents" => stacks::events(state, kernel, input),
        "DescribeStackResources" => stacks::resources(state, kernel, input),
        "GetTemplateSummary" => stacks::summary(state, kernel, input),
        "GetTemplate" => stacks::template(state, kernel, input),
        "CancelUpdateStack" => stacks::cancel(state, kernel, input),
        "DeleteStack" => stacks::delete(state, kernel, input),
        _ => Err(not_simulated("cloudformation", operation)),
    }
}
