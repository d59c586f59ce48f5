//! Options that every command takes.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::journal::Store;
use crate::report::Output;

/// Where runs are stored unless `--state` says otherwise.
const STATE: &str = ".deployer";

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub(super) struct GlobalArgs {
    /// Output format; auto: a live screen on a terminal, plain lines elsewhere
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub output: Output,
    /// Directory of the runs
    #[arg(long, global = true, value_name = "DIR", default_value = STATE)]
    state: PathBuf,
}

impl GlobalArgs {
    /// Directory of the runs.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The runs.
    pub fn store(&self) -> Store {
        Store::new(&self.state)
    }

    /// How to call the program so that it finds the same runs: `deployer`, or `deployer --state DIR`.
    pub fn program(&self) -> String {
        match self.state.to_str() {
            Some(STATE) | None => "deployer".into(),
            Some(state) => format!("deployer --state {}", crate::text::shell::quote(state)),
        }
    }
}
