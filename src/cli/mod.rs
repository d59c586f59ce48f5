//! The command line. Only here and in `testing` are worlds built.
//!
//! [`main`] parses the arguments, carries out the command, prints its error if it has one, and returns the exit code.

use clap::Parser;

mod commands;
mod error;
mod execution;
mod exit_code;
mod global;
mod panic_report;
mod print;

pub use error::{CommandError, CommandResult};
pub use exit_code::ExitCode;

use commands::CommandLine;

/// Carries out the command line of this process.
pub fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // clap prints help and version on standard output, and errors on standard error.
            let _gone = error.print();
            return match error.use_stderr() {
                true => ExitCode::USAGE,
                false => ExitCode::SUCCESS,
            };
        }
    };
    let (command, global) = (line.command, line.global);
    let result = panic_report::catch(&global, || command.carry_out(&global));
    result.unwrap_or_else(|error| {
        print::error(&error, command.executes(), &global);
        error.code
    })
}
