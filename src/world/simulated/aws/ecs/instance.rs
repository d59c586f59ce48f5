//! A container instance: what tasks may use of it.

/// A container instance of a cluster, with what tasks may use of it.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// ARN of the instance: `arn:aws:ecs:REGION:ACCOUNT:container-instance/CLUSTER/ID`.
    pub(crate) arn: String,
    pub(crate) cluster: String,
    /// CPU units that tasks may use.
    pub(crate) cpu: u64,
    /// Memory that tasks may use, in MiB.
    pub(crate) memory: u64,
}
