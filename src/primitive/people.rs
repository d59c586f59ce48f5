//! `approval::` — asking people.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::{INVALID_INPUT, Span, read, typed, words};
use super::ask::{Asking, Verdict, ask};
use super::{Context, Declaration, Line, Primitive, Seen};
use crate::vocabulary::{Effect, Fault, Stop};

/// A question to people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
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
    /// Nobody answered by then counts as rejected. Default: no limit.
    #[serde(default)]
    timeout: Option<Span>,
}

fn yes() -> bool {
    true
}

/// `approval::ask`.
pub struct Ask(Declaration);

impl Ask {
    /// Declares it.
    pub fn new() -> Self {
        Ask(Declaration {
            module: "approval",
            name: "ask",
            effect: Effect::Ask,
            doc: "Asks people, and goes on when every role has approved. At a terminal it prompts; elsewhere the run suspends and `deployer approve` answers it. Who answered, as what, when and about what is recorded. One person answers one role, unless `distinct` is false. A name is a claim: it is the operating system's user who ran `deployer approve`, and whoever can write to the state directory can approve. A no, or none in time, is the fault `rejected`.",
            input: typed::<Args>(),
            positional: &["title"],
            returns: "The answers: `[#{ role, by, at, note, claimed, starter }]`. `claimed`: the name is not proven; `starter`: it is who started the run.",
            example: r#"let answers = approval::ask("deploy catalog-service 1.3.0", #{ roles: ["lead"] });
print(answers.len());"#,
        })
    }
}

impl Primitive for Ask {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        read::<Args>(&self.0.path(), input).map(|_| ())
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        let Ok(args) = read::<Args>("", input) else {
            return Line::default();
        };
        let roles = if args.roles.is_empty() {
            "anyone".to_owned()
        } else {
            args.roles.join(", ")
        };
        Line {
            verb: "approval".into(),
            object: roles,
            detail: match args.timeout {
                Some(limit) => format!("{}, at most {}", args.title, words(limit.0)),
                None => args.title,
            },
            ..Line::default()
        }
    }

    fn limit(&self, input: &Value) -> Option<Duration> {
        read::<Args>("", input).ok()?.timeout.map(|t| t.0)
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: Args = read(&self.0.path(), input)?;
        let asking = Asking {
            title: &args.title,
            about: &args.about,
            roles: &args.roles,
            distinct: args.distinct,
            word: None,
        };
        match ask(cx, asking)? {
            Verdict::Approved(answers) => Ok(answers
                .iter()
                .map(|a| json!({ "role": a.role, "by": a.by, "at": a.at, "note": a.note, "claimed": true, "starter": a.starter }))
                .collect()),
            Verdict::Rejected(fault) => Err(fault.into()),
        }
    }

    fn summary(&self, _: &Value, output: &Value) -> Option<String> {
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
struct ConfirmArgs {
    /// What is to be confirmed, in one line.
    title: String,
    /// What was reviewed: shown with the question, and bound to the answer.
    #[serde(default)]
    about: Value,
    /// The word that must be typed, just so: `"DESTROY"`, the name of what goes.
    #[serde(rename = "type")]
    word: String,
    /// Nobody answered by then counts as rejected. Default: no limit.
    #[serde(default)]
    timeout: Option<Span>,
}

/// `approval::confirm`.
pub struct Confirm(Declaration);

impl Confirm {
    /// Declares it.
    pub fn new() -> Self {
        Confirm(Declaration {
            module: "approval",
            name: "confirm",
            effect: Effect::Ask,
            doc: "Asks someone to type a word before what cannot be taken back, and goes on when they have. A terminal asks again after any other word; elsewhere the run suspends, and `deployer approve RUN --type WORD` answers it. Who typed it, when and about what is recorded. A no, none in time, or another word is the fault `rejected`.",
            input: typed::<ConfirmArgs>(),
            positional: &["title"],
            returns: "`#{ by, at, note, claimed, starter }`: see `approval::ask`.",
            example: r#"let confirmed = approval::confirm("delete catalog-service", #{
    about: #{ tasks: 3, recoverable: "images and secrets, for 30 days" }, type: "DESTROY",
});
print(confirmed.by);"#,
        })
    }
}

/// Words that the prompt takes for a no.
const NO: [&str; 4] = ["reject", "r", "no", "n"];

impl Primitive for Confirm {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        let args: ConfirmArgs = read(&self.0.path(), input)?;
        let word = args.word.as_str();
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

    fn line(&self, input: &Value, _: &Seen) -> Line {
        let Ok(args) = read::<ConfirmArgs>("", input) else {
            return Line::default();
        };
        let limit = args
            .timeout
            .map(|limit| format!(", at most {}", words(limit.0)));
        Line {
            verb: "approval".into(),
            object: format!("typed {}", args.word),
            detail: format!("{}{}", args.title, limit.unwrap_or_default()),
            ..Line::default()
        }
    }

    fn limit(&self, input: &Value) -> Option<Duration> {
        let args: ConfirmArgs = read("", input).ok()?;
        args.timeout.map(|t| t.0)
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: ConfirmArgs = read(&self.0.path(), input)?;
        let asking = Asking {
            title: &args.title,
            about: &args.about,
            roles: &[],
            distinct: false,
            word: Some(&args.word),
        };
        match ask(cx, asking)? {
            Verdict::Approved(answers) => Ok(answers
                .first()
                .map(|a| json!({ "by": a.by, "at": a.at, "note": a.note, "claimed": true, "starter": a.starter }))
                .unwrap_or_default()),
            Verdict::Rejected(fault) => Err(fault.into()),
        }
    }

    fn summary(&self, input: &Value, output: &Value) -> Option<String> {
        let (word, by) = (input["type"].as_str()?, output["by"].as_str()?);
        Some(format!("{by} typed {word}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_confirms_can_be_typed_and_is_no_no() {
        let check = |word: &str| Confirm::new().check(&json!({ "title": "x", "type": word }));
        for word in ["DESTROY", "catalog-service", "yes, all of it"] {
            assert!(check(word).is_ok(), "{word}");
        }
        for word in ["", " ", " DESTROY", "No", "a\nb"] {
            assert!(check(word).is_err(), "{word}");
        }
    }
}
