//! Arguments of `deployer capture`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Command-line arguments of `deployer capture`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CaptureArgs {
    /// ECS cluster [default: the only cluster]
    #[arg(long, value_name = "NAME")]
    pub(super) cluster: Option<String>,
    /// ECS service of the cluster; may be given several times [default: all services]
    #[arg(long, value_name = "NAME")]
    pub(super) service: Vec<String>,
    /// Family of tasks that no service runs, for instance migrations; may be given several times
    #[arg(long, value_name = "FAMILY")]
    pub(super) task_family: Vec<String>,
    /// URL of a health endpoint; may be given several times
    #[arg(long, value_name = "URL")]
    pub(super) endpoint: Vec<String>,
    /// File to write
    #[arg(long, value_name = "FILE.cloud.toml", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) out: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    pub(super) force: bool,
}
