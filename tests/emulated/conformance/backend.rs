//! What is judged: the simulated cloud, moto, ministack.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use deployer::cancel::Cancel;
use deployer::vocabulary::{Fault, Question, Replies};
use deployer::world::live::{Live, People};
use deployer::world::simulated::{Fixture, Simulated};
use deployer::world::{AskResult, AwsCall, World};
use serde_json::Value;

use super::{deployables, stage};

/// What texts of a case may name.
pub type Names = BTreeMap<String, String>;

/// Where tasks and load balancers are put.
#[derive(Debug, Clone)]
pub struct Network {
    /// Ids of subnets, at least one.
    pub subnets: Vec<String>,
    /// Id of the VPC that the subnets belong to.
    pub vpc: String,
}

impl Network {
    fn simulated() -> Network {
        Network {
            subnets: vec!["subnet-1".to_owned()],
            vpc: "vpc-1".to_owned(),
        }
    }
}

/// How often what an emulator stumbled at is tried.
pub const ATTEMPTS: usize = 3;

/// A cloud that cases are played on: the simulated one, an emulator or AWS.
pub struct Backend {
    /// Name in reports: `simulated`, `moto`, `ministack`.
    pub name: &'static str,
    world: Arc<dyn World>,
    profile: Option<String>,
    names: Names,
    limit: Duration,
    pause: Duration,
}

impl Backend {
    /// A simulated cloud of its own.
    pub fn simulated() -> Backend {
        let fixture = Fixture::parse(stage::FIXTURE, "stage.cloud.toml").expect("a fixture");
        let world = Simulated::from_fixture(fixture, &[], 1).expect("a cloud");
        let mut backend = Backend {
            name: "simulated",
            world: Arc::new(world),
            profile: None,
            names: Names::new(),
            limit: Duration::from_secs(15 * 60),
            pause: Duration::from_secs(5),
        };
        backend.names = stage::names(&backend, &Network::simulated());
        backend.names.extend(deployables::simulated(&backend));
        backend
    }

    /// An emulator, reached over its socket: the profile of that name says where.
    pub fn live(name: &'static str, network: &Network) -> Backend {
        // What moto has not done at once, it does never.
        let limit = Duration::from_millis(if name == "moto" { 2_000 } else { 15_000 });
        let mut backend = Backend {
            name,
            world: Arc::new(Live::new(
                Cancel::default(),
                Box::new(Nobody),
                Arc::default(),
            )),
            profile: Some(name.to_owned()),
            names: Names::new(),
            limit,
            pause: Duration::from_millis(100),
        };
        let ids = stage::build(&backend, network);
        backend.names = stage::names(&backend, network);
        backend.names.extend(ids);
        backend
    }

    /// Makes one call with the backend's credentials; returns AWS's answer or its error.
    pub fn call(&self, call: &AwsCall) -> Result<Value, Fault> {
        let mut call = call.clone();
        call.profile.clone_from(&self.profile);
        self.world.aws(&call).map(Arc::unwrap_or_clone)
    }

    /// Itself, as a run's world.
    pub fn world(&self) -> Arc<dyn World> {
        Arc::clone(&self.world)
    }

    /// The profile that names it.
    pub fn profile(&self) -> Option<String> {
        self.profile.clone()
    }

    /// The backend's time: virtual for the simulated cloud.
    pub fn now(&self) -> jiff::Timestamp {
        self.world.now()
    }

    /// What cases may name here.
    pub fn names(&self) -> Names {
        self.names.clone()
    }

    /// Judges something, by attempts that are numbered from 0. An emulator that many threads ask at once, on a machine with other
    /// work, sometimes answers an error page or nothing: it is asked again.
    pub fn judge(
        &self,
        mut attempt: impl FnMut(usize) -> Result<(), String>,
    ) -> Result<(), String> {
        let stumbled = |why: &str| why.contains("not_an_answer") || why.contains("timed_out");
        let mut judged = attempt(0);
        for again in 1..ATTEMPTS {
            if self.profile.is_none() || !judged.as_ref().is_err_and(|why| stumbled(why)) {
                break;
            }
            judged = attempt(again);
        }
        judged
    }

    /// For what comes sooner or later.
    pub fn patience(&self) -> Patience<'_> {
        Patience {
            backend: self,
            waited: Duration::ZERO,
        }
    }
}

/// Waits, as long as it is worth it.
pub struct Patience<'a> {
    backend: &'a Backend,
    waited: Duration,
}

impl Patience<'_> {
    /// Waits a little; `false`: long enough.
    pub fn wait(&mut self) -> bool {
        let backend = self.backend;
        // Pauses count, and not the clock: where calls are slow, there is more time.
        self.waited += backend.pause;
        backend.world.sleep(backend.pause);
        self.waited < backend.limit
    }
}

/// Answers no questions, since no case asks people.
struct Nobody;

impl People for Nobody {
    fn ask(&self, _: &Question, _: &Replies) -> Result<AskResult, Fault> {
        Ok(AskResult::Later)
    }
}
