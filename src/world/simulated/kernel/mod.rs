//! What every simulation needs, and what knows no service: time, chance, faults, read-after-write lag.

use std::time::Duration;

use jiff::Timestamp;

mod active_faults;
pub(crate) mod clock;
pub(crate) mod fault_injection;
pub(crate) mod lag;
pub(crate) mod rng;
pub(crate) mod schedule;

pub(crate) use active_faults::ActiveFaults;
use clock::{Clock, earlier};
use rng::Rng;

/// How long the world has been as it is at its start.
pub(crate) const AGE: Duration = Duration::from_secs(24 * 3600);

/// What becomes of the tasks that are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskProspects {
    /// What their image, secrets, behaviour and the faults say.
    Modelled,
    /// All goes well, whatever they need.
    Good,
}

/// Where and when a simulation takes place, its chance and its faults: what each of its services may use.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    /// AWS account of everything in it, twelve digits.
    pub(crate) account: String,
    /// AWS region of everything in it, such as `us-east-1`.
    pub(crate) region: String,
    /// Virtual time at which the simulation began.
    pub(crate) start: Timestamp,
    /// The virtual clock of the simulation.
    pub(crate) clock: Clock,
    /// The seeded source of everything that is left to chance.
    pub(crate) rng: Rng,
    /// The faults that are injected, and which of them have struck.
    pub(crate) faults: ActiveFaults,
    pub(crate) prospects: TaskProspects,
    /// AWS calls so far, for faults that begin with a call.
    pub(crate) calls: u64,
}

impl Kernel {
    /// A kernel of an account and a region that nobody has named.
    pub(crate) fn new(start: Timestamp, seed: u64, prospects: TaskProspects) -> Self {
        Kernel {
            account: "000000000000".to_owned(),
            region: "us-east-1".to_owned(),
            start,
            clock: Clock::new(start),
            rng: Rng::new(seed),
            faults: ActiveFaults::default(),
            prospects,
            calls: 0,
        }
    }

    /// The current virtual time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Since when the world has been as it was at its start.
    pub(crate) fn began(&self) -> Timestamp {
        earlier(self.start, AGE)
    }

    /// The ARN of a resource in this account and region: `arn:aws:SERVICE:REGION:ACCOUNT:REST`.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, self.account)
    }

    /// Whether whatever is started goes well, as a plan assumes.
    pub(crate) fn all_goes_well(&self) -> bool {
        self.prospects == TaskProspects::Good
    }
}
