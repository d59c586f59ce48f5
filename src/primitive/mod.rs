//! The verbs of a deployment. Each is declared once: name, effect, arguments, documentation, example.
//!
//! The reference, the checker, the plan and the script engine all read that [`Declaration`].

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::cancel::Cancel;
use crate::scrub::Secrets;
use crate::vocabulary::{Answer, Effect, Fault, Halt, Question, Retry, Stop};
use crate::world::World;

pub mod api;
pub mod args;
pub mod ask;
pub mod fargate;
pub mod retry;
pub mod seen;

mod autoscaling;
mod aws;
mod cloudwatch;
mod deployment;
pub mod diff;
mod ecr;
mod ecs;
mod elb;
mod expect;
mod file;
mod http;
mod leaks;
mod load;
mod logs;
mod metrics;
mod net;
mod people;
mod process;
mod push;
mod rds;

mod sealed;
pub mod secret_ref;
mod secrets;
mod sns;
mod sql;
mod sqs;
mod stopped;
mod sts;
mod task;
mod time;
mod wait;
mod watch;
pub mod window;

pub use crate::vocabulary::{Change, Going, Left, Line, LineKind, Progress};
pub use seen::Seen;

/// Every primitive there is.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all = ecs::all();
    all.push(Arc::new(deployment::FollowDeployment::new()));
    all.push(Arc::new(task::FollowTask::new()));
    all.push(Arc::new(aws::Call::new()));
    all.push(Arc::new(wait::Wait::new()));
    all.extend(ecr::all());
    all.extend(elb::all());
    all.extend(autoscaling::all());
    all.extend(cloudwatch::all());
    all.extend(logs::all());
    all.extend(sqs::all());
    all.extend(sns::all());
    all.extend(rds::all());
    all.extend(secrets::all());
    all.extend(sts::all());
    all.push(Arc::new(http::Check::new()));
    all.push(Arc::new(http::Request::new()));
    all.push(Arc::new(net::Reachable::new()));
    all.push(Arc::new(load::Check::new()));
    all.push(Arc::new(process::Run::new()));
    all.push(Arc::new(leaks::FindSecrets::new()));
    all.push(Arc::new(push::Push::new()));
    all.push(Arc::new(metrics::Measured::new()));
    all.push(Arc::new(watch::Hold::new()));
    all.push(Arc::new(people::Ask::new()));
    all.push(Arc::new(people::Confirm::new()));
    all.push(Arc::new(time::Sleep::new()));
    all.push(Arc::new(time::Now::new()));
    all.push(Arc::new(window::Look::new()));
    all.push(Arc::new(window::Wait::new()));
    all.push(Arc::new(file::Read::new()));
    all.push(Arc::new(file::List::new()));
    all.push(Arc::new(file::Write::new()));
    all.push(Arc::new(sql::Review::new()));
    all.push(Arc::new(sql::Batches::new()));
    all.push(Arc::new(fargate::Fargate::new()));
    all
}

/// What everyone needs to know of a primitive without calling it.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// Module in scripts: `ecs`.
    pub module: &'static str,
    /// Function in scripts: `update_service`.
    pub name: &'static str,
    /// What it does to the world.
    pub effect: Effect,
    /// What it does, in Markdown; the first sentence is its summary.
    pub doc: &'static str,
    /// What it takes.
    pub input: Input,
    /// Members of the input map that may be passed by position instead: `time::sleep("5m")`.
    pub positional: &'static [&'static str],
    /// What it returns, in one sentence.
    pub returns: &'static str,
    /// A script that runs on the simulated cloud of the examples.
    pub example: &'static str,
}

