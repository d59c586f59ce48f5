//! `sql::batches` — files of SQL as they are run: together in a transaction, or without one.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::files;
use super::non_transactional::only_outside;
use crate::primitive::{Call, Context, Declaration, Line, ResourceCache, Verb};
use crate::vocabulary::{Effect, Stop};

/// Arguments of `sql::batches`: files of SQL, in their order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batches {
    /// Paths or patterns (`migrations/*.sql`) of the project's files, in their order. Each must match a file.
    files: Vec<String>,
}

impl Verb for Batches {
    const DECLARATION: Declaration = Declaration {
        module: "sql",
        name: "batches",
        effect: Effect::Read,
        doc: "Groups PostgreSQL files as they must be run: consecutive files share a transaction, and a file that contains only statements that PostgreSQL refuses in a transaction (`CREATE INDEX CONCURRENTLY`, `VACUUM`, `CREATE DATABASE`, `ALTER SYSTEM` …) is run alone, without one.",
        positional: &["files"],
        returns: "A list of `#{ files, transaction }`, in the order of the files.",
        example: r#"for batch in sql::batches(["migrations/*.sql"]) { print(batch.transaction); }"#,
    };
}

impl Call for Batches {
    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "read".into(),
            object: self.files.join(", "),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let mut batches: Vec<(Vec<String>, bool)> = Vec::new();
        for file in files(&self.files, cx)? {
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
