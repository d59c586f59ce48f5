//! What is followed, and for how long.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::primitive::args::Span;

/// Follows the deployment that a run started until it has completed with all its tasks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowDeployment {
    /// Cluster: name or ARN.
    pub(super) cluster: String,
    /// Service: name or ARN.
    pub(super) service: String,
    /// Id of the deployment, as `UpdateService` returned it: `ecs-svc/1234…`.
    pub(super) deployment: String,
    /// Longest time to wait without progress. A deployment that still makes progress, or whose tasks all serve while
    /// old ones drain, gets the same time again. Default `"15m"`.
    #[serde(default = "limit")]
    pub(super) timeout: Span,
}

/// How many times its limit a deployment that gets on may take.
pub(super) const LATEST: u32 = 2;
/// The part of its limit for which a late deployment may stand still.
pub(super) const PAUSE: u32 = 3;

/// Member of a fault's details: the task definition that serves in place of the one that was deployed.
pub(super) const SERVES: &str = "serves";

fn limit() -> Span {
    Span::seconds(15 * 60)
}
