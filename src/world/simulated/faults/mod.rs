//! What can go wrong, as data: `name[:argument][@time-or-call]`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use crate::suggest::did_you_mean;
use crate::vocabulary::{Fault, codes};

mod catalogue;
mod subject;

pub use catalogue::{FaultInfo, SYNTAX, catalogue};
pub use subject::PipelineText;

use catalogue::CATALOGUE;

/// From when on a fault goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultStart {
    /// From the beginning of the run.
    Start,
    /// From a time after the start of the run, in virtual time (`@5m`).
    Time(Duration),
    /// From the AWS call with this number, counted from 1 (`@12`).
    Call(u64),
}

/// A fault to inject, read from `NAME:ARGUMENT@TIME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultSpec {
    /// Name of the fault: one of the [`catalogue()`].
    pub name: &'static str,
    /// The argument after the colon; `None`: there is none, and the fault's default counts.
    pub argument: Option<String>,
    /// From when on it goes wrong: what is behind the `@`.
    pub from: FaultStart,
}

/// Writes the fault as the command line takes it: `NAME:ARGUMENT@TIME`.
impl fmt::Display for FaultSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(argument) = &self.argument {
            write!(f, ":{argument}")?;
        }
        match self.from {
            FaultStart::Start => Ok(()),
            FaultStart::Time(after) => {
                let whole = SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX);
                write!(f, "@{whole:#}")
            }
            FaultStart::Call(number) => write!(f, "@{number}"),
        }
    }
}

/// What comes of these is decided by what a plan takes for granted (what endpoints and programs answer, metrics, queues,
/// alarms), or by chance.
const NOT_IN_A_PLAN: [&str; 11] = [
    "process-fails",
    "version-degraded",
    "errors-after-shift",
    "latency-after-shift",
    "dead-letters",
    "alarm-fires",
    "configuration-degrades",
    "load",
    "throttling",
    "server-errors",
    "read-lag",
];

impl FaultSpec {
    /// What the fault strikes, in words.
    pub(crate) fn strikes(&self) -> &'static str {
        let info = CATALOGUE.iter().find(|info| info.name == self.name);
        info.map_or("what it names", |info| info.strikes)
    }

    /// The fault as a plan of what is live takes it: the image that is missing there is the one of the parameter
    /// `version`, where no tag is given.
    ///
    /// # Errors
    /// `not_in_a_plan`, where a plan cannot show what comes of it.
    pub fn in_a_plan(mut self, params: &Value) -> Result<Self, Fault> {
        let cannot = |why: &str| {
            let message = format!("a plan cannot show what comes of `{self}`: {why}");
            let hint = format!(
                "rehearse it: `deployer rehearse PIPELINE --fault {self}`; or name a fixture with --cloud \
                 (`deployer capture` writes one of what is live)"
            );
            Err(Fault::new(codes::NOT_IN_A_PLAN, message).hint(hint))
        };
        if NOT_IN_A_PLAN.contains(&self.name) {
            return cannot("that depends on more than what it reads");
        }
        if self.from != FaultStart::Start {
            return cannot("its time and its calls are not the run's");
        }
        if ["image-missing", "image-unpullable"].contains(&self.name) && self.argument.is_none() {
            match params.get("version").and_then(Value::as_str) {
                Some(version) => self.argument = Some(version.to_owned()),
                None => return cannot("there is no parameter `version`; name a tag"),
            }
        }
        Ok(self)
    }
}

impl FromStr for FaultSpec {
    type Err = Fault;

    /// Reads `name[:argument][@time-or-call]`.
    ///
    /// # Errors
    /// `unknown_fault` with the candidates, or `invalid_fault`.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let (rest, from) = match text.rsplit_once('@') {
            Some((rest, from)) => (rest, parse_from(text, from)?),
            None => (text, FaultStart::Start),
        };
        let (name, argument) = match rest.split_once(':') {
            Some((name, argument)) => (name, Some(argument.to_owned())),
            None => (rest, None),
        };
        let info = CATALOGUE
            .iter()
            .find(|f| f.name == name)
            .ok_or_else(|| another_sign(text).unwrap_or_else(|| unknown(name)))?;
        check_argument(info.name, argument.as_deref())?;
        Ok(FaultSpec {
            name: info.name,
            argument,
            from,
        })
    }
}

