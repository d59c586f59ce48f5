//! The health endpoint of the service that the tests deploy.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::Response;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::catalog::{self, Names};
use super::cloud;
use super::http::{self, Reply, Server};

/// What the endpoint answers to health checks.
#[derive(Debug, Clone)]
pub enum Mood {
    /// Healthy, with the version whose tasks ECS runs now.
    Live {
        /// URL of the emulator that is asked.
        endpoint: String,
        /// Names of cluster and service there.
        names: Names,
    },
    /// Healthy, and reports this version.
    Healthy(String),
    /// `Unhealthy`, with this version, status 200.
    Unhealthy(String),
    /// This status, and no JSON.
    Status(u16),
}

/// The endpoint; gone when it is dropped.
pub struct Health {
    server: Server,
    mood: Arc<Mutex<Mood>>,
}

impl Health {
    /// Starts an endpoint on a free port.
    pub fn start(mood: Mood) -> Health {
        let mood = Arc::new(Mutex::new(mood));
        let now = Arc::clone(&mood);
        let server = Server::start(move |_request| {
            let mood = lock(&now).clone();
            async move {
                // The live mood asks the emulator, which blocks.
                let answer = tokio::task::spawn_blocking(move || answer(&mood)).await;
                answer.map_or(Reply::Reset, Reply::With)
            }
        });
        Health { server, mood }
    }

    /// Plays the endpoint of the service as the emulator runs it.
    pub fn live(endpoint: String, names: Names) -> Health {
        Health::start(Mood::Live { endpoint, names })
    }

    /// URL that a pipeline checks.
    pub fn url(&self) -> String {
        format!("{}/health", self.server.url())
    }

    /// Changes what it answers from now on.
    pub fn set(&self, mood: Mood) {
        *lock(&self.mood) = mood;
    }
}

fn lock(mood: &Mutex<Mood>) -> MutexGuard<'_, Mood> {
    mood.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(mood: &Mood) -> Response<http_body_util::Full<Bytes>> {
    let (status, version) = match mood {
        Mood::Live { endpoint, names } => match running_version(endpoint, names) {
            Some(version) => ("Healthy", version.to_owned()),
            None => return http::response(503, "text/plain", "no task runs"),
        },
        Mood::Healthy(version) => ("Healthy", version.clone()),
        Mood::Unhealthy(version) => ("Unhealthy", version.clone()),
        Mood::Status(status) => return http::response(*status, "text/plain", "no JSON"),
    };
    let body = json!({"status": status, "version": version});
    http::response(200, "application/json", body.to_string())
}

/// The version behind the PRIMARY deployment if its tasks run, else behind another's that do.
fn running_version(endpoint: &str, names: &Names) -> Option<&'static str> {
    let service = cloud::service(endpoint, &names.cluster, &names.service);
    let deployments = service["deployments"].as_array()?;
    let runs = |deployment: &&Value| deployment["runningCount"].as_u64() > Some(0);
    let serving = cloud::primary(&service)
        .filter(runs)
        .or_else(|| deployments.iter().find(runs))?;
    let described = cloud::call(
        endpoint,
        "ecs",
        "DescribeTaskDefinition",
        json!({"taskDefinition": serving["taskDefinition"]}),
    )
    .ok()?;
    let image = &described["taskDefinition"]["containerDefinitions"][0]["image"];
    catalog::version_of(image.as_str()?)
}
