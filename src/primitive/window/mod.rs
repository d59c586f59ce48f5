//! `time::window` and `time::wait_for_window` — hours in which something may be done.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::next_poll;
use super::args::{INVALID_INPUT, Span, words};
use super::{Call, Context, Declaration, Line, Progress, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop, codes};

mod hours;

pub use hours::{ReadWindow, in_zone};
use hours::{Window, local, said};

/// Longest pause until the clock is read again.
const LOOK: Duration = Duration::from_secs(60);

/// Days and hours, and how long to wait for them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitForWindow {
    /// Days on which it opens: `"mon"`, or from and to: `"mon..thu"`. Default: every day.
    #[serde(default)]
    days: Vec<String>,
    /// When it opens: `"10:00"`.
    from: String,
    /// When it closes: `"16:00"`; `"24:00"` is midnight; earlier than `from`: on the next day.
    to: String,
    /// Time zone: `"America/Lima"`, `"-05:00"`, `"UTC"`.
    zone: String,
    /// Longest time to wait for the window.
    timeout: Span,
}

impl WaitForWindow {
    fn window(&self) -> ReadWindow {
        ReadWindow {
            days: self.days.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            zone: self.zone.clone(),
        }
    }
}

fn never(path: &str) -> Stop {
    Fault::new(INVALID_INPUT, format!("{path}: it never opens")).into()
}

impl Verb for ReadWindow {
    const DECLARATION: Declaration = Declaration {
        module: "time",
        name: "window",
        effect: Effect::Read,
        doc: "Tells whether a maintenance window is open, and when the current or else the next opening begins and ends. Hours are local times of the zone, also on days on which its clocks change.",
        positional: &[],
        returns: "`#{ open, opens_at, closes_at, now }`, times as RFC 3339 with the zone's offset.",
        example: r#"let window = time::window(#{ days: ["mon..thu"], from: "10:00", to: "16:00", zone: "America/Lima" });
if !window.open { print(`opens at ${window.opens_at}`); }"#,
    };
}

impl Call for ReadWindow {
    fn check(&self) -> Result<(), Fault> {
        let path = Self::DECLARATION.path();
        Window::new(&path, self).map(drop)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "window".into(),
            object: said(self),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let path = Self::DECLARATION.path();
        let window = Window::new(&path, self)?;
        let now = cx.world.now();
        let opening = window.at(now).ok_or_else(|| never(&path))?;
        Ok(opening.json(now))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(match output["open"].as_bool()? {
            true => format!("open until {}", output["closes_at"].as_str()?),
            false => format!("opens at {}", output["opens_at"].as_str()?),
        })
    }
}

impl Verb for WaitForWindow {
    const DECLARATION: Declaration = Declaration {
        module: "time",
        name: "wait_for_window",
        effect: Effect::Wait,
        doc: "Waits until a maintenance window is open. Throws `window_closed` (with `details.opens_at`) at once if it will not open in time.",
        positional: &[],
        returns: "As `time::window`, once it is open.",
        example: r#"let window = time::wait_for_window(#{
    days: ["mon..thu"], from: "10:00", to: "16:00", zone: "-05:00", timeout: "12h",
});
print(window.closes_at);"#,
    };
}

impl Call for WaitForWindow {
    fn check(&self) -> Result<(), Fault> {
        let path = Self::DECLARATION.path();
        Window::new(&path, &self.window()).map(drop)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "wait for window".into(),
            object: said(&self.window()),
            at_most_ms: Some(self.timeout.millis()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.timeout.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let path = Self::DECLARATION.path();
        let hours = self.window();
        let window = Window::new(&path, &hours)?;
        loop {
            let now = cx.world.now();
            let opening = window.at(now).ok_or_else(|| never(&path))?;
            if opening.open {
                return Ok(opening.json(now));
            }
            let opens = opening.opens.timestamp();
            let closed = || -> Stop {
                let opens_at = local(&opening.opens);
                let message = format!(
                    "the window ({}) opens at {opens_at}, later than in {}",
                    said(&hours),
                    words(self.timeout.0)
                );
                Fault::new(codes::WINDOW_CLOSED, message)
                    .details(json!({ "opens_at": opens_at }))
                    .into()
            };
            if cx.deadline.is_some_and(|deadline| opens > deadline) {
                return Err(closed());
            }
            cx.progress(Progress {
                waiting_for: "the window".into(),
                until: format!("open at {}", local(&opening.opens)),
                since: Some(cx.started),
                deadline: cx.deadline,
                ..Progress::default()
            });
            let left = Duration::try_from(opens.duration_since(now)).unwrap_or_default();
            if !next_poll(cx, left.min(LOOK))? {
                return Err(closed());
            }
        }
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(format!("open until {}", output["closes_at"].as_str()?))
    }
}
