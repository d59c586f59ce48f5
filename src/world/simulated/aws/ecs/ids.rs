//! What services and tasks are known by.

use std::sync::Arc;

/// A service by cluster and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServiceKey {
    pub(crate) cluster: Arc<str>,
    pub(crate) name: Arc<str>,
}

impl ServiceKey {
    pub(crate) fn new(cluster: &str, name: &str) -> Self {
        ServiceKey {
            cluster: cluster.into(),
            name: name.into(),
        }
    }
}

/// Tasks in the order in which they were started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TaskId(pub(crate) u64);
