//! Objects in a bucket: what is there, and what is put there.

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde_json::{Value, json};

use super::etag;
use crate::primitive::Context;
use crate::primitive::api::send;
use crate::vocabulary::{Fault, Halt, Retry, Stop, codes, unknown_in};
use crate::world::AwsCall;

/// The MD5 that an object was uploaded with: its ETag says it only where KMS does not encrypt it.
const MD5: &str = "md5";
/// Pages that are read of a listing, of a thousand objects each.
const PAGES: usize = 200;
/// How often an object is put whose answer is lost.
const ATTEMPTS: usize = 3;
/// Most keys that one `DeleteObjects` takes.
const DELETED_AT_ONCE: usize = 1000;

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    /// ETag of the object, without the quotes of HTTP.
    pub etag: String,
    pub bytes: u64,
}

/// A file's content, and what S3 calls it.
pub(super) struct Content {
    pub bytes: Vec<u8>,
    pub md5: String,
}

impl Content {
    pub fn new(bytes: Vec<u8>) -> Content {
        let md5 = etag::md5(&bytes);
        Content { bytes, md5 }
    }
}

/// Where an object goes and what it is served with.
pub(super) struct Target<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub content_type: &'a str,
    pub cache_control: Option<&'a str>,
}

impl Target<'_> {
    /// The input of `PutObject`, but for its body.
    pub fn input(&self, md5: &str) -> Value {
        let mut input = json!({
            "Bucket": self.bucket, "Key": self.key, "ContentType": self.content_type,
            "Metadata": { MD5: md5 },
        });
        if let Some(cache_control) = self.cache_control {
            input["CacheControl"] = json!(cache_control);
        }
        input
    }

    /// Puts the object there, and returns its ETag and its version. A lost answer is found out by `HeadObject`: if the object
    /// has this content, it was put.
    ///
    /// # Errors
    /// What S3 answers, or a halt.
    pub fn put(
        &self,
        cx: &Context<'_>,
        content: &Content,
    ) -> Result<(String, Option<String>), Stop> {
        let mut input = self.input(&content.md5);
        input["Body"] = json!(base64::encode(&content.bytes));
        let call = AwsCall::new("s3", "PutObject", input);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let answer = match send(cx, &call) {
                Err(Stop::Fault(fault)) if fault.retry == Retry::InDoubt && attempts < ATTEMPTS => {
                    match head(cx, self.bucket, self.key)? {
                        Some(there) if is_uploaded(&there, &content.md5) => there,
                        _ => continue,
                    }
                }
                answer => answer?,
            };
            let etag = answer["ETag"]
                .as_str()
                .map(etag::bare)
                .unwrap_or(&content.md5);
            let version = answer["VersionId"].as_str().map(str::to_owned);
            return Ok((etag.to_owned(), version));
        }
    }
}

/// Whether what `HeadObject` says is an object with this MD5.
pub(super) fn is_uploaded(there: &Value, md5: &str) -> bool {
    let said = there["ETag"].as_str().map(etag::bare) == Some(md5);
    said || there["Metadata"][MD5].as_str() == Some(md5)
}

/// Whether a stored object has a content: by its ETag, and where that is none of the content's, by what it was uploaded with.
///
/// # Errors
/// What S3 answers, or a halt.
pub(super) fn holds(
    cx: &Context<'_>,
    bucket: &str,
    key: &str,
    stored: &Stored,
    content: &Content,
) -> Result<bool, Stop> {
    if stored.etag == content.md5 {
        return Ok(true);
    }
    if stored.bytes != content.bytes.len() as u64 {
        return Ok(false);
    }
    if etag::is_multipart_of(&stored.etag, &content.bytes) {
        return Ok(true);
    }
    let there = head(cx, bucket, key)?;
    Ok(there.is_some_and(|there| is_uploaded(&there, &content.md5)))
}

