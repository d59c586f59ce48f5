//! What happens when CloudFormation carries out a change, and when: all of it is known from the start.
//!
//! CloudFormation User Guide, "Stack status codes" and "Monitor stack progress", has the statuses; "Understand update
//! behaviors of stack resources" says that what was replaced or removed goes in the clean-up after the update.

use std::time::Duration;

use jiff::Timestamp;

use super::state::{Action, Event, Planned, STACK, Stack};
use crate::world::simulated::kernel::clock::later;

/// Time that CloudFormation itself takes between two steps.
const STEP: Duration = Duration::from_secs(1);

/// What is written, at its time.
pub(super) struct Timeline<'a> {
    pub(super) stack: &'a str,
    /// Its ARN: the physical ID of the stack itself.
    pub(super) id: &'a str,
    pub(super) token: Option<String>,
    pub(super) at: Timestamp,
    pub(super) events: Vec<Event>,
}

/// How a change goes.
pub(super) struct Course {
    pub(super) events: Vec<Event>,
    pub(super) ends: Timestamp,
    /// When the stack is what it was to become; `None`: never.
    pub(super) commits: Option<Timestamp>,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(stack: &'a Stack, at: Timestamp, token: Option<String>) -> Self {
        Timeline {
            stack: &stack.name,
            id: &stack.id,
            token,
            at,
            events: Vec::new(),
        }
    }

    /// An event of the stack itself.
    pub(super) fn stack(&mut self, status: &'static str, reason: Option<String>) {
        let event = Event {
            at: self.at,
            name: self.stack.to_owned(),
            physical: Some(self.id.to_owned()),
            kind: STACK.to_owned(),
            status,
            reason,
            token: self.token.clone(),
        };
        self.events.push(event);
    }

    fn resource(
        &mut self,
        planned: &Planned,
        physical: Option<&String>,
        status: &'static str,
        reason: Option<&str>,
    ) {
        let event = Event {
            at: self.at,
            name: planned.name.clone(),
            physical: physical.cloned(),
            kind: planned.kind.clone(),
            status,
            reason: reason.map(str::to_owned),
            token: self.token.clone(),
        };
        self.events.push(event);
    }

    fn pass(&mut self, duration: Duration) {
        self.at = later(self.at, duration);
    }

    fn over(self, commits: Option<Timestamp>) -> Course {
        Course {
            events: self.events,
            ends: self.at,
            commits,
        }
    }

    /// Deletes a resource, or leaves it where its policy says so.
    fn delete(&mut self, planned: &Planned, physical: Option<&String>) {
        if planned.policy == "Retain" && planned.action == Action::Remove {
            self.resource(planned, physical, "DELETE_SKIPPED", None);
            return;
        }
        self.resource(planned, physical, "DELETE_IN_PROGRESS", None);
        self.pass(planned.behaviour.takes);
        self.resource(planned, physical, "DELETE_COMPLETE", None);
    }

    /// Makes what was planned, one resource after the other.
    pub(super) fn create(mut self, planned: &[Planned]) -> Course {
        self.stack("CREATE_IN_PROGRESS", Some("User Initiated".to_owned()));
        self.pass(STEP);
        for (index, one) in planned.iter().enumerate() {
            if self.attempt(one).is_some() {
                self.stack("ROLLBACK_IN_PROGRESS", Some(failed(one, "create")));
                for done in planned.iter().take(index + 1).rev() {
                    self.delete(done, done.new_physical.as_ref());
                }
                self.pass(STEP);
                self.stack("ROLLBACK_COMPLETE", None);
                return self.over(None);
            }
        }
        self.stack("CREATE_COMPLETE", None);
        let at = self.at;
        self.over(Some(at))
    }

    /// Changes what was planned, one resource after the other, and rolls all of it back where one fails.
    pub(super) fn update(mut self, planned: &[Planned]) -> Course {
        self.stack("UPDATE_IN_PROGRESS", Some("User Initiated".to_owned()));
        self.pass(STEP);
        let made = planned.iter().filter(|one| one.action != Action::Remove);
        let mut done = Vec::new();
        for one in made {
            done.push(one);
            if self.attempt(one).is_some() {
                let reason = failed(one, "update");
                return self.roll_back(&done, reason);
            }
        }
        self.pass(STEP);
        self.stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", None);
        let commits = self.at;
        for one in planned {
            if one.action == Action::Remove || replaces(one) {
                self.delete(one, one.physical.as_ref());
            }
        }
        self.pass(STEP);
        self.stack("UPDATE_COMPLETE", None);
        self.over(Some(commits))
    }

