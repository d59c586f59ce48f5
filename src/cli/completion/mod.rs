//! Completion in a shell, at run time: the script of the shell calls the program, which answers with candidates.
//!
//! The script sets [`VARIABLE`] to the name of the shell and passes the words of the line behind `--`.

use std::env;
use std::ffi::OsString;

use clap::{Command, ValueEnum};
use clap_complete::env::{EnvCompleter, Fish, Zsh};

mod bash;
pub(super) mod candidates;
mod command_line;

use super::exit_code::ExitCode;
use crate::report;

/// Set by the scripts of the shells.
const VARIABLE: &str = "DEPLOYER_COMPLETE";

/// A shell that completes the command line of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    fn adapter(self) -> &'static dyn EnvCompleter {
        match self {
            Shell::Bash => &bash::Bash,
            Shell::Zsh => &Zsh,
            Shell::Fish => &Fish,
        }
    }
}

/// The script that registers completion in a shell.
///
/// # Errors
/// Says why there is none.
pub(super) fn script(shell: Shell) -> Result<String, String> {
    let mut script = Vec::new();
    let name = "deployer";
    shell
        .adapter()
        .write_registration(VARIABLE, name, name, &program(), &mut script)
        .map_err(|error| error.to_string())?;
    String::from_utf8(script).map_err(|error| error.to_string())
}

/// How the script calls this program: by its name where it was found by its name, otherwise by its whole path.
fn program() -> String {
    let called = env::args_os().next().unwrap_or_default();
    let by_name = called.to_str().filter(|name| !name.contains('/'));
    let path = env::current_exe().ok();
    match (by_name, path.as_deref().and_then(|path| path.to_str())) {
        (Some(name), _) => name.to_owned(),
        (None, Some(path)) => path.to_owned(),
        (None, None) => "deployer".to_owned(),
    }
}

/// Answers the script of a shell with candidates; `None`: no script asks.
pub(super) fn answer(command: impl FnOnce() -> Command) -> Option<ExitCode> {
    let name = env::var_os(VARIABLE)?;
    let shell = name
        .to_str()
        .and_then(|name| Shell::from_str(name, true).ok());
    let words: Vec<OsString> = env::args_os()
        .skip_while(|word| word != "--")
        .skip(1)
        .collect();
    let Some(shell) = shell.filter(|_| !words.is_empty()) else {
        return Some(ExitCode::USAGE);
    };
    let here = env::current_dir().ok();
    let mut command = command();
    command.build();
    let mut found = Vec::new();
    let written = shell
        .adapter()
        .write_complete(&mut command, words, here.as_deref(), &mut found);
    if written.is_err() {
        return Some(ExitCode::FAILURE);
    }
    report::print_text(&String::from_utf8_lossy(&found));
    Some(ExitCode::SUCCESS)
}
