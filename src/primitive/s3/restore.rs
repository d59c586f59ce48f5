//! `s3::restore` — takes a sync back, from the versions that the bucket keeps.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::changes::{Before, Changes};
use super::objects::{self, Stored};
use super::{check_bucket, content_type};
use crate::primitive::api::send;
use crate::primitive::{
    Call, Context, Declaration, Line, Reconciled, Residue, ResourceCache, Verb,
};
use crate::vocabulary::{Effect, Fault, Retry, Stop, codes};
use crate::world::AwsCall;

/// Arguments of `s3::restore`: the changes that are taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// What `s3::compare` returned before the sync.
    changes: Changes,
}

impl Verb for Restore {
    const DECLARATION: Declaration = Declaration {
        module: "s3",
        name: "restore",
        effect: Effect::Write,
        doc: "Takes `s3::sync_folder` back: objects that it replaced or deleted get the version that they had before, by a copy of that version with its headers, and objects that it added are deleted. It looks at the bucket first: what is already as before stays, and so does an object that somebody has written since, which is told in `left`. It works for every part of a sync that was done, and may be repeated. Only a bucket with versioning keeps what is overwritten: otherwise it is `not_versioned`, unless nothing was replaced or deleted.",
        positional: &["changes"],
        returns: "`#{ restored, removed, left }`: two numbers, and the keys that were left as they are.",
        example: r#"let changes = s3::compare("site", "realserv-site", #{});
s3::sync_folder(changes);
let back = s3::restore(changes);
print(`${back.restored} objects are as before`);"#,
    };
    const WRITES: &'static [&'static str] = &["CopyObject", "DeleteObjects"];
}

/// What is to be done for one object.
enum Step<'a> {
    /// Copies the version that it had before.
    Copy(&'a str, &'a Before),
    /// Deletes it.
    Remove(&'a str),
}

impl Restore {
    /// What is not as before, pages last and what is to go at the end; and the keys that somebody else has written.
    fn steps(&self, cx: &Context<'_>) -> Result<(Vec<Step<'_>>, Vec<&str>), Stop> {
        let changes = &self.changes;
        let stored = objects::list(cx, &changes.bucket, &changes.prefix)?;
        let (mut steps, mut left) = (Vec::new(), Vec::new());
        let mut pages = Vec::new();
        let mut removals = Vec::new();
        for deletion in &changes.deletes {
            match stored.get(&deletion.key) {
                None => steps.push(Step::Copy(&deletion.key, &deletion.was)),
                Some(there) if there.etag == deletion.was.etag => {}
                Some(_) => left.push(deletion.key.as_str()),
            }
        }
        for upload in &changes.uploads {
            let there = stored.get(&upload.key);
            match (&upload.was, there) {
                (None, None) => {}
                (Some(was), Some(there)) if was.etag == there.etag => {}
                (_, Some(there)) if !self.is_ours(cx, &upload.key, &upload.etag, there)? => {
                    left.push(upload.key.as_str());
                }
                (None, Some(_)) => removals.push(Step::Remove(&upload.key)),
                (Some(was), _) if content_type::is_page(&upload.content_type) => {
                    pages.push(Step::Copy(&upload.key, was));
                }
                (Some(was), _) => steps.push(Step::Copy(&upload.key, was)),
            }
        }
        steps.extend(pages);
        steps.extend(removals);
        Ok((steps, left))
    }

    /// Whether an object is the one that the sync has uploaded.
    fn is_ours(
        &self,
        cx: &Context<'_>,
        key: &str,
        md5: &str,
        there: &Stored,
    ) -> Result<bool, Stop> {
        if there.etag == md5 {
            return Ok(true);
        }
        let found = objects::head(cx, &self.changes.bucket, key)?;
        Ok(found.is_some_and(|found| objects::is_uploaded(&found, md5)))
    }

    /// Makes the version that an object had before its current one.
    fn copy(&self, cx: &Context<'_>, key: &str, was: &Before) -> Result<(), Stop> {
        let Some(version) = &was.version else {
            return Err(not_versioned(&self.changes.bucket, key).into());
        };
        let bucket = &self.changes.bucket;
        let input = json!({
            "Bucket": bucket, "Key": key, "CopySource": format!("{bucket}/{key}?versionId={version}"),
        });
        match send(cx, &AwsCall::new("s3", "CopyObject", input.clone())) {
            // Once more changes nothing: it is the same content.
            Err(Stop::Fault(fault)) if fault.retry == Retry::InDoubt => {
                send(cx, &AwsCall::new("s3", "CopyObject", input)).map(drop)
            }
            answer => answer.map(drop),
        }
    }
}

impl Call for Restore {
    fn check(&self) -> Result<(), Fault> {
        check_bucket(&Self::DECLARATION.path(), &self.changes.bucket)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        self.changes.line("restore", true)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let (steps, left) = self.steps(cx)?;
        let (mut restored, mut gone) = (0, Vec::new());
        for step in steps {
            objects::go_on(cx)?;
            match step {
                Step::Copy(key, was) => {
                    self.copy(cx, key, was)?;
                    restored += 1;
                }
                Step::Remove(key) => gone.push(key),
            }
        }
        objects::delete(cx, &self.changes.bucket, &gone, |_| {})?;
        Ok(json!({ "restored": restored, "removed": gone.len(), "left": left }))
    }

    fn predict(&self, _: &Context<'_>) -> Result<Value, Stop> {
        let changes = &self.changes;
        let added = changes.added();
        let restored = changes.uploads.len() - added + changes.deletes.len();
        Ok(json!({ "restored": restored, "removed": added, "left": [] }))
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        let (steps, left) = self.steps(cx)?;
        Ok(match steps.len() {
            0 => Reconciled::Happened {
                output: json!({ "restored": 0, "removed": 0, "left": left }),
                how: format!("{} is as before", self.changes.place()),
            },
            open => Reconciled::DidNot {
                how: format!(
                    "{open} objects in {} are not as before yet",
                    self.changes.place()
                ),
            },
        })
    }

    /// Some of the objects may be as before.
    fn proves_refusal(&self, _: &Fault) -> bool {
        false
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let left = output["left"].as_array().map_or(0, Vec::len);
        let mut words = format!(
            "{} restored, {} removed",
            output["restored"], output["removed"]
        );
        if left > 0 {
            words.push_str(&format!(", {left} left: somebody has written them since"));
        }
        Some(words)
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("objects in {} as before", self.changes.place()),
            harmless: true,
            ..Residue::default()
        })
    }
}

fn not_versioned(bucket: &str, key: &str) -> Fault {
    let message = format!("{bucket} keeps no versions: what {key} was before is gone");
    Fault::new(codes::NOT_VERSIONED, message)
        .hint("enable versioning of the bucket, or deploy the earlier build again")
        .details(json!({ "bucket": bucket, "key": key }))
}
