//! What happens to services and tasks by itself.

use super::ids::{ServiceKey, TaskId};

/// Something that happens by itself.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The scheduler looks at a service.
    Schedule(ServiceKey),
    /// Something happens to a task, if it still stands at `step`.
    Task { id: TaskId, step: u32, next: Next },
    /// A stopped task is no longer described.
    Forget(TaskId),
    /// A failed deployment is no longer listed.
    Unlist(ServiceKey, String),
}

/// What happens to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It moves to its next status.
    Advance,
    /// Its load balancer's checks pass.
    TargetHealthy,
    /// Its load balancer's checks fail.
    TargetUnhealthy,
    /// The own check of its container of that number passes.
    ContainerHealthy(usize),
    /// The own check of its container of that number fails for good.
    ContainerUnhealthy(usize),
    /// Failed checks are not ignored any more.
    GraceEnds,
    /// It has run long enough to count as healthy, having no checks at all.
    Proved,
    /// It writes the log line of that number.
    Log(usize),
    /// Its essential container exits with this code.
    Exit(i64),
}
