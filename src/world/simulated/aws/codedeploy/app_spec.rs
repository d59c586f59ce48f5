//! What an AppSpec says, as far as the model follows it. It is read as JSON.

use serde_json::Value;

use super::state::{AliasMove, Platform};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text};

/// The text of a revision; `None`: it lies in S3 or on GitHub.
pub(super) fn content(revision: &Value) -> Option<&str> {
    let inside = revision.get("appSpecContent").or(revision.get("string"))?;
    text(inside, "content")
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("InvalidRevisionException", message)
}

/// What an AppSpec describes, checked as far as the model needs it.
///
/// # Errors
/// `InvalidRevisionException`.
pub(super) fn check(platform: Platform, revision: &Value) -> Result<Option<AliasMove>, Fault> {
    let Some(content) = content(revision) else {
        return Ok(None);
    };
    // CodeDeploy also takes YAML, which is not followed here.
    let Ok(spec) = serde_json::from_str::<Value>(content) else {
        return match content.trim_start().starts_with('{') {
            true => Err(invalid("The AppSpec file is not valid JSON or YAML")),
            false => Ok(None),
        };
    };
    let resources = list(&spec, "Resources").iter();
    let mut named = resources
        .filter_map(Value::as_object)
        .flatten()
        .map(|(_, resource)| resource);
    let Some(resource) = named.next() else {
        return Err(invalid("The AppSpec file has no Resources"));
    };
    let properties = resource.get("Properties").unwrap_or(&Value::Null);
    let needed = |name: &str| {
        let value = text(properties, name).map(str::to_owned);
        value.ok_or_else(|| invalid(format!("The AppSpec file lacks the property {name}")))
    };
    match (platform, text(resource, "Type")) {
        (Platform::Ecs, Some("AWS::ECS::Service")) => {
            needed("TaskDefinition")?;
            Ok(None)
        }
        (Platform::Lambda, Some("AWS::Lambda::Function")) => Ok(Some(AliasMove {
            function: needed("Name")?,
            alias: needed("Alias")?,
            from: needed("CurrentVersion")?,
            to: needed("TargetVersion")?,
        })),
        (platform, kind) => Err(invalid(format!(
            "The AppSpec file describes {}, and the deployment group deploys to {}",
            kind.unwrap_or("nothing"),
            platform.name()
        ))),
    }
}
