//! Errors that services answer with.

use serde_json::Value;

/// What a service says of a call that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorAnswer {
    /// Its code, such as `ResourceNotFoundException`; the HTTP status where the answer has no body at all, as S3's to HEAD.
    pub code: String,
    /// Its code in the query protocol, where the service once spoke that: `AWS.SimpleQueueService.NonExistentQueue`.
    pub query_code: Option<String>,
    /// Its message; empty where it has none.
    pub message: String,
    /// What the model says that the error has: a JSON object.
    pub members: Value,
    /// Name of the error in the model, of one that the operation lists.
    pub shape: Option<&'static str>,
    /// AWS's id of the request.
    pub request_id: Option<String>,
}
