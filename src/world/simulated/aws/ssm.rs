//! SSM Parameter Store: parameters with their values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::aws::json::{flag, required, text, texts};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

/// The state of the SSM Parameter Store: parameters by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ssm {
    by_name: BTreeMap<String, Parameter>,
}

impl Ssm {
    /// Adds a parameter under its name.
    pub(crate) fn add(&mut self, name: String, parameter: Parameter) {
        self.by_name.insert(name, parameter);
    }

    /// The names of all parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }
}

/// A parameter of the SSM Parameter Store.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) value: String,
    pub(crate) secure: bool,
    /// Version of its value, from 1; each `PutParameter` counts it up.
    pub(crate) version: u64,
}

/// How far Systems Manager is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "ssm",
    behaves: "Parameters are put, with a version that counts up, and read. Tasks that need a missing one do not \
              start.",
    leaves_out: "Values are kept without a history. Paths, labels, policies, tiers, and all of Systems Manager but \
              its parameters are not simulated.",
    tests: &[
        "simulated::tests::stores",
        "emulated::conformance::cases::secrets",
    ],
};

/// Answers one call of SSM.
pub(crate) fn call(
    ssm: &mut Ssm,
    kernel: &Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "GetParameter" => {
            let name = required(input, "Name")?;
            let (name, parameter) = find(ssm, name).ok_or_else(|| {
                Fault::new("ParameterNotFound", format!("Parameter {name} not found."))
            })?;
            Ok(json!({ "Parameter": render(kernel, name, parameter) }))
        }
        "GetParameters" => {
            let (mut found, mut invalid) = (Vec::new(), Vec::new());
            for name in texts(input, "Names") {
                match find(ssm, &name) {
                    Some((name, p)) => found.push(render(kernel, name, p)),
                    None => invalid.push(json!(name)),
                }
            }
            Ok(json!({ "Parameters": found, "InvalidParameters": invalid }))
        }
        "PutParameter" => {
            let name = required(input, "Name")?.to_owned();
            if find(ssm, &name).is_some() && !flag(input, "Overwrite") {
                return Err(Fault::new(
                    "ParameterAlreadyExists",
                    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
                ));
            }
            let version = find(ssm, &name).map_or(1, |(_, known)| known.version + 1);
            let known = Parameter {
                value: required(input, "Value")?.to_owned(),
                secure: text(input, "Type") == Some("SecureString"),
                version,
            };
            ssm.by_name.insert(name, known);
            Ok(json!({ "Version": version, "Tier": "Standard" }))
        }
        _ => Err(not_simulated("ssm", operation)),
    }
}

/// A parameter by name or ARN.
fn find<'a>(ssm: &'a Ssm, id: &str) -> Option<(&'a str, &'a Parameter)> {
    let path = Arn::parse(id).map_or(id, Arn::name);
    let found = ssm
        .by_name
        .get_key_value(path)
        .or_else(|| ssm.by_name.get_key_value(path.trim_start_matches('/')));
    found.map(|(name, parameter)| (name.as_str(), parameter))
}

fn render(kernel: &Kernel, name: &str, parameter: &Parameter) -> Value {
    let slash = if name.starts_with('/') { "" } else { "/" };
    json!({
        "Name": name,
        "Type": if parameter.secure { "SecureString" } else { "String" },
        "Value": parameter.value,
        "Version": parameter.version,
        "LastModifiedDate": kernel.start.to_string(),
        "ARN": kernel.arn("ssm", &format!("parameter{slash}{name}")),
        "DataType": "text",
    })
}

/// Fetches what a container's `secrets[].valueFrom` names, as a task does.
///
/// # Errors
/// Why not, as the task's stopped reason goes on.
pub(crate) fn for_task(ssm: &Ssm, from: &str) -> Result<(), String> {
    let known = find(ssm, from).is_some();
    known.then_some(()).ok_or_else(|| {
        format!("unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: {from}")
    })
}
