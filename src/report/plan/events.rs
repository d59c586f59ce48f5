//! How the events of a run on a predicting world add up to a plan.

use jiff::Timestamp;
use serde_json::Value;

use super::builder::Builder;
use super::model::{Item, Plan, PlannedAsk, PlannedCall, PlannedStep, PlannedUndo, WhatIf};
use crate::text::arn::Arn;
use crate::vocabulary::event::{self, Event};
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Effect, Halt, Line, Observer, unknown_in};

impl Plan {
    /// Reads a plan from all events of a run on a predicting world.
    pub fn from_events(events: &[Event]) -> Self {
        let mut builder = Builder::new(events);
        for event in events {
            builder.observe(event);
        }
        builder.finish()
    }

    /// Reads a plan on which `faults` go wrong; `ending`: how the run ended.
    pub fn what_if(events: &[Event], faults: Vec<String>, ending: &Ending) -> Self {
        let mut plan = Plan::from_events(events);
        let unknown = matches!(ending.halt, Some(Halt::Unknown { .. }));
        plan.what_if = Some(WhatIf {
            faults,
            outcome: ending.outcome,
            exit_code: (!unknown).then_some(ending.exit_code),
            undone: ending.undone.clone(),
            left: ending.left.clone(),
        });
        plan
    }
}

impl Observer for Builder {
    fn on_started(&mut self, _: Timestamp, event: &event::Started) {
        self.plan.pipeline.clone_from(&event.pipeline);
        self.plan.params.clone_from(&event.params);
        self.plan.overridden.clone_from(&event.overridden);
        let steps = event.steps.iter();
        self.plan.steps = steps.map(|name| PlannedStep::new(name)).collect();
    }

    fn on_title(&mut self, _: Timestamp, event: &event::Title) {
        self.plan.title = Some(event.text.clone());
    }

    fn on_step_started(&mut self, _: Timestamp, event: &event::StepStarted) {
        let at = self.place_for(&event.step);
        self.plan.steps[at].reached = true;
        self.plan.steps[at].depth = event.depth;
        self.open.push(at);
        self.latest = Some(event.step.clone());
    }

    fn on_step_ended(&mut self, _: Timestamp, _: &event::StepEnded) {
        self.open.pop();
    }

    fn on_note(&mut self, _: Timestamp, event: &event::Note) {
        // What an undo remarks is said by what it does.
        if self.undoing.is_some() {
            return;
        }
        let at = self.step(event.step.as_deref());
        if !self.acted.contains(&at) {
            self.plan.steps[at].notes.push(event.text.clone());
        }
    }

    fn on_call(&mut self, _: Timestamp, call: &event::Call) {
        if call.undoing {
            if let (Some(at), Effect::Write | Effect::Wait) = (self.undoing, call.effect) {
                self.plan.undo[at].calls.push(planned(call));
            }
            return;
        }
        let write = (call.effect == Effect::Write).then(|| call.line.verb.clone());
        self.effects.insert(call.key.clone(), write);
        match call.effect {
            Effect::Write => {
                self.writes.insert(call.key.clone(), self.plan.writes.len());
                for undo in self.plan.undo.iter_mut().filter(|u| u.after.is_none()) {
                    undo.after = Some(call.line.verb.clone());
                }
                self.plan.writes.push(planned(call));
            }
            Effect::Wait => self.plan.waits.push(planned(call)),
            Effect::Read | Effect::Ask => {}
        }
        self.list(call);
    }

    fn on_asked(&mut self, _: Timestamp, event: &event::Asked) {
        let question = &event.question;
        let step = self.open.last().map(|at| self.plan.steps[*at].name.clone());
        let word = typed(question.word.as_deref());
        if let Some((at, n)) = self.calls.get(&question.id) {
            let item = &mut self.plan.steps[*at].items[*n];
            item.roles.clone_from(&question.roles);
            item.line.object.clone_from(&question.title);
            item.line.detail = word;
        } else {
            let at = self.step(step.as_deref());
            let line = Line {
                object: question.title.clone(),
                detail: word,
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

    fn on_undo_registered(&mut self, _: Timestamp, event: &event::UndoRegistered) {
        self.plan.undo.push(PlannedUndo {
            label: event.label.clone(),
            step: event.step.clone(),
            after: None,
            calls: Vec::new(),
            fault: None,
            variants: Vec::new(),
        });
    }

    fn on_undo_started(&mut self, _: Timestamp, event: &event::UndoStarted) {
        let undos = &self.plan.undo[..self.undoing.unwrap_or(self.plan.undo.len())];
        self.undoing = undos.iter().rposition(|undo| undo.label == event.label);
    }

    fn on_undo_ended(&mut self, _: Timestamp, event: &event::UndoEnded) {
        if let (Some(fault), Some(at)) = (&event.fault, self.undoing) {
            self.plan.undo[at].fault = Some(fault.message.clone());
        }
    }

    fn on_returned(&mut self, _: Timestamp, event: &event::Returned) {
        let Ok(output) = &event.result else { return };
        self.registered(&event.key, output);
        if let Value::String(text) = output
            && unknown_in(text).is_some()
        {
            self.predicted(&event.key);
        }
        if self.undoing.is_none() {
            match self.effects.get(&event.key) {
                Some(Some(operation)) => self.costs.wrote(operation, output),
                _ => self.costs.read(output),
            }
        }
        if self.plan.account.is_none()
            && let Some((region, account)) = home(output)
        {
            self.plan.region = Some(region);
            self.plan.account = Some(account);
        }
    }

    fn on_finished(&mut self, _: Timestamp, event: &event::Finished) {
        let ending = &event.ending;
        match (&ending.halt, self.undoing) {
            // The way on which everything goes well was at its end: only an undo is not foreseen.
            (Some(halt @ Halt::Unknown { .. }), Some(at)) if ending.fault.is_none() => {
                self.plan.undo[at].fault = Some(halt.to_string());
            }
            _ => self.plan.ended = self.end(ending),
        }
    }
}

fn planned(call: &event::Call) -> PlannedCall {
    PlannedCall {
        step: call.step.clone(),
        effect: call.effect,
        primitive: call.primitive.clone(),
        operation: call.line.verb.clone(),
        input: call.input.clone(),
        line: call.line.clone(),
    }
}

/// The remark that a question must be approved by typing a word; empty: it need not.
fn typed(word: Option<&str>) -> String {
    word.map_or_else(String::new, |word| format!(", by typing {word}"))
}

/// Region and account of the first ECS resource in a result.
fn home(output: &Value) -> Option<(String, String)> {
    match output {
        Value::String(text) => {
            let arn = Arn::parse(text).filter(|arn| arn.service == "ecs")?;
            let (region, account) = arn.place()?;
            Some((region.to_owned(), account.to_owned()))
        }
        Value::Array(items) => items.iter().find_map(home),
        Value::Object(members) => members.values().find_map(home),
        _ => None,
    }
}
