//! The guard of a run that is held to a saved plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::facts::Facts;
use super::matching::{Difference, Names, UnknownTexts, differences, texts};
use super::saved::{SavedCall, SavedPlan};
use crate::primitive::of_recorded;
use crate::run::guard::{Guard, GuardedCall};
use crate::text::arn::short_name;
use crate::vocabulary::{Effect, Fault, Retry, codes};

/// Code of the fault of a write or a question that is not the planned one.
pub const NOT_PLANNED: &str = codes::NOT_PLANNED;
/// Code of the fault of a world that is not the one that was planned for.
pub const PLAN_OUTDATED: &str = codes::PLAN_OUTDATED;
/// Code of the fault of a run that does not make all that was planned.
pub const NOT_MADE: &str = codes::PLANNED_NOT_MADE;

const HINT: &str = "nothing that was not planned is done: make a new plan, and have it reviewed";

/// Differences of one call that are named.
const NAMED: usize = 3;

/// Holds a run to a plan: writes and questions must be the planned ones, in order; undos write what they must, and what
/// was not foreseen of them is told; what the plan relies on must still be so when the run reads it.
pub struct PlanGuard {
    plan: SavedPlan,
    /// How many of its planned calls each branch has made.
    made: BTreeMap<String, usize>,
    names: Names,
    facts: Facts,
    /// Whether the script has caught a failure: it may clean up by itself.
    caught: bool,
    /// The first refusal. Only undos write after it, even if a script catches it.
    refused: Option<Fault>,
}

impl PlanGuard {
    /// Holds a run to `plan`, from its beginning.
    pub fn new(plan: SavedPlan) -> Self {
        PlanGuard {
            plan,
            made: BTreeMap::new(),
            names: Names::default(),
            facts: Facts::default(),
            caught: false,
            refused: None,
        }
    }

    fn planned<'a>(&'a self, branch: &'a str) -> impl Iterator<Item = &'a SavedCall> {
        self.plan.calls.iter().filter(move |c| c.branch == branch)
    }

    /// Compares a call with the next planned one of its branch.
    fn judge(&self, call: &GuardedCall<'_>) -> Result<(), Fault> {
        let made = self.made.get(call.branch).copied().unwrap_or(0);
        let Some(planned) = self.planned(call.branch).nth(made) else {
            let message = format!("{} was not planned: nothing more was", call.name);
            return Err(refusal(NOT_PLANNED, message));
        };
        if planned.primitive != call.primitive {
            let message = format!("{} was not planned: {} was", call.name, planned.name);
            return Err(refusal(NOT_PLANNED, message));
        }
        let found = if call.effect == Effect::Ask {
            // What is shown may have moved; who must answer, and by which word, may not.
            let moved = |member: &str| {
                let of = |input: &Value| input.get(member).cloned().unwrap_or_default();
                let differs = Difference {
                    path: member.to_owned(),
                    planned: of(&planned.input),
                    found: of(call.input),
                };
                (differs.planned != differs.found).then_some(differs)
            };
            ["roles", "type"].into_iter().filter_map(moved).collect()
        } else {
            self.differences(planned, call)
        };
        if found.is_empty() {
            return Ok(());
        }
        let message = format!("{} is not as planned: {}", call.name, said(&found));
        Err(refusal(NOT_PLANNED, message))
    }

    fn differences(&self, planned: &SavedCall, call: &GuardedCall<'_>) -> Vec<Difference> {
        let holes = UnknownTexts(&self.plan.assumed);
        let mut found = differences(
            &planned.input,
            call.input,
            &planned.predicted,
            &self.names,
            holes,
        );
        found.retain(|difference| !is_told(call, &difference.path));
        found
    }

    /// An undo may write what it must: how far the run came, no plan knows, and what is half done is worse than what was
    /// not foreseen. What no planned undo writes is told.
    fn foresaw(&self, call: &GuardedCall<'_>) -> Option<String> {
        let planned = self.plan.undo.iter().any(|planned| {
            planned.primitive == call.primitive && self.differences(planned, call).is_empty()
        });
        (!planned).then(|| format!("not foreseen by the plan: {}", call.name))
    }

    /// Whether it is a write that the plan has foreseen the script to make once it has caught a failure.
    fn recovers(&self, call: &GuardedCall<'_>) -> bool {
        let planned = |planned: &SavedCall| {
            planned.primitive == call.primitive && self.differences(planned, call).is_empty()
        };
        self.caught && call.effect == Effect::Write && self.plan.recovery.iter().any(planned)
    }

    /// At the end people are told how it went, which no plan knows; any other write must be a planned one.
    /// Of a run that has failed the plan knows no end: what puts right what was left is made, and told.
    fn judge_closing(&self, call: &GuardedCall<'_>) -> Result<Option<String>, Fault> {
        let mut planned = self.plan.closing.iter();
        let known = planned.any(|planned| {
            planned.primitive == call.primitive && self.differences(planned, call).is_empty()
        });
        let message = || of_recorded(call.primitive, call.input, |call| call.is_message());
        if known || message().unwrap_or(false) {
            return Ok(None);
        }
        if call.failed {
            return Ok(Some(format!("not foreseen by the plan: {}", call.name)));
        }
        let message = format!("{} was not planned for the end", call.name);
        Err(refusal(NOT_PLANNED, message))
    }