impl Declaration {
    /// `ecs::update_service`.
    pub fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }

    /// Whether a map at this place (from 0) is that positional member, and not the map of all others:
    /// `aws::call("sqs", "PurgeQueue", #{ … })`.
    pub fn map_at(&self, place: usize) -> bool {
        let (Some(name), Input::Typed(schema)) = (self.positional.get(place), &self.input) else {
            return false;
        };
        match &schema.as_value()["properties"][name] {
            Value::Null => false,
            member => match &member["type"] {
                Value::String(kind) => kind == "object",
                Value::Array(kinds) => kinds.iter().any(|kind| kind == "object"),
                // Anything.
                _ => member["$ref"].is_null(),
            },
        }
    }
}

/// What a primitive takes: always one map.
#[derive(Debug, Clone)]
pub enum Input {
    /// The API's own JSON.
    Api {
        /// As in [`crate::world::AwsCall`].
        service: &'static str,
        /// The operation.
        operation: &'static str,
    },
    /// A map of ours, in snake_case, as a JSON Schema (descriptions are the documentation).
    Typed(schemars::Schema),
}

/// A verb of a deployment.
pub trait Primitive: Send + Sync {
    /// Its declaration.
    fn declaration(&self) -> &Declaration;

    /// What a call with this input does to the world.
    fn effect(&self, _input: &Value) -> Effect {
        self.declaration().effect
    }

    /// Checks the input before anything is recorded or done.
    ///
    /// # Errors
    /// `invalid_input`, naming the path, what was expected and the candidates.
    fn check(&self, input: &Value) -> Result<(), Fault>;

    /// How the call reads in a plan or on a screen.
    fn line(&self, input: &Value, seen: &Seen) -> Line;

    /// The longest it may take, for waits and questions.
    fn limit(&self, _input: &Value) -> Option<Duration> {
        None
    }

    /// Does it.
    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop>;

    /// Finds out whether a write without a recorded result has happened.
    fn reconcile(&self, _input: &Value, _cx: &Context<'_>) -> Result<Reconciled, Stop> {
        Ok(Reconciled::Unknown)
    }

    /// Whether this fault of a write proves that nothing was done: then nothing is left of it, and nothing to undo.
    fn refused(&self, fault: &Fault) -> bool {
        matches!(fault.retry, Retry::Throttled | Retry::Transient)
    }

    /// What came of it, in a few words.
    fn summary(&self, _input: &Value, _output: &Value) -> Option<String> {
        None
    }

    /// What its output's text is, for who parses it.
    fn source(&self, _input: &Value) -> Option<Source> {
        None
    }

    /// What holds in the world now that it returned, worth the last line of a run that goes well.
    fn proves(&self, _input: &Value, _output: &Value) -> Option<String> {
        None
    }

    /// What a successful write leaves in place; `None`: nothing worth a line.
    fn leaves(&self, _input: &Value, _output: &Value) -> Option<Left> {
        None
    }

    /// The secrets that a call with this input fetches, by reference: what they say is looked for in all that follows.
    fn fetches(&self, _input: &Value) -> Vec<String> {
        Vec::new()
    }

    /// Members and values in an answer that are not known here: what AWS has said may be said to it.
    fn strangers(&self, _input: &Value, _output: &Value) -> Vec<String> {
        Vec::new()
    }

    /// Whether what it answers is a setting of AWS's, to be passed on as it is, and not what a program said.
    fn is_setting(&self) -> bool {
        false
    }

    /// What a wait that failed has shown of a write before it.
    fn corrects(&self, _input: &Value, _fault: &Fault) -> Option<Corrected> {
        None
    }

    /// What goes on in AWS by itself: behind a write that returned this, or while a wait goes on (`output`: null).
    fn in_flight(&self, _input: &Value, _output: &Value) -> Option<Going> {
        None
    }
}

/// Where a text is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `task-definition.json`, ``what `gh pr view` printed``.
    pub name: String,
    /// Whether that is a file's name.
    pub is_file: bool,
    /// The member of the output that is the text; empty: the output itself.
    pub member: &'static str,
}

