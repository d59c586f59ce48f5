//! What differs between a folder and a bucket: the output of `s3::compare`, and the input of `s3::sync_folder` and `s3::restore`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::size;
use crate::primitive::{Change, Line, LineKind};

/// Changes that a line of a plan shows one by one.
const SHOWN: usize = 200;

/// What a sync does, object by object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct Changes {
    /// Folder of the project.
    pub folder: String,
    /// Name of the bucket.
    pub bucket: String,
    /// What all keys begin with; empty: nothing.
    pub prefix: String,
    /// Whether the bucket keeps what is overwritten and deleted.
    pub versioned: bool,
    /// Files to upload, pages last.
    pub uploads: Vec<Upload>,
    /// Objects to delete.
    pub deletes: Vec<Deletion>,
    /// How many objects stay as they are.
    pub unchanged: u64,
    /// Sum of the sizes of the files to upload.
    pub bytes: u64,
}

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    /// Key of the object.
    pub key: String,
    /// Path of the file in the project.
    pub path: String,
    /// Size of the file.
    pub bytes: u64,
    /// MD5 of the file in hexadecimal digits.
    pub etag: String,
    /// `Content-Type` of the object.
    pub content_type: String,
    /// `Cache-Control` of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    /// The object that it replaces; null: there is none.
    #[serde(default)]
    pub was: Option<Before>,
}

/// An object to delete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Deletion {
    /// Key of the object.
    pub key: String,
    /// What the object is.
    pub was: Before,
}

/// An object before the sync.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    /// Its ETag, without quotes.
    pub etag: String,
    /// Its version; null: the bucket has no versions.
    #[serde(default)]
    pub version: Option<String>,
}

impl Changes {
    /// Bucket and prefix as people write them: `s3://shop-site/app/`.
    pub fn place(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix)
    }

    /// How many files are new.
    pub fn added(&self) -> usize {
        self.uploads.iter().filter(|it| it.was.is_none()).count()
    }

    /// `3 added, 2 changed, 1 deleted, 40 unchanged, 1.2 MiB to upload`.
    pub fn words(&self) -> String {
        let added = self.added();
        let counts = [
            (added, "added"),
            (self.uploads.len() - added, "changed"),
            (self.deletes.len(), "deleted"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let mut words: Vec<String> = counts
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        words.push(format!("{} unchanged", self.unchanged));
        if !self.uploads.is_empty() {
            words.push(format!("{} to upload", size(self.bytes)));
        }
        words.join(", ")
    }

    /// How a call with these changes reads, each object with what becomes of it.
    pub fn line(&self, verb: &str, is_back: bool) -> Line {
        let uploads = self.uploads.iter().map(|it| {
            let (then, now) = match it.was {
                Some(_) => (json!("before"), json!(size(it.bytes))),
                None => (Value::Null, json!(size(it.bytes))),
            };
            (&it.key, then, now)
        });
        let deletes = self.deletes.iter();
        let deletes = deletes.map(|it| (&it.key, json!("before"), Value::Null));
        let all = uploads.chain(deletes);
        let mut changes: Vec<Change> = all
            .take(SHOWN)
            .map(|(key, from, to)| Change {
                path: key.clone(),
                from: if is_back { to.clone() } else { from.clone() },
                to: if is_back { from } else { to },
            })
            .collect();
        let more = (self.uploads.len() + self.deletes.len()).saturating_sub(SHOWN);
        if more > 0 {
            changes.push(Change {
                path: format!("and {more} more"),
                from: Value::Null,
                to: json!("…"),
            });
        }
        Line {
            verb: verb.into(),
            object: self.place(),
            detail: self.words(),
            changes,
            kind: LineKind::Changes,
            ..Line::default()
        }
    }
}
