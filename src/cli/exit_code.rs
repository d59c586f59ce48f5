//! Exit codes of the process, in one place; those of a run are listed in [`Outcome::exit_code`].

use std::process;

use crate::vocabulary::outcome::Outcome;

/// What the process tells its caller when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExitCode(u8);

impl ExitCode {
    /// The command did what it was asked to do.
    pub const SUCCESS: ExitCode = ExitCode(0);
    /// The command failed; something may be left in place.
    pub const FAILURE: ExitCode = ExitCode(1);
    /// The command line, a pipeline or a file is wrong.
    pub const USAGE: ExitCode = ExitCode(2);
}

impl From<u8> for ExitCode {
    fn from(code: u8) -> Self {
        ExitCode(code)
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode(outcome.exit_code())
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        process::ExitCode::from(code.0)
    }
}

impl From<ExitCode> for i32 {
    fn from(code: ExitCode) -> Self {
        i32::from(code.0)
    }
}
