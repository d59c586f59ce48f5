//! What the commands that execute, plan or look at runs have in common.

pub(super) mod answers;
pub(super) mod aws_identity;
pub(super) mod claims;
pub(super) mod live_run;
mod parameter_errors;
pub(super) mod pending_run;
pub(super) mod pipeline;
pub(super) mod plan_binding;
pub(super) mod plan_reader;
pub(super) mod prediction;
pub(super) mod questions;
pub(super) mod saved_plan;
pub(super) mod session;
pub(super) mod signals;
pub(super) mod stored_run;
