//! Making a call again after a passing fault: after which faults, how often, for how long and after which delays.
//!
//! Every loop that makes a call again holds a [`RetryState`] of one of the policies that are listed here.

mod budget;
mod policy;

pub use budget::RetryBudget;
pub use policy::{RetryPolicy, RetryState};
