//! Why a task cannot be placed, and how that is said.

use serde_json::{Value, json};

use crate::text::arn::short_name;

/// Why a task cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lack {
    /// Fargate has no capacity for the task.
    Fargate,
    /// There is no container instance with room.
    Instances,
    /// The container instance of that ARN comes closest, and lacks that: `CPU`, `MEMORY` or `PORTS`.
    Resource(&'static str, String),
}

impl Lack {
    /// A failure of `RunTask`, in the API's shape.
    pub(super) fn failure(&self) -> Value {
        match self {
            Lack::Fargate => json!({
                "reason": "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            }),
            Lack::Instances => json!({ "reason": "RESOURCE:MEMORY" }),
            Lack::Resource(what, arn) => {
                json!({ "arn": arn, "reason": format!("RESOURCE:{what}") })
            }
        }
    }

    /// What a service's event says.
    pub(super) fn words(&self) -> String {
        let none_met =
            "was unable to place a task because no container instance met all of its requirements.";
        match self {
            Lack::Fargate => "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.".to_owned(),
            Lack::Instances => {
                format!("{none_met} Reason: No Container Instances were found in your cluster.")
            }
            Lack::Resource(what, arn) => {
                let lacks = match *what {
                    "CPU" => "has insufficient CPU units available.",
                    "PORTS" => "is already using a port required by your task.",
                    _ => "has insufficient memory available.",
                };
                let closest = short_name(arn);
                format!("{none_met} The closest matching (container-instance {closest}) {lacks}")
            }
        }
    }
}
