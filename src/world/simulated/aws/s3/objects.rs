//! Writing, reading and deleting objects.

use aws_smithy_types::base64;
use serde_json::{Map, Value, json};

use super::state::{Bucket, Content, S3, Version, Versioning};
use super::{bucket, malformed};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, list, set, text};
use crate::world::simulated::kernel::Kernel;

/// What a version is called in the answers of buckets that have versions.
const VERSION: &str = "VersionId";
/// Members of `PutObject` that are kept with an object and answered with it.
const KEPT: [&str; 8] = [
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "Metadata",
    "WebsiteRedirectLocation",
];
/// Most keys that one `DeleteObjects` takes.
const MOST: usize = 1000;

/// S3's answer to HEAD has no body: only its status is known.
pub(super) fn not_found() -> Fault {
    Fault::new("404", "Not Found")
}

fn no_key() -> Fault {
    Fault::new("NoSuchKey", "The specified key does not exist.")
}

fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

fn key(input: &Value) -> Result<&str, Fault> {
    let key = text(input, "Key").unwrap_or_default();
    if key.len() > 1024 {
        return Err(Fault::new("KeyTooLongError", "Your key is too long"));
    }
    Ok(key)
}

/// Refuses a write whose condition does not hold (S3 User Guide, "How to prevent object overwrites with conditional
/// writes").
fn conditions(bucket: &Bucket, key: &str, input: &Value) -> Result<(), Fault> {
    let current = bucket.current(key).and_then(|it| it.content.as_ref());
    let unquoted = |name| text(input, name).map(|etag| etag.trim_matches('"'));
    let failed = |condition: &str| {
        let message = "At least one of the pre-conditions you specified did not hold";
        let details = json!({ "Condition": condition });
        Fault::new("PreconditionFailed", message).details(details)
    };
    if unquoted("IfNoneMatch") == Some("*") && current.is_some() {
        return Err(failed("If-None-Match"));
    }
    match (unquoted("IfMatch"), current) {
        (Some(_), None) => Err(no_key()),
        (Some(wanted), Some(it)) if wanted != "*" && wanted != it.etag => Err(failed("If-Match")),
        _ => Ok(()),
    }
}

fn kept(input: &Value) -> Map<String, Value> {
    let given = |name: &&str| Some(((*name).to_owned(), input.get(*name)?.clone()));
    KEPT.iter().filter_map(given).collect()
}

pub(super) fn put(s3: &mut S3, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let key = key(input)?;
    let bucket = bucket(s3, input)?;
    conditions(bucket, key, input)?;
    let body = text(input, "Body").unwrap_or_default();
    let bytes = base64::decode(body).map_err(|_| malformed())?;
    let content = Content::new(&bytes, kept(input));
    let sent = text(input, "ContentMD5").and_then(|md5| base64::decode(md5).ok());
    if sent.is_some_and(|md5| crate::text::hex::hex(md5) != content.etag) {
        return Err(Fault::new(
            "BadDigest",
            "The Content-MD5 or checksum value that you specified did not match what the server received.",
        ));
    }
    let mut out = json!({ "ETag": quoted(&content.etag), "ServerSideEncryption": "AES256" });
    if let Some(version) = bucket.write(kernel, key, Some(content)) {
        set(&mut out, VERSION, json!(version));
    }
    Ok(out)
}

/// The version that a read asks for.
fn find<'a>(bucket: &'a Bucket, input: &Value) -> Result<&'a Version, Fault> {
    let key = key(input)?;
    let Some(wanted) = text(input, VERSION) else {
        return bucket.current(key).ok_or_else(no_key);
    };
    let versions = bucket.objects.get(key).map_or(&[][..], Vec::as_slice);
    versions
        .iter()
        .find(|version| version.id == wanted)
        .ok_or_else(|| Fault::new("NoSuchVersion", "The specified version does not exist."))
}

/// What `HeadObject` answers of a version.
fn described(bucket: &Bucket, version: &Version, content: &Content) -> Value {
    let mut out = json!({
        "AcceptRanges": "bytes",
        "LastModified": version.modified.to_string(),
        "ContentLength": content.bytes.len(),
        "ETag": quoted(&content.etag),
        "ContentType": "binary/octet-stream",
        "Metadata": {},
        "ServerSideEncryption": "AES256",
    });
    for (name, value) in &content.headers {
        set(&mut out, name, value.clone());
    }
    if bucket.versioning != Versioning::NeverEnabled {
        set(&mut out, VERSION, json!(version.id));
    }
    out
}

