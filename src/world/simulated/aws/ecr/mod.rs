//! ECR: repositories and images, by tag and by digest; and what tasks can pull.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::image::{EcrRegistry, ImageRef};
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{list, required, set, text, texts};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

mod push;

pub(crate) use push::{push, tag};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// The registry of the account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ecr {
    repositories: BTreeMap<String, Repository>,
    /// The version that the run deploys, where the fixture's parameters say it.
    version: Option<String>,
    /// Digests of the images that task definitions used when the world began.
    in_use: BTreeSet<String>,
}

impl Ecr {
    /// A repository by name.
    pub(crate) fn repository(&self, name: &str) -> Option<&Repository> {
        self.repositories.get(name)
    }

    /// A repository by name, made if there is none.
    pub(crate) fn repository_mut(&mut self, name: &str) -> &mut Repository {
        self.repositories.entry(name.to_owned()).or_default()
    }

    /// Says which version the run deploys.
    pub(crate) fn set_version(&mut self, version: Option<String>) {
        self.version = version;
    }

    /// Notes that an image was in use when the world began.
    pub(crate) fn note_in_use(&mut self, digest: String) {
        self.in_use.insert(digest);
    }
}

/// A repository.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repository {
    pub(crate) images: Vec<Image>,
    pub(crate) immutable: bool,
}

/// An image.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) tags: Vec<String>,
    pub(crate) digest: String,
    pub(crate) pushed: String,
    pub(crate) size: u64,
    /// Findings of a scan by severity; `None`: never scanned.
    pub(crate) findings: Option<BTreeMap<String, u32>>,
    /// When its scan is complete.
    pub(crate) scanned: Timestamp,
    /// Its manifest, where it was read or put; otherwise it is made up.
    pub(crate) manifest: Option<String>,
}

impl Image {
    /// The tag that says the version: the first one that is not `latest`.
    fn version(&self) -> Option<String> {
        let named = self.tags.iter().find(|t| *t != "latest");
        named.or(self.tags.first()).cloned()
    }
}

/// What a task got when it pulled its image.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pulled {
    pub(crate) digest: Option<String>,
    pub(crate) version: Option<String>,
}

pub(crate) fn call(ecr: &mut Ecr, kernel: &Kernel, call: &AwsCall) -> Result<Value, Fault> {
    let (operation, input) = (call.operation.as_str(), &call.input);
    own(kernel, call)?;
    match operation {
        "DescribeRepositories" => describe_repositories(ecr, kernel, input),
        "DescribeImages" => describe_images(ecr, kernel, input),
        "ListImages" => list_images(ecr, kernel, input),
        "BatchGetImage" => batch_get_image(ecr, kernel, input),
        "DescribeImageScanFindings" => scan_findings(ecr, kernel, input),
        "GetAuthorizationToken" => Ok(json!({ "authorizationData": [{
            "authorizationToken": "QVdTOnNpbXVsYXRlZC10b2tlbg==",
            "expiresAt": later(kernel.now(), Duration::from_secs(12 * 3600)).to_string(),
            "proxyEndpoint": format!("https://{}", host(kernel)),
        }]})),
        "PutImage" => push::put_image(ecr, kernel, input),
        "BatchDeleteImage" => push::batch_delete(ecr, kernel, input),
        "StartImageScan" => push::start_scan(ecr, kernel, input),
        "CreateRepository" => push::create_repository(ecr, kernel, input),
        "DeleteRepository" => push::delete_repository(ecr, kernel, input),
        _ => Err(not_simulated("ecr", operation)),
    }
}

/// Refuses what is asked of another registry: there is one, and nobody has let its account in elsewhere.
fn own(kernel: &Kernel, call: &AwsCall) -> Result<(), Fault> {
    if let Some(registry) = text(&call.input, "registryId").filter(|id| *id != kernel.account) {
        let message = format!(
            "User: arn:aws:sts::{}:assumed-role/deploy/deploy is not authorized to perform: ecr:{} on the registry {registry} because no resource-based policy allows it",
            kernel.account, call.operation
        );
        return Err(Fault::new("AccessDeniedException", message));
    }
    match call
        .region
        .as_deref()
        .filter(|region| *region != kernel.region)
    {
        Some(region) => Err(Fault::new(
            "not_simulated",
            format!("the simulated cloud has no registry in {region}"),
        )),
        None => Ok(()),
    }
}

/// Whether an image is in the registry of this account and region.
fn is_own(kernel: &Kernel, named: &ImageRef<'_>) -> bool {
    named.ecr()
        == Some(EcrRegistry {
            account: &kernel.account,
            region: &kernel.region,
        })
}

fn repository<'a>(
    ecr: &'a Ecr,
    kernel: &Kernel,
    input: &'a Value,
) -> Result<(&'a str, &'a Repository), Fault> {
    let name = required(input, "repositoryName")?;
    let found = ecr.repositories.get(name);
    found
        .map(|r| (name, r))
        .ok_or_else(|| no_repository(kernel, name))
}

fn no_repository(kernel: &Kernel, name: &str) -> Fault {
    Fault::new(
        "RepositoryNotFoundException",
        format!(
            "The repository with name '{name}' does not exist in the registry with id '{}'",
            kernel.account
        ),
    )
}

