//! A plan while it grows: what is known of its steps, writes and undos so far.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::cost::Costs;
use super::model::{Item, PLAN_VERSION, Plan, PlanEnd, PlannedPrograms, PlannedStep};
use crate::text::elapsed::between;
use crate::vocabulary::event::{self, Event, EventKind};
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::vocabulary::{Effect, Halt, Line, LineKind};

/// Builds a plan from the events of a predicted run.
pub(super) struct Builder {
    pub(super) plan: Plan,
    /// Indices of the steps that are going on, outermost first.
    pub(super) open: Vec<usize>,
    pub(super) latest: Option<String>,
    /// Where a call stands: its step and its number there.
    pub(super) calls: HashMap<String, (usize, usize)>,
    /// Where a write stands among the writes.
    pub(super) writes: HashMap<String, usize>,
    /// Steps that did more than to read: the rest of what they say follows from predictions.
    pub(super) acted: HashSet<usize>,
    pub(super) costs: Costs,
    /// Operation of every write, nothing for the rest, by key.
    pub(super) effects: HashMap<String, Option<String>>,
    /// The undo that is going on, or was the last to.
    pub(super) undoing: Option<usize>,
}

impl Builder {
    pub(super) fn new(events: &[Event]) -> Self {
        // What undoing takes is not part of the way on which everything goes well.
        let end = events
            .iter()
            .find(|event| matches!(event.kind, EventKind::UndoStarted(_)));
        let span = events.first().zip(end.or(events.last()));
        let estimated_ms = span.map_or(0, |(first, last)| between(first.at, last.at));
        let plan = Plan {
            version: PLAN_VERSION,
            pipeline: String::new(),
            title: None,
            region: None,
            account: None,
            params: Value::Null,
            overridden: Vec::new(),
            cost: None,
            estimated_ms,
            steps: Vec::new(),
            writes: Vec::new(),
            asks: Vec::new(),
            waits: Vec::new(),
            undo: Vec::new(),
            not_undone: Vec::new(),
            programs: PlannedPrograms::default(),
            predicted: Vec::new(),
            ended: None,
            what_if: None,
        };
        Builder {
            plan,
            open: Vec::new(),
            latest: None,
            calls: HashMap::new(),
            writes: HashMap::new(),
            acted: HashSet::new(),
            costs: Costs::default(),
            effects: HashMap::new(),
            undoing: None,
        }
    }

    pub(super) fn finish(mut self) -> Plan {
        self.plan.cost = self.costs.total();
        self.plan
    }

    /// Lists a call in its step; equal waits and checks once.
    pub(super) fn list(&mut self, call: &event::Call) {
        let at = self.step(call.step.as_deref());
        let step = &mut self.plan.steps[at];
        // Of the reads only the checks are worth a line.
        let check = call.line.kind == LineKind::Polls;
        if call.effect == Effect::Read && !check {
            step.reads += 1;
            return;
        }
        self.acted.extend(self.open.iter().copied().chain([at]));
        let same = |item: &&mut Item| item.effect == call.effect && item.line == call.line;
        let again = matches!(call.effect, Effect::Read | Effect::Wait);
        match step.items.iter_mut().find(same).filter(|_| again) {
            Some(item) => item.times += 1,
            None => {
                step.items.push(Item::new(call.effect, call.line.clone()));
                let place = (at, step.items.len() - 1);
                self.calls.insert(call.key.clone(), place);
            }
        }
    }

    /// Shows a registered task definition with its revision. The number is predicted, because only AWS gives it.
    pub(super) fn registered(&mut self, key: &str, output: &Value) {
        let definition = &output["taskDefinition"];
        let (Some(family), Some(revision)) = (
            definition["family"].as_str(),
            definition["revision"].as_u64(),
        ) else {
            return;
        };
        let Some(write) = self.writes.get(key).map(|n| &mut self.plan.writes[*n]) else {
            return;
        };
        if write.line.kind != LineKind::Creates || write.line.object != family {
            return;
        }
        let name = format!("{family}:{revision}");
        write.line.object.clone_from(&name);
        write.line.predicted = true;
        if let Some((at, n)) = self.calls.get(key) {
            self.plan.steps[*at].items[*n].line = write.line.clone();
        }
        if !self.plan.predicted.contains(&name) {
            self.plan.predicted.push(name);
        }
    }

    /// Of a write nothing is known but that it is made.
    pub(super) fn predicted(&mut self, key: &str) {
        if let Some(n) = self.writes.get(key) {
            self.plan.writes[*n].line.predicted = true;
        }
        if let Some((at, n)) = self.calls.get(key) {
            self.plan.steps[*at].items[*n].line.predicted = true;
        }
    }

    pub(super) fn end(&self, ending: &Ending) -> Option<PlanEnd> {
        if ending.outcome == Outcome::Succeeded {
            return None;
        }
        let step = ending.step.clone().or_else(|| self.latest.clone());
        let frames = ending.frames.clone();
        if let Some(fault) = &ending.fault {
            return Some(PlanEnd {
                step,
                fault: true,
                code: Some(fault.code.clone()),
                message: fault.message.clone(),
                hint: fault.hint.clone(),
                frames,
            });
        }
        let unknown = matches!(ending.halt, Some(Halt::Unknown { .. }));
        let message = ending
            .halt
            .as_ref()
            .map(Halt::to_string)
            .or_else(|| ending.message.clone());
        Some(PlanEnd {
            step,
            fault: !unknown && ending.outcome == Outcome::Failed,
            code: None,
            message: message.unwrap_or_else(|| ending.outcome.name().to_owned()),
            hint: None,
            frames,
        })
    }

    /// The step of that name that is going on, or the one for what stands outside.
    pub(super) fn step(&mut self, name: Option<&str>) -> usize {
        let name = name.unwrap_or_default();
        let steps = &self.plan.steps;
        if let Some(at) = self.open.iter().rev().find(|at| steps[**at].name == name) {
            return *at;
        }
        if let Some(at) = steps
            .iter()
            .rposition(|step| step.reached && step.name == name)
        {
            return at;
        }
        let at = self.behind_reached();
        let mut step = PlannedStep::new(name);
        step.reached = true;
        self.insert(at, step);
        at
    }

    pub(super) fn place_for(&mut self, name: &str) -> usize {
        let announced = self
            .plan
            .steps
            .iter()
            .position(|step| !step.reached && step.name == name);
        announced.unwrap_or_else(|| {
            let at = self.behind_reached();
            self.insert(at, PlannedStep::new(name));
            at
        })
    }

    fn insert(&mut self, at: usize, step: PlannedStep) {
        // Nothing that is remembered by index stands behind the last step that was reached.
        self.plan.steps.insert(at, step);
    }

    fn behind_reached(&self) -> usize {
        self.plan
            .steps
            .iter()
            .rposition(|step| step.reached)
            .map_or(0, |at| at + 1)
    }
}

impl PlannedStep {
    pub(super) fn new(name: &str) -> Self {
        PlannedStep {
            name: name.to_owned(),
            depth: 0,
            reached: false,
            notes: Vec::new(),
            reads: 0,
            items: Vec::new(),
        }
    }
}

impl Item {
    pub(super) fn new(effect: Effect, line: Line) -> Self {
        Item {
            effect,
            line,
            roles: Vec::new(),
            times: 1,
        }
    }
}
