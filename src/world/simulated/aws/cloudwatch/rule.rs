//! The rule of a composite alarm: `ALARM(a) AND NOT OK("b")`.
//!
//! CloudWatch API Reference, PutCompositeAlarm, `AlarmRule`.

use std::collections::BTreeSet;

use super::alarm_state::AlarmState;
use super::parameters::refused;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;

/// A rule that has been read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum AlarmRule {
    Always(bool),
    /// Whether the alarm of that name or ARN is in that state.
    Is(AlarmState, String),
    Not(Box<AlarmRule>),
    And(Vec<AlarmRule>),
    Or(Vec<AlarmRule>),
}

/// How many elements a rule may have.
const MOST_ELEMENTS: usize = 500;

/// How deep brackets and NOT may be nested.
const DEEPEST: usize = 100;

impl AlarmRule {
    /// Reads a rule.
    ///
    /// # Errors
    /// `ValidationError` with what is wrong; `not_simulated` for `AT_LEAST`.
    pub(super) fn parse(text: &str) -> Result<AlarmRule, Fault> {
        let mut reader = Reader {
            text,
            rest: text.trim_start(),
            elements: 0,
            depth: 0,
        };
        let rule = reader.any()?;
        if reader.rest.is_empty() {
            return Ok(rule);
        }
        Err(reader.unexpected("AND, OR or its end"))
    }

    /// The alarms that it names, by name or ARN.
    pub(super) fn alarms(&self) -> BTreeSet<&str> {
        match self {
            AlarmRule::Always(_) => BTreeSet::new(),
            AlarmRule::Is(_, name) => BTreeSet::from([name.as_str()]),
            AlarmRule::Not(inner) => inner.alarms(),
            AlarmRule::And(parts) | AlarmRule::Or(parts) => {
                parts.iter().flat_map(AlarmRule::alarms).collect()
            }
        }
    }

