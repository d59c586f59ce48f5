//! Which versions are new to a service: what most faults strike.

use super::definition::Definition;
use super::service::Service;
use super::state::Ecs;
use super::task::Task;

impl Service {
    /// Whether a version is new to it, whoever registered it: not what it ran when the run began, not a revision
    /// before that, and not one of them registered again as the way back.
    fn is_new(&self, definition: &Definition) -> bool {
        // The way back of a service whose old revision is gone: registered again once another version was there.
        let again = || {
            let mut before = self.revisions.iter().map(|revision| &revision.definition);
            before.any(|d| d.new && d.containers() != definition.containers())
        };
        !self.known.iter().any(|known| match definition.new {
            true => known.containers() == definition.containers() && again(),
            false => known.family == definition.family && definition.revision <= known.revision,
        })
    }
}

impl Ecs {
    /// Whether a service's task runs a version that is new to the service.
    pub(crate) fn is_new(&self, task: &Task) -> bool {
        let Some(key) = &task.service else {
            return false;
        };
        let service = self.services.get(key);
        service.map_or(task.definition.new, |s| s.is_new(&task.definition))
    }
}
