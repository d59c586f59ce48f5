//! The one table of what differs, where, and why.

mod deployables;
mod services;

/// Cases that a backend does not answer as AWS does, for one reason.
pub struct Differences {
    /// Name of the backend that differs.
    pub backend: &'static str,
    /// Why they are left so.
    pub why: &'static str,
    /// The cases by name, each with a part of what is said to differ.
    pub cases: &'static [(&'static str, &'static str)],
}

/// Everything that differs. A row that no longer applies fails the suite.
pub const DIFFERENCES: [&[Differences]; 2] = [services::DIFFERENCES, deployables::DIFFERENCES];
