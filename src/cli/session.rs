//! One process's part of a run: built, executed, ended.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::saved::Hold;
use super::{Everywhere, called, problem, surroundings};
use crate::cancel::Cancel;
use crate::journal::{Entry, Log, digest};
use crate::report::{self, Output};
use crate::run::{Claims, Failure, Run, Setup};
use crate::script::{Program, Sources};
use crate::scrub::Secrets;
use crate::vocabulary::event::Event;
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::world::World;

/// What a session needs beside the program.
pub(super) struct Session {
    pub id: String,
    pub params: Value,
    pub world: Arc<dyn World>,
    pub log: Box<dyn Log>,
    pub recorded: Vec<Entry>,
    pub cancel: Cancel,
    /// What must not be shown.
    pub secrets: Arc<Secrets>,
    pub listener: Box<dyn FnMut(&Event) + Send>,
    pub hold: Hold,
    /// Who starts it; empty: nobody whose approval would be their own.
    pub starter: String,
    /// Keeps other runs from what this one changes; `None`: there are none.
    pub claims: Option<Box<dyn Claims>>,
}

impl Session {
    /// Executes the program to its end, whatever that is.
    ///
    /// # Errors
    /// The exit code, after saying why nothing ran.
    pub fn run(self, program: &Program, everywhere: &Everywhere) -> Result<Ending, u8> {
        let (run, result) = self.execute(program, everywhere)?;
        Ok(run.finish(result))
    }

    /// Executes the program, and leaves it to the caller to end the run.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn execute(
        self,
        program: &Program,
        everywhere: &Everywhere,
    ) -> Result<(Arc<Run>, Result<Value, Failure>), u8> {
        let sources = digests(program);
        let setup = Setup {
            id: self.id,
            program: self.log.is_durable().then(|| called(everywhere)),
            pipeline: program.entry().to_owned(),
            params: self.params.clone(),
            steps: program.steps(),
            overridden: program.overridden().to_vec(),
            sources,
            plan: self.hold.digest,
            aws: surroundings::here(),
            starter: self.starter,
            world: self.world,
            log: self.log,
            recorded: self.recorded,
            cancel: self.cancel,
            secrets: self.secrets,
            listener: self.listener,
            guard: self.hold.guard,
            claims: self.claims,
        };
        let run = Run::start(setup).map_err(|e| {
            let said = problem::plain("journal", e.to_string(), None);
            problem::nothing_ran(&[said], &Sources::new(), everywhere)
        })?;
        let result = program.execute(Arc::new(Arc::clone(&run)), self.params);
        Ok((run, result))
    }
}

/// SHA-256 (hex) of every script by name.
pub(super) fn digests(program: &Program) -> BTreeMap<String, String> {
    let sources = program.sources().into_iter();
    sources.map(|(name, text)| (name, digest(&text))).collect()
}

/// Shows where in the script it went wrong, below an ending that says what. Only if it failed before anything
/// was changed: later, the causes matter more than the line.
pub(super) fn show_line(ending: &Ending, program: &Program, everywhere: &Everywhere) {
    let Some(fault) = &ending.fault else { return };
    let changed = !ending.left.is_empty() || !ending.undone.is_empty();
    let failed = ending.outcome == Outcome::Failed && !changed;
    if everywhere.output == Output::Json || !failed || ending.frames.is_empty() {
        return;
    }
    let mut said = problem::fault(fault);
    said.frames.clone_from(&ending.frames);
    // On one screen the ending above has said it; who reads standard error alone needs it all.
    if report::one_screen() {
        problem::show_place(&said, &program.sources());
    } else {
        problem::say(&[said], &program.sources(), false, everywhere);
    }
}
