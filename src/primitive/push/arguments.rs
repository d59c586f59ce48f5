//! Which image is pushed, where to, and how.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::primitive::args::Span;

/// An image and where it goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The local image, by name or id.
    pub(super) image: String,
    /// Repository in ECR, without its registry.
    pub(super) repository: String,
    /// Tags of the image in ECR, at least one.
    pub(super) tags: Vec<String>,
    /// `"docker"`, `"podman"`, or a path to one. Default `"docker"`.
    #[serde(default = "docker")]
    pub(super) program: String,
    /// Further options of the program's `push`.
    #[serde(default)]
    pub(super) push_args: Vec<String>,
    /// Longest time that the push of one tag may take. Default `"20m"`.
    #[serde(default = "twenty_minutes")]
    pub(super) timeout: Span,
}

fn docker() -> String {
    "docker".into()
}

fn twenty_minutes() -> Span {
    Span::seconds(1200)
}

impl Push {
    /// The image in ECR with its tags, for people: `realserv/catalog-service:1.4.0, git-9f3c2ab`.
    pub(super) fn named(&self) -> String {
        format!("{}:{}", self.repository, self.tags.join(", "))
    }
}
