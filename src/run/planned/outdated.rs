//! A plan made again, right before the run: has anything moved that its writes rest on?

use super::plan_guard::PlanGuard;
use super::saved::{SavedCall, SavedPlan};
use crate::run::guard::{Guard, GuardedCall};
use crate::text::arn::short_name;

/// How a plan that was just made differs from the saved one, a sentence each; the writes of both, in their order, and what
/// both found in the world.
pub fn outdated(saved: &SavedPlan, again: &SavedPlan) -> Vec<String> {
    let mut found = Vec::new();
    for fact in &saved.relies_on {
        let mut now = again.relies_on.iter().filter(|f| f.what == fact.what);
        let Some(first) = now.next() else {
            found.push(format!(
                "{} was {} when the plan was made, and is not found now",
                fact.what,
                short_name(&fact.is)
            ));
            continue;
        };
        if first.is != fact.is && now.all(|f| f.is != fact.is) {
            found.push(format!(
                "{} is {} now, and was {} when the plan was made",
                fact.what,
                short_name(&first.is),
                short_name(&fact.is)
            ));
        }
    }
    // The facts say it best; the calls differ because of them.
    if found.is_empty() {
        found.extend(calls(saved, again));
    }
    found.dedup();
    found
}

fn calls(saved: &SavedPlan, again: &SavedPlan) -> Option<String> {
    let mut held = PlanGuard::new(saved.clone());
    for call in &again.calls {
        if let Err(fault) = held.before(&guarded_call(call)) {
            return Some(fault.message);
        }
        held.predicts(&call.branch, &call.gives);
    }
    held.at_the_end().err().map(|fault| fault.message)
}

fn guarded_call(call: &SavedCall) -> GuardedCall<'_> {
    GuardedCall {
        branch: &call.branch,
        primitive: &call.primitive,
        name: &call.name,
        effect: call.effect,
        input: &call.input,
        undoing: false,
        closing: false,
        failed: false,
    }
}
