//! Lambda: functions whose code is updated in the background, versions, aliases with weights, and what invocations answer.

use serde_json::{Value, json};

use crate::text::arn::Arn;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{not_simulated, number, text};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

mod aliases;
mod configuration;
mod invoke;
pub(crate) mod metrics;
mod state;
mod updates;

pub(crate) use configuration::configured;
pub(crate) use state::{Alias, Behaviour, Build, Code, Function, LATEST, Lambda, Traffic};

/// How far Lambda is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "lambda",
    behaves: "Updates of code and configuration take time and can fail. Versions are published, aliases share \
              invocations by weight, and invocations answer, fail and count in metrics as the fixture says.",
    leaves_out: "Functions come from the fixture and cannot be created or deleted. No code runs: what an invocation \
              answers depends on the version and on chance. Concurrency, layers, URLs, event sources and \
              permissions are not simulated.",
    tests: &[
        "simulated::tests::lambda",
        "emulated::function_deployments",
        "emulated::conformance::cases::functions",
    ],
};

pub(crate) fn call(
    lambda: &mut Lambda,
    kernel: &mut Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "GetFunction" => configuration::get_function(lambda, kernel, input),
        "GetFunctionConfiguration" => configuration::get(lambda, kernel, input),
        "ListFunctions" => configuration::list_functions(lambda, kernel, input),
        "ListVersionsByFunction" => configuration::list_versions(lambda, kernel, input),
        "UpdateFunctionCode" => updates::update_code(lambda, kernel, input),
        "UpdateFunctionConfiguration" => updates::update_configuration(lambda, kernel, input),
        "PublishVersion" => updates::publish(lambda, kernel, input),
        "CreateAlias" => aliases::create(lambda, kernel, input),
        "UpdateAlias" => aliases::update(lambda, kernel, input),
        "GetAlias" => aliases::get(lambda, kernel, input),
        "ListAliases" => aliases::list(lambda, kernel, input),
        "DeleteAlias" => aliases::delete(lambda, kernel, input),
        "Invoke" => invoke::invoke(lambda, kernel, input),
        _ => Err(not_simulated("lambda", operation)),
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameterValueException", message)
}

fn not_found(message: String) -> Fault {
    Fault::new("ResourceNotFoundException", message)
}

fn conflict(message: String) -> Fault {
    Fault::new("ResourceConflictException", message)
}

/// The ARN of a function, or of its version or alias.
fn arn(kernel: &Kernel, name: &str, qualifier: Option<&str>) -> String {
    let rest = match qualifier {
        Some(qualifier) => format!("function:{name}:{qualifier}"),
        None => format!("function:{name}"),
    };
    kernel.arn("lambda", &rest)
}

/// Name and qualifier of a function as an input names it: a name, an ARN or a part of one, and `Qualifier`.
fn named(input: &Value) -> Result<(String, Option<String>), Fault> {
    let given = text(input, "FunctionName").unwrap_or_default();
    let rest = match Arn::parse(given) {
        Some(arn) => arn.resource,
        None => given,
    };
    let rest = rest.split_once("function:").map_or(rest, |(_, rest)| rest);
    let (name, own) = match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    };
    let asked = text(input, "Qualifier").filter(|q| !q.is_empty());
    match (own, asked) {
        (Some(own), Some(asked)) if own != asked => Err(invalid(format!(
            "The derived qualifier from the function name does not match the specified qualifier: {own}, {asked}"
        ))),
        _ => Ok((name.to_owned(), own.or(asked).map(str::to_owned))),
    }
}

fn no_function(kernel: &Kernel, name: &str, qualifier: Option<&str>) -> Fault {
    not_found(format!(
        "Function not found: {}",
        arn(kernel, name, qualifier)
    ))
}

/// The function that an input names, to read it.
fn function<'l>(lambda: &'l Lambda, kernel: &Kernel, name: &str) -> Result<&'l Function, Fault> {
    let found = lambda.functions.get(name);
    found.ok_or_else(|| no_function(kernel, name, None))
}

/// The function that an input names, to change it.
fn function_mut<'l>(
    lambda: &'l mut Lambda,
    kernel: &Kernel,
    name: &str,
) -> Result<&'l mut Function, Fault> {
    let found = lambda.functions.get_mut(name);
    found.ok_or_else(|| no_function(kernel, name, None))
}

/// Refuses a write whose `RevisionId` is not the one that is there.
fn check_revision(input: &Value, now: &str, read: &str) -> Result<(), Fault> {
    match text(input, "RevisionId") {
        Some(asked) if asked != now => Err(Fault::new(
            "PreconditionFailedException",
            format!(
                "The Revision Id provided does not match the latest Revision Id. Call the {read} API to retrieve the latest Revision Id"
            ),
        )),
        _ => Ok(()),
    }
}

/// One page of a listing, as `{ key: […], NextMarker }`.
fn page(input: &Value, key: &str, items: Vec<Value>) -> Value {
    let from = text(input, "Marker").and_then(|marker| marker.parse().ok());
    let from = from.unwrap_or(0);
    let most = number(input, "MaxItems").map_or(50, |most| most.min(50) as usize);
    let more = items.len() > from + most;
    let shown: Vec<Value> = items.into_iter().skip(from).take(most).collect();
    match more {
        true => json!({ key: shown, "NextMarker": (from + most).to_string() }),
        false => json!({ key: shown }),
    }
}
