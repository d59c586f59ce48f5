//! The policies, and how far one call has come with its own.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::text::hex;
use crate::vocabulary::{Effect, Fault, Retry};

/// How often a call is made again, for how long, and after which delays.
#[derive(Debug)]
pub struct RetryPolicy {
    /// Most attempts, the first included. `None`: only time ends them.
    attempts: Option<u32>,
    /// For how long at most. `None`: only the attempts end it.
    longest: Option<SignedDuration>,
    /// For how long at most while answers are lost: each may take a whole time-out.
    longest_lost: Option<SignedDuration>,
    delay: Delay,
}

/// The delay before the next attempt.
#[derive(Debug)]
enum Delay {
    /// Between half and the whole of `base`, doubled with every attempt. Where in between, the run and the call decide,
    /// so that runs do not march in step.
    Doubling { base: Duration, throttled: Duration },
    /// The delay is equal before every attempt.
    Steady(Duration),
}

impl RetryPolicy {
    /// For an ordinary call to AWS: six attempts, and at most 30 s while answers are lost.
    pub const CALL: RetryPolicy = RetryPolicy {
        attempts: Some(6),
        longest: None,
        longest_lost: Some(SignedDuration::from_secs(30)),
        delay: Delay::Doubling {
            base: Duration::from_millis(200),
            throttled: Duration::from_millis(500),
        },
    };

    /// A write whose answer was lost, of which is known that sending it again does no harm.
    pub const LOST_WRITE: RetryPolicy = RetryPolicy {
        attempts: Some(4),
        longest: None,
        longest_lost: None,
        delay: Delay::Doubling {
            base: Duration::from_millis(250),
            throttled: Duration::from_millis(500),
        },
    };

    /// A call that must not be given up while nobody answers.
    pub const OUTAGE: RetryPolicy = RetryPolicy {
        attempts: None,
        longest: Some(SignedDuration::from_mins(5)),
        longest_lost: Some(SignedDuration::from_mins(5)),
        delay: Delay::Steady(Duration::from_secs(3)),
    };

    /// A read that a person waits for, and that may be left out.
    pub const OPTIONAL_READ: RetryPolicy = RetryPolicy {
        attempts: Some(4),
        longest: None,
        longest_lost: None,
        delay: Delay::Doubling {
            base: Duration::from_millis(200),
            throttled: Duration::from_millis(500),
        },
    };

    /// Whether the same call may be sent again after a fault. A write whose answer was lost may not: somebody has to
    /// find out first whether it was carried out.
    fn may_repeat(retry: Retry, effect: Effect) -> bool {
        match retry {
            Retry::Never => false,
            Retry::InDoubt => effect != Effect::Write,
            Retry::Throttled | Retry::Transient => true,
        }
    }
}

/// How often one call has failed, and since when.
#[derive(Debug)]
pub struct RetryState<'a> {
    policy: &'static RetryPolicy,
    run: &'a str,
    key: &'a str,
    since: Option<Timestamp>,
    failed: u32,
}

impl<'a> RetryState<'a> {
    /// A call that has not failed yet. `run` and `key` tell it from every other call. Its time counts from the first
    /// fault.
    pub fn new(policy: &'static RetryPolicy, run: &'a str, key: &'a str) -> Self {
        RetryState {
            policy,
            run,
            key,
            since: None,
            failed: 0,
        }
    }

    /// Makes the time of the call count from `at`, even before its first fault.
    pub fn since(self, at: Timestamp) -> Self {
        RetryState {
            since: Some(at),
            ..self
        }
    }

    /// How many attempts have failed so far.
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// Counts a fault. Returns the delay before the next attempt; `None`: the fault is the call's result.
    pub fn after(&mut self, fault: &Fault, effect: Effect, now: Timestamp) -> Option<Duration> {
        let again = self.again(fault.retry, now);
        again.filter(|_| RetryPolicy::may_repeat(fault.retry, effect))
    }

