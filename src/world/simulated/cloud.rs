//! Everything that the simulated cloud remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::world::simulated::aws::answers::Answers;
use crate::world::simulated::aws::cloudwatch::{self, AlarmState, CloudWatch};
use crate::world::simulated::aws::ecr::Repository;
use crate::world::simulated::aws::ecs::Capacity;
use crate::world::simulated::aws::ecs::definitions::Family;
use crate::world::simulated::aws::ecs::hooks::Function;
use crate::world::simulated::aws::ecs::service::{Service, ServiceKey};
use crate::world::simulated::aws::ecs::task::{Task, TaskId};
use crate::world::simulated::aws::ecs::{lifecycle, rollout};
use crate::world::simulated::aws::elb::{Elb, TargetGroup};
use crate::world::simulated::aws::logs::Line;
use crate::world::simulated::aws::rds::Rds;
use crate::world::simulated::aws::scaling::{self, Scaling};
use crate::world::simulated::aws::secrets::{Parameter, Secret};
use crate::world::simulated::aws::sns::Sns;
use crate::world::simulated::aws::sqs::Queue;
use crate::world::simulated::faults::Faults;
use crate::world::simulated::kernel::clock::{Clock, Event, earlier, later};
use crate::world::simulated::kernel::lag::Lag;
use crate::world::simulated::kernel::rng::Rng;
use crate::world::simulated::outside::files::Files;
use crate::world::simulated::outside::http::Endpoint;
use crate::world::simulated::outside::net::Listener;
use crate::world::simulated::outside::people::Person;
use crate::world::simulated::outside::processes::Processes;
use crate::world::simulated::outside::traffic::{self, Traffic};

/// How long the world has been as it is at its start.
pub(crate) const AGE: Duration = Duration::from_secs(24 * 3600);

/// What becomes of the tasks that are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prospects {
    /// What their image, secrets, behaviour and the faults say.
    Modelled,
    /// All goes well, whatever they need.
    Good,
}

/// The state of the simulated cloud.
#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) start: Timestamp,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) faults: Faults,
    pub(crate) prospects: Prospects,
    /// Calls so far, for faults that begin after a call.
    pub(crate) calls: u64,
    /// Clusters by name, in the API's shape.
    pub(crate) clusters: BTreeMap<String, Value>,
    pub(crate) families: BTreeMap<String, Family>,
    pub(crate) services: BTreeMap<ServiceKey, Service>,
    pub(crate) tasks: BTreeMap<TaskId, Task>,
    pub(crate) task_names: BTreeMap<String, TaskId>,
    pub(crate) next_task: u64,
    /// Tasks by `RunTask` client token.
    pub(crate) tokens: BTreeMap<String, Vec<TaskId>>,
    pub(crate) repositories: BTreeMap<String, Repository>,
    pub(crate) secrets: BTreeMap<String, Secret>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    /// Target groups by ARN.
    pub(crate) target_groups: BTreeMap<String, TargetGroup>,
    pub(crate) elb: Elb,
    pub(crate) traffic: Traffic,
    pub(crate) cloudwatch: CloudWatch,
    /// SQS queues by name.
    pub(crate) queues: BTreeMap<String, Queue>,
    pub(crate) sns: Sns,
    pub(crate) rds: Rds,
    pub(crate) processes: Processes,
    /// Whether addresses (`host:port`) accept connections.
    pub(crate) hosts: BTreeMap<String, bool>,
    pub(crate) scaling: Scaling,
    pub(crate) answers: Answers,
    pub(crate) lag: Lag,
    /// What lifecycle hooks call, by ARN or name.
    pub(crate) functions: BTreeMap<String, Function>,
    pub(crate) capacity: Capacity,
    /// Log lines by group and stream.
    pub(crate) logs: BTreeMap<String, BTreeMap<String, Vec<Line>>>,
    /// Days for which log groups keep their lines, where that is set.
    pub(crate) retention: BTreeMap<String, u64>,
    pub(crate) endpoints: Vec<Endpoint>,
    /// What listens beside the endpoints.
    pub(crate) listeners: Vec<Listener>,
    pub(crate) files: Files,
    pub(crate) people: Vec<Person>,
    /// When each question was first asked.
    pub(crate) asked: BTreeMap<String, Timestamp>,
    /// The version that the fixture's parameters deploy.
    pub(crate) version: Option<String>,
    /// Digests of the images that task definitions used when the world began.
    pub(crate) used_images: BTreeSet<String>,
}

