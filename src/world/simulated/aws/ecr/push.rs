//! Images that come, go and are tagged anew; scans that are started.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::Ecr;
use super::images::{find, manifest, no_image};
use super::{Image, MANIFEST, Repository, is_own, no_repository, refusals};
use crate::text::hex;
use crate::vocabulary::Fault;
use crate::world::image::ImageRef;
use crate::world::simulated::aws::json::{flag, list, required, set, text};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

/// How long a scan takes.
const SCAN: Duration = Duration::from_secs(20);

fn repository_mut<'a>(
    ecr: &'a mut Ecr,
    kernel: &Kernel,
    name: &str,
) -> Result<&'a mut Repository, Fault> {
    if !ecr.repositories.contains_key(name) {
        return Err(no_repository(kernel, name));
    }
    let found = ecr.repositories.get_mut(name);
    found.ok_or_else(|| Fault::new("RepositoryNotFoundException", name))
}

fn immutable(tag: &str, name: &str) -> String {
    format!(
        "The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because the tag is immutable."
    )
}

/// Gives a tag to the image of that digest, which is there afterwards.
///
/// # Errors
/// As `PutImage`: `RepositoryNotFoundException`, `ImageTagAlreadyExistsException`.
pub(crate) fn tag(
    ecr: &mut Ecr,
    kernel: &Kernel,
    name: &str,
    digest: &str,
    tag: Option<&str>,
) -> Result<(), Fault> {
    let now = kernel.now();
    let repository = repository_mut(ecr, kernel, name)?;
    let holder = repository
        .images
        .iter()
        .find(|i| tag.is_some_and(|tag| i.tags.iter().any(|t| t == tag)));
    if let (Some(holder), Some(tag)) = (holder, tag)
        && repository.immutable
        && holder.digest != digest
    {
        return Err(Fault::new(
            "ImageTagAlreadyExistsException",
            immutable(tag, name),
        ));
    }
    for image in &mut repository.images {
        image.tags.retain(|t| Some(t.as_str()) != tag);
    }
    let tags = tag.map(str::to_owned);
    let scans = !repository.scanless;
    match repository.images.iter_mut().find(|i| i.digest == digest) {
        Some(known) => known.tags.extend(tags),
        None => repository.images.push(Image {
            tags: tags.into_iter().collect(),
            digest: digest.to_owned(),
            pushed: now.to_string(),
            size: 92_000_000,
            findings: scans.then(BTreeMap::new),
            scanned: later(now, SCAN),
            scan_started: scans.then_some(now),
            manifest: None,
        }),
    }
    Ok(())
}

/// Pushes `registry/repository:tag`.
///
/// # Errors
/// What the registry says.
pub(crate) fn push(
    ecr: &mut Ecr,
    kernel: &Kernel,
    reference: &str,
    digest: &str,
) -> Result<(), String> {
    let named = ImageRef::parse(reference);
    if !is_own(kernel, &named) {
        // Other registries take everything.
        return Ok(());
    }
    let name = match named.digest {
        Some(_) => None,
        None => Some(named.version()),
    };
    tag(ecr, kernel, named.repository, digest, name).map_err(|fault| match fault.code.as_str() {
        "RepositoryNotFoundException" => format!("name unknown: {}", fault.message),
        _ => format!("tag invalid: {}", fault.message),
    })
}

pub(super) fn put_image(ecr: &mut Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let name = required(input, "repositoryName")?.to_owned();
    let content = required(input, "imageManifest")?;
    let repository = ecr
        .repositories
        .get(&name)
        .ok_or_else(|| no_repository(kernel, &name))?;
    refusals::manifest(content, input)?;
    let hex: String = hex::sha256(content);
    let calculated = format!("sha256:{hex}");
    let known = repository
        .images
        .iter()
        .find(|i| manifest(i) == content || i.digest == calculated);
    let wanted = text(input, "imageTag");
    if let Some(known) = known
        && wanted.is_none_or(|w| known.tags.iter().any(|t| t == w))
    {
        return Err(Fault::new(
            "ImageAlreadyExistsException",
            format!(
                "Image with digest '{}' and tag '{}' already exists in the repository with name '{name}' in registry with id '{}'",
                known.digest,
                wanted.unwrap_or("null"),
                kernel.account
            ),
        ));
    }
    let digest = known.map_or(calculated, |i| i.digest.clone());
    if let Some(given) = text(input, "imageDigest")
        && given != digest
    {
        return Err(Fault::new(
            "ImageDigestDoesNotMatchException",
            "The provided digest does not match the digest calculated by Amazon ECR for the image.",
        ));
    }
    tag(ecr, kernel, &name, &digest, wanted)?;
    let images = &mut repository_mut(ecr, kernel, &name)?.images;
    if let Some(image) = images.iter_mut().find(|image| image.digest == digest) {
        image.manifest.get_or_insert_with(|| content.to_owned());
    }
    let mut id = json!({ "imageDigest": digest });
    if let Some(tag) = wanted {
        set(&mut id, "imageTag", json!(tag));
    }
    Ok(json!({ "image": {
        "registryId": kernel.account,
        "repositoryName": name,
        "imageId": id,
        "imageManifest": content,
        "imageManifestMediaType": MANIFEST,
    }}))
}

