//! A plan that was saved, and a run that is held to it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Format, Wrong};
use crate::vocabulary::event::{self, Event, EventKind};
use crate::vocabulary::{Effect, unknown_in};

mod facts;
mod fail_after_write;
mod matching;
mod outdated;
mod plan_guard;
mod seal;

pub use facts::Fact;
pub use fail_after_write::{FailAfterWrite, FailedWrite};
pub use outdated::outdated;
pub use plan_guard::PlanGuard;

use facts::Facts;
use matching::{ids, is_name, texts};

/// Version of the saved format.
pub const SAVED_VERSION: u32 = 1;

/// A plan as it is saved: everything that a run must not differ in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// [`SAVED_VERSION`].
    pub version: u32,
    /// Path of the pipeline.
    pub pipeline: String,
    /// What the script says that it deploys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Parameter values.
    pub params: Value,
    /// SHA-256 (hex) of every script by name.
    pub scripts: BTreeMap<String, String>,
    /// What was found in the world.
    pub relies_on: Vec<Fact>,
    /// Every write and every question, in order.
    pub calls: Vec<SavedCall>,
    /// The writes by which it would be undone.
    pub undo: Vec<SavedCall>,
    /// The writes that the script makes by itself once something has failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery: Vec<SavedCall>,
    /// The writes at the end of a run that goes well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closing: Vec<SavedCall>,
    /// Texts of answers that the script had the plan assume: the run gets others in their place.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub assumed: BTreeSet<String>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Timestamp>,
    /// Until when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// SHA-256 (hex) over all of it but this.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

/// A call that is planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedCall {
    /// Path of the parallel branch that makes it.
    pub branch: String,
    /// The step it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// A write or a question.
    pub effect: Effect,
    /// `ecs::update_service`.
    pub primitive: String,
    /// How it reads: `UpdateService catalog-service`.
    pub name: String,
    /// Its input.
    pub input: Value,
    /// Paths in the input whose text only the run can know, and the plan predicted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predicted: Vec<String>,
    /// Predicted names in its output that later calls use, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gives: BTreeMap<String, String>,
}

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

    /// Reads a saved plan.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let no_plan = |wrong: Wrong| format!("it is no saved plan: {wrong}");
        let versioned: Versioned = Format::Json.typed(text).map_err(no_plan)?;
        if versioned.version != SAVED_VERSION {
            return Err(format!(
                "it has format {}, and this deployer reads format {SAVED_VERSION}",
                versioned.version
            ));
        }
        Format::Json.typed(text).map_err(no_plan)
    }

    /// How the scripts that would run differ from the planned ones, one sentence each.
    pub fn changed_scripts(&self, now: &BTreeMap<String, String>) -> Vec<String> {
        let names: BTreeSet<&String> = self.scripts.keys().chain(now.keys()).collect();
        let change = |name: &&String| match (self.scripts.get(*name), now.get(*name)) {
            (Some(then), Some(now)) if then == now => None,
            (Some(_), Some(_)) => Some(format!("{name} has changed since the plan was made")),
            (None, _) => Some(format!("{name} is used, which the plan does not know")),
            (_, None) => Some(format!("{name} is not used any more")),
        };
        names.iter().filter_map(change).collect()
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
    /// Effect and input by key.
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
/// The primitive that tells the time.
const CLOCK: &str = "time::now";
/// The primitive that runs processes.
const PROCESS: &str = "process::run";

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
            saving.take(&event.kind);
        }
        saving
    }

    fn take(&mut self, event: &EventKind) {
        match event {
            EventKind::Started(event::Started {
                pipeline, params, ..
            }) => {
                self.plan.pipeline.clone_from(pipeline);
                self.plan.params.clone_from(params);
                self.know(params);
            }
            EventKind::Title(event::Title { text }) => self.plan.title = Some(text.clone()),
            EventKind::Call(event::Call {
                key,
                primitive,
                effect,
                input,
                line,
                step,
                undoing,
                closing,
                ..
            }) => {
                self.inputs.insert(key.clone(), (*effect, input.clone()));
                if primitive == CLOCK {
                    self.clocks.insert(key.clone());
                }
                if primitive == PROCESS && *effect == Effect::Read {
                    self.looks.insert(key.clone());
                }
                self.make_up(input);
                if matches!(effect, Effect::Write | Effect::Ask) {
                    let call = SavedCall {
                        branch: branch(key).to_owned(),
                        step: step.clone(),
                        effect: *effect,
                        primitive: primitive.clone(),
                        name: format!("{} {}", line.verb, line.object).trim().to_owned(),
                        input: input.clone(),
                        predicted: self.predicted_in(input),
                        gives: BTreeMap::new(),
                    };
                    if *closing {
                        self.plan.closing.push(call);
                    } else if *undoing {
                        self.plan.undo.push(call);
                    } else {
                        self.calls.insert(key.clone(), self.plan.calls.len());
                        self.plan.calls.push(call);
                    }
                }
                if *effect == Effect::Write && !closing {
                    self.facts.wrote(input);
                }
                // What a call is told to assume is no more certain for standing in the script.
                let mut said = input.clone();
                if let Some(said) = said.as_object_mut() {
                    said.remove("assume");
                }
                self.know(&said);
            }
            EventKind::Returned(event::Returned {
                key,
                result: Ok(output),
                ..
            }) => self.returned(key, output),
            _ => {}
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
            let tail = crate::primitive::resource_cache::short(text);
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
                let tail = crate::primitive::resource_cache::short(name);
                taken.iter().any(|text| text.contains(tail))
            });
        }
    }
}

/// The branch of a journal key: `0` of `0:12`.
fn branch(key: &str) -> &str {
    key.rsplit_once(':').map_or(key, |(branch, _)| branch)
}
