//! Whether a deployment gets on: one that does is not given up because it is slow.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::arguments::{LATEST, PAUSE};
use crate::primitive::Context;

/// How far a deployment has come, and when it last got on.
pub(super) struct RolloutProgress {
    /// Most of its own tasks, and fewest of others, that were seen running.
    furthest: (i64, i64),
    moved: Timestamp,
    /// All its tasks run, and no other does: those that are left drain.
    drains: bool,
}

impl RolloutProgress {
    /// One that has begun at `started`.
    pub(super) fn begun(started: Timestamp) -> Self {
        RolloutProgress {
            furthest: (0, i64::MAX),
            moved: started,
            drains: false,
        }
    }

    /// Takes in what is seen: its own tasks that run, those that it shall have, and other tasks that run.
    pub(super) fn look(&mut self, now: Timestamp, (running, desired, old): (i64, i64, i64)) {
        let (most, fewest) = self.furthest;
        // Tasks that die and are started again are no progress.
        if running > most || old < fewest {
            self.furthest = (running.max(most), old.min(fewest));
            self.moved = now;
        }
        self.drains = desired > 0 && running >= desired && old == 0;
    }

    /// Whether its time is over: the limit has passed, and it neither gets on nor only drains.
    pub(super) fn is_over(&self, cx: &Context<'_>, limit: Duration) -> bool {
        let now = cx.now();
        now >= later(cx.started, limit) && !self.drains && now >= later(self.moved, limit / PAUSE)
    }

    /// When it is given up, as far as that is known now.
    pub(super) fn deadline(&self, cx: &Context<'_>, limit: Duration) -> Option<Timestamp> {
        let soft = later(cx.started, limit);
        let next = later(self.moved, limit / PAUSE);
        let last = later(cx.started, limit.saturating_mul(LATEST));
        let late = cx.now() >= soft;
        let wanted = match (late, self.drains) {
            (false, _) => soft,
            (true, true) => last,
            (true, false) => next.max(soft).min(last),
        };
        Some(cx.deadline.map_or(wanted, |deadline| wanted.min(deadline)))
    }
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_that_are_started_again_are_no_progress() {
        let at = |seconds| later(Timestamp::UNIX_EPOCH, Duration::from_secs(seconds));
        let mut course = RolloutProgress::begun(at(0));
        course.look(at(10), (1, 3, 3));
        course.look(at(20), (0, 3, 3));
        course.look(at(30), (1, 3, 3));
        assert_eq!(course.moved, at(10));
        course.look(at(40), (1, 3, 2));
        assert_eq!(course.moved, at(40));
        assert!(!course.drains);
        course.look(at(50), (3, 3, 0));
        assert!(course.drains);
    }
}
