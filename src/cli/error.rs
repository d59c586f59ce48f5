//! Why a command failed. Errors travel up to [`super::main`], which prints them.

use std::path::Path;

use crate::report::diagnostic::Problem;
use crate::run::Failure;
use crate::script::{Diagnosis, InvalidPipeline, Sources};
use crate::vocabulary::{Fault, Site, Stop, codes};

use super::exit_code::ExitCode;

/// What a command returns: its exit code, or why it failed.
pub type CommandResult<T = ExitCode> = Result<T, CommandError>;

/// Why a command failed, with all that is needed to print it.
#[derive(Debug)]
pub struct CommandError {
    /// Exit code of the process.
    pub code: ExitCode,
    /// What is wrong, at least one.
    pub problems: Vec<Problem>,
    /// Texts of the scripts by name, to show the lines that the problems are about.
    pub sources: Sources,
    /// Whether the command stopped before it executed a script.
    pub nothing_ran: bool,
}

impl CommandError {
    /// An error that stops a command before it executes a script.
    pub fn new(problems: Vec<Problem>) -> CommandError {
        CommandError {
            code: ExitCode::USAGE,
            problems,
            sources: Sources::new(),
            nothing_ran: true,
        }
    }

    /// An error of one message, with a stable code.
    pub fn message(code: &str, message: impl Into<String>) -> CommandError {
        CommandError::new(vec![problem(code, message, None)])
    }

    /// An error of one message, with a stable code and what to do about it.
    pub fn with_hint(
        code: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> CommandError {
        CommandError::new(vec![problem(code, message, Some(hint.into()))])
    }

    /// Shows the lines of these scripts.
    pub fn in_scripts(self, sources: Sources) -> CommandError {
        CommandError { sources, ..self }
    }

    /// An error that is found after a script was executed.
    pub fn after_execution(self, code: ExitCode) -> CommandError {
        CommandError {
            code,
            nothing_ran: false,
            ..self
        }
    }
}

impl From<Fault> for CommandError {
    fn from(fault: Fault) -> Self {
        let mut error = CommandError::new(vec![Problem::from(&fault)]);
        if let Some(site) = in_a_file(&fault)
            && let Ok(text) = crate::data::file(Path::new(&site.source))
            && let Some(problem) = error.problems.first_mut()
        {
            error.sources.insert(site.source.clone(), text);
            problem.frames.push(site);
        }
        error
    }
}

/// The place in a fixture's file that is wrong.
fn in_a_file(fault: &Fault) -> Option<Site> {
    let place = |name: &str| usize::try_from(fault.details[name].as_u64()?).ok();
    (fault.code == codes::BAD_FIXTURE).then_some(())?;
    Some(Site {
        source: fault.details["source"].as_str()?.to_owned(),
        line: place("line")?,
        column: place("column")?,
    })
}

impl From<InvalidPipeline> for CommandError {
    fn from(rejected: InvalidPipeline) -> Self {
        let problems = rejected.diagnoses.iter().map(Problem::from).collect();
        CommandError::new(problems).in_scripts(rejected.sources)
    }
}

/// A problem that has no place in a script.
pub(super) fn problem(code: &str, message: impl Into<String>, hint: Option<String>) -> Problem {
    Problem {
        code: code.to_owned(),
        message: message.into(),
        hint,
        label: None,
        length: None,
        frames: Vec::new(),
        warning: false,
    }
}

impl From<&Fault> for Problem {
    fn from(fault: &Fault) -> Self {
        problem(&fault.code, fault.message.clone(), fault.hint.clone())
    }
}

impl From<&Failure> for Problem {
    fn from(failure: &Failure) -> Self {
        let stopped = match &failure.stop {
            Stop::Fault(fault) => Problem::from(fault),
            Stop::Halt(halt) => problem("halted", halt.to_string(), None),
        };
        Problem {
            frames: failure.frames.clone(),
            ..stopped
        }
    }
}

impl From<&Diagnosis> for Problem {
    fn from(diagnosis: &Diagnosis) -> Self {
        Problem {
            code: "check".into(),
            message: diagnosis.message.clone(),
            hint: diagnosis.help.clone(),
            label: (!diagnosis.label.is_empty()).then(|| diagnosis.label.clone()),
            length: diagnosis.length,
            frames: vec![diagnosis.site.clone()],
            warning: diagnosis.warning,
        }
    }
}
