//! The calls that read images, their manifests and their scans.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Ecr, Image, MANIFEST, Repository, refusals, repository, taken};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, set, text};
use crate::world::simulated::kernel::Kernel;

pub(super) fn find<'a>(
    ecr: &Ecr,
    kernel: &Kernel,
    repository: &'a Repository,
    id: &Value,
) -> Option<&'a Image> {
    let (tag, digest) = (text(id, "imageTag"), text(id, "imageDigest"));
    repository
        .images
        .iter()
        .filter(|_| tag.is_some() || digest.is_some())
        .filter(|image| {
            tag.is_none_or(|t| image.tags.iter().any(|own| own == t))
                && digest.is_none_or(|d| image.digest == d)
        })
        .find(|image| !taken(ecr, kernel, "image-missing", image))
}

pub(super) fn no_image(kernel: &Kernel, name: &str, id: &Value) -> Fault {
    let quoted = |member| text(id, member).unwrap_or("null").to_owned();
    Fault::new(
        "ImageNotFoundException",
        format!(
            "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within the repository with name '{name}' in the registry with id '{}'",
            quoted("imageDigest"),
            quoted("imageTag"),
            kernel.account
        ),
    )
}

pub(super) fn describe_images(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (name, repository) = repository(ecr, kernel, input)?;
    let ids = list(input, "imageIds");
    let mut found: Vec<&Image> = Vec::new();
    for id in ids {
        let image = find(ecr, kernel, repository, id).ok_or_else(|| no_image(kernel, name, id))?;
        if !found.iter().any(|f| f.digest == image.digest) {
            found.push(image);
        }
    }
    let tagged = refusals::tag_filter(input)?;
    if ids.is_empty() {
        found = repository
            .images
            .iter()
            .filter(|i| tagged.is_none_or(|tagged| tagged != i.tags.is_empty()))
            .filter(|i| !taken(ecr, kernel, "image-missing", i))
            .collect();
    }
    let details: Vec<Value> = found.iter().map(|i| render(kernel, name, i)).collect();
    Ok(json!({ "imageDetails": details }))
}

pub(super) fn render(kernel: &Kernel, name: &str, image: &Image) -> Value {
    let mut out = json!({
        "registryId": kernel.account,
        "repositoryName": name,
        "imageDigest": image.digest,
        "imageTags": image.tags,
        "imageSizeInBytes": image.size,
        "imageManifestMediaType": MANIFEST,
        "artifactMediaType": "application/vnd.docker.container.image.v1+json",
    });
    // Of what a plan pushes, nobody knows the time.
    if !image.pushed.is_empty() {
        set(&mut out, "imagePushedAt", json!(image.pushed));
    }
    if let Some(findings) = &image.findings {
        set(&mut out, "imageScanStatus", scan_status(kernel, image));
        if image.scanned > kernel.now() {
            return out;
        }
        let summary = json!({
            "imageScanCompletedAt": image.scanned.to_string(),
            "findingSeverityCounts": findings,
        });
        set(&mut out, "imageScanFindingsSummary", summary);
    }
    out
}

/// What identifies an image's content.
pub(super) fn manifest(image: &Image) -> String {
    if let Some(read) = &image.manifest {
        return read.clone();
    }
    let config = json!({ "digest": image.digest, "size": image.size });
    json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [] }).to_string()
}

pub(super) fn scan_status(kernel: &Kernel, image: &Image) -> Value {
    if image.scanned > kernel.now() {
        return json!({ "status": "IN_PROGRESS" });
    }
    json!({ "status": "COMPLETE", "description": "The scan was completed successfully." })
}

pub(super) fn list_images(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (_, repository) = repository(ecr, kernel, input)?;
    let tagged = refusals::tag_filter(input)?;
    let mut ids = Vec::new();
    for image in &repository.images {
        let wanted = tagged.is_none_or(|tagged| tagged != image.tags.is_empty());
        if !wanted || taken(ecr, kernel, "image-missing", image) {
            continue;
        }
        let digest = &image.digest;
        let tags = image.tags.iter();
        ids.extend(tags.map(|t| json!({ "imageDigest": digest, "imageTag": t })));
        if image.tags.is_empty() {
            ids.push(json!({ "imageDigest": digest }));
        }
    }
    Ok(json!({ "imageIds": ids }))
}

pub(super) fn batch_get_image(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (name, repository) = repository(ecr, kernel, input)?;
    let mut images = Vec::new();
    let mut failures = Vec::new();
    for id in list(input, "imageIds") {
        match find(ecr, kernel, repository, id) {
            Some(image) => {
                let mut full = json!({ "imageDigest": image.digest });
                if let Some(tag) = text(id, "imageTag").or(image.tags.first().map(String::as_str)) {
                    set(&mut full, "imageTag", json!(tag));
                }
                images.push(json!({
                    "registryId": kernel.account,
                    "repositoryName": name,
                    "imageId": full,
                    "imageManifest": manifest(image),
                    "imageManifestMediaType": MANIFEST,
                }));
            }
            None => failures.push(json!({
                "imageId": id,
                "failureCode": "ImageNotFound",
                "failureReason": "Requested image not found",
            })),
        }
    }
    Ok(json!({ "images": images, "failures": failures }))
}

pub(super) fn scan_findings(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (name, repository) = repository(ecr, kernel, input)?;
    let id = input.get("imageId").unwrap_or(&Value::Null);
    let image = find(ecr, kernel, repository, id).ok_or_else(|| no_image(kernel, name, id))?;
    let Some(findings) = &image.findings else {
        return Err(Fault::new(
            "ScanNotFoundException",
            format!(
                "Image scan does not exist for the image with '{{imageDigest:'{}'}}' in the repository with name '{name}' in the registry with id '{}'",
                image.digest, kernel.account
            ),
        ));
    };
    let mut out = json!({
        "registryId": kernel.account,
        "repositoryName": name,
        "imageId": { "imageDigest": image.digest },
        "imageScanStatus": scan_status(kernel, image),
    });
    if image.scanned <= kernel.now() {
        let complete = json!({
            "imageScanCompletedAt": image.scanned.to_string(),
            "vulnerabilitySourceUpdatedAt": image.scanned.to_string(),
            "findingSeverityCounts": findings,
            "findings": each(findings),
        });
        set(&mut out, "imageScanFindings", complete);
    }
    Ok(out)
}

/// A finding for each that is counted.
pub(super) fn each(counts: &BTreeMap<String, u32>) -> Vec<Value> {
    let counts = counts.iter();
    counts
        .flat_map(|(severity, count)| (1..=(*count).min(100)).map(move |n| (severity, n)))
        .map(|(severity, n)| {
            json!({ "name": format!("CVE-SIMULATED-{severity}-{n}"), "severity": severity })
        })
        .collect()
}
