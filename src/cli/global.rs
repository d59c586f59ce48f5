//! Options that every command takes.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

use crate::journal::Store;
use crate::report::{Color, Detail, Output};
use crate::text::shell::quote;

/// Where the runs of a project are stored unless `--state` says otherwise.
pub(super) const STATE: &str = ".deployer";

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalArgs {
    /// Output format: auto (a live screen on a terminal, plain lines elsewhere), terminal, plain or json (an object per
    /// line)
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "FORMAT"
    )]
    pub output: Output,
    /// When to print colors: auto (on a terminal, unless NO_COLOR is set), always or never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "WHEN",
        alias = "colour"
    )]
    pub color: Color,
    /// Print results and errors only: no progress, no notes
    #[arg(long, short, global = true, overrides_with = "verbose")]
    pub quiet: bool,
    /// Print more: every call of a run, reads included; what led to the failure of a test
    #[arg(long, short, global = true, overrides_with = "quiet")]
    pub verbose: bool,
    /// Directory of the project [default: the nearest directory above that holds .deployer, or else this one]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub project: Option<PathBuf>,
    /// Directory of the runs [default: .deployer in the project]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub state: Option<PathBuf>,
    /// The options that are needed to find the same runs again, as they were typed
    #[arg(skip)]
    typed: String,
}

impl GlobalArgs {
    /// The state directory (`--state`), else the default one.
    pub fn state(&self) -> &Path {
        self.state.as_deref().unwrap_or(Path::new(STATE))
    }

    /// The runs of the state directory; nothing is created yet.
    pub fn store(&self) -> Store {
        Store::new(self.state())
    }

    /// How much is printed: `--quiet` wins over `--verbose`.
    pub fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        }
    }

    /// Remembers the options as they were typed, for [`GlobalArgs::program`]. Their paths may be changed afterwards.
    pub fn remember_typed(&mut self) {
        let option = |name: &str, path: &Option<PathBuf>| {
            let path = path.as_deref().and_then(Path::to_str);
            path.map(|path| format!(" --{name} {}", quote(path)))
        };
        let state = self.state.clone().filter(|path| path != Path::new(STATE));
        let typed = option("project", &self.project).into_iter();
        self.typed = typed.chain(option("state", &state)).collect();
    }

    /// How to call the program so that it finds the same runs: `deployer`, or `deployer --state DIR`.
    pub fn program(&self) -> String {
        format!("deployer{}", self.typed)
    }
}

/// The colors that a command line asks for, before it is parsed.
pub(super) fn color_of(words: impl Iterator<Item = String>) -> Color {
    let mut color = Color::default();
    let mut words = words.take_while(|word| word != "--");
    while let Some(word) = words.next() {
        let value = match word.split_once('=') {
            Some(("--color" | "--colour", value)) => Some(value.to_owned()),
            None if ["--color", "--colour"].contains(&word.as_str()) => words.next(),
            _ => None,
        };
        let value = value.and_then(|value| Color::from_str(&value, true).ok());
        color = value.unwrap_or(color);
    }
    color
}
