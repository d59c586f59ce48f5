//! One call of a primitive: its arguments, read once, and all that can be asked of them.

use std::time::Duration;

use serde_json::Value;

use super::{Context, ResourceCache};
use crate::vocabulary::{Effect, Fault, InFlight, Line, Residue, Retry, Stop};

/// A call whose arguments were read.
pub trait Call: Send + Sync {
    /// What it does to the world; `declared`: what its declaration says.
    fn effect(&self, declared: Effect) -> Effect {
        declared
    }

    /// Checks what the types of the arguments do not say, before anything is recorded or done.
    ///
    /// # Errors
    /// `invalid_input`, naming the path, what was expected and the candidates.
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// How it reads in a plan or on a screen.
    fn line(&self, seen: &ResourceCache) -> Line;

    /// The longest it may take, for waits and questions.
    fn time_limit(&self) -> Option<Duration> {
        None
    }

    /// Does it.
    ///
    /// # Errors
    /// A fault, which a script can catch, or a halt.
    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop>;

    /// Says what [`perform`](Self::perform) will return, in the world of a plan: what it looks at may not be deployed
    /// yet, and secrets are not fetched. By default it is performed, and that world answers.
    ///
    /// # Errors
    /// As [`perform`](Self::perform).
    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        self.perform(cx)
    }

    /// Finds out whether this write, which has no recorded result, has happened.
    ///
    /// # Errors
    /// A fault where the look fails, or a halt.
    fn reconcile(&self, _cx: &Context<'_>) -> Result<Reconciled, Stop> {
        Ok(Reconciled::Unknown)
    }

    /// Whether this fault of a write proves that nothing was done: then nothing is left of it, and nothing to undo.
    fn proves_refusal(&self, fault: &Fault) -> bool {
        matches!(fault.retry, Retry::Throttled | Retry::Transient)
    }

    /// What came of it, in a few words.
    fn summary(&self, _output: &Value) -> Option<String> {
        None
    }

    /// What its output's text is, for who parses it.
    fn text_source(&self) -> Option<Source> {
        None
    }

    /// What holds in the world now that it returned, worth the last line of a run that goes well.
    fn proven_state(&self, _output: &Value) -> Option<String> {
        None
    }

    /// What a successful write leaves in place; `None`: nothing worth a line.
    fn residue(&self, _output: &Value) -> Option<Residue> {
        None
    }

    /// The secrets that it fetches, by reference: what they say is looked for in all that follows.
    fn secret_references(&self) -> Vec<String> {
        Vec::new()
    }

    /// Members and values in an answer that are not known here: what AWS has said may be said to it.
    fn unknown_names(&self, _output: &Value) -> Vec<String> {
        Vec::new()
    }

    /// Whether what it answers is a setting of AWS's, to be passed on as it is, and not what a program said.
    fn returns_settings(&self) -> bool {
        false
    }

    /// Members of its input that only tell people what happened, which no plan can know.
    fn message_members(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether all that it does is to tell people something.
    fn is_message(&self) -> bool {
        false
    }

    /// Whether it goes to something else than AWS.
    fn is_outside_aws(&self) -> bool {
        false
    }

    /// How much of what it answers in a plan holds in the run that follows.
    fn planned_answer(&self) -> PlannedAnswer {
        PlannedAnswer::Predicted
    }

    /// What a wait that failed has shown of a write before it.
    fn residue_update(&self, _fault: &Fault) -> Option<ResidueUpdate> {
        None
    }

    /// What a write acts upon, and how, where the name of the verb does not say it; `None`: verb and object of its line.
    fn acts_upon(&self) -> Option<String> {
        None
    }

    /// What continues in AWS by itself: behind a write that returned this, or while a wait goes on (`output`: null).
    fn in_flight(&self, _output: &Value) -> Option<InFlight> {
        None
    }
}

/// What the answer of a call in a plan is worth for the run that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedAnswer {
    /// It is read or predicted; a new name in it may be another in the run.
    Predicted,
    /// It is the time of the plan.
    Time,
    /// It is what a program really printed, as certain as an answer of AWS.
    Real,
}

/// The result of a call that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The value that the call returns to the script.
    pub value: Value,
    /// Where the text in it is from, for who parses it.
    pub source: Option<Source>,
}

impl From<Value> for Output {
    fn from(value: Value) -> Output {
        let source = None;
        Output { value, source }
    }
}

/// Where a text in a result is from, to name it in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `task-definition.json`, ``what `gh pr view` printed``.
    pub name: String,
    /// Whether that is a file's name.
    pub is_file: bool,
    /// The member of the output that is the text; empty: the output itself.
    pub member: &'static str,
}

/// What is known by now of a write that was made before.
#[derive(Debug, Clone, PartialEq)]
pub struct ResidueUpdate {
    /// The write and what it acts upon: `ecs::update_service web`.
    pub about: String,
    /// What is left of the write in AWS, in words.
    pub text: String,
    /// Whether that is nothing that matters.
    pub harmless: bool,
}

/// What the world shows of a write in doubt.
#[derive(Debug, Clone, PartialEq)]
pub enum Reconciled {
    /// It happened; this is what it would have returned.
    Happened {
        /// The value that the call would have returned.
        output: Value,
        /// How it was found out that it happened, in one sentence.
        how: String,
    },
    /// It did not happen: it may be done now.
    DidNot {
        /// How it was found out that it did not happen, in one sentence.
        how: String,
    },
    /// Nothing shows it, and once too often does less harm than not at all: it is done without asking.
    MayRepeat {
        /// What repeating it may lead to.
        how: String,
    },
    /// Nothing shows it: a person must say.
    Unknown,
}

impl Reconciled {
    /// Of a call that its script calls `repeatable`.
    pub(super) fn repeated() -> Self {
        Reconciled::MayRepeat {
            how: "to do it twice does no harm".to_owned(),
        }
    }
}
