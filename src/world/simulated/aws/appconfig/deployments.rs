//! Deployments: started, watched by alarms, stopped.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::lookup::{application, environment as environment_of, not_found, profile};
use super::state::{Application, Deployment, Environment, Look, Stopped, Strategy, predefined};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::cloudwatch;
use crate::world::simulated::aws::json::{flag, not_simulated, number, set, text};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// How often a deployment looks at the alarms of its environment.
const INTERVAL: Duration = Duration::from_secs(15);

/// How long after its completion a deployment can be reverted: AppConfig API Reference, StopDeployment.
const REVERTIBLE: SignedDuration = SignedDuration::from_hours(72);

/// An environment as AppConfig describes it.
pub(super) fn environment(cloud: &Cloud, of: &Application, known: &Environment) -> Value {
    let state = known.deployments.last().map(|last| last.state(cloud.now()));
    let state = match state {
        Some("DEPLOYING" | "BAKING") => "DEPLOYING",
        Some("ROLLING_BACK") => "ROLLING_BACK",
        Some("ROLLED_BACK") => "ROLLED_BACK",
        Some("REVERTED") => "REVERTED",
        _ => "READY_FOR_DEPLOYMENT",
    };
    let monitors = known
        .monitors
        .iter()
        .map(|name| json!({ "AlarmArn": cloud.arn("cloudwatch", &format!("alarm:{name}")) }));
    json!({
        "ApplicationId": of.id,
        "Id": known.id,
        "Name": known.name,
        "State": state,
        "Monitors": monitors.collect::<Vec<_>>(),
    })
}

/// A strategy as AppConfig describes it.
pub(super) fn strategy(known: &Strategy) -> Value {
    json!({
        "Id": known.id,
        "Name": known.name,
        "DeploymentDurationInMinutes": known.minutes,
        "GrowthType": known.growth,
        "GrowthFactor": known.factor,
        "FinalBakeTimeInMinutes": known.bake,
        "ReplicateTo": "NONE",
    })
}

fn summary(cloud: &Cloud, known: &Deployment) -> Value {
    let now = cloud.now();
    let mut out = json!({
        "DeploymentNumber": known.number,
        "ConfigurationName": known.profile_name,
        "ConfigurationVersion": known.version.to_string(),
        "DeploymentDurationInMinutes": known.strategy.minutes,
        "GrowthType": known.strategy.growth,
        "GrowthFactor": known.strategy.factor,
        "FinalBakeTimeInMinutes": known.strategy.bake,
        "State": known.state(now),
        "PercentageComplete": known.share(now),
        "StartedAt": known.started.to_string(),
    });
    let ended = match (&known.stopped, known.state(now)) {
        (Some(stopped), "ROLLED_BACK") => Some(later(stopped.at, super::state::ROLLS_BACK)),
        (Some(stopped), "REVERTED") => Some(stopped.at),
        (None, "COMPLETE") => Some(known.complete()),
        _ => None,
    };
    if let Some(ended) = ended {
        set(&mut out, "CompletedAt", json!(ended.to_string()));
    }
    if let Some(label) = &known.label {
        set(&mut out, "VersionLabel", json!(label));
    }
    out
}

fn whole(cloud: &Cloud, of: &Application, place: &Environment, known: &Deployment) -> Value {
    let mut out = summary(cloud, known);
    for (name, value) in [
        ("ApplicationId", &of.id),
        ("EnvironmentId", &place.id),
        ("ConfigurationProfileId", &known.profile),
        ("DeploymentStrategyId", &known.strategy.id),
    ] {
        set(&mut out, name, json!(value));
    }
    set(&mut out, "ConfigurationLocationUri", json!("hosted"));
    if let Some(description) = &known.description {
        set(&mut out, "Description", json!(description));
    }
    set(&mut out, "EventLog", Value::Array(events(cloud, known)));
    out
}

