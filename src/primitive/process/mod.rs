//! `process::` — programs of this machine.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::Span;
use super::secret_ref::{self, shown};
use super::{
    Call, Context, Declaration, Line, LineKind, PlannedAnswer, Reconciled, Residue, ResourceCache,
    Source, Verb,
};
use crate::vocabulary::{Effect, Fault, Halt, Stop, codes, unknown, unknown_in};
use crate::world::{ProcessCommand, ProcessOutput};

mod done_check;
pub(super) mod leftover_process;
mod with_secrets;

use done_check::DoneCheck;
use with_secrets::WithSecrets;

/// Faults of a process that did not begin.
const NOT_STARTED: [&str; 4] = [
    codes::PROGRAM_NOT_FOUND,
    codes::DIRECTORY_NOT_FOUND,
    codes::PROCESS_NOT_STARTED,
    secret_ref::SECRET_NOT_READY,
];
/// Lines of output that a fault carries.
const LAST: usize = 20;

/// Arguments of `process::run`: a program and how it is run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Program: a name in `PATH`, or a path. There is no shell.
    program: String,
    /// Arguments. No secrets: they are shown, journalled, and visible to others on the machine.
    #[serde(default)]
    args: Vec<String>,
    /// Environment variables, beside those that every program gets (`PATH`, `HOME`, the locale, proxies, `DOCKER_*`). No
    /// secrets: it is journalled.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Variables of deployer's own environment to pass on, by name or by prefix:
    /// `["GH_TOKEN", "NPM_*"]`. The credentials for AWS are among these: `["AWS_*"]`.
    #[serde(default)]
    inherit: Vec<String>,
    /// Environment variables whose values are secrets: `#{ DATABASE_URL: "NAME" }`, by name or ARN of a secret of
    /// Secrets Manager (`NAME:json-key` for a member of its JSON), or an SSM parameter by its ARN or as
    /// `ssm:NAME`. The values are fetched when the program is run, and removed from its output.
    #[serde(default)]
    secret_env: BTreeMap<String, String>,
    /// Directory to run in. Default: the current one.
    #[serde(default)]
    dir: Option<String>,
    /// Text for its standard input.
    #[serde(default)]
    stdin: Option<String>,
    /// Longest time that it may take; then it is killed, with all that it started. Default `"10m"`.
    #[serde(default = "ten_minutes")]
    timeout: Span,
    /// Whether it changes nothing: a plan runs it, and a resumed run does not ask about it. Default false.
    #[serde(default)]
    reads: bool,
    /// Whether an exit code other than 0 is a result instead of a fault. Default false.
    #[serde(default)]
    allow_failure: bool,
    /// Whether running it twice does no harm: if it is unknown whether it was carried out, a resumed run runs it again.
    /// Default false.
    #[serde(default)]
    repeatable: bool,
    /// Output that a plan assumes. With it a plan does not run the program, even if it `reads`.
    #[serde(default)]
    assume: Option<String>,
    /// How a resumed run finds out whether the program was carried out. Default: it asks a person.
    #[serde(default)]
    done: Option<DoneCheck>,
}

fn ten_minutes() -> Span {
    Span::seconds(600)
}

impl Run {
    /// `in db, with DATABASE_URL from secret orders-db`
    fn detail(&self) -> String {
        let dir = self.dir.iter().map(|dir| format!("in {dir}"));
        let secrets = self.secret_env.iter();
        let secrets = secrets.map(|(name, reference)| format!("{name} from {}", shown(reference)));
        let secrets = secrets.collect::<Vec<_>>().join(" and ");
        let with = Some(secrets).filter(|s| !s.is_empty());
        let parts = dir.chain(with.map(|secrets| format!("with {secrets}")));
        parts.collect::<Vec<_>>().join(", ")
    }

    fn command(&self) -> ProcessCommand {
        ProcessCommand {
            program: self.program.clone(),
            args: self.args.clone(),
            env: self.env.clone(),
            inherit: self.inherit.clone(),
            dir: self.dir.clone(),
            stdin: self.stdin.clone(),
            timeout_ms: self.timeout.millis(),
            reads: self.reads,
            mark: None,
        }
    }

    /// The command as it runs: what it leaves behind if it is killed is known by its mark.
    fn marked(&self, cx: &Context<'_>) -> ProcessCommand {
        ProcessCommand {
            mark: (!self.reads).then(|| cx.token()),
            ..self.command()
        }
    }