    /// Makes or modifies a resource; why it failed, if it did.
    fn attempt(&mut self, planned: &Planned) -> Option<String> {
        let physical = match planned.action {
            Action::Modify if !replaces(planned) => planned.physical.as_ref(),
            _ => planned.new_physical.as_ref(),
        };
        let adds = planned.action == Action::Add;
        let word = |adding: &'static str, modifying: &'static str| match adds {
            true => adding,
            false => modifying,
        };
        let begun = word("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS");
        let replacing = "Requested update requires the creation of a new physical resource; hence creating one.";
        let why = (!adds && replaces(planned)).then_some(replacing);
        self.resource(planned, physical, begun, why);
        self.pass(planned.behaviour.takes);
        if let Some(reason) = &planned.behaviour.fails {
            let status = word("CREATE_FAILED", "UPDATE_FAILED");
            self.resource(planned, physical, status, Some(reason));
            self.pass(STEP);
            return Some(reason.clone());
        }
        let status = word("CREATE_COMPLETE", "UPDATE_COMPLETE");
        self.resource(planned, physical, status, None);
        None
    }

    /// Rolls back what was changed, the last first.
    pub(super) fn roll_back(mut self, done: &[&Planned], reason: String) -> Course {
        self.stack("UPDATE_ROLLBACK_IN_PROGRESS", Some(reason));
        self.pass(STEP);
        let modified = done.iter().rev().filter(|one| one.action == Action::Modify);
        for one in modified {
            let physical = one.physical.as_ref();
            self.resource(one, physical, "UPDATE_IN_PROGRESS", None);
            self.pass(one.behaviour.takes);
            if let Some(reason) = &one.behaviour.rollback_fails {
                self.resource(one, physical, "UPDATE_FAILED", Some(reason));
                let reason = failed(one, "update");
                self.stack("UPDATE_ROLLBACK_FAILED", Some(reason));
                return self.over(None);
            }
            self.resource(one, physical, "UPDATE_COMPLETE", None);
        }
        self.pass(STEP);
        self.stack("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", None);
        for one in done.iter().rev() {
            if one.action == Action::Add || replaces(one) {
                self.delete(one, one.new_physical.as_ref());
            }
        }
        self.pass(STEP);
        self.stack("UPDATE_ROLLBACK_COMPLETE", None);
        self.over(None)
    }

    /// What a cancelled update leaves unfinished is stopped, and all of it is rolled back.
    pub(super) fn cancel(mut self, unfinished: &[&Planned], done: &[&Planned]) -> Course {
        for one in unfinished {
            let physical = one.new_physical.as_ref().filter(|_| replaces(one));
            let (physical, status) = match one.action {
                Action::Add => (one.new_physical.as_ref(), "CREATE_FAILED"),
                _ => (physical.or(one.physical.as_ref()), "UPDATE_FAILED"),
            };
            let reason = Some("Resource update cancelled");
            self.resource(one, physical, status, reason);
        }
        self.roll_back(done, "User Initiated".to_owned())
    }

    /// Deletes all resources, the last first.
    pub(super) fn delete_all(mut self, planned: &[Planned]) -> Course {
        self.stack("DELETE_IN_PROGRESS", Some("User Initiated".to_owned()));
        self.pass(STEP);
        for one in planned.iter().rev() {
            self.delete(one, one.physical.as_ref());
        }
        self.stack("DELETE_COMPLETE", None);
        self.over(None)
    }
}

/// Whether the modification of a resource makes a new one.
pub(super) fn replaces(planned: &Planned) -> bool {
    planned.action == Action::Modify && planned.replacement == "True"
}

fn failed(planned: &Planned, what: &str) -> String {
    let name = &planned.name;
    format!("The following resource(s) failed to {what}: [{name}]. ")
}