fn describe_repositories(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let mut names = texts(input, "repositoryNames");
    if names.is_empty() {
        names = ecr.repositories.keys().cloned().collect();
    }
    let mut out = Vec::new();
    for name in &names {
        let repository = ecr
            .repositories
            .get(name)
            .ok_or_else(|| no_repository(kernel, name))?;
        out.push(render_repository(kernel, name, repository));
    }
    Ok(json!({ "repositories": out }))
}

fn render_repository(kernel: &Kernel, name: &str, repository: &Repository) -> Value {
    json!({
        "repositoryArn": kernel.arn("ecr", &format!("repository/{name}")),
        "registryId": kernel.account,
        "repositoryName": name,
        "repositoryUri": format!("{}/{name}", host(kernel)),
        "createdAt": kernel.start.to_string(),
        "imageTagMutability": if repository.immutable { "IMMUTABLE" } else { "MUTABLE" },
        "imageScanningConfiguration": { "scanOnPush": true },
        "encryptionConfiguration": { "encryptionType": "AES256" },
    })
}

fn host(kernel: &Kernel) -> String {
    format!("{}.dkr.ecr.{}.amazonaws.com", kernel.account, kernel.region)
}

/// Whether a fault on images takes this one away, that is looked for.
fn taken(ecr: &Ecr, kernel: &Kernel, fault: &str, image: &Image) -> bool {
    let tagged = |tag: &str| image.tags.iter().any(|t| t == tag);
    kernel.struck_by(fault, |spec| match spec.argument.as_deref() {
        Some(tag) => tagged(tag),
        // What the run deploys: the fixture's version, or whatever was not in use before.
        None => ecr.version.as_deref().is_some_and(tagged) || !ecr.in_use.contains(&image.digest),
    })
}

fn find<'a>(
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

fn no_image(kernel: &Kernel, name: &str, id: &Value) -> Fault {
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

fn describe_images(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (name, repository) = repository(ecr, kernel, input)?;
    let ids = list(input, "imageIds");
    let mut found: Vec<&Image> = Vec::new();
    for id in ids {
        let image = find(ecr, kernel, repository, id).ok_or_else(|| no_image(kernel, name, id))?;
        if !found.iter().any(|f| f.digest == image.digest) {
            found.push(image);
        }
    }
    if ids.is_empty() {
        found = repository
            .images
            .iter()
            .filter(|i| !taken(ecr, kernel, "image-missing", i))
            .collect();
    }
    let details: Vec<Value> = found.iter().map(|i| render(kernel, name, i)).collect();
    Ok(json!({ "imageDetails": details }))
}

fn render(kernel: &Kernel, name: &str, image: &Image) -> Value {
    let mut out = json!({
        "registryId": kernel.account,
        "repositoryName": name,
        "imageDigest": image.digest,
        "imageTags": image.tags,
        "imageSizeInBytes": image.size,
        "imagePushedAt": image.pushed,
        "imageManifestMediaType": MANIFEST,
        "artifactMediaType": "application/vnd.docker.container.image.v1+json",
    });
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
fn manifest(image: &Image) -> String {
    if let Some(read) = &image.manifest {
        return read.clone();
    }
    let config = json!({ "digest": image.digest, "size": image.size });
    json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [] }).to_string()
}

fn scan_status(kernel: &Kernel, image: &Image) -> Value {
    if image.scanned > kernel.now() {
        return json!({ "status": "IN_PROGRESS" });
    }
    json!({ "status": "COMPLETE", "description": "The scan was completed successfully." })
}

fn list_images(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (_, repository) = repository(ecr, kernel, input)?;
    let mut ids = Vec::new();
    for image in &repository.images {
        if !taken(ecr, kernel, "image-missing", image) {
            let tagged = image.tags.iter();
            ids.extend(tagged.map(|t| json!({ "imageDigest": image.digest, "imageTag": t })));
        }
    }
    Ok(json!({ "imageIds": ids }))
}

fn batch_get_image(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
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

fn scan_findings(ecr: &Ecr, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
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
fn each(counts: &BTreeMap<String, u32>) -> Vec<Value> {
    let counts = counts.iter();
    counts
        .flat_map(|(severity, count)| (1..=(*count).min(100)).map(move |n| (severity, n)))
        .map(|(severity, n)| {
            json!({ "name": format!("CVE-SIMULATED-{severity}-{n}"), "severity": severity })
        })
        .collect()
}

/// Pulls an image as a task does.
///
/// # Errors
/// The task's stopped reason, as AWS words it.
pub(crate) fn pull(ecr: &Ecr, kernel: &Kernel, reference: &str) -> Result<Pulled, String> {
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
        Some(image) => Ok(Pulled {
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

/// Makes a live image known.
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
fn pull_elsewhere(named: &ImageRef<'_>, reference: &str) -> Pulled {
    if let Some(digest) = named.digest {
        return Pulled {
            digest: Some(digest.to_owned()),
            version: None,
        };
    }
    let hash = Sha256::digest(reference);
    let digest: String = hash.iter().map(|b| format!("{b:02x}")).collect();
    Pulled {
        digest: Some(format!("sha256:{digest}")),
        version: named.tag.map(str::to_owned),
    }
}
