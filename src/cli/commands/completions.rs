//! `deployer completions`: completion in a shell.

use clap::Args;

use crate::cli::completion::{self, Shell};
use crate::cli::error::{CommandError, CommandResult};
use crate::cli::exit_code::ExitCode;
use crate::report;

/// How to set up each shell: text below `deployer completions --help`.
pub(super) const EXAMPLES: &str = "\
Commands, options, files, runs, parameters of the pipeline, faults, modules and functions are completed.

  bash   add to ~/.bashrc:                   source <(deployer completions bash)
  zsh    add to ~/.zshrc, below compinit:    source <(deployer completions zsh)
  fish   add to ~/.config/fish/config.fish:  deployer completions fish | source";

/// Command-line arguments of `deployer completions`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// Shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Prints the script that registers completion in the shell.
pub(super) fn main(args: &CompletionsArgs) -> CommandResult {
    let script = completion::script(args.shell)
        .map_err(|message| CommandError::message("no_completions", message))?;
    report::print_text(&script);
    Ok(ExitCode::SUCCESS)
}
