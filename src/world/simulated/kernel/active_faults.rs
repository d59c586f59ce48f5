//! The faults of a world at work: which have begun, and which have struck something.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::clock::later;
use super::{Kernel, TaskProspects};
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::faults::{FaultSpec, FaultStart, duration};

/// Faults that strike some calls, by chance.
const BY_CHANCE: [&str; 3] = ["throttling", "server-errors", "read-lag"];

/// The faults of a simulation, and which of them have struck.
#[derive(Debug, Clone, Default)]
pub(crate) struct ActiveFaults {
    specs: Vec<FaultSpec>,
    /// Whether each has struck something, in the same order; copies of a world share it.
    struck: Arc<[AtomicBool]>,
    /// Calls that failed in a row by [`FaultSpec`]s on calls.
    pub(crate) streak: u32,
    /// When the calls were made with which a fault begins.
    at_calls: BTreeMap<u64, Timestamp>,
}

impl ActiveFaults {
    pub(crate) fn new(specs: &[FaultSpec]) -> Self {
        ActiveFaults {
            specs: specs.to_vec(),
            struck: specs.iter().map(|_| AtomicBool::new(false)).collect(),
            streak: 0,
            at_calls: BTreeMap::new(),
        }
    }

    /// A call is made: faults may begin with it.
    pub(crate) fn called(&mut self, number: u64, now: Timestamp) {
        if self
            .specs
            .iter()
            .any(|s| s.from == FaultStart::Call(number))
        {
            self.at_calls.insert(number, now);
        }
    }

    fn mark(&self, index: usize) {
        if let Some(struck) = self.struck.get(index) {
            struck.store(true, Ordering::Relaxed);
        }
    }
}

impl Kernel {
    /// The faults that have begun and fit, with their places.
    fn at_work(
        &self,
        fits: impl Fn(&FaultSpec) -> bool,
    ) -> impl Iterator<Item = (usize, &FaultSpec)> {
        let now = self.now();
        let all = self.faults.specs.iter().enumerate();
        all.filter(move |(_, spec)| fits(spec) && begun(spec.from, self.start, now, self.calls))
    }

    /// The fault of that name, if it has begun: it strikes what the caller asks for.
    pub(crate) fn fault(&self, name: &str) -> Option<&FaultSpec> {
        let (index, spec) = self.at_work(|spec| spec.name == name).next()?;
        self.faults.mark(index);
        Some(spec)
    }

    /// The fault of that name, if it has begun; whether it strikes anything is not known yet.
    pub(crate) fn fault_begun(&self, name: &str) -> Option<&FaultSpec> {
        let found = self.at_work(|spec| spec.name == name).next();
        found.map(|(_, spec)| spec)
    }

    /// Whether faults of that name that have begun are meant; they strike then.
    pub(crate) fn struck_by(&self, name: &str, meant: impl Fn(&FaultSpec) -> bool) -> bool {
        let found = self.at_work(|spec| spec.name == name && meant(spec));
        let mut any = false;
        for (index, _) in found {
            self.faults.mark(index);
            any = true;
        }
        any
    }

    /// Whether a fault of that name strikes `subject`: it names it, or nothing.
    pub(crate) fn fault_on(&self, name: &str, subject: &str) -> bool {
        self.struck_by(name, |spec| {
            spec.argument.as_deref().is_none_or(|a| a == subject)
        })
    }

    /// Since when a fault of that name has been there, if it has begun; whether it strikes is not known yet.
    pub(crate) fn fault_since(&self, name: &str) -> Option<Timestamp> {
        let now = self.now();
        let since = |spec: &FaultSpec| match spec.from {
            FaultStart::Start => Some(Timestamp::MIN),
            FaultStart::Time(after) => Some(later(self.start, after)).filter(|at| *at <= now),
            FaultStart::Call(number) => self.faults.at_calls.get(&number).copied(),
        };
        let named = self.faults.specs.iter().filter(|spec| spec.name == name);
        named.filter_map(since).min()
    }

    /// The number that a fault was given; it strikes.
    pub(crate) fn fault_argument(&self, name: &str, default: f64) -> f64 {
        self.struck_by(name, |_| true);
        let spec = self.faults.specs.iter().find(|spec| spec.name == name);
        spec.and_then(|s| s.argument.as_deref()?.parse().ok())
            .unwrap_or(default)
    }

    /// The number that a fault was given, if it has begun: it strikes.
    pub(crate) fn fault_number(&self, name: &str, default: u32) -> Option<u32> {
        self.fault(name).map(|spec| number(spec, default))
    }

    /// The number that a fault was given, if it has begun; whether it strikes is not known yet.
    pub(crate) fn fault_chance(&self, name: &str, default: u32) -> Option<u32> {
        self.fault_begun(name).map(|spec| number(spec, default))
    }

    /// The duration that a fault was given, if it has begun: it strikes.
    pub(crate) fn fault_duration(&self, name: &str, default: Duration) -> Option<Duration> {
        self.fault(name).map(|spec| length(spec, default))
    }

    /// The duration that a fault was given, if it has begun. Asking does not count as a strike.
    pub(crate) fn fault_span(&self, name: &str, default: Duration) -> Option<Duration> {
        self.fault_begun(name).map(|spec| length(spec, default))
    }

    /// The faults that have struck nothing so far, each with why. Those that strike by chance may well miss a short run.
    pub(crate) fn faults_missed(&self) -> Vec<Fault> {
        let all = self.faults.specs.iter().zip(self.faults.struck.iter());
        let by_chance = |spec: &FaultSpec| {
            BY_CHANCE.contains(&spec.name) && begun(spec.from, self.start, self.now(), self.calls)
        };
        let missed =
            all.filter(|(spec, struck)| !struck.load(Ordering::Relaxed) && !by_chance(spec));
        missed.map(|(spec, _)| self.missed(spec)).collect()
    }

    fn missed(&self, spec: &FaultSpec) -> Fault {
        let why = match spec.from {
            _ if begun(spec.from, self.start, self.now(), self.calls) => {
                format!("it strikes {}, and there was none", spec.strikes())
            }
            FaultStart::Call(number) => {
                format!(
                    "it begins with AWS call {number}, and only {} were made",
                    self.calls
                )
            }
            _ => {
                let took = self.now().duration_since(self.start);
                let took = jiff::SignedDuration::from_secs(took.as_secs());
                format!("the run was over after {took:#}")
            }
        };
        let hint = match self.prospects {
            TaskProspects::Modelled => {
                "what was shown is the run without it; leave it out, or name what the run meets"
            }
            TaskProspects::Good => {
                "a plan only meets what it reads and writes: leave it out, or rehearse it with `deployer rehearse`"
            }
        };
        let message = format!("the fault `{spec}` met nothing: {why}");
        Fault::new(codes::FAULT_MET_NOTHING, message).hint(hint)
    }
}

fn number(spec: &FaultSpec, default: u32) -> u32 {
    let given = spec.argument.as_deref().and_then(|a| a.parse().ok());
    given.unwrap_or(default)
}

fn length(spec: &FaultSpec, default: Duration) -> Duration {
    let given = spec.argument.as_deref().and_then(duration);
    given.unwrap_or(default)
}

fn begun(from: FaultStart, start: Timestamp, now: Timestamp, calls: u64) -> bool {
    match from {
        FaultStart::Start => true,
        FaultStart::Time(after) => now >= later(start, after),
        FaultStart::Call(number) => calls >= number,
    }
}
