//! `sql::batches` — files of SQL as they are run: together in a transaction, or without one.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::files;
use super::outside::only_outside;
use crate::primitive::args::{read, typed};
use crate::primitive::{Context, Declaration, Line, Primitive, Seen};
use crate::vocabulary::{Effect, Fault, Stop};

/// Files of SQL.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Paths or patterns (`migrations/*.sql`) of the project's files, in their order. Each must be there.
    files: Vec<String>,
}

/// `sql::batches`.
pub struct Batches(Declaration);

impl Batches {
    /// Declares it.
    pub fn new() -> Self {
        Batches(Declaration {
            module: "sql",
            name: "batches",
            effect: Effect::Read,
            doc: "Groups files of SQL (PostgreSQL) as they must be run: those that follow one another share a transaction, and a file that holds only what PostgreSQL refuses in one (`CREATE INDEX CONCURRENTLY`, `VACUUM`, `CREATE DATABASE`, `ALTER SYSTEM` …) is run by itself, without.",
            input: typed::<Args>(),
            positional: &["files"],
            returns: "A list of `#{ files, transaction }`, in the order of the files.",
            example: r#"for batch in sql::batches(["migrations/*.sql"]) { print(batch.transaction); }"#,
        })
    }
}

impl Primitive for Batches {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        read::<Args>(&self.0.path(), input).map(drop)
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        let args = read::<Args>("", input).ok();
        Line {
            verb: "read".into(),
            object: args.map(|args| args.files.join(", ")).unwrap_or_default(),
            ..Line::default()
        }
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: Args = read(&self.0.path(), input)?;
        let mut batches: Vec<(Vec<String>, bool)> = Vec::new();
        for file in files(&args.files, cx)? {
            let transaction = !only_outside(&cx.world.file(&file)?);
            match batches.last_mut() {
                Some((files, true)) if transaction => files.push(file),
                _ => batches.push((vec![file], transaction)),
            }
        }
        let all = batches.iter();
        let all =
            all.map(|(files, transaction)| json!({ "files": files, "transaction": transaction }));
        Ok(Value::Array(all.collect()))
    }
}
