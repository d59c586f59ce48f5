//! What is remembered of daemons: their task definitions, revisions and deployments, and the instances they run on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::deployment::DaemonDeployment;
use super::key::DaemonKey;

/// The state of ECS's managed daemons.
#[derive(Debug, Clone, Default)]
pub(crate) struct Daemons {
    /// Daemon task definitions by family, the oldest revision first.
    pub(super) definitions: BTreeMap<String, Vec<DaemonDefinition>>,
    pub(super) daemons: BTreeMap<DaemonKey, Daemon>,
    /// Instances of ECS Managed Instances by the ARN of their capacity provider.
    pub(super) instances: BTreeMap<String, u32>,
    /// What `CreateDaemon` answered, by its client token.
    pub(super) tokens: BTreeMap<String, Value>,
}

impl Daemons {
    /// Makes a capacity provider of managed instances known, with as many instances.
    pub(crate) fn add_instances(&mut self, provider: String, count: u32) {
        self.instances.insert(provider, count);
    }

    /// Whether a daemon is known.
    pub(crate) fn has(&self, key: &DaemonKey) -> bool {
        self.daemons.contains_key(key)
    }

    /// Whether a revision of a daemon task definition is known, by its ARN.
    pub(crate) fn has_definition(&self, arn: &str) -> bool {
        let mut all = self.definitions.values().flatten();
        all.any(|one| one.arn == arn)
    }

    /// The capacity providers of managed instances, by ARN.
    pub(crate) fn providers(&self) -> impl Iterator<Item = &String> {
        self.instances.keys()
    }
}

/// A revision of a daemon task definition.
#[derive(Debug, Clone)]
pub(super) struct DaemonDefinition {
    pub(super) arn: String,
    /// In the API's shape, as it was registered; without tags.
    pub(super) raw: Map<String, Value>,
    pub(super) revision: u32,
    pub(super) registered: Timestamp,
    /// When its deletion was asked for; `None`: it is ACTIVE.
    pub(super) deleted: Option<Timestamp>,
}

/// A daemon: one task on each instance of its capacity providers.
#[derive(Debug, Clone)]
pub(super) struct Daemon {
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    /// Whether it is being deleted.
    pub(super) deleting: bool,
    /// Its revisions, oldest first.
    pub(super) revisions: Vec<DaemonRevision>,
    /// Its deployments, newest first.
    pub(super) deployments: Vec<DaemonDeployment>,
    /// Instances that run a revision, by revision and capacity provider.
    pub(super) running: BTreeMap<(String, String), u32>,
    /// The revision that was deployed completely last.
    pub(super) proven: Option<String>,
}

/// A revision of a daemon: what a deployment brings.
#[derive(Debug, Clone)]
pub(super) struct DaemonRevision {
    /// The end of its ARN.
    pub(super) id: String,
    /// ARN of the daemon task definition.
    pub(super) definition: String,
    /// ARNs of the capacity providers.
    pub(super) providers: Vec<String>,
    pub(super) created: Timestamp,
    /// Members that the API shows as they were given: `propagateTags`, `critical`, …
    pub(super) settings: Map<String, Value>,
}

impl Daemon {
    /// `status`, as the API shows it.
    pub(super) fn status(&self) -> &'static str {
        match self.deleting {
            true => "DELETE_IN_PROGRESS",
            false => "ACTIVE",
        }
    }

    /// A revision by its id.
    pub(super) fn revision(&self, id: &str) -> Option<&DaemonRevision> {
        self.revisions.iter().find(|revision| revision.id == id)
    }

    /// Instances of a capacity provider that run a revision.
    pub(super) fn running_on(&self, revision: &str, provider: &str) -> u32 {
        let key = (revision.to_owned(), provider.to_owned());
        self.running.get(&key).copied().unwrap_or(0)
    }

    /// Ids of the revisions that run on any instance.
    pub(super) fn running_revisions(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for ((id, _), count) in &self.running {
            if *count > 0 && !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        ids
    }
}
