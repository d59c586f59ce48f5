//! Aliases: names for versions, which may share the invocations by weight.

use serde_json::{Value, json};

use super::configuration::shared_settings;
use super::state::{Alias, Function, LATEST, Lambda};
use super::{
    arn, check_revision, conflict, function, function_mut, invalid, named, not_found, page,
};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{set, text};
use crate::world::simulated::kernel::Kernel;

fn shown(kernel: &Kernel, function: &str, name: &str, alias: &Alias) -> Value {
    let mut out = json!({
        "AliasArn": arn(kernel, function, Some(name)), "Name": name, "FunctionVersion": alias.version,
        "Description": alias.description, "RevisionId": alias.revision,
    });
    if let Some((version, weight)) = &alias.additional {
        let weights = json!({ "AdditionalVersionWeights": { version: weight } });
        set(&mut out, "RoutingConfig", weights);
    }
    out
}

fn no_alias(kernel: &Kernel, function: &str, name: &str) -> Fault {
    let arn = arn(kernel, function, Some(name));
    not_found(format!("Cannot find alias arn: {arn}"))
}

/// The other version and its weight, as an input names them; `None`: it says nothing of them.
fn additional(input: &Value) -> Result<Option<Option<(String, f64)>>, Fault> {
    let Some(routing) = input.get("RoutingConfig") else {
        return Ok(None);
    };
    let weights = routing.get("AdditionalVersionWeights");
    let weights = weights.and_then(Value::as_object);
    let mut all = weights.into_iter().flatten();
    let first = all.next();
    if all.next().is_some() {
        return Err(invalid(
            "Number of items in AdditionalVersionWeights cannot be greater than 1",
        ));
    }
    let named = |(version, weight): (&String, &Value)| {
        (version.clone(), weight.as_f64().unwrap_or_default())
    };
    Ok(Some(first.map(named)))
}

/// Refuses what an alias cannot point at.
fn check(kernel: &Kernel, name: &str, function: &Function, alias: &Alias) -> Result<(), Fault> {
    let missing = |version: &str| {
        let arn = arn(kernel, name, Some(version));
        not_found(format!("Function not found: {arn}"))
    };
    let first = function.build(&alias.version);
    let first = first.ok_or_else(|| missing(&alias.version))?;
    let Some((version, weight)) = &alias.additional else {
        return Ok(());
    };
    if !(0.0..=1.0).contains(weight) {
        return Err(invalid(format!(
            "Invalid weight {weight}: it must be between 0 and 1"
        )));
    }
    if alias.version == LATEST || version == LATEST {
        return Err(invalid(
            "$LATEST is not supported for an alias pointing to more than 1 version",
        ));
    }
    if *version == alias.version {
        return Err(invalid(format!(
            "Invalid function version {version}. Function version {version} is already included in routing configuration."
        )));
    }
    let second = function.build(version).ok_or_else(|| missing(version))?;
    if shared_settings(first) != shared_settings(second) {
        return Err(invalid(
            "Both versions of an alias must have the same role and the same dead-letter queue",
        ));
    }
    Ok(())
}

/// Answers `CreateAlias`: a name for a version, perhaps for two with weights.
pub(super) fn create(
    lambda: &mut Lambda,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let (function_name, _) = named(input)?;
    let function = function_mut(lambda, kernel, &function_name)?;
    let name = text(input, "Name").unwrap_or_default();
    if function.aliases.contains_key(name) {
        let arn = arn(kernel, &function_name, Some(name));
        return Err(conflict(format!("Alias already exists: {arn}")));
    }
    let version = text(input, "FunctionVersion").unwrap_or_default();
    let mut alias = Alias::new(version.to_owned(), kernel.rng.uuid(), kernel.now());
    alias.description = text(input, "Description").unwrap_or_default().to_owned();
    alias.additional = additional(input)?.flatten();
    check(kernel, &function_name, function, &alias)?;
    alias.note(kernel.now());
    let out = shown(kernel, &function_name, name, &alias);
    function.add_alias(name.to_owned(), alias);
    Ok(out)
}

/// `UpdateAlias`: what the input leaves out stays.
pub(super) fn update(
    lambda: &mut Lambda,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let (function_name, _) = named(input)?;
    let function = function_mut(lambda, kernel, &function_name)?;
    let name = text(input, "Name").unwrap_or_default();
    let known = function.aliases.get(name);
    let known = known.ok_or_else(|| no_alias(kernel, &function_name, name))?;
    check_revision(input, &known.revision, "GetAlias")?;
    let mut alias = known.clone();
    if let Some(version) = text(input, "FunctionVersion") {
        alias.version = version.to_owned();
    }
    if let Some(description) = text(input, "Description") {
        alias.description = description.to_owned();
    }
    if let Some(additional) = additional(input)? {
        alias.additional = additional;
    }
    check(kernel, &function_name, function, &alias)?;
    alias.revision = kernel.rng.uuid();
    alias.note(kernel.now());
    let out = shown(kernel, &function_name, name, &alias);
    function.add_alias(name.to_owned(), alias);
    Ok(out)
}

/// Answers `GetAlias` with the alias as it is now.
pub(super) fn get(lambda: &Lambda, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (function_name, _) = named(input)?;
    let function = function(lambda, kernel, &function_name)?;
    let name = text(input, "Name").unwrap_or_default();
    let alias = function.aliases.get(name);
    let alias = alias.ok_or_else(|| no_alias(kernel, &function_name, name))?;
    Ok(shown(kernel, &function_name, name, alias))
}

/// `ListAliases`, of all versions or of one.
pub(super) fn list(lambda: &Lambda, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (function_name, _) = named(input)?;
    let function = function(lambda, kernel, &function_name)?;
    let asked = text(input, "FunctionVersion");
    let points = |alias: &Alias, version: &str| {
        let shares = alias.shares();
        shares.iter().any(|(own, _)| own == version)
    };
    let all = function.aliases.iter();
    let items = all
        .filter(|(_, alias)| asked.is_none_or(|version| points(alias, version)))
        .map(|(name, alias)| shown(kernel, &function_name, name, alias));
    Ok(page(input, "Aliases", items.collect()))
}

/// Answers `DeleteAlias`, also for an alias that is not there.
pub(super) fn delete(lambda: &mut Lambda, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let (function_name, _) = named(input)?;
    let function = function_mut(lambda, kernel, &function_name)?;
    function
        .aliases
        .remove(text(input, "Name").unwrap_or_default());
    Ok(json!({}))
}
