//! A file of rules, in the format of gitleaks.

use serde::Deserialize;
use toml::{Table, Value};

/// All of a file. What is not named here (titles, tags) means nothing to a scan.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleFile {
    pub extend: Extend,
    pub rules: Vec<RuleEntry>,
    /// The older spelling of `allowlists`: one table instead of a list.
    pub allowlist: Option<AllowEntry>,
    pub allowlists: Vec<AllowEntry>,
}

/// The rules that a file extends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Extend {
    pub usedefault: bool,
    pub path: String,
    pub disabledrules: Vec<String>,
}

/// A rule as a file of rules has it (`[[rules]]`), not yet checked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleEntry {
    pub id: String,
    pub description: String,
    pub regex: String,
    pub path: String,
    pub secretgroup: usize,
    pub entropy: f64,
    pub keywords: Vec<String>,
    /// It counts only beside another: its own findings are not told.
    pub skipreport: bool,
    pub allowlist: Option<AllowEntry>,
    pub allowlists: Vec<AllowEntry>,
}

/// An allow list as a file of rules has it, not yet checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AllowEntry {
    pub condition: String,
    pub commits: Vec<String>,
    pub paths: Vec<String>,
    pub regextarget: String,
    pub regexes: Vec<String>,
    pub stopwords: Vec<String>,
    /// Of a list for all: the rules that it is for.
    pub targetrules: Vec<String>,
}

impl RuleFile {
    /// Reads a file; the case of its keys means nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<RuleFile, String> {
        let table: Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
        let read = lower(Value::Table(table)).try_into();
        read.map_err(|e: toml::de::Error| e.to_string())
    }
}

fn lower(value: Value) -> Value {
    match value {
        Value::Table(table) => {
            let members = table.into_iter();
            Value::Table(
                members
                    .map(|(key, value)| (key.to_lowercase(), lower(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(lower).collect()),
        // `entropy = 3` is a number as 3.5 is.
        other => other,
    }
}
