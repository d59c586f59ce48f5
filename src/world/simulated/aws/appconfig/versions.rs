//! Versions of the configurations that AppConfig hosts.

use serde_json::{Value, json};

use super::lookup::{application, not_found, profile};
use super::state::{Application, Profile, Version};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{not_simulated, number, set, text};
use crate::world::simulated::cloud::Cloud;

/// Largest configuration, in bytes: AppConfig API Reference, CreateHostedConfigurationVersion, PayloadTooLargeException; AWS
/// General Reference, "AWS AppConfig endpoints and quotas".
const LARGEST: usize = 2 * 1024 * 1024;

/// Type of a profile whose configurations are feature flags.
pub(super) const FLAGS: &str = "AWS.AppConfig.FeatureFlags";

/// AppConfig API Reference, CreateHostedConfigurationVersion, `LatestVersionNumber` and "Errors".
pub(super) fn create(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    if cloud.kernel.all_goes_well() {
        return Err(not_simulated(
            "appconfig",
            "CreateHostedConfigurationVersion",
        ));
    }
    let found = application(&cloud.appconfig, input)?;
    let known = profile(found, input)?;
    let content = text(input, "Content").unwrap_or_default();
    let bytes = aws_smithy_types::base64::decode(content).unwrap_or_default();
    if bytes.len() > LARGEST {
        return Err(Fault::new(
            "PayloadTooLargeException",
            format!("The configuration is larger than {LARGEST} bytes"),
        ));
    }
    let latest = known.versions.last().map_or(0, |version| version.number);
    if number(input, "LatestVersionNumber").is_some_and(|expected| expected != latest) {
        return Err(Fault::new(
            "ConflictException",
            format!("The latest version number is {latest}"),
        ));
    }
    if known.kind == FLAGS && !is_flags(&bytes) {
        let mut fault = Fault::new(
            "BadRequestException",
            "Error validating the configuration: it is no valid set of feature flags",
        );
        fault.details = json!({ "Reason": "InvalidConfiguration" });
        return Err(fault);
    }
    let version = Version {
        number: latest + 1,
        content: content.to_owned(),
        content_type: text(input, "ContentType").unwrap_or_default().to_owned(),
        label: text(input, "VersionLabel").map(str::to_owned),
        description: text(input, "Description").map(str::to_owned),
    };
    let mut answer = view(found, known, &version);
    set(&mut answer, "Content", json!(version.content));
    let (application, profile) = (found.id.clone(), known.id.clone());
    let all = cloud.appconfig.applications.iter_mut();
    let all = all.filter(|one| one.id == application);
    let mut profiles = all.flat_map(|one| one.profiles.iter_mut());
    if let Some(known) = profiles.find(|one| one.id == profile) {
        known.versions.push(version);
    }
    Ok(answer)
}

/// AppConfig User Guide, "Understanding feature flags", type reference: flags, their values and a version.
fn is_flags(bytes: &[u8]) -> bool {
    let read: Option<Value> = serde_json::from_slice(bytes).ok();
    read.is_some_and(|flags| flags["flags"].is_object() && text(&flags, "version") == Some("1"))
}

fn view(application: &Application, profile: &Profile, version: &Version) -> Value {
    let mut out = json!({
        "ApplicationId": application.id,
        "ConfigurationProfileId": profile.id,
        "VersionNumber": version.number,
        "ContentType": version.content_type,
    });
    if let Some(label) = &version.label {
        set(&mut out, "VersionLabel", json!(label));
    }
    if let Some(description) = &version.description {
        set(&mut out, "Description", json!(description));
    }
    out
}

pub(super) fn get(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let found = application(&cloud.appconfig, input)?;
    let known = profile(found, input)?;
    let wanted = number(input, "VersionNumber").unwrap_or_default();
    let mut all = known.versions.iter();
    let version = all
        .find(|version| version.number == wanted)
        .ok_or_else(|| not_found("HostedConfigurationVersion", &wanted.to_string()))?;
    let mut out = view(found, known, version);
    set(&mut out, "Content", json!(version.content));
    Ok(out)
}

/// Answers `ListHostedConfigurationVersions`: the newest version comes first.
pub(super) fn list_all(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let found = application(&cloud.appconfig, input)?;
    let known = profile(found, input)?;
    let label = text(input, "VersionLabel");
    let all = known.versions.iter().rev();
    let all = all.filter(|one| label.is_none() || one.label.as_deref() == label);
    let items: Vec<Value> = all.map(|one| view(found, known, one)).collect();
    Ok(json!({ "Items": items }))
}
