//! Predicts a run: executes the pipeline in a world that predicts, and lets it fail after each of its writes as well.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::pipeline::PreparedPipeline;
use super::plan_binding::PlanBinding;
use super::session::{Session, digests};
use crate::cancel::Cancel;
use crate::cli::error::CommandResult;
use crate::cli::global::GlobalArgs;
use crate::run::guard::Guard;
use crate::run::planned::{FailAfterWrite, SavedPlan};
use crate::scrub::Secrets;
use crate::sync::Lock;
use crate::vocabulary::Fault;
use crate::vocabulary::Residue;
use crate::vocabulary::event::Event;
use crate::vocabulary::outcome::Ending;
use crate::world::World;
use crate::world::predicted::PlanWorld;
use crate::world::simulated::Simulated;

/// At most so many failures are predicted: a pipeline with more writes repeats itself.
const MOST_FAILURES: usize = 200;

/// Predicts what a pipeline does.
pub(in crate::cli) struct Predictor<'a> {
    pub prepared: &'a PreparedPipeline,
    pub cancel: Cancel,
    pub secrets: Arc<Secrets>,
    pub global: &'a GlobalArgs,
}

/// The world that a pipeline is predicted in.
#[derive(Clone)]
pub(in crate::cli) enum PredictionWorld {
    /// A plan: reads reach AWS, writes are simulated.
    Plan(PlanWorld),
    /// A rehearsal's: what `--what-if` does to a fixture's cloud.
    Rehearsal(Simulated),
}

impl PredictionWorld {
    fn world(&self) -> Arc<dyn World> {
        match self {
            PredictionWorld::Plan(world) => Arc::new(world.clone()),
            PredictionWorld::Rehearsal(world) => Arc::new(world.clone()),
        }
    }

    /// The faults that have met nothing, each with why.
    pub fn missed_faults(&self) -> Vec<Fault> {
        match self {
            PredictionWorld::Plan(world) => world.missed_faults(),
            PredictionWorld::Rehearsal(world) => world.missed_faults(),
        }
    }

    /// Every text in the answers that were really read.
    fn read_live(&self) -> BTreeSet<String> {
        match self {
            PredictionWorld::Plan(world) => world.read_live(),
            PredictionWorld::Rehearsal(_) => BTreeSet::new(),
        }
    }
}

/// What a pipeline does, as predicted.
pub(in crate::cli) struct Prediction {
    pub world: PredictionWorld,
    pub events: Vec<Event>,
    pub ending: Ending,
    /// Writes that no undo of the script takes back.
    pub not_undone: Vec<Residue>,
}

impl Prediction {
    /// The plan as it is saved. `failing`: the same pipeline, failing after each write.
    pub fn saved(
        &self,
        failing: &[(String, Prediction)],
        prepared: &PreparedPipeline,
    ) -> SavedPlan {
        let failing = failing.iter().map(|(_, prediction)| prediction);
        let all = failing.clone().chain([self]);
        let live: BTreeSet<String> = all.flat_map(|it| it.world.read_live()).collect();
        let failing: Vec<Vec<Event>> = failing.map(|it| it.events.clone()).collect();
        SavedPlan::from_events(&self.events, &failing, digests(&prepared.program), &live)
    }
}

impl Predictor<'_> {
    /// Predicts the pipeline in `world`. `undo`: if it succeeds, predicts every undo as well.
    ///
    /// # Errors
    /// Why nothing ran.
    pub fn of(&self, world: PredictionWorld, undo: bool) -> CommandResult<Prediction> {
        self.run(world, PlanBinding::default(), undo)
    }

    /// Predicts the pipeline once for each of its writes, failing after that write: which undos run depends on how far
    /// it came. `world` makes a world for each. Returns each write, as a plan shows it, and the prediction.
    ///
    /// # Errors
    /// As [`Predictor::of`].
    pub fn failing(
        &self,
        world: impl Fn() -> Result<PredictionWorld, Fault>,
    ) -> CommandResult<Vec<(String, Prediction)>> {
        let mut found = Vec::new();
        for write in 0..MOST_FAILURES {
            // A world that could be made for the plan can be made again.
            let Ok(world) = world() else { break };
            let (guard, struck) = FailAfterWrite::behind(write);
            let binding = PlanBinding {
                guard: Some(Box::new(guard) as Box<dyn Guard>),
                digest: None,
            };
            let prediction = self.run(world, binding, false)?;
            let Some(write) = struck.write() else { break };
            found.push((write, prediction));
        }
        Ok(found)
    }

    fn run(
        &self,
        world: PredictionWorld,
        binding: PlanBinding,
        undo: bool,
    ) -> CommandResult<Prediction> {
        let events: Arc<Mutex<Vec<Event>>> = Arc::default();
        let heard = Arc::clone(&events);
        let session = Session {
            id: "plan".into(),
            params: self.prepared.params.clone(),
            world: world.world(),
            log: Box::new(Vec::new()),
            recorded: Vec::new(),
            cancel: self.cancel.clone(),
            secrets: Arc::clone(&self.secrets),
            listener: Box::new(move |event| {
                heard.locked().push(event.clone());
            }),
            binding,
            starter: String::new(),
            claims: None,
        };
        let (run, result) = session.execute(&self.prepared.program, self.global)?;
        let result = run.unless_finished(result);
        let mut not_undone = Vec::new();
        if result.is_ok() && undo {
            let _predicted = run.finalize_success();
            // This world is not real: executing every undo shows what it would do. What cannot be predicted of
            // one is in the events.
            let _predicted = run.undo_all();
            not_undone = run.left();
            not_undone.retain(|left| !left.harmless && !left.notification);
        }
        let ending = run.finish(result);
        let mut events = events.locked();
        Ok(Prediction {
            world,
            events: std::mem::take(&mut *events),
            ending,
            not_undone,
        })
    }
}