/// What is known by now of a write that was made before.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// The write and what it acts upon: `ecs::update_service web`.
    pub about: String,
    /// What is left of it.
    pub text: String,
    /// Whether that is nothing that matters.
    pub harmless: bool,
}

/// What a look at the world says of a write in doubt.
#[derive(Debug, Clone, PartialEq)]
pub enum Reconciled {
    /// It happened; this is what it would have returned.
    Happened {
        /// The output.
        output: Value,
        /// How that was found out.
        how: String,
    },
    /// It did not happen: it may be done now.
    DidNot {
        /// How that was found out.
        how: String,
    },
    /// Nothing shows it, and once too often does less harm than not at all: it is done without asking.
    MayRepeat {
        /// What repeating it may lead to.
        how: String,
    },
    /// Nothing shows it: a person must say.
    Unknown,
}

impl Reconciled {
    /// Of a call that its script calls `repeatable`.
    fn repeated() -> Self {
        Reconciled::MayRepeat {
            how: "to do it twice does no harm".to_owned(),
        }
    }
}

/// What a primitive may use while it performs.
pub struct Context<'a> {
    /// The world.
    pub world: &'a dyn World,
    /// Whether a halt leaves something that a person can resume.
    pub resumable: bool,
    /// When this process took the call up: the world's time, and its [`World::monotonic`] time.
    pub began: (Timestamp, Duration),
    /// Run id.
    pub run: &'a str,
    /// Place in the journal.
    pub key: &'a str,
    /// When the call was first made (recorded: the same after a resume).
    pub started: Timestamp,
    /// Until when at most.
    pub deadline: Option<Timestamp>,
    /// What this run has read so far.
    pub seen: &'a Seen,
    /// How long processes are known to have been at this call before; zero: it is the first.
    pub spent: Duration,
    /// Who started the run; empty: not known.
    pub starter: &'a str,
    /// Answers that people have already given to this call.
    pub answers: &'a [Answer],
    /// A person's wish to stop.
    pub cancel: &'a Cancel,
    /// What this run knows that must not be shown.
    pub secrets: &'a Secrets,
    /// Shared retry budgets.
    pub budget: &'a retry::Budget,
    /// Where progress goes.
    pub tell: &'a dyn Fn(Tell),
}

/// What a primitive tells while it performs.
#[derive(Debug, Clone)]
pub enum Tell {
    /// How a wait is going.
    Progress(Progress),
    /// People are asked.
    Asked(Question),
    /// A person answered; recorded before anything follows from it.
    Answered(Answer),
    /// Something that people should know of the call.
    Remark(String),
    /// A passing fault; it will be tried again.
    Retried {
        /// Attempt that failed, from 1.
        attempt: u32,
        /// Why.
        fault: Fault,
        /// Until the next attempt.
        delay: Duration,
    },
}

impl Context<'_> {
    /// Lets time pass, unless someone asks to stop.
    ///
    /// # Errors
    /// `Halt::Cancelled`.
    pub fn sleep(&self, duration: Duration) -> Result<(), Stop> {
        self.world.sleep(duration);
        if self.cancel.is_cancelled() {
            return Err(Stop::Halt(Halt::Cancelled));
        }
        Ok(())
    }

    /// The time, as this call counts it: a clock that is set meanwhile neither ends a wait early nor prolongs it.
    pub fn now(&self) -> Timestamp {
        let (at, monotonic) = self.began;
        let passed = self.world.monotonic().saturating_sub(monotonic);
        at.checked_add(passed).unwrap_or(at)
    }

    /// The same with another deadline.
    pub fn until(&self, deadline: Option<Timestamp>) -> Self {
        Context { deadline, ..*self }
    }

    /// Says how a wait is going.
    pub fn progress(&self, progress: Progress) {
        (self.tell)(Tell::Progress(progress));
    }

    /// Deterministic token for this call: the same after a resume, different for every other call.
    pub fn token(&self) -> String {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(format!("{}/{}", self.run, self.key));
        digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }
}
