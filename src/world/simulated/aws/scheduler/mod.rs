//! EventBridge Scheduler: schedules and their groups. What a schedule would start is not started.

use serde_json::Value;

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

mod refusals;
mod schedules;
mod state;

pub(crate) use schedules::declare;
pub(crate) use state::Scheduler;

/// The group of a schedule that names none. Every account has it.
pub(crate) const DEFAULT_GROUP: &str = "default";

/// How far EventBridge Scheduler is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "scheduler",
    behaves: "Schedules are created, replaced as a whole, read, listed and deleted as AWS does it, with its \
              refusals.",
    leaves_out: "Nothing is started: no schedule fires. Groups come from the fixture and cannot be created; tags \
              are not simulated.",
    tests: &[
        "simulated::tests::schedules",
        "emulated::conformance::cases::schedules",
    ],
};

/// Answers a call of EventBridge Scheduler.
pub(crate) fn call(
    scheduler: &mut Scheduler,
    kernel: &Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "CreateSchedule" => schedules::create(scheduler, kernel, input),
        "UpdateSchedule" => schedules::update(scheduler, kernel, input),
        "GetSchedule" => schedules::get(scheduler, kernel, input),
        "ListSchedules" => schedules::list(scheduler, kernel, input),
        "DeleteSchedule" => schedules::delete(scheduler, kernel, input),
        _ => Err(not_simulated("scheduler", operation)),
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("ValidationException", message)
}
