//! The command line. Only here and in `testing` are worlds built.
//!
//! [`main`] parses the arguments, carries out the command, prints its error if it has one, and returns the exit code.

use clap::{CommandFactory, Parser};

mod commands;
mod completion;
mod error;
mod execution;
mod exit_code;
mod global;
mod panic_report;
mod print;
mod project;
mod wrong_line;

pub use error::{CommandError, CommandResult};
pub use exit_code::ExitCode;

use crate::report;
use commands::{Command, CommandLine};
use global::GlobalArgs;

/// Carries out the command line of this process.
pub fn main() -> ExitCode {
    if let Some(code) = completion::answer(CommandLine::command) {
        return code;
    }
    let CommandLine {
        command,
        mut global,
    } = match parse() {
        Ok(line) => line,
        Err(code) => return code,
    };
    report::set_color(global.color);
    global.remember_typed();
    let executes = command.executes();
    let result = panic_report::catch(&global, || carry_out(command, global.clone()));
    result.unwrap_or_else(|error| {
        print::error(&error, executes, &global);
        error.code
    })
}

fn carry_out(mut command: Command, mut global: GlobalArgs) -> CommandResult {
    let search = command.has_project();
    let found = project::enter(&mut global, command.paths(), search)?;
    if let Some(folder) = found {
        print::remark(&format!("project: {}\n", folder.display()), &global);
    }
    command.carry_out(&global)
}

/// Parses the arguments.
///
/// # Errors
/// The exit code, after help, the version or an error was printed.
fn parse() -> Result<CommandLine, ExitCode> {
    let mut error = match CommandLine::try_parse() {
        Ok(line) => return Ok(line),
        Err(error) => error,
    };
    // The colors of help and errors are decided before the arguments are understood.
    report::set_color(global::color_of(std::env::args()));
    wrong_line::add_tip(&mut error);
    // clap prints help and version on standard output, and errors on standard error.
    let _gone = error.print();
    Err(match error.use_stderr() {
        true => ExitCode::USAGE,
        false => ExitCode::SUCCESS,
    })
}
