//! `approval::` — asking people.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::{INVALID_INPUT, Span, words};
use super::ask::{AskRequest, Decision, ask};
use super::{Call, Context, Declaration, Line, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop};

/// Arguments of `approval::ask`: a question to people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// What is to be approved, in one line.
    title: String,
    /// What was reviewed: shown with the question, and bound to every answer.
    #[serde(default)]
    about: Value,
    /// Roles that must each approve. Default: one answer from anyone.
    #[serde(default)]
    roles: Vec<String>,
    /// Whether each role needs a person of its own. Default: true.
    #[serde(default = "yes")]
    distinct: bool,
    /// Time to answer; no answer in time counts as a rejection. Default: no limit.
    #[serde(default)]
    timeout: Option<Span>,
}

fn yes() -> bool {
    true
}

impl Verb for Ask {
    const DECLARATION: Declaration = Declaration {
        module: "approval",
        name: "ask",
        effect: Effect::Ask,
        doc: "Asks people, and continues when every role has approved. At a terminal it prompts; without one (in CI) the run suspends, and `deployer approve` answers it. It records who answered, in which role, when, and about what. One person answers one role, unless `distinct` is false. A name is a claim: it is the operating system's user who ran `deployer approve`, and whoever can write to the state directory can approve. A rejection, or no answer in time, is the fault `rejected`.",
        positional: &["title"],
        returns: "The answers: `[#{ role, by, at, note, claimed, starter }]`. `claimed`: the name is not proven; `starter`: it is who started the run.",
        example: r#"let answers = approval::ask("deploy catalog-service 1.3.0", #{ roles: ["lead"] });
print(answers.len());"#,
    };
}

impl Call for Ask {
    fn line(&self, _: &ResourceCache) -> Line {
        let roles = if self.roles.is_empty() {
            "anyone".to_owned()
        } else {
            self.roles.join(", ")
        };
        Line {
            verb: "approval".into(),
            object: roles,
            detail: match self.timeout {
                Some(limit) => format!("{}, at most {}", self.title, words(limit.0)),
                None => self.title.clone(),
            },
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        self.timeout.map(|t| t.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let asking = AskRequest {
            title: &self.title,
            about: &self.about,
            roles: &self.roles,
            distinct: self.distinct,
            word: None,
        };
        match ask(cx, asking)? {
            Decision::Approved(answers) => Ok(answers
                .iter()
                .map(|a| json!({ "role": a.role, "by": a.by, "at": a.at, "note": a.note, "claimed": true, "starter": a.starter }))
                .collect()),
            Decision::Rejected(fault) => Err(fault.into()),
        }
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let said = output.as_array()?.iter().map(|a| {
            let by = a["by"].as_str().unwrap_or_default();
            a["role"]
                .as_str()
                .map_or_else(|| by.to_owned(), |role| format!("{role} {by}"))
        });
        Some(said.collect::<Vec<_>>().join(" · "))
    }
}

/// A question that is answered by typing a word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// What is to be confirmed, in one line.
    title: String,
    /// What was reviewed: shown with the question, and bound to the answer.
    #[serde(default)]
    about: Value,
    /// The word that must be typed exactly: `"DESTROY"`, or the name of what is deleted.
    #[serde(rename = "type")]
    word: String,
    /// Time to answer; no answer in time counts as a rejection. Default: no limit.
    #[serde(default)]
    timeout: Option<Span>,
}

impl Verb for Confirm {
    const DECLARATION: Declaration = Declaration {
        module: "approval",
        name: "confirm",
        effect: Effect::Ask,
        doc: "Asks a person to type a word before an irreversible action. A terminal asks again after any other word; without one (in CI) the run suspends, and `deployer approve RUN --type WORD` answers it. It records who typed it, when, and about what. A rejection, no answer in time, or another word is the fault `rejected`.",
        positional: &["title"],
        returns: "`#{ by, at, note, claimed, starter }`: see `approval::ask`.",
        example: r#"let confirmed = approval::confirm("delete catalog-service", #{
    about: #{ tasks: 3, recoverable: "images and secrets, for 30 days" }, type: "DESTROY",
});
print(confirmed.by);"#,
    };
}

/// Words that the prompt takes for a no.
const NO: [&str; 4] = ["reject", "r", "no", "n"];

impl Call for Confirm {
    fn check(&self) -> Result<(), Fault> {
        let word = self.word.as_str();
        let wrong = |why: &str| {
            let message = format!("approval::confirm at `type`: {why}");
            Err(Fault::new(INVALID_INPUT, message))
        };
        if word.trim().is_empty() || word.trim() != word || word.contains(char::is_control) {
            return wrong("expected a word that can be typed");
        }
        match NO.iter().any(|no| no.eq_ignore_ascii_case(word)) {
            true => wrong("it would be taken for a no"),
            false => Ok(()),
        }
    }

    fn line(&self, _: &ResourceCache) -> Line {
        let limit = self
            .timeout
            .map(|limit| format!(", at most {}", words(limit.0)));
        Line {
            verb: "approval".into(),
            object: format!("typed {}", self.word),
            detail: format!("{}{}", self.title, limit.unwrap_or_default()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        self.timeout.map(|t| t.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let asking = AskRequest {
            title: &self.title,
            about: &self.about,
            roles: &[],
            distinct: false,
            word: Some(&self.word),
        };
        match ask(cx, asking)? {
            Decision::Approved(answers) => Ok(answers
                .first()
                .map(|a| json!({ "by": a.by, "at": a.at, "note": a.note, "claimed": true, "starter": a.starter }))
                .unwrap_or_default()),
            Decision::Rejected(fault) => Err(fault.into()),
        }
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let (word, by) = (&self.word, output["by"].as_str()?);
        Some(format!("{by} typed {word}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::args::read;

    #[test]
    fn a_word_that_confirms_can_be_typed_and_is_no_no() {
        let check = |word: &str| {
            let input = json!({ "title": "x", "type": word });
            let confirm: Confirm = read("approval::confirm", &input).expect("arguments");
            confirm.check()
        };
        for word in ["DESTROY", "catalog-service", "yes, all of it"] {
            assert!(check(word).is_ok(), "{word}");
        }
        for word in ["", " ", " DESTROY", "No", "a\nb"] {
            assert!(check(word).is_err(), "{word}");
        }
    }
}
