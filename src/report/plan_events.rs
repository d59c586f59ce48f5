//! How the events of a run on a predicting world add up to a plan.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::elapsed::between;
use super::plan::{
    Item, PLAN_VERSION, Plan, PlanEnd, PlannedAsk, PlannedCall, PlannedPrograms, PlannedStep,
    PlannedUndo,
};
use super::plan_cost::Costs;
use crate::vocabulary::event::{self, Event, EventKind};
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::vocabulary::{Effect, Halt, Line, unknown_in};

/// Folds events into a plan.
pub(super) struct Builder {
    pub(super) plan: Plan,
    /// Indices of the steps that are going on, outermost first.
    open: Vec<usize>,
    latest: Option<String>,
    /// Where a call stands: its step and its number there.
    calls: HashMap<String, (usize, usize)>,
    /// Where a write stands among the writes.
    writes: HashMap<String, usize>,
    /// Steps that did more than to read: the rest of what they say follows from predictions.
    acted: HashSet<usize>,
    costs: Costs,
    /// Operation of every write, nothing for the rest, by key.
    effects: HashMap<String, Option<String>>,
    /// The undo that is going on, or was the last to.
    undoing: Option<usize>,
}

impl Builder {
    pub(super) fn new(events: &[Event]) -> Self {
        // What undoing takes is no part of the way on which everything goes well.
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

    pub(super) fn take(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Started(event::Started {
                pipeline,
                params,
                overridden,
                steps,
                ..
            }) => {
                self.plan.pipeline.clone_from(pipeline);
                self.plan.params.clone_from(params);
                self.plan.overridden.clone_from(overridden);
                self.plan.steps = steps.iter().map(|name| PlannedStep::new(name)).collect();
            }
            EventKind::Title(event::Title { text }) => self.plan.title = Some(text.clone()),
            EventKind::StepStarted(event::StepStarted { step, depth, .. }) => {
                let at = self.place_for(step);
                self.plan.steps[at].reached = true;
                self.plan.steps[at].depth = *depth;
                self.open.push(at);
                self.latest = Some(step.clone());
            }
            EventKind::StepEnded(_) => {
                self.open.pop();
            }
            // What an undo remarks is said by what it does.
            EventKind::Note(_) if self.undoing.is_some() => {}
            EventKind::Note(event::Note { step, text }) => {
                let at = self.step(step.as_deref());
                if !self.acted.contains(&at) {
                    self.plan.steps[at].notes.push(text.clone());
                }
            }
            EventKind::Call(_) => self.call(event),
            EventKind::Asked(event::Asked { question }) => {
                let step = self.open.last().map(|at| self.plan.steps[*at].name.clone());
                if let Some((at, n)) = self.calls.get(&question.id) {
                    let item = &mut self.plan.steps[*at].items[*n];
                    item.roles.clone_from(&question.roles);
                    item.line.object.clone_from(&question.title);
                    item.line.detail = typed(question.word.as_deref());
                } else {
                    let at = self.step(step.as_deref());
                    let line = Line {
                        object: question.title.clone(),
                        detail: typed(question.word.as_deref()),
                        ..Line::default()
                    };
                    let mut item = Item::new(Effect::Ask, line);
                    item.roles.clone_from(&question.roles);
                    self.plan.steps[at].items.push(item);
                }
                self.plan.asks.push(PlannedAsk {
                    step,
                    title: question.title.clone(),
                    roles: question.roles.clone(),
                    about: question.about.clone(),
                });
            }
            EventKind::UndoRegistered(event::UndoRegistered { label, step }) => {
                self.plan.undo.push(PlannedUndo {
                    label: label.clone(),
                    step: step.clone(),
                    after: None,
                    calls: Vec::new(),
                    fault: None,
                    variants: Vec::new(),
                });
            }
            EventKind::UndoStarted(event::UndoStarted { label }) => {
                let undos = &self.plan.undo[..self.undoing.unwrap_or(self.plan.undo.len())];
                self.undoing = undos.iter().rposition(|undo| undo.label == *label);
            }
            EventKind::UndoEnded(event::UndoEnded {
                fault: Some(fault), ..
            }) => {
                if let Some(at) = self.undoing {
                    self.plan.undo[at].fault = Some(fault.message.clone());
                }
            }
            EventKind::Returned(event::Returned {
                key,
                result,
                summary,
                ..
            }) => {
                if let Some(summary) = summary.as_deref().filter(|_| result.is_ok()) {
                    self.named(key, summary);
                }
                if let Ok(Value::String(output)) = result
                    && unknown_in(output).is_some()
                {
                    self.predicted(key);
                }
                if let (None, Ok(output)) = (self.undoing, result) {
                    match self.effects.get(key) {
                        Some(Some(operation)) => self.costs.wrote(operation, output),
                        _ => self.costs.read(output),
                    }
                }
                if let (None, Ok(output)) = (&self.plan.account, result)
                    && let Some((region, account)) = home(output)
                {
                    self.plan.region = Some(region);
                    self.plan.account = Some(account);
                }
            }
            EventKind::Finished(event::Finished { ending, .. }) => {
                match (&ending.halt, self.undoing) {
                    // The way on which everything goes well was at its end: only an undo is not foreseen.
                    (Some(halt @ Halt::Unknown { .. }), Some(at)) if ending.fault.is_none() => {
                        self.plan.undo[at].fault = Some(halt.to_string());
                    }
                    _ => self.plan.ended = self.end(ending),
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, event: &Event) {
        let EventKind::Call(event::Call {
            key,
            primitive,
            effect,
            input,
            line,
            step,
            undoing,
            ..
        }) = &event.kind
        else {
            return;
        };
        let planned = || PlannedCall {
            step: step.clone(),
            effect: *effect,
            primitive: primitive.clone(),
            operation: line.verb.clone(),
            input: input.clone(),
            line: line.clone(),
        };
        if *undoing {
            if let (Some(at), Effect::Write | Effect::Wait) = (self.undoing, effect) {
                self.plan.undo[at].calls.push(planned());
            }
            return;
        }
        let write = (*effect == Effect::Write).then(|| line.verb.clone());
        self.effects.insert(key.clone(), write);
        match effect {
            Effect::Write => {
                self.writes.insert(key.clone(), self.plan.writes.len());
                for undo in self.plan.undo.iter_mut().filter(|u| u.after.is_none()) {
                    undo.after = Some(line.verb.clone());
                }
                self.plan.writes.push(planned());
            }
            Effect::Wait => self.plan.waits.push(planned()),
            Effect::Read | Effect::Ask => {}
        }
        let at = self.step(step.as_deref());
        let step = &mut self.plan.steps[at];
        // Of the reads only the checks are worth a line: a request that says what it expects.
        let check = primitive.starts_with("http::") && !line.detail.is_empty();
        if *effect == Effect::Read && !check {
            step.reads += 1;
            return;
        }
        self.acted.extend(self.open.iter().copied().chain([at]));
        let same = |item: &&mut Item| item.effect == *effect && item.line == *line;
        let again = matches!(effect, Effect::Read | Effect::Wait);
        match step.items.iter_mut().find(same).filter(|_| again) {
            Some(item) => item.times += 1,
            None => {
                step.items.push(Item::new(*effect, line.clone()));
                self.calls.insert(key.clone(), (at, step.items.len() - 1));
            }
        }
    }

    /// A write came to a revision of what it creates, whose number only AWS gives: it is predicted.
    fn named(&mut self, key: &str, summary: &str) {
        let Some(write) = self.writes.get(key).map(|n| &mut self.plan.writes[*n]) else {
            return;
        };
        let revision = summary.strip_prefix(&write.line.object);
        if !revision.is_some_and(|rest| rest.starts_with(':')) {
            return;
        }
        write.line.object = summary.to_owned();
        write.line.predicted = true;
        if let Some((at, n)) = self.calls.get(key) {
            self.plan.steps[*at].items[*n].line = write.line.clone();
        }
        if !self.plan.predicted.iter().any(|name| name == summary) {
            self.plan.predicted.push(summary.to_owned());
        }
    }

    /// Of a write nothing is known but that it is made.
    fn predicted(&mut self, key: &str) {
        if let Some(n) = self.writes.get(key) {
            self.plan.writes[*n].line.predicted = true;
        }
        if let Some((at, n)) = self.calls.get(key) {
            self.plan.steps[*at].items[*n].line.predicted = true;
        }
    }

    fn end(&self, ending: &Ending) -> Option<PlanEnd> {
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
    fn step(&mut self, name: Option<&str>) -> usize {
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

    fn place_for(&mut self, name: &str) -> usize {
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

/// What someone must type.
fn typed(word: Option<&str>) -> String {
    word.map_or_else(String::new, |word| format!(", by typing {word}"))
}

/// Region and account of the first ECS resource in a result.
fn home(output: &Value) -> Option<(String, String)> {
    match output {
        Value::String(text) => {
            let mut parts = text.split(':');
            let arn = parts.next() == Some("arn") && parts.nth(1) == Some("ecs");
            let (region, account) = (parts.next()?, parts.next()?);
            (arn && !region.is_empty()).then(|| (region.to_owned(), account.to_owned()))
        }
        Value::Array(items) => items.iter().find_map(home),
        Value::Object(members) => members.values().find_map(home),
        _ => None,
    }
}

impl PlannedStep {
    fn new(name: &str) -> Self {
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
