//! What comes of a pipeline: it is run on a world that predicts, and there it fails behind each of its writes as well.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::Everywhere;
use super::pipeline::Prepared;
use super::saved::Hold;
use super::session::{Session, digests};
use crate::cancel::Cancel;
use crate::run::guard::Guard;
use crate::run::planned::{FailAfterWrite, SavedPlan};
use crate::scrub::Secrets;
use crate::vocabulary::event::Event;
use crate::vocabulary::outcome::Ending;
use crate::vocabulary::{Fault, Left};
use crate::world::simulated::Simulated;

/// Writes behind which a failure is looked at, at most: a pipeline with more repeats itself.
const MOST: usize = 200;

/// A pipeline that is run on predicting worlds.
pub(super) struct Foresight<'a> {
    pub prepared: &'a Prepared,
    pub cancel: Cancel,
    pub secrets: Arc<Secrets>,
    pub everywhere: &'a Everywhere,
}

/// What comes of a pipeline on a predicting world.
pub(super) struct Foreseen {
    pub world: Simulated,
    pub events: Vec<Event>,
    pub ending: Ending,
    /// What nothing would take back.
    pub not_undone: Vec<Left>,
}

impl Foreseen {
    /// The plan as it is saved; `failing`: what comes of the same where it fails.
    pub fn saved(&self, failing: &[(String, Foreseen)], prepared: &Prepared) -> SavedPlan {
        let failing = failing.iter().map(|(_, foreseen)| foreseen);
        let all = failing.clone().chain([self]);
        let live: BTreeSet<String> = all.flat_map(|it| it.world.read_live()).collect();
        let failing: Vec<Vec<Event>> = failing.map(|it| it.events.clone()).collect();
        SavedPlan::from_events(&self.events, &failing, digests(&prepared.program), &live)
    }
}

impl Foresight<'_> {
    /// Runs the pipeline. `undo`: and then every undo, where all goes well.
    ///
    /// # Errors
    /// The exit code, after saying why nothing ran.
    pub fn of(&self, world: Simulated, undo: bool) -> Result<Foreseen, u8> {
        self.run(world, Hold::default(), undo)
    }

    /// Runs the pipeline once for each of its writes, and has it fail behind that: what is undone depends on how far it
    /// came. `world` makes a world for each. Returns the writes, as they read, and what comes of each failure.
    ///
    /// # Errors
    /// As [`Foresight::of`].
    pub fn failing(
        &self,
        world: impl Fn() -> Result<Simulated, Fault>,
    ) -> Result<Vec<(String, Foreseen)>, u8> {
        let mut found = Vec::new();
        for write in 0..MOST {
            // A world that could be made for the plan can be made again.
            let Ok(world) = world() else { break };
            let (guard, struck) = FailAfterWrite::behind(write);
            let hold = Hold {
                guard: Some(Box::new(guard) as Box<dyn Guard>),
                digest: None,
            };
            let foreseen = self.run(world, hold, false)?;
            let Some(write) = struck.write() else { break };
            found.push((write, foreseen));
        }
        Ok(found)
    }

    fn run(&self, world: Simulated, hold: Hold, undo: bool) -> Result<Foreseen, u8> {
        let events: Arc<Mutex<Vec<Event>>> = Arc::default();
        let kept = Arc::clone(&events);
        let session = Session {
            id: "plan".into(),
            params: self.prepared.params.clone(),
            world: Arc::new(world.clone()),
            log: Box::new(Vec::new()),
            recorded: Vec::new(),
            cancel: self.cancel.clone(),
            secrets: Arc::clone(&self.secrets),
            listener: Box::new(move |event| {
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(event.clone());
            }),
            hold,
            starter: String::new(),
            claims: None,
        };
        let (run, result) = session.execute(&self.prepared.program, self.everywhere)?;
        let result = run.unless_finished(result);
        let mut not_undone = Vec::new();
        if result.is_ok() && undo {
            let _foreseen = run.finalize_success();
            // Nothing is at stake in this world: what every undo would do is found out by doing it. What cannot
            // be foreseen of one is in the events.
            let _foreseen = run.undo_all();
            not_undone = run.left();
            not_undone.retain(|left| !left.harmless && !left.notification);
        }
        let ending = run.finish(result);
        let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Foreseen {
            world,
            events: std::mem::take(&mut *events),
            ending,
            not_undone,
        })
    }
}
