//! The invariants: what must be true of every run, whatever fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::cloud_snapshot::CloudSnapshot;
use super::rehearsal::Rehearsal;
use super::scenario::Scenario;
use crate::primitive::{self, Input};
use crate::text::arn::short_name;
use crate::vocabulary::event::{self, Event, EventKind};
use crate::vocabulary::outcome::Outcome;
use crate::vocabulary::{Effect, Fault};
use crate::world::apis::aws;
use crate::world::simulated::{Request, SECRET};
use crate::world::{AwsCall, World};

/// The least length of a value that is looked for, in bytes. Shorter ones occur by chance.
const SHORTEST_SECRET: usize = 6;

/// Every invariant that a rehearsal violated, a sentence each.
pub(super) fn violations(run: &Rehearsal, before: &CloudSnapshot) -> Result<Vec<String>, Fault> {
    let mut violations = Vec::new();
    if let Some(why) = &run.observed.stopped {
        violations.push(format!("every run ends; this one never did: {why}"));
        return Ok(violations);
    }
    let after_halt = &run.observed.after_halt;
    violations.extend(
        after_halt
            .iter()
            .map(|write| format!("nothing is written after a halt: {write}")),
    );
    violations.extend(repeated_writes(run.events(), &run.writes));
    violations.extend(secrets(run));
    match run.ending.outcome {
        Outcome::Succeeded => violations.extend(new_version_serves(run)?),
        Outcome::RolledBack => violations.extend(old_version_serves(run, before)?),
        _ => {}
    }
    Ok(violations)
}

/// Writes that were carried out more often than the script made them, and may not be. `events`: of all processes of
/// a run.
pub(super) fn repeated_writes(events: &[Event], writes: &[Request]) -> Vec<String> {
    let mut made: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    // By calls that write as often as they need to, each time something else.
    let mut made_within: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut repeated: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        match &event.kind {
            EventKind::Call(event::Call {
                key,
                primitive,
                effect: Effect::Write,
                input,
                ..
            }) => {
                let made = made.entry(operation(primitive, input)).or_default();
                made.insert(key);
                for operation in writes_of(primitive) {
                    made_within.entry(operation).or_default().insert(key);
                }
            }
            EventKind::Reconciled(event::Reconciled {
                key,
                happened: None,
                ..
            }) => *repeated.entry(key).or_default() += 1,
            _ => {}
        }
    }
    let mut carried_out: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut tokens = BTreeSet::new();
    for write in writes {
        // AWS carries out a client token once, however often it is sent.
        if token(&write.call).is_none_or(|token| tokens.insert(token)) {
            let inputs = carried_out.entry(&write.call.operation).or_default();
            inputs.push(write.call.input.to_string());
        }
    }
    carried_out
        .into_iter()
        .filter_map(|(operation, inputs)| {
            let again = |key: &&str| repeated.get(key).copied().unwrap_or(0);
            let allowed = |keys: Option<&BTreeSet<&str>>| {
                keys.map_or(0, |keys| keys.len() + keys.iter().map(again).sum::<usize>())
            };
            let within = made_within.get(operation);
            let times = inputs.len();
            let different = inputs.into_iter().collect::<BTreeSet<_>>().len();
            let allowed = allowed(made.get(operation)) + allowed(within) * different;
            let made = made.get(operation).or(within).map_or(0, BTreeSet::len);
            (times > allowed).then(|| {
                format!("no write is carried out twice: {operation} was made {made} times, carried out {times} times")
            })
        })
        .collect()
}

/// The token by which AWS recognises that a call is a repetition, if it has one. The models do not mark that of every
/// operation of ECS.
fn token(call: &AwsCall) -> Option<&str> {
    let service = aws::service(&call.service)?;
    let mut inputs = service.inputs(service.operation(&call.operation)?).iter();
    let marked = |member: &&aws::Member| {
        member.marks.has(aws::Marks::IDEMPOTENCY_TOKEN) || member.name == "clientToken"
    };
    call.input.get(inputs.find(marked)?.name)?.as_str()
}

