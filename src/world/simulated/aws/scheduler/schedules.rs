//! Schedules: created, updated as a whole, read, listed, deleted.

use serde_json::{Map, Value, json};

use super::state::Schedule;
use super::{DEFAULT_GROUP, Scheduler, refusals};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{lists, not_simulated, number, object, set, text};
use crate::world::simulated::kernel::Kernel;

/// A schedule as a fixture describes it, which is there when the world begins. Its group comes with it.
///
/// # Errors
/// What EventBridge Scheduler says of one that does not fit.
pub(crate) fn declare(
    scheduler: &mut Scheduler,
    kernel: &Kernel,
    raw: &Value,
) -> Result<(), Fault> {
    let (group, name) = key(raw);
    refusals::members(raw)?;
    if group != DEFAULT_GROUP {
        scheduler.groups.insert(group.clone());
    }
    let at = kernel.began();
    let known = Schedule {
        raw: with_defaults(raw),
        created: at,
        modified: at,
    };
    scheduler.schedules.insert((group, name), known);
    Ok(())
}

pub(super) fn create(
    scheduler: &mut Scheduler,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let key = in_known_group(scheduler, kernel, input)?;
    if is_repeated(scheduler, input)? {
        return Ok(json!({ "ScheduleArn": arn(kernel, &key) }));
    }
    if scheduler.schedules.contains_key(&key) {
        return Err(Fault::new(
            "ConflictException",
            format!("Schedule {} already exists.", key.1),
        ));
    }
    refusals::members(input)?;
    refusals::start(input, kernel.now())?;
    let known = Schedule {
        raw: with_defaults(input),
        created: kernel.now(),
        modified: kernel.now(),
    };
    remember_token(scheduler, input);
    scheduler.schedules.insert(key.clone(), known);
    Ok(json!({ "ScheduleArn": arn(kernel, &key) }))
}

/// `UpdateSchedule` replaces the whole schedule: a member that it leaves out goes back to its default.
pub(super) fn update(
    scheduler: &mut Scheduler,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let key = in_known_group(scheduler, kernel, input)?;
    let is_repeated = is_repeated(scheduler, input)?;
    let known = scheduler.schedules.get_mut(&key);
    let known = known.ok_or_else(|| missing(&key.1))?;
    if !is_repeated {
        refusals::members(input)?;
        refusals::start(input, kernel.now())?;
        known.raw = with_defaults(input);
        known.modified = kernel.now();
        remember_token(scheduler, input);
    }
    Ok(json!({ "ScheduleArn": arn(kernel, &key) }))
}

pub(super) fn get(scheduler: &Scheduler, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let key = in_known_group(scheduler, kernel, input)?;
    let known = scheduler.schedules.get(&key);
    let known = known.ok_or_else(|| missing(&key.1))?;
    let mut out = Value::Object(known.raw.clone());
    set(&mut out, "Arn", json!(arn(kernel, &key)));
    set(&mut out, "CreationDate", json!(known.created.to_string()));
    set(
        &mut out,
        "LastModificationDate",
        json!(known.modified.to_string()),
    );
    Ok(out)
}

pub(super) fn list(scheduler: &Scheduler, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let of = text(input, "GroupName");
    if let Some(group) = of {
        check_group(scheduler, kernel, group)?;
    }
    let prefix = text(input, "NamePrefix").unwrap_or_default();
    let state = text(input, "State");
    let all = scheduler.schedules.iter().filter(|((group, name), known)| {
        of.is_none_or(|of| of == group)
            && name.starts_with(prefix)
            && state.is_none_or(|state| known.raw.get("State") == Some(&json!(state)))
    });
    let items: Vec<Value> = all
        .map(|(key, known)| {
            json!({
                "Arn": arn(kernel, key),
                "Name": key.1,
                "GroupName": key.0,
                "State": known.raw.get("State"),
                "CreationDate": known.created.to_string(),
                "LastModificationDate": known.modified.to_string(),
                "Target": { "Arn": known.raw.get("Target").and_then(|target| target.get("Arn")) },
            })
        })
        .collect();
    Ok(listing(input, items))
}

