//! ECR: the repositories of the containers, and their newest images.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::captured::Captured;
use super::reader::{Reader, items, text};
use crate::world::image::{EcrRegistry, ImageRef};

/// So many of the newest images are captured, and those in use.
const NEWEST: usize = 20;
const KEPT: [&str; 2] = ["repositoryName", "imageTagMutability"];
const GIVEN: [&str; 4] = ["repositoryArn", "registryId", "repositoryUri", "createdAt"];
const TOKEN: (&str, &str) = ("nextToken", "nextToken");

/// Every image that the task definitions name.
pub(super) fn named(captured: &Captured) -> BTreeSet<&str> {
    let mut images = BTreeSet::new();
    for definition in &captured.definitions {
        let lists = [("containerDefinitions", "image"), ("earlier", "image")];
        for (member, image) in lists {
            let list = definition.get(member).and_then(Value::as_array);
            images.extend(list.into_iter().flatten().map(|it| text(it, image)));
        }
    }
    images
}

/// Repository, and tag or digest, of an image in the account's own ECR.
pub(super) fn split<'a>(image: &'a str, captured: &Captured) -> Option<(&'a str, &'a str)> {
    let named = ImageRef::parse(image);
    let own = EcrRegistry {
        account: captured.account(),
        region: captured.region(),
    };
    (named.ecr() == Some(own)).then(|| (named.repository, named.version()))
}

pub(super) fn read(reader: &Reader, captured: &mut Captured) {
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for image in named(captured) {
        match split(image, captured) {
            Some((repository, version)) => {
                used.entry(repository).or_default().insert(version);
            }
            None => reader.leave_out(format!("image {image}: it is not in the account's ECR")),
        }
    }
    let found = used
        .iter()
        .filter_map(|(name, used)| repository(name, used, reader));
    captured.repositories = found.collect();
}

fn repository(name: &str, used: &BTreeSet<&str>, reader: &Reader) -> Option<Value> {
    let input = json!({ "repositoryNames": [name] });
    let what = format!("repository {name}");
    let answer = reader.try_read(&what, "ecr", "DescribeRepositories", input)?;
    let described = items(&answer, "repositories").first()?;
    let input = json!({ "repositoryName": name });
    let images = reader.list(("ecr", "DescribeImages"), input, "imageDetails", TOKEN);
    let mut images = images.unwrap_or_else(|fault| {
        reader.leave_out(format!(
            "images of {name}: {}: {}",
            fault.code, fault.message
        ));
        Vec::new()
    });
    // RFC 3339 in UTC sorts as text.
    images.sort_by(|a, b| text(b, "imagePushedAt").cmp(text(a, "imagePushedAt")));
    let in_use = |image: &Value| {
        let tags = items(image, "imageTags").iter().filter_map(Value::as_str);
        used.contains(text(image, "imageDigest")) || tags.into_iter().any(|tag| used.contains(tag))
    };
    let mut kept: Vec<Value> = Vec::new();
    for (place, image) in images.iter().enumerate() {
        if in_use(image) || (place < NEWEST && !items(image, "imageTags").is_empty()) {
            kept.push(one(image));
        }
    }
    if kept.len() < images.len() {
        let older = images.len() - kept.len();
        reader.leave_out(format!(
            "{older} images of repository {name}: they have no tag, or are older than the {NEWEST} newest and not in use"
        ));
    }
    let there = |version: &&str| {
        images.iter().any(|image| {
            let tags = items(image, "imageTags").iter().filter_map(Value::as_str);
            text(image, "imageDigest") == *version || tags.into_iter().any(|tag| tag == *version)
        })
    };
    for version in used.iter().filter(|version| !there(version)) {
        reader.leave_out(format!(
            "image {version} of repository {name}, which a task definition names: it is not there"
        ));
    }
    reader.lose("repositories", described, &KEPT, &GIVEN);
    kept.reverse();
    Some(json!({
        "name": name,
        "immutable": text(described, "imageTagMutability").starts_with("IMMUTABLE"),
        "images": kept,
    }))
}

fn one(image: &Value) -> Value {
    let mut kept = json!({
        "tags": items(image, "imageTags"),
        "digest": text(image, "imageDigest"),
    });
    if let Some(size) = image.get("imageSizeInBytes").and_then(Value::as_u64) {
        kept["size"] = json!(size);
    }
    let pushed = text(image, "imagePushedAt");
    if pushed.parse::<jiff::Timestamp>().is_ok() {
        kept["pushed"] = json!(pushed);
    }
    let summary = image.get("imageScanFindingsSummary");
    if let Some(findings) = summary.and_then(|s| s.get("findingSeverityCounts")) {
        kept["findings"] = findings.clone();
    }
    kept
}
