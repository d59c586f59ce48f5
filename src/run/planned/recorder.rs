//! How the events of runs on a predicting world add up to a plan that can be saved.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;

use super::facts::Facts;
use super::matching::{ids, is_name, texts};
use super::saved::{SAVED_VERSION, SavedCall, SavedPlan};
use crate::primitive::{PlannedAnswer, of_recorded};
use crate::text::arn::short_name;
use crate::vocabulary::event::{self, Event};
use crate::vocabulary::{Effect, Observer, unknown_in};

impl SavedPlan {
    /// A plan from all events of a run on a predicting world; `failing`: those of runs that failed there on purpose,
    /// each behind the write of its number. `scripts`: digests by name. `live`: every text
    /// that was really read; names that come from anywhere else are predicted.
    pub fn from_events(
        events: &[Event],
        failing: &[Vec<Event>],
        scripts: BTreeMap<String, String>,
        live: &BTreeSet<String>,
    ) -> Self {
        let mut saving = PlanRecorder::of(events, scripts, live);
        for (write, events) in failing.iter().enumerate() {
            let other = PlanRecorder::of(events, BTreeMap::new(), live).plan;
            unite(&mut saving.plan.undo, other.undo);
            // What the script itself does once it has failed comes behind the write that it failed behind.
            let writes = other
                .calls
                .into_iter()
                .filter(|call| call.effect == Effect::Write);
            unite(&mut saving.plan.recovery, writes.skip(write + 1).collect());
        }
        saving.forget_unused();
        saving.plan
    }
}

/// Adds the writes that the list does not have.
fn unite(list: &mut Vec<SavedCall>, more: Vec<SavedCall>) {
    for call in more {
        let same = |other: &SavedCall| {
            other.primitive == call.primitive
                && other.name == call.name
                && other.input == call.input
        };
        if call.effect == Effect::Write && !list.iter().any(same) {
            list.push(call);
        }
    }
}

/// Folds events into a saved plan.
struct PlanRecorder {
    plan: SavedPlan,
    facts: Facts,
    /// Texts that nobody had to predict: read live, or written in the script.
    known: BTreeSet<String>,
    /// Names that the predicting world has given.
    predicted: BTreeSet<String>,
    /// Effect and input of each call, by its key.
    inputs: HashMap<String, (Effect, Value)>,
    /// Places in the plan by key.
    calls: HashMap<String, usize>,
    /// Keys of calls that ask for the time.
    clocks: HashSet<String>,
    /// Keys of processes that were run, because they only read.
    looks: HashSet<String>,
}

/// Texts of assumed answers that are shorter are told from no others.
const SHORTEST: usize = 4;

impl PlanRecorder {
    /// Takes in all events of a run.
    fn of(
        events: &[Event],
        scripts: BTreeMap<String, String>,
        live: &BTreeSet<String>,
    ) -> PlanRecorder {
        let mut saving = PlanRecorder {
            plan: SavedPlan {
                version: SAVED_VERSION,
                pipeline: String::new(),
                title: None,
                params: Value::Null,
                scripts,
                relies_on: Vec::new(),
                calls: Vec::new(),
                undo: Vec::new(),
                recovery: Vec::new(),
                closing: Vec::new(),
                assumed: BTreeSet::new(),
                made: None,
                expires: None,
                digest: String::new(),
            },
            facts: Facts::default(),
            known: live.clone(),
            predicted: BTreeSet::new(),
            inputs: HashMap::new(),
            calls: HashMap::new(),
            clocks: HashSet::new(),
            looks: HashSet::new(),
        };
        for event in events {
            saving.observe(event);
        }
        saving
    }

    /// A write or a question is planned: in its order, as an undo, or for the end.
    fn plan_call(&mut self, call: &event::Call) {
        let (verb, object) = (&call.line.verb, &call.line.object);
        let planned = SavedCall {
            branch: branch(&call.key).to_owned(),
            step: call.step.clone(),
            effect: call.effect,
            primitive: call.primitive.clone(),
            name: format!("{verb} {object}").trim().to_owned(),
            input: call.input.clone(),
            predicted: self.predicted_in(&call.input),
            gives: BTreeMap::new(),
        };
        if call.closing {
            self.plan.closing.push(planned);
        } else if call.undoing {
            self.plan.undo.push(planned);
        } else {
            self.calls.insert(call.key.clone(), self.plan.calls.len());
            self.plan.calls.push(planned);
        }
    }

