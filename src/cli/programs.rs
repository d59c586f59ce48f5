//! The programs that making a plan runs on this machine: none unseen, and none at all where the pipeline is a stranger's.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::call::{Fault, unknown};
use crate::world::live::LiveReader;
use crate::world::{Look, ProcessOutput, ReadCall, ReadProcess, Stream};

/// Looks at what is live, and takes down each program that this takes.
pub(super) struct Programs {
    reader: LiveReader,
    run: bool,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Programs {
    /// `run`: whether programs that are declared to only read are run.
    pub fn new(reader: LiveReader, run: bool) -> Programs {
        Programs {
            reader,
            run,
            seen: Arc::default(),
        }
    }

    /// The programs with their arguments, each once, as they come to be known.
    pub fn seen(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.seen)
    }
}

impl Look for Programs {
    fn look(&self, call: &ReadCall) -> Result<Value, Fault> {
        self.reader.look(call)
    }

    fn look_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        let words = command.command().words();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(&words) {
            seen.push(words.clone());
        }
        drop(seen);
        if self.run {
            return self.reader.look_process(command, output);
        }
        Ok(ProcessOutput {
            stdout: unknown(format!("what `{words}` prints")),
            stderr: unknown(format!("what `{words}` prints as errors")),
            ..ProcessOutput::default()
        })
    }
}
