//! The programs that making a plan runs on this machine: none unseen, and none at all where the pipeline is a stranger's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::vocabulary::{Fault, Retry, unknown};
use crate::world::live::LiveReader;
use crate::world::{Look, ProcessOutput, ReadCall, ReadProcess, Stream};

/// Looks at what is live, once at each thing however many plans are made of it, and takes down each program that this
/// takes.
#[derive(Clone)]
pub(super) struct Programs {
    reader: Arc<LiveReader>,
    run: bool,
    seen: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
}

/// What a look has shown.
#[derive(Clone)]
enum Answer {
    Aws(Result<Value, Fault>),
    Process(Result<ProcessOutput, Fault>),
}

impl Answer {
    /// Whether it is a fault that passes.
    fn passes(&self) -> bool {
        let fault = match self {
            Answer::Aws(answer) => answer.as_ref().err(),
            Answer::Process(answer) => answer.as_ref().err(),
        };
        fault.is_some_and(|fault| fault.retry != Retry::Never)
    }
}

impl Programs {
    /// `run`: whether programs that are declared to only read are run.
    pub fn new(reader: LiveReader, run: bool) -> Programs {
        Programs {
            reader: Arc::new(reader),
            run,
            seen: Arc::default(),
            answers: Arc::default(),
        }
    }

    fn remembered(&self, about: String, look: impl FnOnce() -> Answer) -> Answer {
        let known = || self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(&about) {
            return answer.clone();
        }
        let answer = look();
        // What failed in passing may go well the next time.
        if !answer.passes() {
            known().insert(about, answer.clone());
        }
        answer
    }

    /// The programs with their arguments, each once, as they come to be known.
    pub fn seen(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.seen)
    }
}

impl Look for Programs {
    fn look(&self, call: &ReadCall) -> Result<Value, Fault> {
        let about = serde_json::to_string(call.call()).unwrap_or_default();
        match self.remembered(about, || Answer::Aws(self.reader.look(call))) {
            Answer::Aws(answer) => answer,
            Answer::Process(_) => Ok(Value::Null),
        }
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
            let about = serde_json::to_string(command.command()).unwrap_or_default();
            let answer = self.remembered(about, || {
                Answer::Process(self.reader.look_process(command, output))
            });
            return match answer {
                Answer::Process(answer) => answer,
                Answer::Aws(_) => Ok(ProcessOutput::default()),
            };
        }
        Ok(ProcessOutput {
            stdout: unknown(format!("what `{words}` prints")),
            stderr: unknown(format!("what `{words}` prints as errors")),
            ..ProcessOutput::default()
        })
    }
}
