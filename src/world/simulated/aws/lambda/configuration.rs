//! What Lambda says of functions and their versions.

use serde_json::{Map, Value, json};

use super::state::{Build, Function, LATEST, Lambda};
use super::{arn, function, named, no_function, page};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::kernel::Kernel;

/// A version of a function as `GetFunctionConfiguration` shows it; `qualifier`: as the ARN ends.
pub(super) fn shown(
    kernel: &Kernel,
    name: &str,
    function: &Function,
    (version, build): (&str, &Build),
    qualifier: Option<&str>,
) -> Value {
    let mut out = Value::Object(build.configuration.clone());
    let is_image = build.code.image().is_some();
    let defaults = [
        ("CodeSize", json!(1024)),
        ("Description", json!("")),
        ("MemorySize", json!(128)),
        ("PackageType", json!(if is_image { "Image" } else { "Zip" })),
        ("Timeout", json!(3)),
    ];
    for (member, value) in defaults {
        if out.get(member).is_none() {
            set(&mut out, member, value);
        }
    }
    // AWS shows what the configuration of an image is under another name.
    if let Some(image) = out
        .as_object_mut()
        .and_then(|members| members.remove("ImageConfig"))
    {
        set(
            &mut out,
            "ImageConfigResponse",
            json!({ "ImageConfig": image }),
        );
    }
    let modified = build.modified.strftime("%Y-%m-%dT%H:%M:%S.000+0000");
    let own = [
        ("FunctionName", json!(name)),
        ("FunctionArn", json!(arn(kernel, name, qualifier))),
        ("Version", json!(version)),
        ("CodeSha256", json!(build.code.hash())),
        ("RevisionId", json!(build.revision)),
        ("LastModified", json!(modified.to_string())),
        ("State", json!("Active")),
    ];
    for (member, value) in own {
        set(&mut out, member, value);
    }
    set(&mut out, "LastUpdateStatus", json!("Successful"));
    if version == LATEST {
        show_update(kernel, function, &mut out);
    }
    out
}

/// What is known of the latest update.
fn show_update(kernel: &Kernel, function: &Function, out: &mut Value) {
    let Some(update) = &function.update else {
        return;
    };
    if kernel.now() < update.until {
        set(out, "LastUpdateStatus", json!("InProgress"));
    } else if let Some(code) = &update.fails {
        let reason = "Lambda cannot use the code or the configuration";
        set(out, "LastUpdateStatus", json!("Failed"));
        set(out, "LastUpdateStatusReason", json!(reason));
        set(out, "LastUpdateStatusReasonCode", json!(code));
    }
}

/// The version that a qualifier stands for: itself, that of an alias, or `$LATEST`.
fn resolved<'f>(
    kernel: &Kernel,
    name: &str,
    function: &'f Function,
    qualifier: Option<&str>,
) -> Result<(String, &'f Build), Fault> {
    let asked = qualifier.unwrap_or(LATEST);
    let alias = function.aliases.get(asked);
    let version = alias.map_or(asked, |alias| alias.version.as_str());
    let build = function.build(version);
    let build = build.ok_or_else(|| no_function(kernel, name, qualifier))?;
    Ok((version.to_owned(), build))
}

/// Answers `GetFunctionConfiguration` for a version or an alias.
pub(super) fn get(lambda: &Lambda, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (name, qualifier) = named(input)?;
    let function = function(lambda, kernel, &name)?;
    let qualifier = qualifier.as_deref();
    let (version, build) = resolved(kernel, &name, function, qualifier)?;
    Ok(shown(kernel, &name, function, (&version, build), qualifier))
}

/// Answers `GetFunction`: the configuration, and where the code is.
pub(super) fn get_function(
    lambda: &Lambda,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let configuration = get(lambda, kernel, input)?;
    let (name, qualifier) = named(input)?;
    let function = function(lambda, kernel, &name)?;
    let (_, build) = resolved(kernel, &name, function, qualifier.as_deref())?;
    let code = match build.code.image() {
        Some(image) => {
            let (place, _) = image.split_once('@').unwrap_or((image, ""));
            let place = place.rsplit_once(':').map_or(place, |(place, _)| place);
            let digest = crate::text::hex::sha256(image);
            json!({
                "RepositoryType": "ECR", "ImageUri": image,
                "ResolvedImageUri": format!("{place}@sha256:{digest}"),
            })
        }
        None => json!({ "RepositoryType": "S3" }),
    };
    Ok(json!({ "Configuration": configuration, "Code": code }))
}

/// `ListFunctions`: the unpublished versions.
pub(super) fn list_functions(
    lambda: &Lambda,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let all = lambda.functions.iter();
    let items =
        all.map(|(name, function)| shown(kernel, name, function, (LATEST, &function.latest), None));
    Ok(page(input, "Functions", items.collect()))
}

/// Answers `ListVersionsByFunction`: `$LATEST` comes first.
pub(super) fn list_versions(
    lambda: &Lambda,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let (name, _) = named(input)?;
    let function = function(lambda, kernel, &name)?;
    let latest = (LATEST.to_owned(), &function.latest);
    let published = function.versions.iter();
    let published = published.map(|(number, build)| (number.to_string(), build));
    let items = std::iter::once(latest)
        .chain(published)
        .map(|(version, build)| shown(kernel, &name, function, (&version, build), Some(&version)));
    Ok(page(input, "Versions", items.collect()))
}

/// The members of an input that are configuration, as `FunctionConfiguration` has them.
pub(crate) fn configured(input: &Value) -> Map<String, Value> {
    let mut members = input.as_object().cloned().unwrap_or_default();
    for other in [
        "FunctionName",
        "Code",
        "Publish",
        "PublishTo",
        "RevisionId",
        "Tags",
        "DryRun",
        "ImageUri",
        "S3Bucket",
        "S3Key",
        "S3ObjectVersion",
        "S3ObjectStorageMode",
        "ZipFile",
        "SourceKMSKeyArn",
        "CodeSigningConfigArn",
    ] {
        members.remove(other);
    }
    members
}

/// The role and the dead-letter queue of a build: two versions behind one alias share them.
pub(super) fn shared_settings(build: &Build) -> (Option<&str>, Option<&Value>) {
    let role = build.configuration.get("Role").and_then(Value::as_str);
    (role, build.configuration.get("DeadLetterConfig"))
}

/// Whether an input asks for anything but a trial.
pub(super) fn is_dry_run(input: &Value) -> bool {
    text(input, "InvocationType") == Some("DryRun")
        || input.get("DryRun").and_then(Value::as_bool) == Some(true)
}