    /// Learns what names a plan made again predicts in the place of its own.
    pub(super) fn predicts(&mut self, branch: &str, gives: &BTreeMap<String, String>) {
        let Some(last) = self.made.get(branch).and_then(|n| n.checked_sub(1)) else {
            return;
        };
        let planned = self.planned(branch).nth(last).map(|c| c.gives.clone());
        for (path, predicted) in planned.unwrap_or_default() {
            if let Some(other) = gives.get(&path) {
                self.names.learn(&predicted, other);
            }
        }
    }

    /// Learns what predicted names have become.
    fn learn(&mut self, call: &GuardedCall<'_>, output: &Value) {
        let Some(last) = self.made.get(call.branch).and_then(|n| n.checked_sub(1)) else {
            return;
        };
        let gives = self.planned(call.branch).nth(last).map(|c| c.gives.clone());
        let mut found = Vec::new();
        texts(output, String::new(), &mut found);
        for (path, predicted) in gives.unwrap_or_default() {
            if let Some((_, real)) = found.iter().find(|(at, _)| *at == path) {
                self.names.learn(&predicted, real);
            }
        }
    }

    fn rely(&self, call: &GuardedCall<'_>, output: &Value) -> Result<(), Fault> {
        let mut changed = Vec::new();
        for found in self.facts.read(call.input, output) {
            let mut known = self.plan.relies_on.iter().filter(|f| f.what == found.what);
            let Some(first) = known.next() else { continue };
            // It may have moved while the plan was made.
            if first.is != found.is && known.all(|f| f.is != found.is) {
                changed.push(format!(
                    "{} is {} now, and was {} when the plan was made",
                    found.what,
                    short_name(&found.is),
                    short_name(&first.is)
                ));
            }
        }
        match changed.is_empty() {
            true => Ok(()),
            false => Err(refusal(PLAN_OUTDATED, changed.join("; "))),
        }
    }

    fn stick(&mut self, judged: Result<(), Fault>) -> Result<(), Fault> {
        if let Err(fault) = &judged {
            self.refused.get_or_insert_with(|| fault.clone());
        }
        judged
    }
}

impl Guard for PlanGuard {
    fn before(&mut self, call: &GuardedCall<'_>) -> Result<Option<String>, Fault> {
        if !matches!(call.effect, Effect::Write | Effect::Ask) {
            return Ok(None);
        }
        if call.undoing || call.closing {
            return match call.effect {
                Effect::Write if call.closing => self.judge_closing(call),
                Effect::Write => Ok(self.foresaw(call)),
                _ => Ok(None),
            };
        }
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let judged = self.judge(call);
        if judged.is_err() && self.recovers(call) {
            return Ok(None);
        }
        self.stick(judged)?;
        *self.made.entry(call.branch.to_owned()).or_default() += 1;
        if call.effect == Effect::Write {
            self.facts.wrote(call.input);
        }
        Ok(None)
    }

    fn after(
        &mut self,
        call: &GuardedCall<'_>,
        result: &Result<Value, Fault>,
    ) -> Result<(), Fault> {
        if call.undoing || call.closing {
            return Ok(());
        }
        match (call.effect, result) {
            (Effect::Read, Ok(output)) => {
                let relied = self.rely(call, output);
                self.stick(relied)
            }
            (Effect::Write, Ok(output)) => {
                self.learn(call, output);
                Ok(())
            }
            // It was not carried out: the script may make it again.
            (Effect::Write, Err(fault)) if fault.retry != Retry::InDoubt => {
                if let Some(made) = self.made.get_mut(call.branch) {
                    *made = made.saturating_sub(1);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn caught(&mut self) {
        self.caught = true;
    }

    fn at_the_end(&self) -> Result<(), Fault> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let branches: BTreeSet<&str> = self.plan.calls.iter().map(|c| c.branch.as_str()).collect();
        let missing: Vec<&str> = branches
            .into_iter()
            .flat_map(|branch| {
                let made = self.made.get(branch).copied().unwrap_or(0);
                self.planned(branch).skip(made)
            })
            .map(|call| call.name.as_str())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let were = if missing.len() == 1 { "was" } else { "were" };
        let message = format!("{} {were} planned and not made", missing.join(", "));
        Err(refusal(NOT_MADE, message))
    }
}

fn refusal(code: &str, message: String) -> Fault {
    Fault::new(code, message).hint(HINT)
}

fn said(found: &[Difference]) -> String {
    let one = |d: &Difference| match (&d.planned, &d.found) {
        (Value::Null, found) => format!("{} is {found}, planned was nothing", d.path),
        (planned, Value::Null) => format!("{} is not there, planned was {planned}", d.path),
        (planned, found) => format!("{} is {found}, planned was {planned}", d.path),
    };
    let mut all: Vec<String> = found.iter().take(NAMED).map(one).collect();
    if found.len() > NAMED {
        all.push(format!("and {} more", found.len() - NAMED));
    }
    all.join("; ")
}

/// Whether a member only tells people what happened, which no plan can know: the text of a record, a message.
fn is_told(call: &GuardedCall<'_>, path: &str) -> bool {
    let members =
        of_recorded(call.primitive, call.input, |call| call.message_members()).unwrap_or(&[]);
    let behind = |member: &&str| path.strip_prefix(*member);
    let mut found = members.iter().filter_map(behind);
    found.any(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
