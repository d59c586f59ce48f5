//! `net::reachable` — something listens.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::next_poll;
use super::args::{INVALID_INPUT, Span, words};
use super::{Call, Context, Declaration, Line, Progress, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop};

/// Longest that one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Pause between two attempts to connect.
const PAUSE: Duration = Duration::from_secs(2);

/// A host and a port.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reachable {
    /// Host name or IP address.
    host: String,
    /// TCP port.
    port: u16,
    /// Longest time to try. Default `"30s"`.
    #[serde(default = "thirty_seconds")]
    timeout: Span,
}

fn thirty_seconds() -> Span {
    Span::seconds(30)
}

impl Verb for Reachable {
    const DECLARATION: Declaration = Declaration {
        module: "net",
        name: "reachable",
        effect: Effect::Wait,
        doc: "Waits until a TCP port accepts a connection, for example of a database, a cache or a queue. A plan predicts success and connects to nothing. Throws `connection_failed` if no connection succeeds in time.",
        positional: &["host", "port"],
        returns: "`#{ attempts }`.",
        example: r#"let database = net::reachable("catalog-db.internal", 5432, #{ timeout: "10s" });
print(database.attempts);"#,
    };
}

impl Call for Reachable {
    fn is_outside_aws(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), Fault> {
        let wrong = |what: &str| {
            let message = format!("net::reachable at {what}");
            Err(Fault::new(INVALID_INPUT, message))
        };
        if self.host.is_empty() || self.host.contains(['/', ' ']) {
            return wrong("`host`: expected a name or an address, not a URL");
        }
        match self.port {
            0 => wrong("`port`: 0 is not a port"),
            _ => Ok(()),
        }
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "connect".into(),
            object: format!("{}:{}", self.host, self.port),
            at_most_ms: Some(self.timeout.millis()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.timeout.0)
    }

    /// The connection is predicted to be accepted at once.
    fn predict(&self, _: &Context<'_>) -> Result<Value, Stop> {
        Ok(json!({ "attempts": 1 }))
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let tried = cx.world.connect(&self.host, self.port, ATTEMPT);
            let Err(fault) = tried else {
                return Ok(json!({ "attempts": attempts }));
            };
            cx.progress(Progress {
                waiting_for: format!("{}:{}", self.host, self.port),
                until: "accept a connection".into(),
                since: Some(cx.started),
                deadline: cx.deadline,
                state: fault.message.clone(),
                news: None,
            });
            if !next_poll(cx, PAUSE)? {
                let message = format!("{} (for {})", fault.message, words(self.timeout.0));
                return Err(Fault { message, ..fault }.retry(Default::default()).into());
            }
        }
    }
}
