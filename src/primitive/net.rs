//! `net::reachable` — something listens.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::next_poll;
use super::args::{INVALID_INPUT, Span, read, typed, words};
use super::{Context, Declaration, Line, Primitive, Progress, Seen};
use crate::vocabulary::{Effect, Fault, Stop};

/// Longest that one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_secs(2);

/// A host and a port.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Name or address.
    host: String,
    /// TCP port.
    port: u16,
    /// Longest to go on trying. Default `"30s"`.
    #[serde(default = "thirty_seconds")]
    timeout: Span,
}

fn thirty_seconds() -> Span {
    Span::seconds(30)
}

/// `net::reachable`.
pub struct Reachable(Declaration);

impl Reachable {
    /// Declares it.
    pub fn new() -> Self {
        Reachable(Declaration {
            module: "net",
            name: "reachable",
            effect: Effect::Wait,
            doc: "Waits until a TCP port accepts a connection: a database, a cache, a queue is up. A plan predicts that it does and connects to nothing. `connection_failed` if it does not in time.",
            input: typed::<Args>(),
            positional: &["host", "port"],
            returns: "`#{ attempts }`.",
            example: r#"let database = net::reachable("catalog-db.internal", 5432, #{ timeout: "10s" });
print(database.attempts);"#,
        })
    }
}

impl Primitive for Reachable {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        let args: Args = read(&self.0.path(), input)?;
        let wrong = |what: &str| {
            let message = format!("net::reachable at {what}");
            Err(Fault::new(INVALID_INPUT, message))
        };
        if args.host.is_empty() || args.host.contains(['/', ' ']) {
            return wrong("`host`: expected a name or an address, not a URL");
        }
        match args.port {
            0 => wrong("`port`: 0 is no port"),
            _ => Ok(()),
        }
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        let Ok(args) = read::<Args>("", input) else {
            return Line::default();
        };
        Line {
            verb: "connect".into(),
            object: format!("{}:{}", args.host, args.port),
            at_most_ms: u64::try_from(args.timeout.0.as_millis()).ok(),
            ..Line::default()
        }
    }

    fn limit(&self, input: &Value) -> Option<Duration> {
        read::<Args>("", input).ok().map(|args| args.timeout.0)
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: Args = read(&self.0.path(), input)?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            if cx.world.foretells() {
                return Ok(json!({ "attempts": attempts }));
            }
            let tried = cx.world.connect(&args.host, args.port, ATTEMPT);
            let Err(fault) = tried else {
                return Ok(json!({ "attempts": attempts }));
            };
            cx.progress(Progress {
                waiting_for: format!("{}:{}", args.host, args.port),
                until: "accept a connection".into(),
                since: Some(cx.started),
                deadline: cx.deadline,
                state: fault.message.clone(),
                news: None,
            });
            if !next_poll(cx, PAUSE)? {
                let message = format!("{} (for {})", fault.message, words(args.timeout.0));
                return Err(Fault { message, ..fault }.retry(Default::default()).into());
            }
        }
    }
}
