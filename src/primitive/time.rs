//! `time::` — the clock.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::next_poll;
use super::args::{Span, read, typed, words};
use super::{Context, Declaration, Line, Primitive, Progress, Seen};
use crate::vocabulary::{Effect, Fault, Stop};

/// A pause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SleepArgs {
    /// How long.
    duration: Span,
}

/// `time::sleep`.
pub struct Sleep(Declaration);

impl Sleep {
    /// Declares it.
    pub fn new() -> Self {
        Sleep(Declaration {
            module: "time",
            name: "sleep",
            effect: Effect::Wait,
            doc: "Lets time pass. A resumed run waits only for the rest of it; a rehearsal does not wait at all.",
            input: typed::<SleepArgs>(),
            positional: &["duration"],
            returns: "Nothing.",
            example: r#"time::sleep("1h 30m");"#,
        })
    }
}

impl Primitive for Sleep {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        read::<SleepArgs>(&self.0.path(), input).map(|_| ())
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        let limit = self.limit(input).unwrap_or_default();
        Line {
            verb: "sleep".into(),
            object: words(limit),
            at_most_ms: u64::try_from(limit.as_millis()).ok(),
            ..Line::default()
        }
    }

    fn limit(&self, input: &Value) -> Option<Duration> {
        read::<SleepArgs>("", input)
            .ok()
            .map(|args| args.duration.0)
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: SleepArgs = read(&self.0.path(), input)?;
        cx.progress(Progress {
            waiting_for: words(args.duration.0),
            until: "pass".into(),
            since: Some(cx.started),
            deadline: cx.deadline,
            ..Progress::default()
        });
        while next_poll(cx, args.duration.0)? {}
        Ok(Value::Null)
    }
}

/// Nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NowArgs {}

/// `time::now`.
pub struct Now(Declaration);

impl Now {
    /// Declares it.
    pub fn new() -> Self {
        Now(Declaration {
            module: "time",
            name: "now",
            effect: Effect::Read,
            doc: "The time. Recorded: a resumed run sees the same.",
            input: typed::<NowArgs>(),
            positional: &[],
            returns: "RFC 3339 in UTC: `2026-01-11T10:00:00Z`.",
            example: r#"print(time::now());"#,
        })
    }
}

impl Primitive for Now {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        read::<NowArgs>(&self.0.path(), input).map(|_| ())
    }

    fn line(&self, _: &Value, _: &Seen) -> Line {
        Line {
            verb: "time".into(),
            ..Line::default()
        }
    }

    fn perform(&self, _: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        Ok(json!(cx.world.now().to_string()))
    }
}
