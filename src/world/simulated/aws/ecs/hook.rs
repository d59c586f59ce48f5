//! A lifecycle hook that a deployment has met, and what is behind it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::simulated::aws::json::set;

/// What the function behind a hook does.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// Whether it answers SUCCEEDED; otherwise FAILED.
    pub(crate) succeeds: bool,
    /// How long it takes until it answers that or FAILED, with all the times that it answers IN_PROGRESS.
    pub(crate) takes: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookStatus {
    AwaitingAction,
    InProgress,
    Succeeded,
    Failed,
    TimedOut,
}

/// A hook that a deployment has met.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) id: String,
    /// ARN of its function; `None`: it pauses.
    pub(super) target: Option<String>,
    pub(crate) status: HookStatus,
    /// When its function answers; `None`: it pauses.
    pub(super) answers: Option<Timestamp>,
    /// When the hook times out, in virtual time.
    pub(super) expires: Timestamp,
    pub(super) succeeds: bool,
    /// Whether the deployment goes on when it times out.
    pub(super) goes_on: bool,
}

impl Hook {
    pub(super) fn render(&self) -> Value {
        let status = match self.status {
            HookStatus::AwaitingAction => "AWAITING_ACTION",
            HookStatus::InProgress => "IN_PROGRESS",
            HookStatus::Succeeded => "SUCCEEDED",
            HookStatus::Failed => "FAILED",
            HookStatus::TimedOut => "TIMED_OUT",
        };
        let kind = if self.target.is_some() {
            "AWS_LAMBDA"
        } else {
            "PAUSE"
        };
        let action = if self.goes_on { "CONTINUE" } else { "ROLLBACK" };
        let mut out = json!({
            "hookId": self.id,
            "targetType": kind,
            "status": status,
            "expiresAt": self.expires.to_string(),
            "timeoutAction": action,
        });
        if let Some(arn) = &self.target {
            set(&mut out, "targetArn", json!(arn));
        }
        out
    }

    /// When it is decided: its function answers, or it times out.
    pub(super) fn decided(&self) -> Timestamp {
        self.answers.map_or(self.expires, |at| at.min(self.expires))
    }
}
