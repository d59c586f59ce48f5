//! The part of a run that one process executes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::aws_identity;
use super::plan_binding::PlanBinding;
use crate::cancel::Cancel;
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::global::GlobalArgs;
use crate::cli::print;
use crate::journal::{Entry, Log, digest};
use crate::report::diagnostic::Problem;
use crate::report::{self, Output};
use crate::run::{Claims, Failure, Run, RunSetup};
use crate::script::Program;
use crate::scrub::Secrets;
use crate::vocabulary::event::Event;
use crate::vocabulary::outcome::{Ending, Outcome};
use crate::world::World;

/// What a session needs beside the program.
pub(in crate::cli) struct Session {
    pub id: String,
    pub params: Value,
    pub world: Arc<dyn World>,
    pub log: Box<dyn Log>,
    pub recorded: Vec<Entry>,
    pub cancel: Cancel,
    /// Values that are never shown.
    pub secrets: Arc<Secrets>,
    pub listener: Box<dyn FnMut(&Event) + Send>,
    pub binding: PlanBinding,
    /// Who starts it: this user may not approve it. Empty: nobody is excluded.
    pub starter: String,
    /// Keeps other runs away from what this one changes; `None` where the world is not real.
    pub claims: Option<Box<dyn Claims>>,
}

impl Session {
    /// Executes the program and ends the run.
    ///
    /// # Errors
    /// `journal`: it cannot be written, so nothing ran.
    pub fn run(self, program: &Program, global: &GlobalArgs) -> CommandResult<Ending> {
        let (run, result) = self.execute(program, global)?;
        Ok(run.finish(result))
    }

    /// Executes the program. The caller ends the run.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn execute(
        self,
        program: &Program,
        global: &GlobalArgs,
    ) -> CommandResult<(Arc<Run>, Result<Value, Failure>)> {
        let sources = digests(program);
        let setup = RunSetup {
            id: self.id,
            program: self.log.is_durable().then(|| global.program()),
            pipeline: program.entry().to_owned(),
            params: self.params.clone(),
            steps: program.steps(),
            overridden: program.overridden().to_vec(),
            sources,
            plan: self.binding.digest,
            aws: aws_identity::current(),
            starter: self.starter,
            world: self.world,
            log: self.log,
            recorded: self.recorded,
            cancel: self.cancel,
            secrets: self.secrets,
            listener: self.listener,
            guard: self.binding.guard,
            claims: self.claims,
        };
        let run = Run::start(setup);
        let run = run.map_err(|error| CommandError::message("journal", error.to_string()))?;
        let result = program.execute(Arc::new(Arc::clone(&run)), self.params);
        Ok((run, result))
    }
}

/// SHA-256 (hex) of every script by name.
pub(in crate::cli) fn digests(program: &Program) -> BTreeMap<String, String> {
    let sources = program.sources().into_iter();
    sources.map(|(name, text)| (name, digest(&text))).collect()
}

/// Prints the line of the script that failed, below the ending, which holds the message. Only a run that failed
/// before it changed anything shows it: later, the causes matter more than the line.
pub(in crate::cli) fn print_failed_line(ending: &Ending, program: &Program, global: &GlobalArgs) {
    let Some(fault) = &ending.fault else { return };
    let changed = !ending.left.is_empty() || !ending.undone.is_empty();
    let failed = ending.outcome == Outcome::Failed && !changed;
    if global.output == Output::Json || !failed || ending.frames.is_empty() {
        return;
    }
    let mut problem = Problem::from(fault);
    problem.frames.clone_from(&ending.frames);
    // On one screen the ending above shows the message; a reader of standard error alone needs all of it.
    if report::one_screen() {
        print::place(&problem, &program.sources());
    } else {
        print::warnings(&[problem], &program.sources(), global);
    }
}
