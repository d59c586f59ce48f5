//! What CloudFormation knows: stacks, their change sets, and all that happens to them, with its time.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::template::Template;

/// Type of a stack in its own events.
pub(super) const STACK: &str = "AWS::CloudFormation::Stack";

/// Status of a stack that has only a change set, and no resources yet.
pub(super) const IN_REVIEW: &str = "REVIEW_IN_PROGRESS";

/// The state of CloudFormation.
#[derive(Debug, Clone, Default)]
pub(crate) struct CloudFormation {
    /// In the order of their creation; those that are deleted stay, and are found by their ID alone.
    pub(super) stacks: Vec<Stack>,
    /// How a stack's resources behave, by the names of both.
    behaviours: BTreeMap<(String, String), Behaviour>,
}

/// How a resource behaves when CloudFormation changes it.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    /// Physical ID; `None`: one is made up.
    pub(crate) physical: Option<String>,
    /// Time that each operation on it takes.
    pub(crate) takes: Duration,
    /// What a change set says of its replacement: `True`, `False`, `Conditional`; `None`: what is usual.
    pub(crate) replacement: Option<String>,
    /// Why it cannot be created or updated; `None`: it can.
    pub(crate) fails: Option<String>,
    /// Why it cannot be rolled back; `None`: it can.
    pub(crate) rollback_fails: Option<String>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Behaviour {
            physical: None,
            takes: Duration::from_secs(20),
            replacement: None,
            fails: None,
            rollback_fails: None,
        }
    }
}

/// What a stack was told to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// The template as it was given.
    pub(super) text: String,
    /// The template as it was read.
    pub(super) template: Template,
    /// Values of parameters, those of defaults too.
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) capabilities: Vec<String>,
    pub(super) role: Option<String>,
}

/// A stack: its template, its resources and its events.
#[derive(Debug, Clone)]
pub(super) struct Stack {
    pub(super) name: String,
    /// ARN, by which calls may name it, too.
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) content: Content,
    /// What it becomes, and when; `None`: it stays as it is.
    pub(super) next: Option<(Timestamp, Content)>,
    pub(super) outputs: BTreeMap<String, String>,
    /// All that has happened and, while it is changed, all that will: in the order of their times.
    pub(super) events: Vec<Event>,
    /// What the last update changes: a cancelled one is rolled back.
    pub(super) planned: Vec<Planned>,
    pub(super) change_sets: Vec<ChangeSet>,
    /// The change set that was executed last.
    pub(super) executed: Option<String>,
}

/// Something that happens to a stack or to one of its resources.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) at: Timestamp,
    /// Logical ID; for the stack itself, its name.
    pub(super) name: String,
    pub(super) physical: Option<String>,
    pub(super) kind: String,
    pub(super) status: &'static str,
    pub(super) reason: Option<String>,
    /// `ClientRequestToken` of the call that began it.
    pub(super) token: Option<String>,
}

/// What a change set does with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Modify,
    Remove,
}

/// A change of a resource, as CloudFormation will carry it out.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) action: Action,
    /// Physical ID before; `None`: it is not there yet.
    pub(super) physical: Option<String>,
    /// Physical ID after an addition or a replacement.
    pub(super) new_physical: Option<String>,
    /// `True`, `False`, `Conditional`: of a modification.
    pub(super) replacement: String,
    /// Why each property changes: `DirectModification`, `ParameterReference`, and the parameter.
    pub(super) reasons: Vec<ChangeReason>,
    /// `Delete`, `Retain` or `Snapshot`: what becomes of what is removed or replaced.
    pub(super) policy: String,
    pub(super) behaviour: Behaviour,
}

/// Why an attribute of a resource changes.
#[derive(Debug, Clone)]
pub(super) struct ChangeReason {
    /// `Properties`, `Tags`, or the name of another attribute.
    pub(super) attribute: String,
    /// Name of the property; `None`: the whole attribute.
    pub(super) property: Option<String>,
    /// Parameter whose value changes; `None`: the template itself says otherwise.
    pub(super) parameter: Option<String>,
}

/// A change set of a stack, and what became of it.
#[derive(Debug, Clone)]
pub(super) struct ChangeSet {
    pub(super) name: String,
    /// ARN, by which calls may name it, too.
    pub(super) id: String,
    pub(super) description: Option<String>,
    pub(super) token: Option<String>,
    pub(super) created: Timestamp,
    /// When it is known what it changes.
    pub(super) ready: Timestamp,
    pub(super) content: Content,
    pub(super) planned: Vec<Planned>,
    /// When it was executed, and when that ends; `None`: it was not.
    pub(super) execution: Option<Execution>,
}

/// An execution of a change set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Execution {
    pub(super) ends: Timestamp,
    pub(super) succeeds: bool,
}

impl CloudFormation {
    /// How a resource of a stack behaves.
    pub(super) fn behaviour(&self, stack: &str, resource: &str) -> Behaviour {
        let key = (stack.to_owned(), resource.to_owned());
        self.behaviours.get(&key).cloned().unwrap_or_default()
    }

    /// Says how a resource of a stack behaves.
    pub(crate) fn add_behaviour(&mut self, stack: String, resource: String, behaviour: Behaviour) {
        self.behaviours.insert((stack, resource), behaviour);
    }
}

impl Stack {
    /// The last event of the stack itself up to `now`.
    pub(super) fn last(&self, now: Timestamp) -> Option<&Event> {
        let mut own = self.events.iter().filter(|event| event.kind == STACK);
        own.rfind(|event| event.at <= now && event.name == self.name)
    }

    /// Status of the stack at `now`, in AWS's words.
    pub(super) fn status(&self, now: Timestamp) -> &'static str {
        self.last(now).map_or(IN_REVIEW, |event| event.status)
    }

    pub(super) fn is_deleted(&self, now: Timestamp) -> bool {
        self.status(now) == "DELETE_COMPLETE"
    }

    /// What it is at that time.
    pub(super) fn content(&self, now: Timestamp) -> &Content {
        match &self.next {
            Some((at, next)) if *at <= now => next,
            _ => &self.content,
        }
    }

    /// Its resources, each as its last event shows it.
    pub(super) fn resources(&self, now: Timestamp) -> BTreeMap<&str, &Event> {
        let mut found: BTreeMap<&str, &Event> = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.at <= now) {
            if event.kind == STACK && event.name == self.name {
                continue;
            }
            let name = event.name.as_str();
            let deletes = event.status.starts_with("DELETE");
            // What is deleted after a replacement is the one before it.
            let other = found
                .get(name)
                .is_some_and(|now| now.physical != event.physical);
            match (deletes && other, event.status) {
                (true, _) => {}
                (_, "DELETE_COMPLETE") => drop(found.remove(name)),
                _ => drop(found.insert(name, event)),
            }
        }
        found
    }
}