    /// Runs it to its end, and judges how it ended.
    fn run(&self, process: &WithSecrets, cx: &Context<'_>) -> Result<Value, Stop> {
        let words = process.command.words();
        let result = process.run(cx);
        // A process that was stopped has no result: whether it did its work is asked on resume.
        if cx.cancel.is_cancelled() && result.is_err() {
            return Err(Stop::Halt(Halt::Cancelled));
        }
        let done = result?;
        // Whether a look that was not taken would have found something, nobody knows.
        if let (true, Some(what)) = (self.reads && self.allow_failure, unknown_in(&done.stdout)) {
            let status = unknown(format!("how `{words}` ends ({what})"));
            return Ok(json!({ "status": status, "stdout": done.stdout, "stderr": done.stderr }));
        }
        if done.status != 0 && !self.allow_failure {
            return Err(failed(&words, &done).into());
        }
        Ok(json!({ "status": done.status, "stdout": done.stdout, "stderr": done.stderr }))
    }
}

impl Verb for Run {
    const DECLARATION: Declaration = Declaration {
        module: "process",
        name: "run",
        effect: Effect::Write,
        doc: "Runs a program to its end and shows its output as it comes. An exit code other than 0 is the fault `process_failed` (with `details.status`, and the last lines of `details.stdout` and `details.stderr`), unless `allow_failure` is set. It counts as a write unless `reads` is set: a plan does not run a write, and predicts that it exits with 0 and an output that only the real run knows. If a run is killed meanwhile, `done` finds out whether the program was carried out; a `repeatable` program is run again; about any other one a person is asked. The output is journalled without the values of `secret_env`. A secret without a value is the fault `secret_not_ready`.",
        positional: &["program"],
        returns: "`#{ status, stdout, stderr }`, each output at most 1 MiB.",
        example: r#"let head = process::run("git", #{ args: ["rev-parse", "HEAD"], reads: true });
print(head.stdout);"#,
    };
}

impl Call for Run {
    fn is_outside_aws(&self) -> bool {
        true
    }

    fn message_members(&self) -> &'static [&'static str] {
        // The text of a pull request, which names who has confirmed what.
        match self.program == "gh" && self.args.first().is_some_and(|arg| arg == "pr") {
            true => &["stdin"],
            false => &[],
        }
    }

    fn planned_answer(&self) -> PlannedAnswer {
        match self.reads {
            true => PlannedAnswer::Real,
            false => PlannedAnswer::Predicted,
        }
    }

    fn effect(&self, _: Effect) -> Effect {
        match self.reads {
            true => Effect::Read,
            false => Effect::Write,
        }
    }

    fn secret_references(&self) -> Vec<String> {
        let done = self.done.iter().flat_map(|done| done.secret_env.values());
        self.secret_env.values().chain(done).cloned().collect()
    }

    fn check(&self) -> Result<(), Fault> {
        let wrong = |place: &str, why: &str| {
            let message = format!("process::run at `{place}`: {why}");
            Err(Fault::new(super::args::INVALID_INPUT, message))
        };
        let program = |program: &str| program.trim().is_empty();
        if program(&self.program) {
            return wrong("program", "it is empty");
        }
        if let Some(all) = self
            .inherit
            .iter()
            .find(|name| name.trim_end_matches('*').is_empty())
        {
            return wrong(
                "inherit",
                &format!("`{all}` names no variable; name those that it needs"),
            );
        }
        let mut all = vec![("", &self.env, &self.secret_env)];
        if let Some(done) = &self.done {
            if program(&done.program) {
                return wrong("done.program", "it is empty");
            }
            all.push(("done.", &done.env, &done.secret_env));
        }
        for (place, env, secret_env) in all {
            for (name, reference) in secret_env {
                let place = format!("{place}secret_env.{name}");
                if env.contains_key(name) {
                    return wrong(&place, "it is in `env` too");
                }
                if let Err(why) = secret_ref::check(reference) {
                    return wrong(&place, &why);
                }
            }
        }
        Ok(())
    }

    fn text_source(&self) -> Option<Source> {
        Some(Source {
            name: format!("what `{}` printed", self.command().words()),
            is_file: false,
            member: "stdout",
        })
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "run".into(),
            object: self.command().words(),
            detail: self.detail(),
            kind: match self.reads {
                true => LineKind::Looks,
                false => LineKind::Changes,
            },
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.timeout.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let process = WithSecrets::new(self.marked(cx), &self.secret_env, cx)?;
        self.run(&process, cx)
    }

    /// One that `assume`s its output has that; any other is for the world to run or to predict.
    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let process = WithSecrets::predicted(self.marked(cx), &self.secret_env, cx)?;
        match &self.assume {
            Some(assumed) => {
                Ok(json!({ "status": 0, "stdout": assumed, "stderr": "", "assumed": true }))
            }
            None => self.run(&process, cx),
        }
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        leftover_process::outlive(cx, &self.command().words(), self.timeout.0)?;
        let done = match (&self.done, self.repeatable) {
            (Some(done), _) => done,
            (None, true) => return Ok(Reconciled::repeated()),
            (None, false) => return Ok(Reconciled::Unknown),
        };
        let process = WithSecrets::new(done.command(), &done.secret_env, cx)?;
        let words = process.command.words();
        let said = process.run(cx)?;
        let printed = said.stdout.trim();
        let happened = match (said.status, &done.prints) {
            (0, Some(wanted)) => wanted.trim() == printed,
            (0, None) => true,
            (1, None) => false,
            // It could not look: a database that does not answer says nothing of what is in it.
            _ => return Err(failed(&words, &said).into()),
        };
        let how = match printed.lines().next() {
            Some(line) => format!("`{words}` exits with {} and says {line}", said.status),
            None => format!("`{words}` exits with {}", said.status),
        };
        Ok(match happened {
            true => Reconciled::Happened {
                output: json!({ "status": 0, "stdout": "", "stderr": "" }),
                how,
            },
            false => Reconciled::DidNot { how },
        })
    }

    fn proves_refusal(&self, fault: &Fault) -> bool {
        NOT_STARTED.contains(&fault.code.as_str())
    }

    fn summary(&self, output: &Value) -> Option<String> {
        match output["assumed"].as_bool() {
            Some(true) => Some(format!("assumed to print {}", output["stdout"])),
            _ => Some(format!("exit {}", output["status"])),
        }
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("what `{}` did", self.command().words()),
            harmless: false,
            ..Residue::default()
        })
    }
}

