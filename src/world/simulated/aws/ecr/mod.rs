//! ECR: repositories and images, by tag and by digest; and what tasks can pull.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;
use crate::world::image::{EcrRegistry, ImageRef};
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{required, text, texts};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

mod images;
mod pull;
mod push;
mod refusals;

pub(crate) use pull::{by_manifest, has, import, pull, unless_missing};
pub(crate) use push::{push, tag};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// The state of ECR: the repositories of the account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ecr {
    repositories: BTreeMap<String, Repository>,
    /// The version that the run deploys, where the fixture's parameters say it.
    version: Option<String>,
    /// Digests of the images that task definitions used when the world began.
    in_use: BTreeSet<String>,
}

impl Ecr {
    /// The repository of that name; `None`: the registry has none.
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

/// A repository of images in the simulated registry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repository {
    pub(crate) images: Vec<Image>,
    pub(crate) immutable: bool,
    /// Whether it was made without the scan of what is pushed.
    pub(crate) scanless: bool,
}

/// An image of a repository, with all its tags.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) tags: Vec<String>,
    pub(crate) digest: String,
    pub(crate) pushed: String,
    pub(crate) size: u64,
    /// Findings of a scan by severity; `None`: never scanned.
    pub(crate) findings: Option<BTreeMap<String, u32>>,
    /// When the scan of the image is complete, in virtual time.
    pub(crate) scanned: Timestamp,
    /// When its last scan was started, where that is known.
    pub(crate) scan_started: Option<Timestamp>,
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
pub(crate) struct PulledImage {
    pub(crate) digest: Option<String>,
    pub(crate) version: Option<String>,
}

/// How far ECR is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "ecr",
    behaves: "Images are pushed, tagged and deleted, and an immutable tag stays on its image. A scan takes time \
              and finds what the fixture says. Tasks can only start from images that are there.",
    leaves_out: "Layers are not stored, and an image is pushed by its manifest alone. Lifecycle policies, \
              replication, pull-through caches and permissions are not simulated.",
    tests: &[
        "simulated::tests::stores",
        "simulated::tests::refusals::stores",
        "emulated::conformance::cases::images",
    ],
};

pub(crate) fn call(ecr: &mut Ecr, kernel: &Kernel, call: &AwsCall) -> Result<Value, Fault> {
    let (operation, input) = (call.operation.as_str(), &call.input);
    own(kernel, call)?;
    match operation {
        "DescribeRepositories" => describe_repositories(ecr, kernel, input),
        "DescribeImages" => images::describe_images(ecr, kernel, input),
        "ListImages" => images::list_images(ecr, kernel, input),
        "BatchGetImage" => images::batch_get_image(ecr, kernel, input),
        "DescribeImageScanFindings" => images::scan_findings(ecr, kernel, input),
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
            codes::NOT_SIMULATED,
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
        "imageScanningConfiguration": { "scanOnPush": !repository.scanless },
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
