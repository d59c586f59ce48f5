//! `s3::sync_folder` — carries out what `s3::compare` has listed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::changes::{Changes, Upload};
use super::objects::{self, Content, Stored, Target};
use super::{check_bucket, content_type};
use crate::primitive::{
    Call, Context, Declaration, Line, Progress, Reconciled, Residue, ResourceCache, Verb,
};
use crate::vocabulary::{Effect, Fault, Stop, codes};
use crate::world::AwsCall;
use crate::world::folder::relative;

/// Arguments of `s3::sync_folder`: the changes that are made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sync {
    /// What `s3::compare` returned.
    changes: Changes,
}

impl Verb for Sync {
    const DECLARATION: Declaration = Declaration {
        module: "s3",
        name: "sync_folder",
        effect: Effect::Write,
        doc: "Uploads and deletes what `s3::compare` has listed, and nothing else: first the assets, then the pages, at last the deletions. The plan shows every object. A file that is no longer what was compared is `file_changed`, before anything of it is uploaded. If the run is killed, the resumed run looks at the bucket and goes on with what is not there yet; a lost answer is found out by `HeadObject`. Register `s3::restore(changes)` as its undo, before it.",
        positional: &["changes"],
        returns: "`#{ bucket, uploaded, bytes, deleted, unchanged, pages }`; `pages` has the ETag of each uploaded HTML page by its key.",
        example: r#"let changes = s3::compare("site", "realserv-site", #{ cache_control: "no-cache" });
undo("the site as it was", || s3::restore(changes));
let done = s3::sync_folder(changes);
print(`${done.uploaded} files uploaded`);"#,
    };
    const WRITES: &'static [&'static str] = &["PutObject", "DeleteObjects"];
}

/// What of a list is not done yet.
struct Open<'a> {
    uploads: Vec<&'a Upload>,
    deletes: Vec<&'a str>,
    /// ETags of the pages that are there already.
    pages: BTreeMap<&'a str, String>,
}

impl Sync {
    /// What is not done yet, by one look at the bucket.
    fn open(&self, cx: &Context<'_>) -> Result<Open<'_>, Stop> {
        let changes = &self.changes;
        let stored = objects::list(cx, &changes.bucket, &changes.prefix)?;
        let mut open = Open {
            uploads: Vec::new(),
            deletes: Vec::new(),
            pages: BTreeMap::new(),
        };
        for upload in &changes.uploads {
            match stored.get(&upload.key) {
                Some(there) if self.is_there(cx, upload, there)? => {
                    if content_type::is_page(&upload.content_type) {
                        open.pages.insert(&upload.key, there.etag.clone());
                    }
                }
                _ => open.uploads.push(upload),
            }
        }
        let deletes = changes.deletes.iter().map(|it| it.key.as_str());
        open.deletes = deletes.filter(|key| stored.contains_key(*key)).collect();
        Ok(open)
    }

    /// Whether an object is what was to be uploaded. What KMS encrypts shows it by its metadata alone.
    fn is_there(&self, cx: &Context<'_>, upload: &Upload, there: &Stored) -> Result<bool, Stop> {
        let is_before = upload
            .was
            .as_ref()
            .is_some_and(|was| was.etag == there.etag);
        if there.etag == upload.etag || there.bytes != upload.bytes || is_before {
            return Ok(there.etag == upload.etag);
        }
        let found = objects::head(cx, &self.changes.bucket, &upload.key)?;
        Ok(found.is_some_and(|found| objects::is_uploaded(&found, &upload.etag)))
    }

    fn target<'a>(&'a self, upload: &'a Upload) -> Target<'a> {
        Target {
            bucket: &self.changes.bucket,
            key: &upload.key,
            content_type: &upload.content_type,
            cache_control: upload.cache_control.as_deref(),
        }
    }

    fn output(&self, pages: &BTreeMap<&str, String>) -> Value {
        let changes = &self.changes;
        let pages: Map<String, Value> = pages
            .iter()
            .map(|(key, etag)| ((*key).to_owned(), json!(etag)))
            .collect();
        json!({
            "bucket": changes.bucket, "uploaded": changes.uploads.len(), "bytes": changes.bytes,
            "deleted": changes.deletes.len(), "unchanged": changes.unchanged, "pages": pages,
        })
    }

    fn progress(&self, cx: &Context<'_>, state: String) {
        cx.progress(Progress {
            waiting_for: format!("sync of {}", self.changes.place()),
            until: "be complete".to_owned(),
            since: Some(cx.started),
            state,
            ..Progress::default()
        });
    }
}

impl Call for Sync {
    fn check(&self) -> Result<(), Fault> {
        check_bucket(&Self::DECLARATION.path(), &self.changes.bucket)?;
        let mut paths = self.changes.uploads.iter().map(|upload| &upload.path);
        paths.try_for_each(|path| relative(path).map(drop))
    }

    fn line(&self, _: &ResourceCache) -> Line {
        self.changes.line("sync", false)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let Open {
            uploads,
            deletes,
            mut pages,
        } = self.open(cx)?;
        let all = uploads.len();
        for (number, upload) in uploads.into_iter().enumerate() {
            objects::go_on(cx)?;
            let content = Content::new(cx.world.file_bytes(&upload.path)?);
            if content.md5 != upload.etag {
                return Err(changed(upload));
            }
            let (etag, _) = self.target(upload).put(cx, &content)?;
            if content_type::is_page(&upload.content_type) {
                pages.insert(&upload.key, etag);
            }
            self.progress(cx, format!("{}/{all} uploaded", number + 1));
        }
        let all = deletes.len();
        objects::delete(cx, &self.changes.bucket, &deletes, |gone| {
            self.progress(cx, format!("{gone}/{all} deleted"));
        })?;
        Ok(self.output(&pages))
    }

    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let changes = &self.changes;
        let mut pages = BTreeMap::new();
        for upload in &changes.uploads {
            let input = self.target(upload).input(&upload.etag);
            cx.world.aws(&AwsCall::new("s3", "PutObject", input))?;
            if content_type::is_page(&upload.content_type) {
                pages.insert(upload.key.as_str(), upload.etag.clone());
            }
        }
        let deletes: Vec<&str> = changes.deletes.iter().map(|it| it.key.as_str()).collect();
        if !deletes.is_empty() {
            cx.world
                .aws(&objects::deletion(&changes.bucket, &deletes))?;
        }
        Ok(self.output(&pages))
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        let open = self.open(cx)?;
        let left = open.uploads.len() + open.deletes.len();
        let all = self.changes.uploads.len() + self.changes.deletes.len();
        Ok(match left {
            0 => Reconciled::Happened {
                output: self.output(&open.pages),
                how: format!("{} has all of it", self.changes.place()),
            },
            left => Reconciled::DidNot {
                how: format!(
                    "{left} of {all} changes are not in {} yet; only those are made",
                    self.changes.place()
                ),
            },
        })
    }

    /// Some of the objects may be there.
    fn proves_refusal(&self, _: &Fault) -> bool {
        false
    }

    fn summary(&self, _: &Value) -> Option<String> {
        Some(self.changes.words())
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("objects in {}", self.changes.place()),
            ..Residue::default()
        })
    }
}

/// The fault of a file that somebody has changed since it was compared.
fn changed(upload: &Upload) -> Stop {
    let message = format!("{} is not what was compared any more", upload.path);
    Fault::new(codes::FILE_CHANGED, message)
        .hint("let nothing write to the folder while the site is deployed, and compare it again")
        .details(json!({ "path": upload.path }))
        .into()
}
