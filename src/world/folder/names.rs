//! Which names below the project's folder scripts read, and which they write.

use std::path::{Component, Path};

use serde_json::json;

use crate::vocabulary::{Fault, codes};

/// A path as it is spelled below the folder: `a/b`, without `.`.
///
/// # Errors
/// `path_not_allowed` for what is absolute, leads upwards, or is kept from scripts.
pub fn relative(path: &str) -> Result<String, Fault> {
    let mut parts: Vec<&str> = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str().unwrap_or_default()),
            Component::CurDir => {}
            Component::ParentDir => return Err(not_allowed(path, "leads upwards")),
            _ => return Err(not_allowed(path, "is absolute")),
        }
    }
    if parts.is_empty() || path.contains('\0') {
        return Err(not_allowed(path, "names no file"));
    }
    if let Some(kept) = parts.iter().find(|part| is_kept(part)) {
        return Err(
            not_allowed(path, &format!("is in {kept}, which is kept from scripts"))
                .hint("what a script reads is kept in the run's journal; secrets stay out of both"),
        );
    }
    Ok(parts.join("/"))
}

/// Folders and files that are kept from scripts: the repository, the journals, and where secrets usually lie.
const KEPT: [&str; 29] = [
    ".git",
    ".deployer",
    ".env",
    ".envrc",
    ".aws",
    ".ssh",
    ".kube",
    ".gnupg",
    ".azure",
    ".gcloud",
    ".docker",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".yarnrc.yml",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".git-credentials",
    ".vault-token",
    ".terraformrc",
    ".htpasswd",
    "credentials",
    "credentials.json",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "kubeconfig",
];
/// Ends of the names of files that hold keys.
const KEYS: [&str; 9] = [
    ".pem",
    ".key",
    ".p12",
    ".pfx",
    ".jks",
    ".keystore",
    ".kdbx",
    ".tfstate",
    ".tfstate.backup",
];
/// What runs or decides by itself: whoever can write it, decides what the next run does.
const RUNS: [&str; 18] = [
    "stdlib",
    ".github",
    ".gitlab",
    ".gitlab-ci.yml",
    ".circleci",
    ".buildkite",
    ".drone.yml",
    ".travis.yml",
    ".woodpecker",
    ".gitea",
    ".forgejo",
    ".husky",
    ".githooks",
    ".gitmodules",
    ".gitattributes",
    "jenkinsfile",
    "codeowners",
    ".pre-commit-config.yaml",
];
/// Names of scripts that other programs run end in one of these: pipelines, and what other CI systems read.
const SCRIPTS: [&str; 5] = [
    ".rhai",
    "-pipelines.yml",
    "appveyor.yml",
    "cloudbuild.yaml",
    "buildspec.yml",
];

/// Whether a part of a path is kept from scripts, however its letters are cased: some file systems do not tell.
pub(super) fn is_kept(part: &str) -> bool {
    let part = part.to_lowercase();
    KEPT.contains(&part.as_str())
        || part.starts_with(".env.")
        || KEYS.iter().any(|end| part.ends_with(end))
}

/// A path that a script may write, as it is spelled below the folder.
///
/// # Errors
/// `path_not_allowed`, as for [`relative`], and for what runs by itself.
pub fn writable(path: &str) -> Result<String, Fault> {
    let name = relative(path)?;
    let runs = |part: &str| {
        let part = part.to_lowercase();
        RUNS.contains(&part.as_str()) || SCRIPTS.iter().any(|end| part.ends_with(end))
    };
    // The workflow files that lie beside a pipeline.
    let workflow = Path::new(&name)
        .parent()
        .is_some_and(|above| above.ends_with("ci") || above.ends_with("workflows"));
    match name.split('/').any(runs) || workflow {
        true => {
            let why = "decides what a later run does, and no script writes it";
            Err(not_allowed(path, why).hint("let a person change it, by way of the repository"))
        }
        false => Ok(name),
    }
}

/// The fault of a path that scripts do not reach, and why.
pub(super) fn not_allowed(path: &str, why: &str) -> Fault {
    Fault::new(codes::PATH_NOT_ALLOWED, format!("`{path}` {why}"))
        .hint("name a file below the folder that deployer runs in")
        .details(json!({ "path": path }))
}