/// What has happened so far, the newest first: AppConfig API Reference, DeploymentEvent.
fn events(cloud: &Cloud, known: &Deployment) -> Vec<Value> {
    let now = cloud.now();
    let stopped = known.stopped.as_ref();
    let until = stopped.map_or(now, |stopped| stopped.at);
    let mut found = Vec::new();
    let mut add = |at: jiff::Timestamp, kind: &str, by: &str, description: String| {
        if at <= now {
            found.push(json!({
                "EventType": kind, "TriggeredBy": by, "Description": description, "OccurredAt": at.to_string(),
            }));
        }
    };
    add(
        known.started,
        "DEPLOYMENT_STARTED",
        "USER",
        "Deployment started".into(),
    );
    for (after, share) in known.strategy.steps() {
        let at = later(known.started, after);
        if at <= until {
            let description = format!("Configuration available to {share:.2}% of clients");
            add(at, "PERCENTAGE_UPDATED", "APPCONFIG", description);
        }
    }
    if known.deployed() <= until && known.strategy.bake > 0 {
        let description = format!(
            "Deployment bake time of {} minutes started",
            known.strategy.bake
        );
        add(
            known.deployed(),
            "BAKE_TIME_STARTED",
            "APPCONFIG",
            description,
        );
    }
    if known.complete() <= until {
        let description = "Deployment completed".to_owned();
        add(
            known.complete(),
            "DEPLOYMENT_COMPLETED",
            "APPCONFIG",
            description,
        );
    }
    if let Some(stopped) = stopped {
        let ended = later(stopped.at, super::state::ROLLS_BACK);
        match stopped.reverted {
            true => add(
                stopped.at,
                "REVERT_COMPLETED",
                stopped.by,
                stopped.why.clone(),
            ),
            false => {
                add(
                    stopped.at,
                    "ROLLBACK_STARTED",
                    stopped.by,
                    stopped.why.clone(),
                );
                add(
                    ended,
                    "ROLLBACK_COMPLETED",
                    "APPCONFIG",
                    "Rollback completed".into(),
                );
            }
        }
    }
    found.reverse();
    found
}

/// AppConfig API Reference, StartDeployment (`LatestDeploymentNumber` too); User Guide, "Deploying a configuration": one at a time in an environment.
pub(super) fn start(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    if cloud.kernel.all_goes_well() {
        return Err(not_simulated("appconfig", "StartDeployment"));
    }
    let now = cloud.now();
    let found = application(&cloud.appconfig, input)?;
    let place = environment_of(found, input)?;
    let known = profile(found, input)?;
    let wanted = text(input, "DeploymentStrategyId").unwrap_or_default();
    let all = predefined();
    let mut all = all.iter().chain(&cloud.appconfig.strategies);
    let strategy = all
        .find(|one| one.id == wanted)
        .ok_or_else(|| not_found("DeploymentStrategy", wanted))?;
    let wanted = text(input, "ConfigurationVersion").unwrap_or_default();
    let mut versions = known.versions.iter();
    let version = versions
        .find(|one| one.number.to_string() == wanted || one.label.as_deref() == Some(wanted))
        .ok_or_else(|| not_found("HostedConfigurationVersion", wanted))?;
    if let Some(other) = place.deployments.iter().find(|one| one.is_under_way(now)) {
        return Err(Fault::new(
            "ConflictException",
            format!("Deployment number {} already in progress", other.number),
        ));
    }
    let latest = place.deployments.last().map_or(0, |last| last.number);
    if number(input, "LatestDeploymentNumber").is_some_and(|expected| expected != latest) {
        return Err(Fault::new(
            "ConflictException",
            format!("The number of the latest deployment is {latest}"),
        ));
    }
    let made = Deployment {
        number: latest + 1,
        profile: known.id.clone(),
        profile_name: known.name.clone(),
        version: version.number,
        label: version.label.clone(),
        description: text(input, "Description").map(str::to_owned),
        strategy: strategy.clone(),
        started: now,
        stopped: None,
    };
    let answer = whole(cloud, found, place, &made);
    let environment = place.id.clone();
    if let Some(place) = place_mut(cloud, &environment) {
        place.deployments.push(made);
    }
    let next = Look {
        environment,
        number: latest + 1,
    };
    cloud.after(INTERVAL, next);
    Ok(answer)
}

fn place_mut<'a>(cloud: &'a mut Cloud, environment: &str) -> Option<&'a mut Environment> {
    let all = cloud.appconfig.applications.iter_mut();
    let mut all = all.flat_map(|one| one.environments.iter_mut());
    all.find(|one| one.id == environment)
}

