//! Lambda functions: their versions and aliases.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{AnswerPlace, ResourceNeed, ResourceType, by};
use crate::text::arn::Arn;
use crate::world::simulated::model::Cloud;
use crate::world::simulated::model::json::text;
use crate::world::simulated::model::lambda::{
    Alias, Behaviour, Build, Code, Function, LATEST, configured,
};

pub(super) static TYPES: &[&ResourceType] = &[&VERSION, &ALIAS];

/// The versions of a function, `$LATEST` among them.
static VERSION: ResourceType = ResourceType {
    service: "lambda",
    read: "ListVersionsByFunction",
    shown: AnswerPlace::List("Versions"),
    base: &[],
    names: &[
        by("FunctionArn", "FunctionName", false),
        by("FunctionName", "FunctionName", false),
    ],
    lists: &[],
    parents: &[],
    about: &[
        ("GetFunction", "FunctionName", true),
        ("GetFunctionConfiguration", "FunctionName", true),
        ("ListVersionsByFunction", "FunctionName", true),
        ("GetAlias", "FunctionName", true),
        ("ListAliases", "FunctionName", true),
    ],
    import: version,
};

static ALIAS: ResourceType = ResourceType {
    service: "lambda",
    read: "ListAliases",
    shown: AnswerPlace::List("Aliases"),
    base: &[],
    names: &[by("AliasArn", "FunctionName", false)],
    lists: &[],
    parents: &[],
    about: &[],
    import: alias,
};

pub(super) fn needs(operation: &str, input: &Value) -> Vec<ResourceNeed> {
    match operation {
        "UpdateFunctionCode"
        | "UpdateFunctionConfiguration"
        | "PublishVersion"
        | "CreateAlias"
        | "UpdateAlias"
        | "DeleteAlias"
        | "Invoke" => {
            let versions = ResourceNeed::of(&VERSION, "FunctionName", input, "FunctionName");
            let named =
                Map::from_iter([("FunctionName".to_owned(), input["FunctionName"].clone())]);
            let aliases = ResourceNeed::All(&ALIAS, Value::Object(named));
            versions.into_iter().chain([aliases]).collect()
        }
        _ => Vec::new(),
    }
}

/// What AWS says of a version that is not set by its owner.
const COMPUTED: [&str; 8] = [
    "CodeSha256",
    "CodeSize",
    "FunctionArn",
    "LastModified",
    "LastUpdateStatus",
    "State",
    "Version",
    "PackageType",
];

fn version(cloud: &mut Cloud, item: &Value) {
    let name = text(item, "FunctionName").unwrap_or_default();
    let mut configuration = configured(item);
    configuration.retain(|member, _| !COMPUTED.contains(&member.as_str()));
    let is_image = text(item, "PackageType") == Some("Image");
    // Of an image, only its hash is known here; that it is one decides what an update may be.
    let code = match is_image {
        true => Code::of(&json!({ "ImageUri": "" })),
        false => Code::of(&Value::Null),
    };
    let build = Build {
        configuration,
        code: code.with_hash(text(item, "CodeSha256")),
        revision: text(item, "RevisionId").unwrap_or_default().to_owned(),
        modified: cloud.kernel.start,
    };
    let number = text(item, "Version").unwrap_or(LATEST);
    match (cloud.lambda.function_mut(name), number.parse()) {
        (Some(function), Ok(number)) => function.add_version(number, build),
        (Some(_), Err(_)) => {}
        (None, number) => {
            let mut function = Function::new(build.clone(), well());
            if let Ok(number) = number {
                function.add_version(number, build);
            }
            cloud.lambda.add(name.to_owned(), function);
        }
    }
}

/// What a plan assumes of code.
fn well() -> Behaviour {
    Behaviour {
        errors: 0.0,
        duration: Duration::from_millis(100),
        answer: Value::Null,
        update_fails: None,
    }
}

fn alias(cloud: &mut Cloud, item: &Value) {
    let arn = text(item, "AliasArn").and_then(Arn::parse);
    let function = arn.and_then(|arn| arn.resource.split(':').nth(1));
    let start = cloud.kernel.start;
    let found = function.and_then(|name| cloud.lambda.function_mut(name));
    let (Some(function), Some(name)) = (found, text(item, "Name")) else {
        return;
    };
    let word = |member: &str| text(item, member).unwrap_or_default().to_owned();
    let mut alias = Alias::new(word("FunctionVersion"), word("RevisionId"), start);
    alias.description = word("Description");
    let weights = item["RoutingConfig"]["AdditionalVersionWeights"].as_object();
    let mut weights = weights.into_iter().flatten();
    alias.additional = weights
        .next()
        .and_then(|(version, weight)| Some((version.clone(), weight.as_f64()?)));
    alias.note(start);
    function.add_alias(name.to_owned(), alias);
}
