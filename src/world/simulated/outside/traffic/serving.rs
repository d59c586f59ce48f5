//! Tasks of one version that serve together.

use std::sync::Arc;

use crate::world::simulated::aws::ecs::definition::Definition;

/// Tasks of one version that serve together.
#[derive(Debug, Clone)]
pub(crate) struct Serving {
    pub(crate) definition: Arc<Definition>,
    pub(crate) version: String,
    /// Whether it is new to the service.
    pub(crate) new: bool,
    /// Whether they answer as they should.
    pub(crate) well: bool,
    pub(crate) count: u32,
    /// Name (id) of the first of these tasks.
    pub(crate) task: String,
}

impl PartialEq for Serving {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.definition, &other.definition)
            && (self.well, self.count, &self.task) == (other.well, other.count, &other.task)
    }
}
