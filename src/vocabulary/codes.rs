//! The stable codes of the faults that deployer itself raises. AWS's own codes pass through as they are.

/// A person said no.
pub const REJECTED: &str = "rejected";

/// A plan met a value that only the real run can know.
pub const UNKNOWN_UNTIL_RUN: &str = "unknown_until_run";
