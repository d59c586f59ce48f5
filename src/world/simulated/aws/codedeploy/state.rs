//! The state of CodeDeploy: deployment groups, and deployments with their lifecycle events.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::world::simulated::kernel::clock::later;
use crate::world::simulated::kernel::rng::uuid_of;

/// The state of CodeDeploy.
#[derive(Debug, Clone, Default)]
pub(crate) struct CodeDeploy {
    /// By application and name of the group.
    pub(super) groups: BTreeMap<(String, String), Group>,
    /// Every deployment, by its id.
    pub(super) deployments: BTreeMap<String, Deployment>,
}

impl CodeDeploy {
    /// Adds a deployment group of an application.
    pub(crate) fn add_group(&mut self, application: String, name: String, group: Group) {
        self.groups.insert((application, name), group);
    }

    /// Adds the deployment of a group that was successful last, by its AppSpec.
    pub(crate) fn add_successful(&mut self, key: (String, String), spec: &str, at: Timestamp) {
        let Some(group) = self.groups.get_mut(&key) else {
            return;
        };
        let id = format!(
            "d-{}",
            &uuid_of(&format!("{} {}", key.0, key.1))[..8].to_uppercase()
        );
        let content = json!({ "content": spec });
        let revision = json!({ "revisionType": "AppSpecContent", "appSpecContent": content });
        group.last = Some(id.clone());
        let deployment = Deployment {
            group: key,
            input: Map::from_iter([("revision".to_owned(), revision)]),
            created: at,
            creator: "user",
            events: Vec::new(),
            completes: at,
            stopped: None,
            rolled_back_by: None,
            rolls_back: None,
        };
        self.deployments.insert(id, deployment);
    }
}

/// A deployment group, as a fixture declares it.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The members of `CreateDeploymentGroup`.
    pub(crate) raw: Map<String, Value>,
    pub(crate) platform: Platform,
    /// How long each lifecycle event takes, but for the shift of the traffic.
    pub(crate) event_takes: Duration,
    /// How deployments with this revision fail; `None` as revision: all of them.
    pub(crate) failures: Vec<Failure>,
    /// The deployment that was successful last.
    pub(super) last: Option<String>,
}

impl Group {
    /// A group in which nothing was deployed.
    pub(crate) fn new(raw: Map<String, Value>, platform: Platform) -> Group {
        Group {
            raw,
            platform,
            event_takes: Duration::from_secs(30),
            failures: Vec::new(),
            last: None,
        }
    }
}

/// What a group deploys to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    Ecs,
    Lambda,
}

impl Platform {
    /// As AWS writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Platform::Ecs => "ECS",
            Platform::Lambda => "Lambda",
        }
    }

    /// The lifecycle events of a deployment, in order.
    pub(crate) fn events(self) -> &'static [&'static str] {
        match self {
            Platform::Ecs => &[
                "BeforeInstall",
                "Install",
                "AfterInstall",
                "AllowTestTraffic",
                "AfterAllowTestTraffic",
                "BeforeAllowTraffic",
                SHIFT,
                "AfterAllowTraffic",
            ],
            Platform::Lambda => &["BeforeAllowTraffic", SHIFT, "AfterAllowTraffic"],
        }
    }
}

/// The event in which production traffic moves.
pub(super) const SHIFT: &str = "AllowTraffic";

/// How a deployment fails.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// A part of the AppSpec of the deployments that fail; empty: all fail.
    pub(crate) revision: String,
    /// The lifecycle event that fails.
    pub(crate) event: String,
    /// AWS's error code: `HOOK_EXECUTION_FAILURE`.
    pub(crate) code: String,
    pub(crate) message: String,
}

/// A lifecycle event of a deployment.
#[derive(Debug, Clone)]
pub(super) struct LifecycleEvent {
    pub(super) name: &'static str,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    /// Why it fails at its end, if it does.
    pub(super) fails: Option<Failure>,
}

/// A deployment, and how far it has come.
#[derive(Debug, Clone)]
pub(super) struct Deployment {
    pub(super) group: (String, String),
    /// The members of `CreateDeployment`.
    pub(super) input: Map<String, Value>,
    pub(super) created: Timestamp,
    pub(super) creator: &'static str,
    /// Up to the one that fails.
    pub(super) events: Vec<LifecycleEvent>,
    /// When the old tasks are gone, where it goes well.
    pub(super) completes: Timestamp,
    pub(super) stopped: Option<Timestamp>,
    /// The deployment that takes it back, and the one that it takes back.
    pub(super) rolled_back_by: Option<String>,
    pub(super) rolls_back: Option<String>,
}

impl Deployment {
    /// The event that fails, if one does and it was not stopped before.
    pub(super) fn failed(&self, now: Timestamp) -> Option<&LifecycleEvent> {
        let last = self.events.last()?;
        let end = self.stopped.unwrap_or(now);
        (last.fails.is_some() && last.end <= end.min(now)).then_some(last)
    }

    /// Its status, and when it ended.
    pub(super) fn status(&self, now: Timestamp) -> (&'static str, Option<Timestamp>) {
        if let Some(event) = self.failed(now) {
            return ("Failed", Some(event.end));
        }
        match self.stopped {
            Some(at) => ("Stopped", Some(at)),
            None if self.completes <= now && self.will_succeed() => {
                ("Succeeded", Some(self.completes))
            }
            None if now < later(self.created, Duration::from_secs(2)) => ("Created", None),
            None => ("InProgress", None),
        }
    }

    /// Whether no event fails.
    pub(super) fn will_succeed(&self) -> bool {
        self.events.iter().all(|event| event.fails.is_none())
    }
}

/// The alias that a Lambda deployment moves, and the versions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AliasMove {
    pub(crate) function: String,
    pub(crate) alias: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// Something that happens to a deployment.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// The new version of a function gets this share of the invocations, from 0 to 1.
    Share(String, AliasMove, f64),
    /// The deployment of this id ends.
    Ended(String),
}
