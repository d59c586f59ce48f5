//! `sql::review` — migrations judged for backward compatibility, before they run.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::INVALID_INPUT;
use super::{Call, Context, Declaration, Line, ResourceCache, Verb};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::folder::not_found;
use crate::world::glob::Glob;

mod batches;
mod block;
mod judge;
mod non_transactional;
mod review;
mod rule;
mod split;
#[cfg(test)]
mod tests;

pub use batches::Batches;
use rule::Rule;

/// Arguments of `sql::review`: migrations, and the rules that they may break.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Paths or patterns (`migrations/*.sql`) of the project's files. Each must match a file.
    #[serde(default)]
    files: Vec<String>,
    /// SQL itself, instead of files.
    #[serde(default)]
    sql: Option<String>,
    /// Rules that may be broken.
    #[serde(default)]
    allow: Vec<Rule>,
    /// Whether each file is run as one transaction, as `psql --single-transaction` does. Default true.
    #[serde(default = "yes")]
    transaction: bool,
}

fn yes() -> bool {
    true
}

impl Verb for Review {
    const DECLARATION: Declaration = Declaration {
        module: "sql",
        name: "review",
        effect: Effect::Read,
        doc: "Reviews PostgreSQL migrations for statements that break the running version or block it for long. The rules: `drop_table`, `drop_column`, `drop_object` (a view, function, type, schema or sequence), `rename_table`, `rename_column`, `rename_object`, `change_type`, `not_null_without_default`, `set_not_null`, `index_not_concurrent` (also of a new unique or primary key), `drop_index_not_concurrent`, `constraint_not_valid`, `concurrent_in_transaction` (anything that PostgreSQL refuses in one), `empty` (nothing was read), `truncate`, `delete_without_where`, `update_without_where`. Tables that the same file creates may be changed freely. A file that contains only statements that PostgreSQL refuses in a transaction counts as run without one. Statements under `IF … THEN` in a `DO` block are judged; SQL that cannot be parsed, and any other code, is `unparsed`: a person must review it. It judges statements, not data.",
        positional: &[],
        returns: "A list of `#{ file, line, rule, statement, hint }`, in the order of the files; empty: nothing found.",
        example: r#"let findings = sql::review(#{ files: ["migrations/*.sql"] });
for found in findings { print(`${found.file}:${found.line}: ${found.rule}: ${found.hint}`); }
let risky = sql::review(#{ sql: "ALTER TABLE materials DROP COLUMN grade;" });
print(risky[0].rule);"#,
    };
}

impl Call for Review {
    fn check(&self) -> Result<(), Fault> {
        for file in &self.files {
            Glob::new(file)?;
        }
        match (self.files.is_empty(), &self.sql) {
            (true, None) => Err(Fault::new(
                INVALID_INPUT,
                "sql::review: nothing to review; give `files` or `sql`",
            )),
            (false, Some(_)) => Err(Fault::new(
                INVALID_INPUT,
                "sql::review: give `files` or `sql`, not both",
            )),
            _ => Ok(()),
        }
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "review".into(),
            object: match self.files.as_slice() {
                [] => "SQL".into(),
                files => files.join(", "),
            },
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let mut findings = Vec::new();
        if let Some(sql) = &self.sql {
            findings.extend(review::review("", sql, self.transaction));
        }
        for file in files(&self.files, cx)? {
            let sql = cx.world.file(&file)?;
            findings.extend(review::review(&file, &sql, self.transaction));
        }
        findings.retain(|found| !self.allow.contains(&found.rule));
        Ok(json!(findings))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        match output.as_array()?.len() {
            0 => Some("nothing found".into()),
            1 => Some("1 finding".into()),
            count => Some(format!("{count} findings")),
        }
    }
}

/// The files that are meant, each once; a pattern that matches nothing is a mistake.
fn files(named: &[String], cx: &Context<'_>) -> Result<Vec<String>, Fault> {
    let mut files: Vec<String> = Vec::new();
    for named in named {
        let found = match Glob::is_pattern(named) {
            true => cx.world.files(named)?,
            false => vec![named.clone()],
        };
        if found.is_empty() {
            return Err(not_found(named).hint("nothing matches the pattern"));
        }
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}
