//! Prints problems: lines of JSON on standard output for programs, snippets on standard error for people.

use std::path::Path;

use super::global::GlobalArgs;
use crate::report::diagnostic::{Problem, place_text, problems_json, problems_text};
use crate::report::{self, Output};
use crate::script::Sources;

use super::error::CommandError;

/// Prints an error of a command. `executes`: whether the command executes scripts, so that it is worth saying that
/// none was.
pub(super) fn error(error: &CommandError, executes: bool, global: &GlobalArgs) {
    let nothing_ran = error.nothing_ran && executes;
    print(&error.problems, &error.sources, nothing_ran, global);
}

/// Prints warnings: the command goes on.
pub(super) fn warnings(warnings: &[Problem], sources: &Sources, global: &GlobalArgs) {
    if !warnings.is_empty() {
        print(warnings, sources, false, global);
    }
}

/// Prints a sentence about what the command does, on standard error, unless `--quiet` or a program reads the output.
pub(super) fn remark(text: &str, global: &GlobalArgs) {
    if !global.quiet && global.output != Output::Json {
        report::print_error(text);
    }
}

fn print(problems: &[Problem], sources: &Sources, nothing_ran: bool, global: &GlobalArgs) {
    if global.output == Output::Json {
        report::print_text(&problems_json(problems));
        return;
    }
    let width = report::screen::terminal_size().0;
    let text = text_of(sources);
    let colour = report::error_colour();
    let shown = problems_text(problems, &text, nothing_ran, colour, width);
    report::print_error(&shown);
}

/// Prints the line that a problem is about, for people who have read the problem already.
pub(super) fn place(problem: &Problem, sources: &Sources) {
    let width = report::screen::terminal_size().0;
    let text = text_of(sources);
    report::print_error(&place_text(problem, &text, report::error_colour(), width));
}

/// The text of a script: as it was loaded, or else as it is on disk.
fn text_of(sources: &Sources) -> impl Fn(&str) -> Option<String> {
    |name| {
        let loaded = sources.get(name).cloned();
        loaded.or_else(|| std::fs::read_to_string(Path::new(name)).ok())
    }
}