fn parse_from(text: &str, from: &str) -> Result<FaultStart, Fault> {
    if let Ok(call) = from.parse() {
        return Ok(FaultStart::Call(call));
    }
    duration(from).map(FaultStart::Time).ok_or_else(|| {
        Fault::new(
            codes::INVALID_FAULT,
            format!("`{text}`: `{from}` is neither a time nor the number of a call"),
        )
        .hint("a time after the start is written `@5m`, a call `@12`")
    })
}

fn check_argument(name: &str, argument: Option<&str>) -> Result<(), Fault> {
    let Some(argument) = argument else {
        return Ok(());
    };
    let (fits, wanted) = match name {
        "version-unhealthy" | "version-degraded" | "no-capacity" | "confirmation-mistyped" => {
            (false, "no argument")
        }
        "crash-loop" | "migration-fails" => (
            argument.parse::<u8>().is_ok_and(|code| code > 0),
            "an exit code from 1 to 255",
        ),
        "load" => (
            argument.parse::<u32>().is_ok_and(|share| share <= 10_000),
            "a percentage",
        ),
        "throttling" | "server-errors" => (
            argument.parse::<u32>().is_ok_and(|share| share <= 100),
            "a percentage from 0 to 100",
        ),
        "errors-after-shift" => (
            argument.parse::<f64>().is_ok_and(|p| p > 0.0 && p <= 100.0),
            "a percentage up to 100",
        ),
        "latency-after-shift" | "dead-letters" => (
            argument
                .parse::<f64>()
                .is_ok_and(|n| n > 0.0 && n.is_finite()),
            "a number",
        ),
        "slow-start" | "slow-placement" | "read-lag" => {
            (duration(argument).is_some(), "a duration such as 3m")
        }
        _ => (!argument.is_empty(), "a name after the colon"),
    };
    if fits {
        return Ok(());
    }
    Err(Fault::new(
        codes::INVALID_FAULT,
        format!("the fault `{name}` takes {wanted}, not `{argument}`"),
    ))
}

/// `5m`, `1h 30m`; not negative.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.parse().ok()?;
    Duration::try_from(duration).ok()
}

/// `slow-start=3m`, `slow-start 3m`: the argument of a fault comes after a colon.
fn another_sign(text: &str) -> Option<Fault> {
    let (name, argument) = text.split_once(['=', ' '])?;
    let known = CATALOGUE.iter().any(|fault| fault.name == name);
    known.then(|| {
        let message = format!("`{text}`: the argument of a fault comes after a colon");
        Fault::new(codes::INVALID_FAULT, message).hint(format!("write {name}:{}", argument.trim()))
    })
}

fn unknown(name: &str) -> Fault {
    let all: Vec<&str> = CATALOGUE.iter().map(|f| f.name).collect();
    let mut message = format!("there is no fault `{name}`");
    if let Some(hint) = did_you_mean(name, &all) {
        message.push_str(&format!(", {hint}"));
    }
    Fault::new(codes::UNKNOWN_FAULT, message).hint(format!("faults: {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_name_argument_and_place() {
        let spec: FaultSpec = "throttling:30@5m".parse().expect("a fault");
        assert_eq!(spec.name, "throttling");
        assert_eq!(spec.argument.as_deref(), Some("30"));
        assert_eq!(spec.from, FaultStart::Time(Duration::from_secs(300)));
        let spec: FaultSpec = "crash-loop@12".parse().expect("a fault");
        assert_eq!(spec.from, FaultStart::Call(12));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let fault = "crash-lop".parse::<FaultSpec>().expect_err("no such fault");
        assert_eq!(
            fault.message,
            "there is no fault `crash-lop`, did you mean `crash-loop`?"
        );
        assert!(fault.hint.is_some_and(|h| h.contains("secret-empty")));
        assert_eq!(
            "throttling:lots"
                .parse::<FaultSpec>()
                .expect_err("no number")
                .message,
            "the fault `throttling` takes a percentage from 0 to 100, not `lots`"
        );
        assert_eq!(
            "crash-loop@soon"
                .parse::<FaultSpec>()
                .expect_err("no time")
                .code,
            "invalid_fault"
        );
    }
}
