//! Updates of code and configuration, which take time, and the versions that are published of them.

use serde_json::{Value, json};

use super::configuration::{configured, is_dry_run, shown};
use super::state::{Build, Code, Function, LATEST, Lambda, Update};
use super::{arn, check_revision, conflict, function_mut, invalid, named};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, text};
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

/// Nothing is updated or published while an update is under way.
fn check_idle(kernel: &Kernel, name: &str, function: &Function) -> Result<(), Fault> {
    let under_way = function.update.as_ref();
    match under_way.is_some_and(|update| kernel.now() < update.until) {
        true => Err(conflict(format!(
            "The operation cannot be performed at this time. An update is in progress for resource: {}",
            arn(kernel, name, None)
        ))),
        false => Ok(()),
    }
}

/// The function that a write names: nothing of it is under way, and it is as the write expects it.
fn idle<'l>(
    lambda: &'l mut Lambda,
    kernel: &Kernel,
    input: &Value,
) -> Result<(String, &'l mut Function), Fault> {
    let (name, _) = named(input)?;
    let function = function_mut(lambda, kernel, &name)?;
    check_idle(kernel, &name, function)?;
    check_revision(input, &function.latest.revision, "GetFunction")?;
    Ok((name, function))
}

/// `$LATEST` as a write answers it.
fn latest(kernel: &Kernel, name: &str, function: &Function) -> Value {
    shown(kernel, name, function, (LATEST, &function.latest), None)
}

/// Publishes a version, and answers it.
fn publish_as(
    kernel: &mut Kernel,
    name: &str,
    function: &mut Function,
    description: Option<&str>,
) -> Value {
    let (version, build) = published(kernel, function, description);
    let qualifier = Some(version.as_str());
    shown(kernel, name, function, (&version, &build), qualifier)
}

/// Answers `UpdateFunctionCode`: the new code is in use after a while.
pub(super) fn update_code(
    lambda: &mut Lambda,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let (name, function) = idle(lambda, kernel, input)?;
    let code = Code::of(input);
    if !code.is_given() {
        return Err(invalid("Please provide a source for function code."));
    }
    if code.image().is_some() != function.latest.code.image().is_some() {
        return Err(invalid(match code.image() {
            Some(_) => "Please provide a Zip file: the package type of the function is Zip.",
            None => "Please provide ImageUri when updating a function with packageType Image.",
        }));
    }
    if is_dry_run(input) {
        return Ok(latest(kernel, &name, function));
    }
    let mut build = function.latest.clone();
    build.code = code;
    if let Some(architectures) = input.get("Architectures") {
        let members = &mut build.configuration;
        members.insert("Architectures".to_owned(), architectures.clone());
    }
    begin(kernel, function, build);
    if flag(input, "Publish") {
        return Ok(publish_as(kernel, &name, function, None));
    }
    Ok(latest(kernel, &name, function))
}

/// Answers `UpdateFunctionConfiguration`: the new settings are in use after a while.
pub(super) fn update_configuration(
    lambda: &mut Lambda,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let (name, function) = idle(lambda, kernel, input)?;
    let mut build = function.latest.clone();
    build.configuration.extend(configured(input));
    begin(kernel, function, build);
    Ok(latest(kernel, &name, function))
}

/// `$LATEST` becomes this, and Lambda takes its time until it is in use.
fn begin(kernel: &mut Kernel, function: &mut Function, build: Build) {
    let fails = function.behaviour(&build).update_fails.clone();
    function.update = Some(Update {
        until: later(kernel.now(), function.update_takes),
        fails: fails.filter(|_| !kernel.all_goes_well()),
    });
    function.latest = build;
    function.latest.revision = kernel.rng.uuid();
    function.latest.modified = kernel.now();
}

/// Answers `PublishVersion`: a new number, unless nothing has changed since the last.
pub(super) fn publish(
    lambda: &mut Lambda,
    kernel: &mut Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let (name, function) = idle(lambda, kernel, input)?;
    let hash = function.latest.code.hash();
    if let Some(asked) = text(input, "CodeSha256").filter(|asked| *asked != hash) {
        return Err(invalid(format!(
            "CodeSHA256 ({asked}) is different from current CodeSHA256 in $LATEST ({hash}). Please try again with the CodeSHA256 in $LATEST."
        )));
    }
    let description = text(input, "Description");
    Ok(publish_as(kernel, &name, function, description))
}

/// The version of what `$LATEST` is: the newest one, if nothing has changed since, or a new one.
fn published(
    kernel: &mut Kernel,
    function: &mut Function,
    description: Option<&str>,
) -> (String, Build) {
    let mut build = function.latest.clone();
    if let Some((number, newest)) = function.versions.last_key_value()
        && newest.is_same(&described_as(&build, newest))
    {
        return (number.to_string(), newest.clone());
    }
    if let Some(description) = description {
        let members = &mut build.configuration;
        members.insert("Description".to_owned(), json!(description));
    }
    build.revision = kernel.rng.uuid();
    let number = function.next;
    function.next += 1;
    function.versions.insert(number, build.clone());
    (number.to_string(), build)
}

/// A build with the description of another: that of a version says nothing of its code.
fn described_as(build: &Build, other: &Build) -> Build {
    let mut build = build.clone();
    match other.configuration.get("Description") {
        Some(description) => {
            let members = &mut build.configuration;
            members.insert("Description".to_owned(), description.clone());
        }
        None => {
            build.configuration.remove("Description");
        }
    }
    build
}
