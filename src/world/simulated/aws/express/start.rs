//! When a service starts.

/// When a service starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Now: its first deployment begins.
    Now,
    /// It has run since before the world began.
    Before,
}
