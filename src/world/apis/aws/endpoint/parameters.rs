//! What the rules ask about, answered for one call: from its operation, its input and the configuration.

use serde_json::{Map, Value};

use super::rules_of;
use crate::world::apis::aws::jmespath;
use crate::world::apis::aws::model::{Operation, Service};

/// What the configuration says of endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// AWS region, such as `eu-west-1`.
    pub region: String,
    /// Address that is set in the place of AWS's own.
    pub endpoint: Option<String>,
    /// Whether endpoints have to be those with FIPS 140 validated cryptography.
    pub use_fips: bool,
    /// Whether endpoints have to be reachable over IPv6 as well.
    pub use_dual_stack: bool,
    /// Whether the account is a part of host names: `preferred`, `required` or `disabled`.
    pub account_mode: Option<String>,
    /// Whether a bucket is a part of the path, not of the host name; `None`: it is if there is an address of its own.
    pub path_style: Option<bool>,
}

/// The values of a rule set's parameters for one call: first what the operation says, then what its input says, then what
/// is configured.
pub fn parameters(
    service: &'static Service,
    operation: &Operation,
    input: &Value,
    settings: &Settings,
) -> Map<String, Value> {
    let mut out = Map::new();
    for parameter in rules_of(service).into_iter().flat_map(|it| &it.parameters) {
        let name = parameter.name.as_str();
        let said = of_operation(operation, name)
            .or_else(|| of_input(service, operation, name, input))
            .or_else(|| built_in(parameter.built_in.as_deref().unwrap_or(name), settings));
        if let Some(value) = said {
            out.insert(name.to_owned(), value);
        }
    }
    out
}

/// Sets the account of the credentials, which are known later than all else, where the rules ask for it.
pub fn set_account(service: &'static Service, parameters: &mut Map<String, Value>, account: &str) {
    for parameter in rules_of(service).into_iter().flat_map(|it| &it.parameters) {
        if parameter.built_in.as_deref() == Some("AWS::Auth::AccountId") {
            parameters.insert(parameter.name.clone(), account.into());
        }
    }
}

fn of_operation(operation: &Operation, name: &str) -> Option<Value> {
    let mut said = operation.static_params.iter();
    let (_, value) = said.find(|(known, _)| *known == name)?;
    serde_json::from_str(value).ok()
}

fn of_input(service: &Service, operation: &Operation, name: &str, input: &Value) -> Option<Value> {
    let mut members = service.inputs(operation).iter();
    if let Some(member) = members.find(|member| member.context == Some(name)) {
        return input.get(member.name).filter(|it| !it.is_null()).cloned();
    }
    let mut paths = operation.input_params.iter();
    let (_, path) = paths.find(|(known, _)| *known == name)?;
    let found = jmespath::search(path, input).ok();
    found.filter(|found| !found.is_null())
}

/// What the configuration says of a parameter that all rule sets call so, or that one service lets clients set.
fn built_in(name: &str, settings: &Settings) -> Option<Value> {
    let overridden = settings.endpoint.is_some();
    Some(match name {
        "AWS::Region" => settings.region.clone().into(),
        "SDK::Endpoint" => settings.endpoint.clone()?.into(),
        // An address of one's own is the whole address.
        "AWS::UseFIPS" => (settings.use_fips && !overridden).into(),
        "AWS::UseDualStack" => (settings.use_dual_stack && !overridden).into(),
        "AWS::Auth::AccountIdEndpointMode" => settings.account_mode.clone()?.into(),
        "AWS::S3::ForcePathStyle" => settings.path_style.unwrap_or(overridden).into(),
        // An access point is asked in its own region, as the AWS CLI does it.
        "AWS::S3::UseArnRegion" => true.into(),
        // Directory buckets take ordinary signatures as well: no session is made for a call.
        "DisableS3ExpressSessionAuth" | "AWS::S3::DisableS3ExpressSessionAuth" => true.into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::apis::aws::service;

    /// DynamoDB's tables are in many places of its inputs (AWS SDKs and Tools Reference Guide, "Account-based endpoints").
    #[test]
    fn what_an_input_names_is_found() {
        let dynamodb = service("dynamodb").expect("there");
        let named = |operation: &str, input: Value| {
            let operation = dynamodb.operation(operation).expect("there");
            let found = parameters(dynamodb, operation, &input, &Settings::default());
            let one = found.get("ResourceArn").or(found.get("ResourceArnList"));
            one.cloned().unwrap_or_default()
        };
        let items = json!([{"Put": {"TableName": "p"}}, {"Delete": {"TableName": "d"}}]);
        let written = named("TransactWriteItems", json!({"TransactItems": items}));
        assert_eq!(written, json!(["p", "d"]));
        let items = json!([{"Get": {"TableName": "g"}}, {}]);
        assert_eq!(
            named("TransactGetItems", json!({"TransactItems": items})),
            json!(["g"])
        );
        let new = json!({"TableCreationParameters": {"TableName": "t"}});
        assert_eq!(named("ImportTable", new), json!("t"));
        assert_eq!(
            named("BatchGetItem", json!({"RequestItems": {"b": {}}})),
            json!(["b"])
        );
        for nothing in ["TransactWriteItems", "BatchGetItem", "ImportTable"] {
            let found = named(nothing, json!({}));
            assert!(found.is_null() || found == json!([]), "{nothing}: {found}");
        }
    }
}
