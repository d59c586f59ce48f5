//! `time::` — the clock.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::next_poll;
use super::args::{Span, words};
use super::{
    Call, Context, Declaration, Line, LineKind, PlannedAnswer, Progress, ResourceCache, Verb,
};
use crate::vocabulary::{Effect, Stop};

/// Arguments of `time::sleep`: a pause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sleep {
    /// How long to pause.
    duration: Span,
}

impl Verb for Sleep {
    const DECLARATION: Declaration = Declaration {
        module: "time",
        name: "sleep",
        effect: Effect::Wait,
        doc: "Lets time pass. A resumed run waits only for the rest of it; a rehearsal does not wait at all.",
        positional: &["duration"],
        returns: "Nothing.",
        example: r#"time::sleep("1h 30m");"#,
    };
}

impl Call for Sleep {
    fn line(&self, _: &ResourceCache) -> Line {
        let limit = self.duration.0;
        Line {
            verb: "sleep".into(),
            kind: LineKind::Sleeps,
            object: words(limit),
            at_most_ms: u64::try_from(limit.as_millis()).ok(),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.duration.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        cx.progress(Progress {
            waiting_for: words(self.duration.0),
            until: "pass".into(),
            since: Some(cx.started),
            deadline: cx.deadline,
            ..Progress::default()
        });
        while next_poll(cx, self.duration.0)? {}
        Ok(Value::Null)
    }
}

/// Arguments of `time::now`: it takes none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Now {}

impl Verb for Now {
    const DECLARATION: Declaration = Declaration {
        module: "time",
        name: "now",
        effect: Effect::Read,
        doc: "Returns the time. It is recorded: a resumed run gets the same time.",
        positional: &[],
        returns: "RFC 3339 in UTC: `2026-01-11T10:00:00Z`.",
        example: r#"print(time::now());"#,
    };
}

impl Call for Now {
    fn planned_answer(&self) -> PlannedAnswer {
        PlannedAnswer::Time
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "time".into(),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        Ok(json!(cx.world.now().to_string()))
    }
}
