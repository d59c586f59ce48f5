//! What a primitive has at hand while it performs, and what it tells meanwhile.

use std::time::Duration;

use jiff::Timestamp;

use super::ResourceCache;
use crate::cancel::Cancel;
use crate::retry::RetryBudget;
use crate::scrub::Secrets;
use crate::text::hex;
use crate::vocabulary::{Answer, Fault, Halt, Progress, Question, Stop};
use crate::world::World;

/// What a primitive may use while it performs.
pub struct Context<'a> {
    /// The world that the call acts upon: live, simulated or predicted.
    pub world: &'a dyn World,
    /// Whether a halt leaves something that a person can resume.
    pub resumable: bool,
    /// When this process took the call up: the world's time, and its [`World::monotonic`] time.
    pub began: (Timestamp, Duration),
    /// Id of the run, a ULID.
    pub run: &'a str,
    /// Key of the call in the journal: branch path and number (`0:12`).
    pub key: &'a str,
    /// When the call was first made (recorded: the same after a resume).
    pub started: Timestamp,
    /// When the call must have ended, in the world's time; `None`: it has no limit.
    pub deadline: Option<Timestamp>,
    /// What this run has read so far.
    pub seen: &'a ResourceCache,
    /// How long processes are known to have been at this call before; zero: it is the first.
    pub spent: Duration,
    /// Who started the run; empty: not known.
    pub starter: &'a str,
    /// Answers that people have already given to this call.
    pub answers: &'a [Answer],
    /// Set when a person asks the run to stop.
    pub cancel: &'a Cancel,
    /// What this run knows that must not be shown.
    pub secrets: &'a Secrets,
    /// Budgets that limit how often all calls of the run together are retried.
    pub budget: &'a RetryBudget,
    /// Takes what the call reports while it performs; called from the call's own thread.
    pub signal: &'a dyn Fn(Signal),
}

/// What a primitive tells while it performs.
#[derive(Debug, Clone)]
pub enum Signal {
    /// The state of a wait, for the screen and the log.
    Progress(Progress),
    /// A question was put to people, for the first time or after a resume.
    Asked(Question),
    /// A person answered; recorded before anything follows from it.
    Answered(Answer),
    /// Something that people should know of the call.
    Remark(String),
    /// A passing fault; it will be tried again.
    Retried {
        /// Number of the attempt that failed, from 1.
        attempt: u32,
        /// The fault of the failed attempt.
        fault: Fault,
        /// Time until the next attempt, in the world's time.
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

    /// A copy of the context with another deadline.
    pub fn until(&self, deadline: Option<Timestamp>) -> Self {
        Context { deadline, ..*self }
    }

    /// Says how a wait is going.
    pub fn progress(&self, progress: Progress) {
        (self.signal)(Signal::Progress(progress));
    }

    /// Deterministic token for this call: the same after a resume, different for every other call.
    pub fn token(&self) -> String {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(format!("{}/{}", self.run, self.key));
        hex::hex(&digest[..16])
    }
}
