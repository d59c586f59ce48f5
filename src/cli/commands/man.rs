//! `deployer man`: manual pages, from what `--help` says.

use crate::vocabulary::codes;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command, ValueHint};

use crate::cli::error::{CommandError, CommandResult};
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::report;

/// Command-line arguments of `deployer man`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ManArgs {
    /// Directory to write to, for instance ~/.local/share/man/man1; it is created if it is not there
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) folder: PathBuf,
}

/// Writes a page for the program and one for each command: `deployer.1`, `deployer-run.1`, …
pub(super) fn main(args: &ManArgs, command: Command, global: &GlobalArgs) -> CommandResult {
    let folder = &args.folder;
    let pages = write(command, folder).map_err(|error| {
        let message = format!("{} cannot be written: {error}", folder.display());
        CommandError::message(codes::FILE_FAILED, message)
    })?;
    if !global.quiet {
        report::print_text(&format!("{pages} pages in {}\n", folder.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn write(command: Command, folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let mut command = command.disable_help_subcommand(true);
    command.build();
    write_page(&command, "deployer", folder)
}

/// Writes the page of a command and those of its subcommands. Returns how many.
fn write_page(command: &Command, name: &str, folder: &Path) -> io::Result<usize> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(name.to_uppercase())
        .source(concat!("deployer ", env!("CARGO_PKG_VERSION")))
        .manual("deployer")
        .render(&mut page)?;
    fs::write(folder.join(format!("{name}.1")), page)?;
    let mut pages = 1;
    for subcommand in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        let name = format!("{name}-{}", subcommand.get_name());
        pages += write_page(subcommand, &name, folder)?;
    }
    Ok(pages)
}