    /// Counts a fault of a call that may be repeated whatever the fault. Returns the delay before the next attempt;
    /// `None`: there is none any more.
    pub fn again(&mut self, retry: Retry, now: Timestamp) -> Option<Duration> {
        self.failed += 1;
        let passed = now.duration_since(*self.since.get_or_insert(now));
        let longest = match retry {
            Retry::InDoubt => self.policy.longest_lost,
            _ => self.policy.longest,
        };
        let tired = self.policy.attempts.is_some_and(|most| self.failed >= most);
        let over = longest.is_some_and(|longest| passed >= longest);
        (!tired && !over).then(|| self.delay(retry))
    }

    fn delay(&self, retry: Retry) -> Duration {
        let whole = match (&self.policy.delay, retry) {
            (Delay::Steady(delay), _) => return *delay,
            (Delay::Doubling { throttled, .. }, Retry::Throttled) => *throttled,
            (Delay::Doubling { base, .. }, _) => *base,
        };
        let whole = whole * (1 << self.failed.min(5));
        let half = whole.as_millis() / 2;
        let digest = hex::sha256(format!("{}/{}", self.run, self.key));
        let chance = u128::from_str_radix(&digest[..4], 16).unwrap_or(0);
        let jitter = (chance + u128::from(self.failed) * 7919) % (half + 1);
        Duration::from_millis(u64::try_from(half + jitter).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn fault(retry: Retry) -> Fault {
        Fault::new("x", "x").retry(retry)
    }

    /// The delays of a call that fails at once each time.
    fn delays(policy: &'static RetryPolicy, retry: Retry, key: &str) -> Vec<Duration> {
        let mut state = RetryState::new(policy, "run", key);
        std::iter::from_fn(|| state.again(retry, at(0)))
            .take(20)
            .collect()
    }

    #[test]
    fn what_is_not_passing_is_not_repeated() {
        for (retry, effect, repeated) in [
            (Retry::Never, Effect::Read, false),
            (Retry::Never, Effect::Write, false),
            (Retry::Throttled, Effect::Write, true),
            (Retry::Transient, Effect::Write, true),
            (Retry::InDoubt, Effect::Read, true),
            (Retry::InDoubt, Effect::Write, false),
        ] {
            let mut state = RetryState::new(&RetryPolicy::CALL, "run", "main:1");
            let delay = state.after(&fault(retry), effect, at(0));
            assert_eq!(delay.is_some(), repeated, "{retry:?} {effect:?}");
        }
    }

    #[test]
    fn delays_double_between_half_and_whole() {
        for (policy, retry, base, count) in [
            (&RetryPolicy::CALL, Retry::Transient, 200, 5),
            (&RetryPolicy::CALL, Retry::Throttled, 500, 5),
            (&RetryPolicy::LOST_WRITE, Retry::Transient, 250, 3),
            (&RetryPolicy::OPTIONAL_READ, Retry::InDoubt, 200, 3),
        ] {
            let delays = delays(policy, retry, "main:1");
            assert_eq!(delays.len(), count);
            for (attempt, delay) in (1..).zip(&delays) {
                let whole = Duration::from_millis(base << attempt);
                assert!(*delay >= whole / 2 && *delay <= whole, "{delays:?}");
            }
        }
    }

    #[test]
    fn calls_do_not_march_in_step_and_one_call_repeats_itself() {
        let of = |key| delays(&RetryPolicy::CALL, Retry::Transient, key);
        assert_eq!(of("main:1"), of("main:1"));
        assert_ne!(of("main:1"), of("main:2"));
    }

    #[test]
    fn an_outage_is_waited_out_for_five_minutes() {
        let mut state = RetryState::new(&RetryPolicy::OUTAGE, "run", "main:1");
        let three = Some(Duration::from_secs(3));
        for second in [1_000, 1_003, 1_299] {
            assert_eq!(state.again(Retry::Transient, at(second)), three);
        }
        assert_eq!(state.again(Retry::Transient, at(1_300)), None);
        assert_eq!(state.failed(), 4);
    }

    #[test]
    fn lost_answers_of_a_read_are_waited_for_half_a_minute() {
        let state = || RetryState::new(&RetryPolicy::CALL, "run", "main:1").since(at(0));
        let lost = fault(Retry::InDoubt);
        assert!(state().after(&lost, Effect::Read, at(29)).is_some());
        assert_eq!(state().after(&lost, Effect::Read, at(30)), None);
        let refused = fault(Retry::Throttled);
        assert!(state().after(&refused, Effect::Read, at(30)).is_some());
    }
}
