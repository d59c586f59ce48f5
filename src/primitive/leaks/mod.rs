//! `git::find_secrets` — secrets in the history of a repository.
//!
//! The rules are those of gitleaks (`rules/gitleaks.toml`) with what they leave out (`rules/deployer.toml`).

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::{INVALID_INPUT, Span};
use super::{Call, Context, Declaration, Line, Progress, ResourceCache, Verb, process};
use crate::vocabulary::{Effect, Fault, Halt, Stop, codes, unknown, unknown_in};
use crate::world::{ProcessCommand, Stream};

mod allow;
mod file;
mod history;
mod pattern;
mod re2;
mod rules;
mod scanner;
#[cfg(test)]
mod tests;

use history::History;
use rules::Rules;

/// Findings that people looked at, in the format of gitleaks.
const IGNORED: &str = ".gitleaksignore";
/// How many commits pass between two words on how far it is.
const STRIDE: u64 = 1000;
/// Shortest beginning of a hash that names a commit.
const HASH: usize = 7;

/// Arguments of `git::find_secrets`: a history, and what counts as a secret in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindSecrets {
    /// Range of commits to search, as git writes it: `"v1.2.0..HEAD"`. Default: those of all branches and tags.
    #[serde(default)]
    range: Option<String>,
    /// Regular expressions for further secrets. Upper and lower case are equal.
    #[serde(default)]
    patterns: Vec<String>,
    /// Commits that people reviewed, by the first 7 or more digits of their hash: nothing in them is reported.
    #[serde(default)]
    known: Vec<String>,
    /// Whether a shallow clone is accepted, although it has only a part of the history. Default false.
    #[serde(default)]
    shallow: bool,
    /// Longest time that it may take. Default `"10m"`.
    #[serde(default = "ten_minutes")]
    timeout: Span,
}

fn ten_minutes() -> Span {
    Span::seconds(600)
}

impl FindSecrets {
    /// Whatever git is set to, it prints patches as they are read here.
    fn command(&self) -> ProcessCommand {
        // A file is text to git even where its attributes say otherwise: they would hide what is in it.
        const PATCH: [&str; 17] = [
            "--patch",
            "--text",
            "--unified=0",
            "--inter-hunk-context=0",
            "--cc",
            "--root",
            "--find-renames",
            "--irreversible-delete",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--submodule=short",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            // Marks a commit whose parents a shallow clone does not have, and names no branches.
            "--decorate-refs=refs/none",
            "--format=commit %H%d",
        ];
        let range = self.range.as_deref().unwrap_or("--all");
        let words = ["log", range].into_iter().chain(PATCH).chain(["--"]);
        ProcessCommand {
            program: "git".to_owned(),
            args: words.map(str::to_owned).collect(),
            timeout_ms: u64::try_from(self.timeout.0.as_millis()).unwrap_or(u64::MAX),
            reads: true,
            ..ProcessCommand::default()
        }
    }

    fn shown(&self) -> &str {
        self.range.as_deref().unwrap_or("all branches and tags")
    }
}

impl Verb for FindSecrets {
    const DECLARATION: Declaration = Declaration {
        module: "git",
        name: "find_secrets",
        effect: Effect::Read,
        doc: "Searches the lines that the commits of a git repository add for secrets, also if a later commit removes them. It reads the repository of the current folder with `git log`. The rules are those of [gitleaks](https://github.com/gitleaks/gitleaks), and rules for common spellings of passwords: `password=…` bare or in quotes, in YAML, XML, connection strings, command lines, and addresses with a password. Placeholders (`changeme`, `${VAR}`, `<password>`, `xxx`) are not reported. A `.gitleaks.toml` in the current folder replaces gitleaks' rules or, with `useDefault`, extends them; `.gitleaksignore` and `gitleaks:allow` in a line work as in gitleaks. A secret is never shown or journalled. Faults: `history_incomplete` (a shallow clone), `invalid_rules` (a rule that cannot be read) and `process_failed` (git fails).",
        positional: &[],
        returns: "A list of `#{ rule, description, commit, file, line }`, newest commit first, at most 1000; empty: nothing found. `line` is 0 if the whole file is the secret.",
        example: r#"let found = git::find_secrets(#{ known: ["4f2c9d1"] });
for one in found { print(`${one.commit} ${one.file}:${one.line}: ${one.rule}`); }"#,
    };
}