/// A deployment that is under way looks at the alarms of its environment, and again later: AppConfig User Guide,
/// "Monitoring deployments for automatic rollback".
pub(crate) fn look(cloud: &mut Cloud, next: Look) {
    let now = cloud.now();
    let Some(place) = place_mut(cloud, &next.environment) else {
        return;
    };
    let last = place.deployments.last();
    let watched = last.is_some_and(|last| {
        last.number == next.number && last.stopped.is_none() && last.is_under_way(now)
    });
    if !watched {
        return;
    }
    let (name, monitors) = (place.name.clone(), place.monitors.clone());
    if let Some(first) = monitors.first()
        && cloud.kernel.fault_on("configuration-degrades", &name)
    {
        let input = json!({
            "AlarmName": first, "StateValue": "ALARM",
            "StateReason": "Threshold Crossed: 1 datapoint was greater than the threshold.",
        });
        // The fixture has made sure that the alarm is there.
        cloudwatch::call(cloud, "SetAlarmState", &input).ok();
    }
    let ringing = monitors
        .iter()
        .find(|name| cloudwatch::in_alarm(cloud, name));
    if let Some(alarm) = ringing {
        let why = format!("Deployment rolled back: alarm {alarm} is in ALARM");
        let stopped = Stopped {
            at: now,
            reverted: false,
            by: "CLOUDWATCH_ALARM",
            why,
        };
        let place = place_mut(cloud, &next.environment);
        if let Some(last) = place.and_then(|place| place.deployments.last_mut()) {
            last.stopped = Some(stopped);
        }
        return;
    }
    cloud.after(INTERVAL, next);
}

fn numbered<'a>(place: &'a Environment, input: &Value) -> Result<&'a Deployment, Fault> {
    let wanted = number(input, "DeploymentNumber").unwrap_or_default();
    let mut all = place.deployments.iter();
    all.find(|one| one.number == wanted)
        .ok_or_else(|| not_found("Deployment", &wanted.to_string()))
}

pub(super) fn get(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let found = application(&cloud.appconfig, input)?;
    let place = environment_of(found, input)?;
    Ok(whole(cloud, found, place, numbered(place, input)?))
}

/// AppConfig API Reference, ListDeployments: in descending order of their numbers.
pub(super) fn list_all(cloud: &Cloud, input: &Value) -> Result<Value, Fault> {
    let found = application(&cloud.appconfig, input)?;
    let place = environment_of(found, input)?;
    let all = place.deployments.iter().rev();
    let items: Vec<Value> = all.map(|one| summary(cloud, one)).collect();
    Ok(json!({ "Items": items }))
}

/// AppConfig API Reference, StopDeployment: only deployments that are DEPLOYING, unless `AllowRevert` is given.
pub(super) fn stop(cloud: &mut Cloud, input: &Value) -> Result<Value, Fault> {
    if cloud.kernel.all_goes_well() {
        return Err(not_simulated("appconfig", "StopDeployment"));
    }
    let now = cloud.now();
    let found = application(&cloud.appconfig, input)?;
    let place = environment_of(found, input)?;
    let known = numbered(place, input)?;
    let state = known.state(now);
    let reverts = flag(input, "AllowRevert");
    let last = place.deployments.last().map(|last| last.number) == Some(known.number);
    let young = now.duration_since(known.complete()) < REVERTIBLE;
    let can = match state {
        "DEPLOYING" => true,
        "BAKING" => reverts,
        "COMPLETE" => reverts && last && young,
        _ => false,
    };
    if !can {
        return Err(Fault::new(
            "BadRequestException",
            format!("Cannot stop deployment {}: it is {state}", known.number),
        ));
    }
    let (environment, wanted) = (place.id.clone(), known.number);
    let stopped = Stopped {
        at: now,
        reverted: state == "COMPLETE",
        by: "USER",
        why: "Deployment stopped by the user".to_owned(),
    };
    if let Some(place) = place_mut(cloud, &environment) {
        let mut all = place.deployments.iter_mut();
        if let Some(known) = all.find(|one| one.number == wanted) {
            known.stopped = Some(stopped);
        }
    }
    get(cloud, input)
}
