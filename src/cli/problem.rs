//! Saying what is wrong, with the line it is about.

use std::path::Path;

use super::{Everywhere, USAGE};
use crate::report::diagnostic::{Problem, place_text, problems_json, problems_text};
use crate::report::{self, Output};
use crate::run::Failure;
use crate::script::{Diagnosis, ParamProblem, Rejected, Sources};
use crate::vocabulary::{Fault, Site, Stop};

/// A problem that has no place in a script.
pub(super) fn plain(code: &str, message: impl Into<String>, hint: Option<String>) -> Problem {
    Problem {
        code: code.to_owned(),
        message: message.into(),
        hint,
        label: None,
        length: None,
        frames: Vec::new(),
    }
}

/// A fault that has no place in a script.
pub(super) fn fault(fault: &Fault) -> Problem {
    plain(&fault.code, fault.message.clone(), fault.hint.clone())
}

/// What stopped a script before it ran.
pub(super) fn failure(failure: &Failure) -> Problem {
    let mut problem = match &failure.stop {
        Stop::Fault(f) => fault(f),
        Stop::Halt(halt) => plain("halted", halt.to_string(), None),
    };
    problem.frames.clone_from(&failure.frames);
    problem
}

/// What the checker found.
pub(super) fn diagnosis(diagnosis: &Diagnosis) -> Problem {
    Problem {
        code: "check".into(),
        message: diagnosis.message.clone(),
        hint: diagnosis.help.clone(),
        label: (!diagnosis.label.is_empty()).then(|| diagnosis.label.clone()),
        length: diagnosis.length,
        frames: vec![diagnosis.site.clone()],
    }
}

/// What is wrong with parameters; `entry` is shown where a parameter is not declared at all.
pub(super) fn parameter(problem: &ParamProblem, declared: &Site) -> Problem {
    Problem {
        code: "parameter".into(),
        message: problem.message.clone(),
        hint: problem.help.clone(),
        label: None,
        length: None,
        frames: vec![problem.site.clone().unwrap_or_else(|| declared.clone())],
    }
}

/// Says that nothing ran, and why; returns the exit code for that.
pub(super) fn nothing_ran(problems: &[Problem], sources: &Sources, everywhere: &Everywhere) -> u8 {
    say(problems, sources, true, everywhere);
    USAGE
}

/// The same for a pipeline that does not check.
pub(super) fn rejected(rejected: &Rejected, everywhere: &Everywhere) -> u8 {
    let problems: Vec<Problem> = rejected.diagnoses.iter().map(diagnosis).collect();
    nothing_ran(&problems, &rejected.sources, everywhere)
}

/// Shows problems: lines of JSON on standard output for programs, snippets on standard error for people.
pub(super) fn say(
    problems: &[Problem],
    sources: &Sources,
    nothing_ran: bool,
    everywhere: &Everywhere,
) {
    if everywhere.output == Output::Json {
        report::print_text(&problems_json(problems));
        return;
    }
    let width = report::screen::terminal_size().0;
    let text = text_of(sources);
    report::print_error(&problems_text(
        problems,
        &text,
        nothing_ran,
        report::colour(),
        width,
    ));
}

/// Shows the line that a problem is about, to people who were told the problem already.
pub(super) fn show_place(problem: &Problem, sources: &Sources) {
    let width = report::screen::terminal_size().0;
    let text = text_of(sources);
    report::print_error(&place_text(problem, &text, report::colour(), width));
}

/// The text of a script: as it was loaded, or else as it is on disk.
fn text_of(sources: &Sources) -> impl Fn(&str) -> Option<String> {
    |name| {
        let kept = sources.get(name).cloned();
        kept.or_else(|| std::fs::read_to_string(Path::new(name)).ok())
    }
}
