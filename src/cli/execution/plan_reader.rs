//! Reads the live world for a plan: each thing once, and each program that this runs is listed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::sync::Lock;
use crate::vocabulary::{Fault, Retry, unknown};
use crate::world::live::LiveReader;
use crate::world::{ProcessOutput, ReadCall, ReadOnlyWorld, ReadProcess, Stream};

/// Reads the live world, each thing once however many predictions need it, and lists the programs that it runs.
#[derive(Clone)]
pub(in crate::cli) struct PlanReader {
    reader: Arc<LiveReader>,
    run_programs: bool,
    seen_programs: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<HashMap<String, RememberedAnswer>>>,
}

/// The answer to a read, kept so that the same read is not made twice.
#[derive(Clone)]
enum RememberedAnswer {
    Aws(Result<Value, Fault>),
    Process(Result<ProcessOutput, Fault>),
}

impl RememberedAnswer {
    /// Whether it is a fault that may not occur the next time.
    fn is_passing_fault(&self) -> bool {
        let fault = match self {
            RememberedAnswer::Aws(answer) => answer.as_ref().err(),
            RememberedAnswer::Process(answer) => answer.as_ref().err(),
        };
        fault.is_some_and(|fault| fault.retry != Retry::Never)
    }
}

impl PlanReader {
    /// `run_programs`: whether programs that are declared to only read are run. Otherwise their output is unknown.
    pub fn new(reader: LiveReader, run_programs: bool) -> PlanReader {
        PlanReader {
            reader: Arc::new(reader),
            run_programs,
            seen_programs: Arc::default(),
            answers: Arc::default(),
        }
    }

    fn remembered(&self, key: String, read: impl FnOnce() -> RememberedAnswer) -> RememberedAnswer {
        let known = || self.answers.locked();
        if let Some(answer) = known().get(&key) {
            return answer.clone();
        }
        let answer = read();
        if !answer.is_passing_fault() {
            known().insert(key, answer.clone());
        }
        answer
    }

    /// The programs with their arguments, each once. The list grows while plans are made.
    pub fn seen_programs(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.seen_programs)
    }
}

impl ReadOnlyWorld for PlanReader {
    fn read(&self, call: &ReadCall) -> Result<Value, Fault> {
        let about = serde_json::to_string(call.call()).unwrap_or_default();
        match self.remembered(about, || RememberedAnswer::Aws(self.reader.read(call))) {
            RememberedAnswer::Aws(answer) => answer,
            RememberedAnswer::Process(_) => Ok(Value::Null),
        }
    }

    fn read_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault> {
        let words = command.command().words();
        let mut seen = self.seen_programs.locked();
        if !seen.contains(&words) {
            seen.push(words.clone());
        }
        drop(seen);
        if self.run_programs {
            let about = serde_json::to_string(command.command()).unwrap_or_default();
            let answer = self.remembered(about, || {
                RememberedAnswer::Process(self.reader.read_process(command, output))
            });
            return match answer {
                RememberedAnswer::Process(answer) => answer,
                RememberedAnswer::Aws(_) => Ok(ProcessOutput::default()),
            };
        }
        Ok(ProcessOutput {
            stdout: unknown(format!("what `{words}` prints")),
            stderr: unknown(format!("what `{words}` prints as errors")),
            ..ProcessOutput::default()
        })
    }
}