pub(super) fn head(s3: &mut S3, input: &Value) -> Result<Value, Fault> {
    let bucket = bucket(s3, input).map_err(|_| not_found())?;
    let version = find(bucket, input).map_err(|_| not_found())?;
    let content = version.content.as_ref().ok_or_else(not_found)?;
    Ok(described(bucket, version, content))
}

pub(super) fn get(s3: &mut S3, input: &Value) -> Result<Value, Fault> {
    let bucket = bucket(s3, input)?;
    let version = find(bucket, input)?;
    let content = version.content.as_ref().ok_or_else(no_key)?;
    let mut out = described(bucket, version, content);
    set(&mut out, "Body", json!(base64::encode(&content.bytes)));
    Ok(out)
}

/// `bucket/key` or `/bucket/key`, with `?versionId=ID` behind it; as the AWS CLI takes it, which encodes it.
fn source(input: &Value) -> Option<Value> {
    let whole = text(input, "CopySource")?;
    let (path, version) = match whole.rsplit_once("?versionId=") {
        Some((path, version)) => (path, Some(version)),
        None => (whole, None),
    };
    let (bucket, key) = path.trim_start_matches('/').split_once('/')?;
    let mut source = json!({ "Bucket": bucket, "Key": key });
    if let Some(version) = version {
        set(&mut source, VERSION, json!(version));
    }
    Some(source)
}

pub(super) fn copy(s3: &mut S3, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let wrong = |message: &str| Fault::new("InvalidArgument", message);
    let source = source(input).ok_or_else(|| {
        wrong("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    })?;
    let from = bucket(s3, &source)?;
    let version = find(from, &source)?;
    let Some(content) = version.content.as_ref() else {
        // The API Reference, "CopyObject": a delete marker that is named cannot be copied.
        return Err(match text(&source, VERSION) {
            Some(_) => wrong(
                "The source of a copy request may not specifically refer to a delete marker by version id.",
            ),
            None => no_key(),
        });
    };
    let replaces = text(input, "MetadataDirective") == Some("REPLACE");
    let same = text(&source, "Bucket") == text(input, "Bucket")
        && text(&source, "Key") == text(input, "Key")
        && text(&source, VERSION).is_none();
    if same && !replaces {
        return Err(Fault::new(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        ));
    }
    let headers = match replaces {
        true => kept(input),
        false => content.headers.clone(),
    };
    let content = Content {
        headers,
        ..content.clone()
    };
    let copied_from = (from.versioning != Versioning::NeverEnabled).then(|| version.id.clone());
    let result = json!({
        "ETag": quoted(&content.etag),
        "LastModified": kernel.now().to_string(),
    });
    let into = bucket(s3, input)?;
    let mut out = json!({ "CopyObjectResult": result });
    if let Some(version) = copied_from {
        set(&mut out, "CopySourceVersionId", json!(version));
    }
    if let Some(version) = into.write(kernel, key(input)?, Some(content)) {
        set(&mut out, VERSION, json!(version));
    }
    Ok(out)
}

/// Deletes the current object or one version. What does not exist is deleted, too.
fn remove(bucket: &mut Bucket, kernel: &Kernel, key: &str, version: Option<&str>) -> Value {
    if let Some(version) = version {
        let marker = bucket.remove(key, version).unwrap_or(false);
        let mut out = json!({ "VersionId": version });
        if marker {
            set(&mut out, "DeleteMarker", json!(true));
        }
        return out;
    }
    match bucket.write(kernel, key, None) {
        Some(marker) => json!({ "DeleteMarker": true, "VersionId": marker }),
        None => json!({}),
    }
}

pub(super) fn delete(s3: &mut S3, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let key = key(input)?;
    let bucket = bucket(s3, input)?;
    Ok(remove(bucket, kernel, key, text(input, VERSION)))
}

pub(super) fn delete_many(s3: &mut S3, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let wanted = &input["Delete"];
    let bucket = bucket(s3, input)?;
    let objects = list(wanted, "Objects");
    if objects.is_empty() || objects.len() > MOST {
        return Err(malformed());
    }
    let mut deleted = Vec::new();
    for object in objects {
        let (key, version) = (key(object)?, text(object, VERSION));
        let gone = remove(bucket, kernel, key, version);
        let mut one = json!({ "Key": key });
        if let Some(version) = version {
            set(&mut one, VERSION, json!(version));
        }
        if flag(&gone, "DeleteMarker") {
            set(&mut one, "DeleteMarker", json!(true));
            set(&mut one, "DeleteMarkerVersionId", gone[VERSION].clone());
        }
        deleted.push(one);
    }
    Ok(match flag(wanted, "Quiet") {
        true => json!({}),
        false => json!({ "Deleted": deleted }),
    })
}