impl Cloud {
    /// An empty cloud.
    pub(crate) fn new(start: Timestamp, seed: u64, prospects: Prospects) -> Self {
        Cloud {
            account: "000000000000".to_owned(),
            region: "us-east-1".to_owned(),
            start,
            clock: Clock::new(start),
            rng: Rng::new(seed),
            faults: Faults::default(),
            prospects,
            calls: 0,
            clusters: BTreeMap::new(),
            families: BTreeMap::new(),
            services: BTreeMap::new(),
            tasks: BTreeMap::new(),
            task_names: BTreeMap::new(),
            next_task: 0,
            tokens: BTreeMap::new(),
            repositories: BTreeMap::new(),
            secrets: BTreeMap::new(),
            parameters: BTreeMap::new(),
            target_groups: BTreeMap::new(),
            elb: Elb::default(),
            traffic: Traffic::default(),
            cloudwatch: CloudWatch::default(),
            queues: BTreeMap::new(),
            sns: Sns::default(),
            rds: Rds::default(),
            processes: Processes::default(),
            hosts: BTreeMap::new(),
            scaling: Scaling::default(),
            answers: Answers::default(),
            lag: Lag::default(),
            functions: BTreeMap::new(),
            capacity: Capacity::default(),
            logs: BTreeMap::new(),
            retention: BTreeMap::new(),
            endpoints: Vec::new(),
            listeners: Vec::new(),
            files: Files::here(),
            people: Vec::new(),
            asked: BTreeMap::new(),
            version: None,
            used_images: BTreeSet::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Since when the world has been as it was at its start.
    pub(crate) fn began(&self) -> Timestamp {
        earlier(self.start, AGE)
    }

    /// `arn:aws:SERVICE:REGION:ACCOUNT:REST`.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, self.account)
    }

    /// Whether an alarm is in ALARM.
    pub(crate) fn in_alarm(&self, name: &str) -> bool {
        cloudwatch::alarm_state(self, name) == Some(AlarmState::Alarm)
    }

    /// Lets `duration` pass: everything that is due happens, in order.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let until = later(self.now(), duration);
        while self.step(until) {}
        self.clock.reach(until);
    }

    /// Lets the next event up to `until` happen; `false`: there is none.
    pub(crate) fn step(&mut self, until: Timestamp) -> bool {
        let Some(event) = self.clock.next_until(until) else {
            return false;
        };
        match event {
            Event::Schedule(key) => {
                rollout::schedule(self, &key);
                traffic::changed(self, &key);
            }
            Event::Task { id, step, next } => {
                lifecycle::happen(self, id, step, next);
                if let Some(key) = self.tasks.get(&id).and_then(|t| t.service.clone()) {
                    traffic::changed(self, &key);
                }
            }
            Event::Scale(resource) => scaling::evaluate(self, &resource),
            Event::Forget(id) => self.forget(id),
            Event::Unlist(key, deployment) => {
                if let Some(service) = self.services.get_mut(&key) {
                    service.unlist(&deployment);
                }
            }
        }
        true
    }

    fn forget(&mut self, id: TaskId) {
        if let Some(task) = self.tasks.remove(&id) {
            self.task_names.remove(&task.name);
            if let Some(service) = task.service.and_then(|key| self.services.get_mut(&key)) {
                service.stopped.retain(|t| *t != id);
            }
        }
    }
}