pub(super) fn delete(
    scheduler: &mut Scheduler,
    kernel: &Kernel,
    input: &Value,
) -> Result<Value, Fault> {
    let key = in_known_group(scheduler, kernel, input)?;
    let gone = scheduler.schedules.remove(&key);
    gone.map(|_| json!({})).ok_or_else(|| missing(&key.1))
}

/// Group and name of the schedule that a call is about.
fn key(input: &Value) -> (String, String) {
    let group = text(input, "GroupName").unwrap_or(DEFAULT_GROUP);
    let name = text(input, "Name").unwrap_or_default();
    (group.to_owned(), name.to_owned())
}

/// Group and name of the schedule that a call is about; the group is there.
fn in_known_group(
    scheduler: &Scheduler,
    kernel: &Kernel,
    input: &Value,
) -> Result<(String, String), Fault> {
    let key = key(input);
    check_group(scheduler, kernel, &key.0)?;
    Ok(key)
}

fn arn(kernel: &Kernel, (group, name): &(String, String)) -> String {
    kernel.arn("scheduler", &format!("schedule/{group}/{name}"))
}

fn missing(name: &str) -> Fault {
    Fault::new(
        "ResourceNotFoundException",
        format!("Schedule {name} does not exist."),
    )
}

fn check_group(scheduler: &Scheduler, kernel: &Kernel, group: &str) -> Result<(), Fault> {
    if group == DEFAULT_GROUP || scheduler.groups.contains(group) {
        return Ok(());
    }
    // A plan looks up schedules by their name alone.
    if kernel.all_goes_well() {
        return Err(not_simulated("scheduler", "a schedule of another group"));
    }
    Err(Fault::new(
        "ResourceNotFoundException",
        format!("Schedule group {group} does not exist."),
    ))
}

/// The members that are given, and AWS's defaults for the others.
fn with_defaults(input: &Value) -> Map<String, Value> {
    let mut raw = object(input);
    raw.remove("ClientToken");
    raw.retain(|_, value| !value.is_null());
    for (name, default) in [
        ("ActionAfterCompletion", "NONE"),
        ("GroupName", DEFAULT_GROUP),
        ("ScheduleExpressionTimezone", "UTC"),
        ("State", "ENABLED"),
    ] {
        raw.entry(name).or_insert_with(|| json!(default));
    }
    if let Some(target) = raw.get_mut("Target").and_then(Value::as_object_mut) {
        target.entry("RetryPolicy").or_insert_with(
            || json!({ "MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185 }),
        );
    }
    raw
}

/// Whether a call with this client token was carried out before.
///
/// # Errors
/// `ConflictException`, where that call had another input.
fn is_repeated(scheduler: &Scheduler, input: &Value) -> Result<bool, Fault> {
    let token = text(input, "ClientToken").unwrap_or_default();
    match scheduler.tokens.get(token) {
        None => Ok(false),
        Some(before) if before == input => Ok(true),
        Some(_) => Err(Fault::new(
            "ConflictException",
            format!("The client token {token} was used with other parameters."),
        )),
    }
}

fn remember_token(scheduler: &mut Scheduler, input: &Value) {
    if let Some(token) = text(input, "ClientToken") {
        scheduler.tokens.insert(token.to_owned(), input.clone());
    }
}

/// One page of the schedules.
fn listing(input: &Value, items: Vec<Value>) -> Value {
    let from = text(input, "NextToken").and_then(|token| token.parse().ok());
    let from = from.unwrap_or(0).min(items.len());
    let size = number(input, "MaxResults").map_or(100, |most| (most as usize).clamp(1, 100));
    let end = (from + size).min(items.len());
    let all = items.len();
    let items = items.into_iter().take(end).skip(from).collect();
    let mut out = lists([("Schedules", items)]);
    if end < all {
        set(&mut out, "NextToken", json!(end.to_string()));
    }
    out
}
