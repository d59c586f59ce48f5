//! SSM Parameter Store: parameters with their values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, required, text, texts};
use crate::world::simulated::aws::not_simulated;
use crate::world::simulated::cloud::Cloud;

/// The parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ssm {
    by_name: BTreeMap<String, Parameter>,
}

impl Ssm {
    /// Makes a parameter known.
    pub(crate) fn add(&mut self, name: String, parameter: Parameter) {
        self.by_name.insert(name, parameter);
    }

    /// The names of all parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }
}

/// An SSM parameter.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) value: String,
    pub(crate) secure: bool,
    /// Counts what was put.
    pub(crate) version: u64,
}

/// Answers one call of SSM.
pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "GetParameter" => {
            let name = required(input, "Name")?;
            let (name, parameter) = find(cloud, name).ok_or_else(|| {
                Fault::new("ParameterNotFound", format!("Parameter {name} not found."))
            })?;
            Ok(json!({ "Parameter": render(cloud, name, parameter) }))
        }
        "GetParameters" => {
            let (mut found, mut invalid) = (Vec::new(), Vec::new());
            for name in texts(input, "Names") {
                match find(cloud, &name) {
                    Some((name, p)) => found.push(render(cloud, name, p)),
                    None => invalid.push(json!(name)),
                }
            }
            Ok(json!({ "Parameters": found, "InvalidParameters": invalid }))
        }
        "PutParameter" => {
            let name = required(input, "Name")?.to_owned();
            if find(cloud, &name).is_some() && !flag(input, "Overwrite") {
                return Err(Fault::new(
                    "ParameterAlreadyExists",
                    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
                ));
            }
            let version = find(cloud, &name).map_or(1, |(_, known)| known.version + 1);
            let known = Parameter {
                value: required(input, "Value")?.to_owned(),
                secure: text(input, "Type") == Some("SecureString"),
                version,
            };
            cloud.ssm.by_name.insert(name, known);
            Ok(json!({ "Version": version, "Tier": "Standard" }))
        }
        _ => Err(not_simulated("ssm", operation)),
    }
}

/// A parameter by name or ARN.
pub(super) fn find<'a>(cloud: &'a Cloud, id: &str) -> Option<(&'a str, &'a Parameter)> {
    let path = id.split_once(":parameter").map_or(id, |(_, path)| path);
    let found = cloud.ssm.by_name.get_key_value(path).or_else(|| {
        cloud
            .ssm
            .by_name
            .get_key_value(path.trim_start_matches('/'))
    });
    found.map(|(name, parameter)| (name.as_str(), parameter))
}

fn render(cloud: &Cloud, name: &str, parameter: &Parameter) -> Value {
    let slash = if name.starts_with('/') { "" } else { "/" };
    json!({
        "Name": name,
        "Type": if parameter.secure { "SecureString" } else { "String" },
        "Value": parameter.value,
        "Version": parameter.version,
        "LastModifiedDate": cloud.kernel.start.to_string(),
        "ARN": cloud.arn("ssm", &format!("parameter{slash}{name}")),
        "DataType": "text",
    })
}