/// What `HeadObject` says of an object; `None`: it is not there.
///
/// # Errors
/// What S3 answers otherwise, or a halt.
pub(super) fn head(cx: &Context<'_>, bucket: &str, key: &str) -> Result<Option<Value>, Stop> {
    let input = json!({ "Bucket": bucket, "Key": key });
    match send(cx, &AwsCall::new("s3", "HeadObject", input)) {
        Ok(there) => known(there).map(Some),
        Err(Stop::Fault(fault)) if is_absent(&fault) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// S3's answer to HEAD has no body: its code is the HTTP status.
fn is_absent(fault: &Fault) -> bool {
    ["404", "NotFound", "NoSuchKey"].contains(&fault.code.as_str())
}

/// Whether a bucket keeps what is overwritten and deleted.
///
/// # Errors
/// What S3 answers, or a halt.
pub(super) fn is_versioned(cx: &Context<'_>, bucket: &str) -> Result<bool, Stop> {
    let input = json!({ "Bucket": bucket });
    let answer = known(send(cx, &AwsCall::new("s3", "GetBucketVersioning", input))?)?;
    Ok(answer["Status"] == "Enabled")
}

/// All objects whose keys begin with `prefix`, by key.
///
/// # Errors
/// What S3 answers, `list_too_long`, or a halt.
pub(super) fn list(
    cx: &Context<'_>,
    bucket: &str,
    prefix: &str,
) -> Result<BTreeMap<String, Stored>, Stop> {
    let mut found = BTreeMap::new();
    let mut input = json!({ "Bucket": bucket });
    if !prefix.is_empty() {
        input["Prefix"] = json!(prefix);
    }
    for _ in 0..PAGES {
        let page = known(send(
            cx,
            &AwsCall::new("s3", "ListObjectsV2", input.clone()),
        )?)?;
        for object in page["Contents"].as_array().into_iter().flatten() {
            let Some(key) = object["Key"].as_str() else {
                continue;
            };
            let stored = Stored {
                etag: object["ETag"]
                    .as_str()
                    .map(etag::bare)
                    .unwrap_or_default()
                    .to_owned(),
                bytes: object["Size"].as_u64().unwrap_or_default(),
            };
            found.insert(key.to_owned(), stored);
        }
        let next = &page["NextContinuationToken"];
        if page["IsTruncated"] != true || next.is_null() {
            return Ok(found);
        }
        input["ContinuationToken"] = next.clone();
    }
    let message = format!(
        "{bucket} has more than {}000 objects below `{prefix}`",
        PAGES
    );
    Err(Fault::new(codes::LIST_TOO_LONG, message)
        .hint("give the site a prefix of its own")
        .into())
}

/// Deletes objects; those that are not there count as deleted. `after` is told after each call how many are gone.
///
/// # Errors
/// What S3 answers, also of a single object, or a halt.
pub(super) fn delete(
    cx: &Context<'_>,
    bucket: &str,
    keys: &[&str],
    mut after: impl FnMut(usize),
) -> Result<(), Stop> {
    let mut gone = 0;
    for keys in keys.chunks(DELETED_AT_ONCE) {
        go_on(cx)?;
        let answer = send(cx, &deletion(bucket, keys))?;
        if let Some(error) = answer["Errors"]
            .as_array()
            .and_then(|errors| errors.first())
        {
            let member = |name: &str| error[name].as_str().unwrap_or_default();
            let message = format!("{}: {}", member("Key"), member("Message"));
            return Err(Fault::new(member("Code"), message).into());
        }
        gone += keys.len();
        after(gone);
    }
    Ok(())
}

/// The call that deletes these.
pub(super) fn deletion(bucket: &str, keys: &[&str]) -> AwsCall {
    let objects: Vec<Value> = keys.iter().map(|key| json!({ "Key": key })).collect();
    let input = json!({ "Bucket": bucket, "Delete": { "Objects": objects, "Quiet": true } });
    AwsCall::new("s3", "DeleteObjects", input)
}

/// Between two objects a person may ask to stop.
///
/// # Errors
/// `Halt::Cancelled`.
pub(super) fn go_on(cx: &Context<'_>) -> Result<(), Stop> {
    match cx.cancel.is_cancelled() {
        true => Err(Stop::Halt(Halt::Cancelled)),
        false => Ok(()),
    }
}

/// In a plan, what is there behind planned writes is not known.
fn known(answer: Value) -> Result<Value, Stop> {
    match answer.as_str().and_then(unknown_in) {
        Some(what) => Err(Fault::new(codes::UNKNOWN_UNTIL_RUN, what).into()),
        None => Ok(answer),
    }
}
