//! A failure that a script may catch.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The answer is final: repeating the request cannot help.
    #[default]
    Never,
    /// The service asked for fewer requests; this one was not carried out.
    Throttled,
    /// The request was not carried out (it never left, or was refused for a passing reason).
    Transient,
    /// The request may or may not have been carried out: the answer was lost.
    InDoubt,
}

/// A failure that a script may catch: `catch (e) { e.code }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable name. AWS's own error code for an answer of AWS (`ClusterNotFoundException`),
    /// snake_case for everything of ours (`deployment_failed`, `timed_out`).
    pub code: String,
    /// What went wrong, in one sentence for a person.
    pub message: String,
    /// What to do about it, in a sentence; `None`: no advice is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether it may be tried again.
    #[serde(default)]
    pub retry: Retry,
    /// Anything structured: stopped reasons, differences, the response.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

impl Fault {
    /// A final fault with its stable `code`.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Fault {
            code: code.into(),
            message: message.into(),
            hint: None,
            retry: Retry::Never,
            details: Value::Null,
        }
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says whether it may be tried again.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Adds structured details, which a script reads as `e.details`.
    pub fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}