    /// Whether it holds, given the states of the alarms that it names.
    pub(super) fn holds(&self, state: &impl Fn(&str) -> Option<AlarmState>) -> bool {
        match self {
            AlarmRule::Always(holds) => *holds,
            AlarmRule::Is(wanted, name) => state(name) == Some(*wanted),
            AlarmRule::Not(inner) => !inner.holds(state),
            AlarmRule::And(parts) => parts.iter().all(|part| part.holds(state)),
            AlarmRule::Or(parts) => parts.iter().any(|part| part.holds(state)),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    elements: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn unexpected(&self, expected: &str) -> Fault {
        let found = match self.rest {
            "" => "its end",
            rest => rest,
        };
        refused(format!(
            "AlarmRule '{}' is invalid: expected {expected} at '{found}'",
            self.text
        ))
        .hint("a rule is made of ALARM(name), OK(name), INSUFFICIENT_DATA(name), TRUE, FALSE, AND, OR, NOT and brackets")
    }

    /// Takes the next word if it is that one.
    fn takes(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(word) else {
            return false;
        };
        let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if word.ends_with(goes_on) && rest.starts_with(goes_on) {
            return false;
        }
        self.rest = rest.trim_start();
        true
    }

    fn any(&mut self) -> Result<AlarmRule, Fault> {
        let mut parts = vec![self.all()?];
        while self.takes("OR") {
            parts.push(self.all()?);
        }
        Ok(AlarmRule::Or(parts))
    }

    fn all(&mut self) -> Result<AlarmRule, Fault> {
        let mut parts = vec![self.one()?];
        while self.takes("AND") {
            parts.push(self.one()?);
        }
        Ok(AlarmRule::And(parts))
    }

    fn one(&mut self) -> Result<AlarmRule, Fault> {
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(refused(format!(
                "AlarmRule has more than {MOST_ELEMENTS} elements"
            )));
        }
        if self.depth == DEEPEST {
            return Err(refused(format!(
                "AlarmRule is nested deeper than {DEEPEST} levels"
            )));
        }
        self.depth += 1;
        let rule = self.element();
        self.depth -= 1;
        rule
    }

    fn element(&mut self) -> Result<AlarmRule, Fault> {
        if self.takes("NOT") {
            return Ok(AlarmRule::Not(Box::new(self.one()?)));
        }
        if self.takes("(") {
            let inner = self.any()?;
            return match self.takes(")") {
                true => Ok(inner),
                false => Err(self.unexpected("')'")),
            };
        }
        for (word, holds) in [
            ("TRUE", true),
            ("FALSE", false),
            ("true", true),
            ("false", false),
        ] {
            if self.takes(word) {
                return Ok(AlarmRule::Always(holds));
            }
        }
        for state in [
            AlarmState::Alarm,
            AlarmState::Ok,
            AlarmState::InsufficientData,
        ] {
            if self.takes(state.name()) {
                return Ok(AlarmRule::Is(state, self.name()?));
            }
        }
        if self.takes("AT_LEAST") {
            return Err(not_simulated(
                "cloudwatch",
                "AT_LEAST in the rules of composite alarms",
            ));
        }
        Err(self.unexpected("a state of an alarm"))
    }

    /// The name between brackets, in quotes or without.
    fn name(&mut self) -> Result<String, Fault> {
        if !self.takes("(") {
            return Err(self.unexpected("'(' and the name of an alarm"));
        }
        let quoted = self
            .rest
            .strip_prefix('"')
            .and_then(|rest| rest.split_once('"'));
        let (name, rest): (&str, &'a str) = match quoted {
            Some((name, rest)) => (name, rest.trim_start()),
            None => {
                let end = self.rest.find(')').unwrap_or(self.rest.len());
                (self.rest[..end].trim(), &self.rest[end..])
            }
        };
        if name.is_empty() {
            return Err(self.unexpected("the name of an alarm"));
        }
        self.rest = rest;
        match self.takes(")") {
            true => Ok(name.to_owned()),
            false => Err(self.unexpected("')'")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(rule: &str) -> bool {
        let state = |name: &str| match name {
            "cpu" | "arn:aws:cloudwatch:x:1:alarm:cpu" => Some(AlarmState::Alarm),
            "disk use" => Some(AlarmState::Ok),
            "new" => Some(AlarmState::InsufficientData),
            _ => None,
        };
        AlarmRule::parse(rule).expect(rule).holds(&state)
    }

    /// CloudWatch API Reference, PutCompositeAlarm, `AlarmRule`: functions, operators, names with and without quotes.
    #[test]
    fn rules_are_what_the_reference_says() {
        for (rule, expected) in [
            ("ALARM(cpu)", true),
            ("ALARM(\"cpu\") AND OK(\"disk use\")", true),
            ("ALARM(cpu) AND NOT OK(disk use)", false),
            ("NOT ALARM(new)", true),
            ("INSUFFICIENT_DATA(new)", true),
            ("(OK(cpu) OR OK(disk use)) AND ALARM(cpu)", true),
            ("OK(cpu) OR ALARM(cpu) AND FALSE", false),
            ("ALARM(arn:aws:cloudwatch:x:1:alarm:cpu)", true),
            ("TRUE", true),
            ("false", false),
        ] {
            assert_eq!(holds(rule), expected, "{rule}");
        }
        let rule = AlarmRule::parse("ALARM(a) AND NOT (OK(b) OR ALARM(a))").expect("a rule");
        assert_eq!(rule.alarms(), BTreeSet::from(["a", "b"]));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for rule in [
            "",
            "ALARM",
            "ALARM()",
            "ALARM(a",
            "ALARM(a) OK(b)",
            "alarm(a)",
            "(TRUE",
            "TRUE AND",
            "ALARMED(a)",
        ] {
            let fault = AlarmRule::parse(rule).expect_err(rule);
            assert_eq!(fault.code, "ValidationError", "{rule}");
        }
        let fault = AlarmRule::parse("AT_LEAST(1, ALARM, (a, b))").expect_err("not simulated");
        assert_eq!(fault.code, "not_simulated");
    }
}
