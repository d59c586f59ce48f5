//! What ECR refuses of images and repositories.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Image;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{invalid, list, text};
use crate::world::simulated::kernel::clock::later;

/// Time between two scans of an image.
const BETWEEN_SCANS: Duration = Duration::from_secs(24 * 3600);

fn constraint(parameter: &str, what: &str) -> Fault {
    invalid(format!(
        "Invalid parameter at '{parameter}' failed to satisfy constraint: '{what}'"
    ))
}

/// Checks that an image was not scanned within a day.
pub(super) fn scan(image: &Image, now: Timestamp) -> Result<(), Fault> {
    let recent = |at: Timestamp| later(at, BETWEEN_SCANS) > now;
    match image.scan_started.is_some_and(recent) {
        true => Err(Fault::new(
            "LimitExceededException",
            "The scan quota per image has been exceeded. Wait and try again.",
        )),
        false => Ok(()),
    }
}

/// Checks the manifest that `PutImage` brings, and the tag that it gives.
pub(super) fn manifest(content: &str, input: &Value) -> Result<(), Fault> {
    let Ok(Value::Object(members)) = serde_json::from_str(content) else {
        return Err(constraint("ImageManifest", "Invalid JSON syntax"));
    };
    let manifest = Value::Object(members);
    let version = manifest.get("schemaVersion").and_then(Value::as_u64);
    let kind = text(input, "imageManifestMediaType").or(text(&manifest, "mediaType"));
    // An image names its configuration, an index the images of which it consists.
    let image = manifest.get("config").is_some_and(Value::is_object)
        && manifest.get("layers").is_some_and(Value::is_array);
    let index = !list(&manifest, "manifests").is_empty();
    let first = version == Some(1) && !list(&manifest, "fsLayers").is_empty();
    let fits = match version {
        Some(2) => image || index,
        _ => first,
    };
    if !fits {
        return Err(constraint(
            "ImageManifest",
            "Manifest is not a valid image manifest, index or manifest list",
        ));
    }
    let known = |kind: &str| {
        kind.starts_with("application/vnd.docker.distribution.manifest.")
            || kind.starts_with("application/vnd.oci.image.")
    };
    if let Some(other) = kind.filter(|kind| !known(kind)) {
        return Err(constraint(
            "imageManifestMediaType",
            &format!("{other} is not supported"),
        ));
    }
    match text(input, "imageTag") {
        Some(tag) => self::tag(tag),
        None => Ok(()),
    }
}

/// Checks a tag: it begins with a letter, a digit or an underscore, and is no longer than 300 characters.
fn tag(tag: &str) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let sound = (1..=300).contains(&tag.len()) && tag.starts_with(first) && tag.chars().all(fits);
    match sound {
        true => Ok(()),
        false => Err(constraint(
            "imageTag",
            "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,299}'",
        )),
    }
}

/// Checks the name of a new repository.
pub(super) fn repository_name(name: &str) -> Result<(), Fault> {
    let word = |part: &str| {
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.starts_with(edge)
            && part.ends_with(edge)
            && part.chars().all(|c| edge(c) || "._-".contains(c))
    };
    let sound = (2..=256).contains(&name.len()) && name.split('/').all(word);
    match sound {
        true => Ok(()),
        false => Err(constraint(
            "repositoryName",
            "must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'",
        )),
    }
}

/// Which images a listing asks for: those that have tags, those that have none, or all.
pub(super) fn tag_filter(input: &Value) -> Result<Option<bool>, Fault> {
    let filter = input.get("filter").unwrap_or(&Value::Null);
    match text(filter, "tagStatus") {
        None | Some("ANY") => Ok(None),
        Some("TAGGED") => Ok(Some(true)),
        Some("UNTAGGED") => Ok(Some(false)),
        Some(other) => Err(constraint(
            "filter.tagStatus",
            &format!("must be one of TAGGED, UNTAGGED, ANY, not {other}"),
        )),
    }
}
