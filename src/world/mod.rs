//! What a run acts upon: AWS, HTTP endpoints, processes, the clock, people.
//!
//! Three worlds exist: [`live`], [`simulated`] (a rehearsal's) and [`predicted`] (a plan's: it reads the live world, and
//! changes a simulated one). A world knows nothing of runs, journals or scripts.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::vocabulary::{Answer, Effect, Fault, Question, Replies};

pub mod apis;
mod aws_retry;
pub mod folder;
pub mod glob;
mod home_region;
pub mod image;
pub mod live;
pub mod load;
pub mod predicted;
mod process;
mod scheduler;
mod scratch;
pub mod shape;
pub mod simulated;

use process::process_timed_out;
pub use process::{ProcessCommand, ProcessOutput, ReadProcess, Stream};
pub use scheduler::Scheduler;
pub use scratch::Scratch;

/// Everything outside. Blocking: a script waits for each answer.
pub trait World: Send + Sync {
    /// Makes one AWS API call. Input and output are the API's own JSON, as
    /// `aws … --cli-input-json` takes and prints it (timestamps are RFC 3339 strings). A world may hand out one answer
    /// again, as long as it holds.
    fn aws(&self, call: &AwsCall) -> Result<Arc<Value>, Fault>;

    /// Sends one HTTP request. An answer of any status is `Ok`.
    fn http(&self, request: &HttpRequest) -> Result<HttpResponse, Fault>;

    /// The text of one of the project's files, by its path below the project's folder.
    fn file(&self, path: &str) -> Result<String, Fault>;

    /// The content of one of the project's files, which need not be text: at most [`folder::LARGEST_BINARY`] bytes.
    fn file_bytes(&self, path: &str) -> Result<Vec<u8>, Fault>;

    /// The paths of the project's files that match a pattern, sorted.
    fn files(&self, pattern: &str) -> Result<Vec<String>, Fault>;

    /// Writes one of the project's files, with the folders above it.
    fn write_file(&self, path: &str, text: &str) -> Result<(), Fault>;

    /// An empty folder for what must not stay: only this user can look into it, and it goes with its handle. What
    /// one of the same name has left behind goes first.
    fn scratch(&self, name: &str) -> Result<Scratch, Fault>;

    /// Opens a TCP connection and closes it again.
    fn connect(&self, host: &str, port: u16, timeout: Duration) -> Result<(), Fault>;

    /// Sends requests as they fall due and tells of each as it ends, until all are answered, `each` breaks
    /// off, or someone asks to stop.
    fn load(
        &self,
        load: &load::Load,
        each: &mut dyn FnMut(load::Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault>;

    /// Runs one process to its end. `output` gets each line as it comes, with its end; a line of more than 16 KiB
    /// comes in pieces, of which the last has the end.
    ///
    /// An end of any status is `Ok`.
    ///
    /// # Errors
    /// `program_not_found`, `process_timed_out`, `process_not_described` (simulated), …
    fn process(
        &self,
        command: &ProcessCommand,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault>;

    /// Whether a process of that mark, or what it has started, still runs: one whose run was killed goes on.
    fn process_alive(&self, mark: &str) -> bool;

    /// The world's time: real time, or virtual in rehearsals and plans.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment that nobody can set.
    fn monotonic(&self) -> Duration;

    /// Lets `duration` pass, or less if someone asks to stop.
    fn sleep(&self, duration: Duration);

    /// Whether calls are predicted here and not made. The run asks this once for each call: it then lets the primitive
    /// predict its result, which may be about what is yet to be deployed.
    fn predicts(&self) -> bool;

    /// Decides which parallel branch goes on, where time is virtual. `None`: time is real, and branches run side by side.
    fn scheduler(&self) -> Option<Arc<Scheduler>>;

    /// Asks people. `before`: the answers that are already recorded.
    fn ask(&self, question: &Question, before: &Replies) -> Result<AskResult, Fault>;
}

/// How asking people ended.
#[derive(Debug, Clone, PartialEq)]
pub enum AskResult {
    /// New answers, at least one.
    Answers(Vec<Answer>),
    /// Nobody can answer here and now: the run suspends.
    Later,
    /// Asking itself failed, and why: nobody has said anything, and the run suspends.
    Unable(String),
}

/// The reading half of the live world: all that a plan is handed.
pub trait ReadOnlyWorld: Send + Sync {
    /// Makes a call that cannot change anything.
    fn read(&self, call: &ReadCall) -> Result<Value, Fault>;

    /// Runs a process that is declared to change nothing.
    fn read_process(
        &self,
        command: &ReadProcess,
        output: &mut dyn FnMut(Stream, &str),
    ) -> Result<ProcessOutput, Fault>;
}

/// A call of an AWS operation, not signed yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AwsCall {
    /// Service in the AWS CLI's spelling: `ecs`, `ecr`, `elbv2`, `secretsmanager`, `ssm`, `logs`,
    /// `cloudwatch`, `sts`, …
    pub service: String,
    /// Operation in the API's spelling: `DescribeServices`.
    pub operation: String,
    /// Input of the operation, in JSON with members as the API spells them.
    pub input: Value,
    /// Region, where it is not the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Named profile, where it is not the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

impl AwsCall {
    /// A call in the configured account and region.
    pub fn new(service: impl Into<String>, operation: impl Into<String>, input: Value) -> Self {
        AwsCall {
            service: service.into(),
            operation: operation.into(),
            input,
            region: None,
            profile: None,
        }
    }

    /// Whether the operation reads or writes. Anything that is not known to read counts as a write.
    pub fn effect(&self) -> Effect {
        apis::aws::effects::effect(&self.service, &self.operation)
    }
}

/// An [`AwsCall`] that is known to read; it cannot be made from any other.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadCall(AwsCall);

impl ReadCall {
    /// `None` for an operation that writes.
    pub fn new(call: AwsCall) -> Option<Self> {
        (call.effect() == Effect::Read).then_some(ReadCall(call))
    }

    /// The call that was checked.
    pub fn call(&self) -> &AwsCall {
        &self.0
    }
}

/// An HTTP request of a script.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// Method in upper case: `GET`, `POST`, …
    pub method: String,
    /// Absolute URL, `http` or `https`.
    pub url: String,
    /// Names and values of the headers, in the order in which they are sent.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Body as text; `None`: none is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// For the whole exchange, in milliseconds.
    pub timeout_ms: u64,
    /// What the caller will assert. Worlds that predict answer with it; the live one ignores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// Where it carries secrets: what the URL is shown as. It follows no redirect to another place then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl HttpRequest {
    /// The URL as it may be shown: `secret:NAME` where all of it is a secret.
    pub fn shown(&self) -> &str {
        self.secret.as_deref().unwrap_or(&self.url)
    }
}

/// What a declared HTTP check asserts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// HTTP status code that the answer must have.
    pub status: u16,
    /// Members that the JSON body must have, at least.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub json: Value,
    /// Headers that the answer must have, at least: names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
}

/// An HTTP answer, read to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// HTTP status code of the answer.
    pub status: u16,
    /// Header names (lower case) and values.
    pub headers: Vec<(String, String)>,
    /// Body text, at most 1 MiB.
    pub body: String,
    /// Time to the whole answer, in milliseconds.
    pub latency_ms: u64,
}
