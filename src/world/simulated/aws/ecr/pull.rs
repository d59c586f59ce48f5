//! What tasks get when they pull images, and images that were read live.

use serde_json::{Value, json};

use super::images::{find, manifest, no_image};
use super::{Ecr, Image, PulledImage, is_own, taken};
use crate::text::hex;
use crate::vocabulary::Fault;
use crate::world::image::ImageRef;
use crate::world::simulated::aws::json::text;
use crate::world::simulated::kernel::Kernel;

/// Pulls an image as a task does.
///
/// # Errors
/// The task's stopped reason, as AWS words it.
pub(crate) fn pull(ecr: &Ecr, kernel: &Kernel, reference: &str) -> Result<PulledImage, String> {
    let named = ImageRef::parse(reference);
    if !is_own(kernel, &named) {
        return Ok(pull_elsewhere(&named, reference));
    }
    let name = named.repository;
    // `repo:tag@digest` is pulled by its digest.
    let id = match named.digest {
        Some(digest) => json!({ "imageDigest": digest }),
        None => json!({ "imageTag": named.version() }),
    };
    if kernel.all_goes_well() {
        let faults = ["image-missing", "image-unpullable"];
        let gone = |image: &Image| faults.iter().any(|fault| taken(ecr, kernel, fault, image));
        return match known(ecr, name, &id).filter(|image| gone(image)) {
            Some(_) => Err(not_pulled(reference)),
            None => Ok(pull_elsewhere(&named, reference)),
        };
    }
    let image = ecr
        .repositories
        .get(name)
        .and_then(|repository| find(ecr, kernel, repository, &id))
        .filter(|image| !taken(ecr, kernel, "image-unpullable", image));
    match image {
        Some(image) => Ok(PulledImage {
            digest: Some(image.digest.clone()),
            version: image.version(),
        }),
        None => Err(not_pulled(reference)),
    }
}

fn not_pulled(reference: &str) -> String {
    format!(
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {reference}: {reference}: not found"
    )
}

/// An image that was imported, whatever the faults say.
fn known<'a>(ecr: &'a Ecr, repository: &str, id: &Value) -> Option<&'a Image> {
    let (tag, digest) = (text(id, "imageTag"), text(id, "imageDigest"));
    let mut images = ecr.repositories.get(repository)?.images.iter();
    images.find(|image| {
        let tagged = |tag: &str| image.tags.iter().any(|own| own == tag);
        digest.map_or_else(|| tag.is_some_and(tagged), |d| image.digest == d)
    })
}

/// Adds an image that was read live to the registry.
pub(crate) fn import(
    ecr: &mut Ecr,
    kernel: &Kernel,
    repository: &str,
    digest: &str,
    mut tags: Vec<String>,
    mut manifest: Option<String>,
) {
    let scanned = kernel.now();
    let repository = ecr.repositories.entry(repository.to_owned()).or_default();
    if let Some(at) = repository.images.iter().position(|i| i.digest == digest) {
        let known = repository.images.swap_remove(at);
        // No read shows all there is to it.
        let more = known.tags.into_iter().filter(|tag| !tags.contains(tag));
        tags = more.chain(tags.iter().cloned()).collect();
        manifest = manifest.or(known.manifest);
    }
    repository.images.push(Image {
        tags,
        manifest,
        digest: digest.to_owned(),
        pushed: String::new(),
        size: 0,
        findings: None,
        scanned,
        scan_started: None,
    });
}

/// Whether an image is known by that id.
pub(crate) fn has(ecr: &Ecr, repository: &str, id: &Value) -> bool {
    known(ecr, repository, id).is_some()
}

/// The digest of the image with that manifest.
pub(crate) fn by_manifest(ecr: &Ecr, repository: &str, content: &str) -> Option<String> {
    let mut images = ecr.repositories.get(repository)?.images.iter();
    let found = images.find(|image| manifest(image) == content)?;
    Some(found.digest.clone())
}

/// Refuses a live image that a fault takes away.
pub(crate) fn unless_missing(
    ecr: &Ecr,
    kernel: &Kernel,
    repository: &str,
    id: &Value,
) -> Result<(), Fault> {
    match known(ecr, repository, id).filter(|image| taken(ecr, kernel, "image-missing", image)) {
        Some(_) => Err(no_image(kernel, repository, id)),
        None => Ok(()),
    }
}

/// Other registries have every image.
fn pull_elsewhere(named: &ImageRef<'_>, reference: &str) -> PulledImage {
    if let Some(digest) = named.digest {
        return PulledImage {
            digest: Some(digest.to_owned()),
            version: None,
        };
    }
    let digest: String = hex::sha256(reference);
    PulledImage {
        digest: Some(format!("sha256:{digest}")),
        version: named.tag.map(str::to_owned),
    }
}
