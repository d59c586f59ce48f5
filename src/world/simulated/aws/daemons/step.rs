//! What happens by itself to daemons.

use super::key::DaemonKey;

/// A deployment of a daemon goes on, if it is still the newest one.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(super) key: DaemonKey,
    /// Id of the deployment.
    pub(super) deployment: String,
}
