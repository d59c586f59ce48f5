//! What the rules ask about, answered for one call: from its operation, its input and the configuration.

use serde_json::{Map, Value};

use super::rules_of;
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
    let mut found = Vec::new();
    leaves(path, input, &mut found);
    match has_many(path) {
        true => Some(found.into()),
        false => found.into_iter().next(),
    }
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

/// Whether a path stands for a list.
fn has_many(path: &str) -> bool {
    path.starts_with("keys(") || path.contains('[')
}

/// What is at a path, in the part of JMESPath that the models use: `A.B`, `A[*].B`, `[A.B, C.D]`, `[]`, `keys(A)`.
fn leaves(path: &str, at: &Value, out: &mut Vec<Value>) {
    if let Some(inner) = path.strip_prefix("keys(") {
        let mut maps = Vec::new();
        leaves(inner.trim_end_matches(')'), at, &mut maps);
        let names = maps.iter().filter_map(Value::as_object).flatten();
        out.extend(names.map(|(name, _)| name.clone().into()));
        return;
    }
    let (step, rest) = match path.find(['.', '[']) {
        Some(end) => path.split_at(end),
        None => (path, ""),
    };
    let value = match step {
        "" => Some(at),
        name => at.get(name),
    };
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return;
    };
    if let Some(rest) = rest.strip_prefix('.') {
        leaves(rest, value, out);
    } else if let Some(rest) = rest.strip_prefix("[*]").or(rest.strip_prefix("[]")) {
        let rest = rest.trim_start_matches('.');
        match value {
            Value::Array(items) => items.iter().for_each(|item| leaves(rest, item, out)),
            value => leaves(rest, value, out),
        }
    } else if let Some((several, _)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
        // What comes after it only makes one list of the several.
        for path in several.split(',') {
            leaves(path.trim(), value, out);
        }
    } else {
        out.push(value.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::apis::aws::{service, services};

    fn found(path: &str, input: &Value) -> Vec<Value> {
        let mut out = Vec::new();
        leaves(path, input, &mut out);
        out
    }

    #[test]
    fn paths_in_inputs_are_followed() {
        let input = json!({
            "RequestItems": {"a": {}, "b": {}}, "New": {"TableName": "t"}, "Null": null,
            "TransactItems": [{"Put": {"TableName": "p"}}, {"Get": {"TableName": "g"}}, {}],
        });
        assert_eq!(found("keys(RequestItems)", &input), ["a", "b"]);
        assert_eq!(found("New.TableName", &input), ["t"]);
        assert_eq!(found("TransactItems[*].Get.TableName", &input), ["g"]);
        let all = "TransactItems[*].[Put.TableName, Get.TableName][]";
        assert_eq!(found(all, &input), ["p", "g"]);
        for nothing in ["Old.TableName", "Null", "New.Other[*]", "keys(New.Other)"] {
            assert_eq!(found(nothing, &input), Vec::<Value>::new(), "{nothing}");
        }
    }

    #[test]
    fn the_models_use_no_other_paths() {
        let known = regex::Regex::new(
            r"^(keys\([\w.]+\)|\w+(\[\*\])?(\.\w+)*(\[\*\])?(\.\[[\w., ]+\]\[\])?)$",
        )
        .expect("a pattern");
        let mut paths = 0;
        for name in services() {
            for operation in &service(name).expect("a service").operations {
                for (_, path) in &operation.input_params {
                    assert!(known.is_match(path), "{name} {}: {path}", operation.name);
                    paths += 1;
                }
            }
        }
        assert!(paths >= 5, "{paths}");
    }
}