pub(super) fn batch_delete(ecr: &mut Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let name = required(input, "repositoryName")?.to_owned();
    let (mut deleted, mut failures) = (Vec::new(), Vec::new());
    for id in list(input, "imageIds") {
        let repository = repository_mut(ecr, kernel, &name)?;
        let (tag, digest) = (text(id, "imageTag"), text(id, "imageDigest"));
        let at = repository.images.iter().position(|i| {
            (tag.is_some() || digest.is_some())
                && tag.is_none_or(|t| i.tags.iter().any(|own| own == t))
                && digest.is_none_or(|d| i.digest == d)
        });
        let Some(at) = at else {
            failures.push(json!({
                "imageId": id,
                "failureCode": "ImageNotFound",
                "failureReason": "Requested image not found",
            }));
            continue;
        };
        let image = &mut repository.images[at];
        let mut gone = json!({ "imageDigest": image.digest });
        if let Some(tag) = tag {
            set(&mut gone, "imageTag", json!(tag));
            image.tags.retain(|t| t != tag);
        }
        // By its last tag or by its digest, the image itself goes.
        if tag.is_none() || image.tags.is_empty() {
            repository.images.remove(at);
        }
        deleted.push(gone);
    }
    Ok(json!({ "imageIds": deleted, "failures": failures }))
}

pub(super) fn start_scan(ecr: &mut Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let done = later(kernel.now(), SCAN);
    let name = required(input, "repositoryName")?.to_owned();
    let id = input.get("imageId").unwrap_or(&Value::Null);
    let known = ecr
        .repositories
        .get(&name)
        .ok_or_else(|| no_repository(kernel, &name))?;
    let image = find(ecr, kernel, known, id).ok_or_else(|| no_image(kernel, &name, id))?;
    refusals::scan(image, kernel.now())?;
    let digest = image.digest.clone();
    let images = &mut repository_mut(ecr, kernel, &name)?.images;
    for image in images.iter_mut().filter(|i| i.digest == digest) {
        image.findings.get_or_insert_default();
        image.scanned = done;
        image.scan_started = Some(kernel.now());
    }
    Ok(json!({
        "registryId": kernel.account,
        "repositoryName": name,
        "imageId": { "imageDigest": digest },
        "imageScanStatus": { "status": "IN_PROGRESS" },
    }))
}

pub(super) fn create_repository(
    ecr: &mut Ecr,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let name = required(input, "repositoryName")?.to_owned();
    refusals::repository_name(&name)?;
    if ecr.repositories.contains_key(&name) {
        return Err(Fault::new(
            "RepositoryAlreadyExistsException",
            format!(
                "The repository with name '{name}' already exists in the registry with id '{}'",
                kernel.account
            ),
        ));
    }
    let repository = Repository {
        images: Vec::new(),
        immutable: text(input, "imageTagMutability") == Some("IMMUTABLE"),
        scanless: !input
            .get("imageScanningConfiguration")
            .is_some_and(|scanning| flag(scanning, "scanOnPush")),
    };
    let out = super::render_repository(kernel, &name, &repository);
    ecr.repositories.insert(name, repository);
    Ok(json!({ "repository": out }))
}

pub(super) fn delete_repository(
    ecr: &mut Ecr,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let name = required(input, "repositoryName")?.to_owned();
    let repository = repository_mut(ecr, kernel, &name)?.clone();
    if !repository.images.is_empty() && !flag(input, "force") {
        return Err(Fault::new(
            "RepositoryNotEmptyException",
            format!(
                "The repository with name '{name}' in registry with id '{}' cannot be deleted because it still contains images",
                kernel.account
            ),
        ));
    }
    let out = super::render_repository(kernel, &name, &repository);
    ecr.repositories.remove(&name);
    Ok(json!({ "repository": out }))
}
