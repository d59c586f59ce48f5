//! How a run that was killed finds out whether a process was carried out: by another that only looks.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::primitive::args::Span;
use crate::world::ProcessCommand;

/// A process that only looks. With `prints` it exits with 0 and prints just that if the other was carried out;
/// without, it exits with 0 if it was and with 1 if not. Any other exit says nothing: the run stops in doubt.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DoneCheck {
    /// Program that looks: a name in `PATH`, or a path.
    pub(super) program: String,
    /// Arguments of the program.
    #[serde(default)]
    pub(super) args: Vec<String>,
    /// Environment, added to what every program gets.
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
    /// Variables of deployer's own environment that it gets as well.
    #[serde(default)]
    pub(super) inherit: Vec<String>,
    /// Environment whose values are secrets.
    #[serde(default)]
    pub(super) secret_env: BTreeMap<String, String>,
    /// Directory to run in. Default: the current one.
    #[serde(default)]
    pub(super) dir: Option<String>,
    /// Text for its standard input.
    #[serde(default)]
    pub(super) stdin: Option<String>,
    /// Longest time that it may take. Default `"1m"`.
    #[serde(default = "a_minute")]
    pub(super) timeout: Span,
    /// All that it prints if the other was carried out, but for space around it. Default: anything.
    #[serde(default)]
    pub(super) prints: Option<String>,
}

fn a_minute() -> Span {
    Span::seconds(60)
}

impl DoneCheck {
    /// The process that looks, ready to be run.
    pub(super) fn command(&self) -> ProcessCommand {
        ProcessCommand {
            program: self.program.clone(),
            args: self.args.clone(),
            env: self.env.clone(),
            inherit: self.inherit.clone(),
            dir: self.dir.clone(),
            stdin: self.stdin.clone(),
            timeout_ms: self.timeout.millis(),
            reads: true,
            mark: None,
        }
    }
}
