//! What the proxy does to an exchange: which ones, and what.

use std::time::Duration;

/// Which requests a rule is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Which {
    /// Requests for one operation.
    Operation(&'static str),
    /// Requests for any operation that writes.
    Writes,
    /// Requests for any operation at all.
    Any,
}

impl From<&'static str> for Which {
    fn from(operation: &'static str) -> Self {
        Which::Operation(operation)
    }
}

/// A fault of AWS or of the way there.
#[derive(Debug, Clone, PartialEq)]
pub enum Disturbance {
    /// Refused with too many requests.
    Throttled,
    /// Refused with an error 500 of AWS's own.
    ServerError,
    /// Refused with this AWS error code, status 400.
    Refused(&'static str),
    /// Refused by something in between that speaks HTML, with this status.
    Html(u16),
    /// The connection breaks; the request was not carried out.
    ResetBefore,
    /// The request is carried out; the connection breaks before the answer.
    ResetAfter,
    /// The request is not carried out and nothing is answered for so long; then the connection breaks.
    Silence(Duration),
    /// Carried out after this delay.
    Late(Duration),
    /// Carried out; the answer comes with status 200 and this body instead of its own.
    Instead(&'static str),
}

/// A disturbance of some of the requests.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(super) which: Which,
    pub(super) from: usize,
    pub(super) times: usize,
    pub(super) disturbance: Disturbance,
    pub(super) seen: usize,
}

impl Rule {
    /// Disturbs every request of `which`.
    pub fn every(which: impl Into<Which>, disturbance: Disturbance) -> Rule {
        Rule {
            which: which.into(),
            from: 1,
            times: usize::MAX,
            disturbance,
            seen: 0,
        }
    }

    /// Disturbs `times` requests of `which`, beginning with the `from`-th (1: the next).
    pub fn some(
        which: impl Into<Which>,
        from: usize,
        times: usize,
        disturbance: Disturbance,
    ) -> Rule {
        Rule {
            from,
            times,
            ..Rule::every(which, disturbance)
        }
    }

    /// Counts a request that the rule is about; says what is to happen to it.
    pub(super) fn strike(&mut self) -> Option<Disturbance> {
        self.seen += 1;
        let nth = self.seen;
        (nth >= self.from && nth - self.from < self.times).then(|| self.disturbance.clone())
    }
}

/// Where an exchange is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The request has arrived, and is not carried out.
    Before,
    /// It is carried out, and not answered.
    After,
}
