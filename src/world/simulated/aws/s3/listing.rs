//! Listing objects and their versions, page by page.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::state::Bucket;
use crate::world::simulated::aws::json::{number, set, text};

/// Most keys of one page.
const PAGE: u64 = 1000;

/// What is listed together under one common prefix, or one key.
fn common_prefix<'a>(key: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    if delimiter.is_empty() {
        return None;
    }
    let rest = key.strip_prefix(prefix)?;
    let at = rest.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}

/// `ListObjectsV2`: the API Reference says that keys and common prefixes count together, in the order of their UTF-8 bytes.
pub(super) fn objects(bucket: &Bucket, input: &Value) -> Value {
    let member = |name| text(input, name).unwrap_or_default();
    let (prefix, delimiter) = (member("Prefix"), member("Delimiter"));
    let token = text(input, "ContinuationToken");
    let after = token.or(text(input, "StartAfter")).unwrap_or_default();
    let most = number(input, "MaxKeys").unwrap_or(PAGE).min(PAGE) as usize;
    let (mut contents, mut prefixes) = (Vec::new(), BTreeSet::new());
    let mut last = None;
    let mut truncated = false;
    for (key, versions) in &bucket.objects {
        let current = versions.last();
        let Some((version, content)) = current.and_then(|v| Some((v, v.content.as_ref()?))) else {
            continue;
        };
        let common = common_prefix(key, prefix, delimiter);
        let listed = common.unwrap_or(key);
        if !key.starts_with(prefix) || listed <= after || prefixes.contains(listed) {
            continue;
        }
        if contents.len() + prefixes.len() >= most {
            truncated = true;
            break;
        }
        match common {
            Some(common) => {
                prefixes.insert(common.to_owned());
            }
            None => contents.push(json!({
                "Key": key,
                "LastModified": version.modified.to_string(),
                "ETag": format!("\"{}\"", content.etag),
                "Size": content.bytes.len(),
                "StorageClass": "STANDARD",
            })),
        }
        last = Some(listed.to_owned());
    }
    let mut out = json!({
        "IsTruncated": truncated,
        "Name": member("Bucket"),
        "Prefix": prefix,
        "MaxKeys": most,
        "KeyCount": contents.len() + prefixes.len(),
    });
    if !contents.is_empty() {
        set(&mut out, "Contents", Value::Array(contents));
    }
    if !prefixes.is_empty() {
        let each = prefixes.iter().map(|it| json!({ "Prefix": it }));
        set(&mut out, "CommonPrefixes", each.collect());
    }
    for name in ["Delimiter", "StartAfter", "ContinuationToken"] {
        if let Some(given) = text(input, name) {
            set(&mut out, name, json!(given));
        }
    }
    if truncated && let Some(last) = last {
        set(&mut out, "NextContinuationToken", json!(last));
    }
    out
}

/// `ListObjectVersions`: by key, the newest version of each first.
pub(super) fn versions(bucket: &Bucket, input: &Value) -> Value {
    let member = |name| text(input, name).unwrap_or_default();
    let (prefix, key_marker) = (member("Prefix"), member("KeyMarker"));
    let marker = member("VersionIdMarker");
    let most = number(input, "MaxKeys").unwrap_or(PAGE).min(PAGE) as usize;
    let mut all = Vec::new();
    for (key, versions) in bucket.objects.range(key_marker.to_owned()..) {
        if !key.starts_with(prefix) || (key == key_marker && marker.is_empty()) {
            continue;
        }
        // Behind the version that the page before has ended with.
        let mut newest_first = versions.iter().rev();
        if key == key_marker {
            newest_first.find(|version| version.id == marker);
        }
        let current = versions.last().map(|version| &version.id);
        for version in newest_first {
            let mut one = json!({
                "Key": key,
                "VersionId": version.id,
                "IsLatest": current == Some(&version.id),
                "LastModified": version.modified.to_string(),
            });
            if let Some(content) = &version.content {
                set(&mut one, "ETag", json!(format!("\"{}\"", content.etag)));
                set(&mut one, "Size", json!(content.bytes.len()));
                set(&mut one, "StorageClass", json!("STANDARD"));
            }
            all.push(one);
        }
    }
    let truncated = all.len() > most;
    all.truncate(most);
    let mut out = json!({
        "IsTruncated": truncated,
        "Name": member("Bucket"),
        "Prefix": prefix,
        "MaxKeys": most,
        "KeyMarker": key_marker,
        "VersionIdMarker": marker,
    });
    if truncated && let Some(last) = all.last() {
        set(&mut out, "NextKeyMarker", last["Key"].clone());
        set(&mut out, "NextVersionIdMarker", last["VersionId"].clone());
    }
    let (versions, markers): (Vec<Value>, Vec<Value>) =
        all.into_iter().partition(|one| one.get("ETag").is_some());
    for (name, list) in [("Versions", versions), ("DeleteMarkers", markers)] {
        if !list.is_empty() {
            set(&mut out, name, Value::Array(list));
        }
    }
    out
}
