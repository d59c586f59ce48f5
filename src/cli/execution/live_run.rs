//! Executes a run against the live world: a new one, or one that is resumed.

use std::sync::Arc;

use serde_json::Value;

use super::answers::{self, AnswerSources};
use super::claims::RunClaims;
use super::plan_binding::PlanBinding;
use super::session::{Session, print_failed_line};
use super::{aws_identity, signals};
use crate::cancel::Cancel;
use crate::cli::error::CommandResult;
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::journal::{Entry, FileLog, RunDir};
use crate::report::{self, Console};
use crate::script::Program;
use crate::world::live::Live;

/// A run that is about to be executed.
pub(in crate::cli) struct LiveRun<'a> {
    pub program: &'a Program,
    pub params: Value,
    pub dir: &'a RunDir,
    /// Where new entries of the journal go.
    pub log: FileLog,
    /// Entries of the journal that are replayed first; empty: the run is new.
    pub recorded: Vec<Entry>,
}

impl LiveRun<'_> {
    /// Executes the run to its end. Returns the exit code of its outcome.
    ///
    /// # Errors
    /// Why nothing ran.
    pub fn execute(self, global: &GlobalArgs) -> CommandResult {
        let binding = PlanBinding::of(self.dir, &self.recorded)?;
        let cancel = Cancel::default();
        let Console {
            mut reporter,
            prompter,
            notice,
        } = report::console(global.output, global.detail());
        signals::listen(&cancel, notice);
        let people = AnswerSources {
            dir: self.dir.clone(),
            prompter,
            cancel: cancel.clone(),
        };
        let secrets = Arc::new(aws_identity::secrets());
        let world = Live::new(cancel.clone(), Box::new(people), Arc::clone(&secrets));
        let session = Session {
            id: self.dir.id(),
            params: self.params,
            world: Arc::new(world),
            log: Box::new(self.log),
            recorded: self.recorded,
            cancel,
            secrets,
            listener: Box::new(move |event| reporter.event(event)),
            binding,
            starter: answers::user(),
            claims: Some(Box::new(RunClaims::of(self.dir.id(), global))),
        };
        let ending = session.run(self.program, global)?;
        print_failed_line(&ending, self.program, global);
        Ok(ExitCode::from(ending.exit_code))
    }
}
