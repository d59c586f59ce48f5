//! A plan that was saved, and a run that is held to it.

mod facts;
mod fail_after_write;
mod matching;
mod outdated;
mod plan_guard;
mod recorder;
mod saved;
mod seal;

pub use facts::Fact;
pub use fail_after_write::{FailAfterWrite, FailedWrite};
pub use outdated::outdated;
pub use plan_guard::PlanGuard;
pub use saved::{SAVED_VERSION, SavedCall, SavedPlan};