    fn returned(&mut self, key: &str, output: &Value) {
        if self.clocks.contains(key) {
            return self.dated(output);
        }
        if self.looks.contains(key) {
            // It was really run: what it printed is as certain as what AWS answered.
            self.know(output);
        }
        let Some((effect, input)) = self.inputs.get(key) else {
            return;
        };
        if *effect == Effect::Read {
            for fact in self.facts.read(input, output) {
                // What the plan itself has brought about is none.
                let read = fact.is_setting() || self.known.contains(&fact.is);
                if read && !self.plan.relies_on.contains(&fact) {
                    self.plan.relies_on.push(fact);
                }
            }
        }
        if output["assumed"] == true {
            self.assume(output);
        }
        let mut found = Vec::new();
        texts(output, String::new(), &mut found);
        found.retain(|(_, text)| is_name(text) && !self.known.contains(text));
        for (_, text) in &found {
            self.predicted.insert(text.clone());
            let tail = short_name(text);
            if is_name(tail) && !self.known.contains(tail) {
                self.predicted.insert(tail.to_owned());
            }
        }
        if let Some(at) = self.calls.get(key) {
            self.plan.calls[*at].gives = found.into_iter().collect();
        }
    }

    /// The time at which it runs is predicted, too, and the names that a script makes of it: the day as people
    /// write it into them.
    fn dated(&mut self, now: &Value) {
        if let Some(at) = now.as_str().and_then(|at| at.parse::<Timestamp>().ok()) {
            for form in ["%Y-%m-%d", "%Y%m%d"] {
                self.predicted.insert(at.strftime(form).to_string());
            }
        }
    }

    /// What a script had the plan assume of an answer.
    fn assume(&mut self, output: &Value) {
        let mut found = Vec::new();
        texts(output, String::new(), &mut found);
        for (_, text) in found {
            if text.len() >= SHORTEST && !self.known.contains(&text) {
                self.predicted.insert(text.clone());
                self.plan.assumed.insert(text);
            }
        }
    }

    /// Once the time was asked for, a script can make names of it that are like nothing that was there before:
    /// the run will make others.
    fn make_up(&mut self, input: &Value) {
        if self.clocks.is_empty() {
            return;
        }
        let mut found = Vec::new();
        texts(input, String::new(), &mut found);
        for part in found.iter().flat_map(|(_, text)| ids(text)) {
            if !self.known.iter().any(|text| text.contains(part)) {
                self.predicted.insert(part.to_owned());
            }
        }
    }

    fn know(&mut self, value: &Value) {
        let mut found = Vec::new();
        texts(value, String::new(), &mut found);
        for (_, text) in found {
            if !self.predicted.iter().any(|name| text.contains(name)) {
                self.known.insert(text);
            }
        }
    }

    fn predicted_in(&self, input: &Value) -> Vec<String> {
        let mut found = Vec::new();
        texts(input, String::new(), &mut found);
        found.retain(|(_, text)| {
            let predicted = || self.predicted.iter().any(|name| text.contains(name));
            unknown_in(text).is_some() || (!self.known.contains(text) && predicted())
        });
        found.into_iter().map(|(path, _)| path).collect()
    }

    /// Of the names that calls give, only those matter that others take.
    fn forget_unused(&mut self) {
        let mut taken = Vec::new();
        let undone = self.plan.undo.iter().chain(&self.plan.recovery);
        for call in self.plan.calls.iter().chain(undone) {
            let mut found = Vec::new();
            texts(&call.input, String::new(), &mut found);
            found.retain(|(path, _)| call.predicted.contains(path));
            taken.extend(found.into_iter().map(|(_, text)| text));
        }
        for call in &mut self.plan.calls {
            call.gives.retain(|_, name| {
                let tail = short_name(name);
                taken.iter().any(|text| text.contains(tail))
            });
        }
    }
}

impl Observer for PlanRecorder {
    fn on_started(&mut self, _: Timestamp, event: &event::Started) {
        self.plan.pipeline.clone_from(&event.pipeline);
        self.plan.params.clone_from(&event.params);
        self.know(&event.params);
    }

    fn on_title(&mut self, _: Timestamp, event: &event::Title) {
        self.plan.title = Some(event.text.clone());
    }

    fn on_call(&mut self, _: Timestamp, call: &event::Call) {
        let input = &call.input;
        self.inputs
            .insert(call.key.clone(), (call.effect, input.clone()));
        match of_recorded(&call.primitive, input, |call| call.planned_answer()) {
            Some(PlannedAnswer::Time) => drop(self.clocks.insert(call.key.clone())),
            Some(PlannedAnswer::Real) => drop(self.looks.insert(call.key.clone())),
            Some(PlannedAnswer::Predicted) | None => {}
        }
        self.make_up(input);
        if matches!(call.effect, Effect::Write | Effect::Ask) {
            self.plan_call(call);
        }
        if call.effect == Effect::Write && !call.closing {
            self.facts.wrote(input);
        }
        // What a call is told to assume is no more certain for standing in the script.
        let mut certain = input.clone();
        if let Some(certain) = certain.as_object_mut() {
            certain.remove("assume");
        }
        self.know(&certain);
    }

    fn on_returned(&mut self, _: Timestamp, event: &event::Returned) {
        if let Ok(output) = &event.result {
            self.returned(&event.key, output);
        }
    }
}

/// The branch of a journal key: `0` of `0:12`.
fn branch(key: &str) -> &str {
    key.rsplit_once(':').map_or(key, |(branch, _)| branch)
}
