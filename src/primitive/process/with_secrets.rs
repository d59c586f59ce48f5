//! A process with its secrets: fetched before it runs, and taken out of all that it says.

use std::collections::BTreeMap;

use crate::primitive::secret_ref::{fetch, predict};
use crate::primitive::{Context, Progress};
use crate::scrub::Scrub;
use crate::vocabulary::{Fault, Stop};
use crate::world::{ProcessCommand, ProcessOutput, Stream};

/// Most of an output that a world keeps.
const OUTPUT: usize = 1 << 20;
/// A line of this length may be a piece of a longer one.
const PIECE: usize = 16 * 1024 - 8;

/// A command whose secrets are fetched, and what takes them out of its output.
pub(super) struct WithSecrets {
    pub command: ProcessCommand,
    scrub: Scrub,
}

impl WithSecrets {
    /// Fetches the secrets.
    ///
    /// # Errors
    /// As [`fetch`].
    pub fn new(
        mut command: ProcessCommand,
        secret_env: &BTreeMap<String, String>,
        cx: &Context<'_>,
    ) -> Result<WithSecrets, Stop> {
        let mut scrub = Scrub::default();
        for (name, reference) in secret_env {
            let value = fetch(cx, reference, &mut scrub)?;
            command.env.insert(name.clone(), value.reveal().to_owned());
        }
        Ok(WithSecrets { command, scrub })
    }

    /// The process in a plan, which has no secrets to run it with: one that needs some is predicted, as one that
    /// writes is.
    ///
    /// # Errors
    /// As [`predict`].
    pub fn predicted(
        mut command: ProcessCommand,
        secret_env: &BTreeMap<String, String>,
        cx: &Context<'_>,
    ) -> Result<WithSecrets, Stop> {
        for (name, reference) in secret_env {
            let value = predict(cx, reference)?;
            command.env.insert(name.clone(), value.reveal().to_owned());
        }
        command.reads &= secret_env.is_empty();
        let scrub = Scrub::default();
        Ok(WithSecrets { command, scrub })
    }

    /// Runs it, and says each line that it prints.
    ///
    /// # Errors
    /// As [`World::process`](crate::world::World::process).
    pub fn run(&self, cx: &Context<'_>) -> Result<ProcessOutput, Fault> {
        let words = self.command.words();
        let mut long = [false, false];
        let done = cx.world.process(&self.command, &mut |stream, line| {
            cx.progress(Progress {
                waiting_for: format!("`{words}` to end"),
                since: Some(cx.started),
                deadline: cx.deadline,
                until: String::new(),
                state: String::new(),
                news: Some(self.line(line, &mut long[usize::from(stream == Stream::Err)])),
            });
        });
        if self.scrub.is_empty() {
            return done;
        }
        match done {
            Ok(done) => Ok(ProcessOutput {
                stdout: self.scrub.cut_text(&done.stdout, OUTPUT),
                stderr: self.scrub.cut_text(&done.stderr, OUTPUT),
                ..done
            }),
            Err(fault) => Err(self.scrub.fault(fault)),
        }
    }

    /// A line as it is shown. A very long one comes in pieces, and a secret may lie across two of them.
    fn line(&self, line: &str, long: &mut bool) -> String {
        let line = line.trim_end_matches(['\n', '\r']);
        let piece = line.len() >= PIECE;
        let hidden = !self.scrub.is_empty() && (piece || *long);
        *long = piece;
        match hidden {
            true => "(a long line)".to_owned(),
            false => self.scrub.text(line),
        }
    }
}