/// The operation behind a primitive: `ecs::update_service` is `UpdateService`.
fn operation(primitive: &str, input: &Value) -> String {
    static OPERATIONS: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
        let all = primitive::all();
        let apis = all.iter().filter_map(|p| match p.input() {
            Input::Api { operation, .. } => Some((p.declaration().path(), operation)),
            Input::Typed(_) => None,
        });
        apis.collect()
    });
    match OPERATIONS.get(primitive) {
        Some(operation) => (*operation).to_owned(),
        None => input["operation"].as_str().unwrap_or_default().to_owned(),
    }
}

/// The operations with which a primitive writes that is none itself: `s3::upload`.
fn writes_of(primitive: &str) -> &'static [&'static str] {
    static WRITES: LazyLock<BTreeMap<String, &'static [&'static str]>> = LazyLock::new(|| {
        let all = primitive::all();
        let all = all.iter().map(|p| (p.declaration().path(), p.writes()));
        all.filter(|(_, writes)| !writes.is_empty()).collect()
    });
    WRITES.get(primitive).copied().unwrap_or_default()
}

/// Values of the fixture that nobody may see: they are looked for in everything that was told or recorded.
fn secrets(run: &Rehearsal) -> Vec<String> {
    let fixture = &run.scenario.cloud.fixture;
    let parameters = fixture.parameters.iter().filter(|p| p.secure);
    let parameters = parameters.map(|p| (p.name.as_str(), p.value.as_str()));
    let secrets = fixture.secrets.iter().filter(|s| s.has_value);
    let secrets = secrets.map(|s| (s.name.as_str(), SECRET));
    let told = serde_json::to_string(run.events()).unwrap_or_default();
    let recorded = serde_json::to_string(&run.entries).unwrap_or_default();
    parameters
        .chain(secrets)
        .filter(|(_, value)| value.len() >= SHORTEST_SECRET)
        .filter(|(_, value)| told.contains(value) || recorded.contains(value))
        .map(|(name, _)| format!("no secret is shown: the value of {name} was"))
        .collect()
}

/// After a success the service must run what was deployed, with all its tasks.
fn new_version_serves(run: &Rehearsal) -> Result<Vec<String>, Fault> {
    let now = CloudSnapshot::of(&run.cloud)?;
    let mut wanted: BTreeMap<String, &str> = BTreeMap::new();
    for write in &run.writes {
        if write.call.operation != "UpdateService" {
            continue;
        }
        let text = |name: &str| write.call.input[name].as_str().map(short_name);
        let cluster = text("cluster").unwrap_or("default");
        if let (Some(service), Some(definition)) = (text("service"), text("taskDefinition")) {
            wanted.insert(format!("{cluster}/{service}"), definition);
        }
    }
    Ok(wanted
        .into_iter()
        .filter_map(|(name, definition)| {
            let service = now.services.get(&name)?;
            let whole = service.running >= service.desired && service.desired > 0;
            let good = service.definition == definition && whole && service.rollout == "COMPLETED";
            (!good).then(|| {
                format!("a success serves the new version with all its tasks: {name} should serve {definition}, and is on {service}")
            })
        })
        .collect())
}

/// After a rollback the service must run what it ran before, once the cloud has settled.
fn old_version_serves(run: &Rehearsal, before: &CloudSnapshot) -> Result<Vec<String>, Fault> {
    run.cloud.sleep(Scenario::SETTLED);
    let now = CloudSnapshot::of(&run.cloud)?;
    let mut violations: Vec<String> = before
        .services
        .iter()
        .filter_map(|(name, was)| {
            let is = now.services.get(name);
            let same = is.is_some_and(|is| {
                is.definition == was.definition && is.desired == was.desired && is.running >= was.running
            });
            let is = is.map_or("gone".to_owned(), ToString::to_string);
            (!same).then(|| {
                format!("what was rolled back serves what it served before: {name} was on {was}, and is on {is}")
            })
        })
        .collect();
    let routing_regressions = before.routing_regressions(&now).into_iter();
    violations.extend(
        routing_regressions
            .map(|what| format!("what was rolled back serves what it served before: {what}")),
    );
    Ok(violations)
}