impl Call for FindSecrets {
    fn check(&self) -> Result<(), Fault> {
        let wrong = |place: &str, why: &str| {
            let message = format!("git::find_secrets at `{place}`: {why}");
            Err(Fault::new(INVALID_INPUT, message))
        };
        if let Some(range) = &self.range
            && (range.is_empty() || range.starts_with('-') || range.contains(char::is_whitespace))
        {
            return wrong("range", "it names commits, such as `v1.2.0..HEAD`");
        }
        let hash = |known: &String| {
            (HASH..=64).contains(&known.len()) && known.chars().all(|c| c.is_ascii_hexdigit())
        };
        if let Some(other) = self.known.iter().find(|known| !hash(known)) {
            let why =
                format!("`{other}`: expected the first {HASH} or more digits of a commit's hash");
            return wrong("known", &why);
        }
        Ok(())
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "look for secrets in".into(),
            object: self.shown().to_owned(),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<std::time::Duration> {
        Some(self.timeout.0)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let rules = Rules::load(&|path| file(cx, path), &self.patterns)
            .map_err(|why| Fault::new(codes::INVALID_RULES, why))?;
        let ignored = file(cx, IGNORED).map_err(|why| Fault::new(codes::INVALID_RULES, why))?;
        let known: Vec<String> = self
            .known
            .iter()
            .map(|known| known.to_lowercase())
            .collect();
        let mut history = History::new(&rules, &known, &ignored.unwrap_or_default());
        let command = self.command();
        let mut next = STRIDE;
        let result = cx.world.process(&command, &mut |stream, piece| {
            if stream == Stream::Out {
                history.take(piece);
            }
            if history.commits >= next {
                next += STRIDE;
                cx.progress(Progress {
                    waiting_for: format!("secrets in {} to be looked for", self.shown()),
                    since: Some(cx.started),
                    deadline: cx.deadline,
                    state: format!("{} commits", history.commits),
                    ..Progress::default()
                });
            }
        });
        if cx.cancel.is_cancelled() && result.is_err() {
            return Err(Stop::Halt(Halt::Cancelled));
        }
        // What git printed stays here: secrets may be in it.
        let mut done = result.map_err(|fault| match fault.code.as_str() {
            "process_timed_out" => fault
                .details(Value::Null)
                .hint("give it more time with `timeout`, or look through less with `range`"),
            _ => fault.details(Value::Null),
        })?;
        // A look that a plan has not taken.
        if let Some(what) = unknown_in(&done.stdout) {
            return Ok(json!(unknown(format!(
                "which secrets are in {} ({what})",
                self.shown()
            ))));
        }
        done.stdout.clear();
        if done.status != 0 {
            return Err(process::failed(
                &format!("git log {}", self.range.as_deref().unwrap_or("--all")),
                &done,
            )
            .into());
        }
        history.end();
        if history.cut && !self.shallow {
            let message = "the repository is a shallow clone: only a part of its history is here";
            let hint = "git fetch --unshallow (GitHub: `fetch-depth: 0` of actions/checkout), or take the part with `shallow: true`";
            return Err(Fault::new(codes::HISTORY_INCOMPLETE, message)
                .hint(hint)
                .into());
        }
        Ok(json!(history.findings))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        match output.as_array()?.len() {
            0 => Some("nothing found".into()),
            1 => Some("1 finding".into()),
            count => Some(format!("{count} findings")),
        }
    }
}

/// The text of a file of the project, if it is there.
fn file(cx: &Context<'_>, path: &str) -> Result<Option<String>, String> {
    match cx.world.file(path) {
        Ok(text) => Ok(Some(text)),
        Err(fault) if fault.code == codes::FILE_NOT_FOUND => Ok(None),
        Err(fault) => Err(fault.message),
    }
}