/// The last lines of an output.
fn last(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    lines[lines.len().saturating_sub(LAST)..].join("\n")
}

/// The fault of a process that did not end with 0.
pub(super) fn failed(words: &str, done: &ProcessOutput) -> Fault {
    let how = match done.signal {
        Some(signal) => format!("was ended by signal {signal}"),
        None => format!("exited with {}", done.status),
    };
    let said = [&done.stderr, &done.stdout]
        .into_iter()
        .find_map(|output| output.lines().rev().find(|line| !line.trim().is_empty()));
    let said = said.map(|line| format!(": {}", line.trim()));
    Fault::new(
        codes::PROCESS_FAILED,
        format!("`{words}` {how}{}", said.unwrap_or_default()),
    )
    .details(json!({
        "status": done.status,
        "stdout": last(&done.stdout),
        "stderr": last(&done.stderr),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::args::read;

    #[test]
    fn a_failure_says_how_and_what_was_said_last() {
        let done = ProcessOutput {
            status: 3,
            signal: None,
            stdout: "one\ntwo\n".to_owned(),
            stderr: "psql: error: no such table\n\n".to_owned(),
        };
        let fault = failed("psql -f x.sql", &done);
        assert_eq!(fault.code, "process_failed");
        assert_eq!(
            fault.message,
            "`psql -f x.sql` exited with 3: psql: error: no such table"
        );
        assert_eq!(fault.details["stdout"], "one\ntwo");
        let killed = ProcessOutput {
            status: 137,
            signal: Some(9),
            ..ProcessOutput::default()
        };
        assert_eq!(failed("x", &killed).message, "`x` was ended by signal 9");
    }

    #[test]
    fn reading_is_declared() {
        let run = |input: Value| read::<Run>("process::run", &input);
        let effect = |input| run(input).expect("arguments").effect(Effect::Write);
        assert_eq!(effect(json!({ "program": "ls" })), Effect::Write);
        assert_eq!(
            effect(json!({ "program": "ls", "reads": true })),
            Effect::Read
        );
        let empty = run(json!({ "program": " " })).expect("arguments");
        assert!(empty.check().is_err());
        let fault = run(json!({ "program": "ls", "arg": [] })).expect_err("misspelt");
        assert_eq!(fault.hint.as_deref(), Some("did you mean `args`?"));
    }
}
