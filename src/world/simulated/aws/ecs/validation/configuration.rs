//! What ECS refuses of a `deploymentConfiguration`: its limits, its strategy, its hooks.

use serde_json::Value;

use super::super::circuit_breaker;
use super::super::traffic_shift::shifts;
use super::early_success::early_success;
use super::{daemon, given};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, invalid, list, text, texts};

/// Stages at which a hook may be, and whether one that pauses may be there too.
const STAGES: [(&str, bool); 8] = [
    ("RECONCILE_SERVICE", true),
    ("PRE_SCALE_UP", true),
    ("POST_SCALE_UP", true),
    ("TEST_TRAFFIC_SHIFT", false),
    ("POST_TEST_TRAFFIC_SHIFT", true),
    ("PRE_PRODUCTION_TRAFFIC_SHIFT", true),
    ("PRODUCTION_TRAFFIC_SHIFT", false),
    ("POST_PRODUCTION_TRAFFIC_SHIFT", true),
];

/// A share of the traffic, within the member of its strategy: its name, the least and the most percent.
const SHARES: [(&str, &str, f64, f64); 2] = [
    ("canaryConfiguration", "canaryPercent", 0.1, 100.0),
    ("linearConfiguration", "stepPercent", 3.0, 100.0),
];

/// Minutes that a deployment may wait, at most, by the member that they stand in.
const WAITS: [(Option<&str>, &str); 3] = [
    (None, "bakeTimeInMinutes"),
    (Some("canaryConfiguration"), "canaryBakeTimeInMinutes"),
    (Some("linearConfiguration"), "stepBakeTimeInMinutes"),
];
const LONGEST_WAIT: i64 = 1_440;

/// Minutes until a hook times out: two weeks at most.
const TIMEOUT: std::ops::RangeInclusive<i64> = 1..=20_160;

/// Checks the deployment configuration of `service`, a service as it is to be; `asked` is what the call says of
/// it, and `before` the configuration that there was.
pub(in super::super) fn configuration(
    service: &Value,
    asked: &Value,
    before: &Value,
) -> Result<(), Fault> {
    let wanted = service.get("deploymentConfiguration");
    let wanted = wanted.unwrap_or(&Value::Null);
    limits(service, wanted)?;
    list(wanted, "lifecycleHooks").iter().try_for_each(hook)?;
    shares(wanted)?;
    breaker(service, wanted)?;
    early_success(wanted)?;
    let strategy = text(wanted, "strategy").unwrap_or("ROLLING");
    for (member, only) in [
        ("canaryConfiguration", "CANARY"),
        ("linearConfiguration", "LINEAR"),
    ] {
        if given(asked, member) && strategy != only {
            return Err(invalid(format!(
                "{member} is only valid when the deployment strategy is {only}; it is {strategy}."
            )));
        }
    }
    if !shifts(wanted) {
        return Ok(());
    }
    if strategy == "BLUE_GREEN" && !shifts(before) && !given(asked, "bakeTimeInMinutes") {
        return Err(invalid(
            "bakeTimeInMinutes must be specified when the deployment strategy is BLUE_GREEN.",
        ));
    }
    let controller = service
        .get("deploymentController")
        .and_then(|c| text(c, "type"));
    if let Some(other) = controller.filter(|c| *c != "ECS") {
        return Err(invalid(format!(
            "Deployment strategy {strategy} is not supported with a {other} deployment controller."
        )));
    }
    if daemon::is(service) {
        return Err(invalid(format!(
            "Deployment strategy {strategy} is not supported with the DAEMON scheduling strategy."
        )));
    }
    traffic(service, strategy)
}

/// Checks the percentages of tasks.
fn limits(service: &Value, wanted: &Value) -> Result<(), Fault> {
    let percent = |name: &str| wanted.get(name).and_then(Value::as_i64);
    let (most, least) = (percent("maximumPercent"), percent("minimumHealthyPercent"));
    if daemon::is(service) && most.is_some_and(|most| most != 100) {
        return Err(invalid(
            "The daemon scheduling strategy supports only a maximumPercent of 100.",
        ));
    }
    if most.is_some_and(|most| most < 100) {
        return Err(invalid("maximumPercent must be >= 100."));
    }
    if least.is_some_and(|least| least < 0) {
        return Err(invalid("minimumHealthyPercent must be >= 0."));
    }
    let (most, least) = (most.unwrap_or(200), least.unwrap_or(100));
    if most == 100 && least == 100 {
        return Err(invalid(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
        ));
    }
    if least >= most {
        return Err(invalid("maximumPercent must be > minimumHealthyPercent."));
    }
    Ok(())
}

fn shares(wanted: &Value) -> Result<(), Fault> {
    for (member, name, least, most) in SHARES {
        let share = wanted.get(member).and_then(|m| m.get(name));
        let Some(share) = share.and_then(Value::as_f64) else {
            continue;
        };
        // Tenths of a percent, as near as a number with a point comes to them.
        let tenths = share * 10.0;
        if !(least..=most).contains(&share) || (tenths - tenths.round()).abs() > 1e-6 {
            return Err(invalid(format!(
                "{name} must be a multiple of 0.1 between {least:.1} and {most:.1}."
            )));
        }
    }
    for (member, name) in WAITS {
        let holder = member.map_or(Some(wanted), |member| wanted.get(member));
        let minutes = holder.and_then(|h| h.get(name)).and_then(Value::as_i64);
        if minutes.is_some_and(|m| !(0..=LONGEST_WAIT).contains(&m)) {
            return Err(invalid(format!(
                "{name} must be between 0 and {LONGEST_WAIT}."
            )));
        }
    }
    Ok(())
}

/// Checks that only ECS's own deployments are watched by its circuit breaker and by alarms.
fn breaker(service: &Value, wanted: &Value) -> Result<(), Fault> {
    let controller = service
        .get("deploymentController")
        .and_then(|c| text(c, "type"))
        .unwrap_or("ECS");
    let breaker = wanted.get("deploymentCircuitBreaker");
    if controller != "ECS" && breaker.is_some_and(|b| flag(b, "enable")) {
        return Err(invalid(
            "DeploymentCircuitBreaker feature can only be configured with ECS deployment controller.",
        ));
    }
    breaker.map_or(Ok(()), threshold)?;
    let Some(alarms) = wanted.get("alarms") else {
        return Ok(());
    };
    let (enabled, names) = (flag(alarms, "enable"), texts(alarms, "alarmNames"));
    if enabled && controller != "ECS" {
        return Err(invalid(
            "Deployment alarms can only be configured with ECS deployment controller.",
        ));
    }
    if enabled && names.is_empty() {
        return Err(invalid(
            "alarmNames must not be empty when deployment alarms are enabled.",
        ));
    }
    Ok(())
}

/// Checks the threshold of a circuit breaker.
fn threshold(breaker: &Value) -> Result<(), Fault> {
    let Some(threshold) = breaker.get("thresholdConfiguration") else {
        return Ok(());
    };
    if threshold.is_null() {
        return Ok(());
    }
    let kind = text(threshold, "type").unwrap_or_default();
    if !circuit_breaker::TYPES.contains(&kind) {
        return Err(invalid(format!(
            "Invalid type of the thresholdConfiguration: '{kind}'. Valid values are: {}.",
            circuit_breaker::TYPES.join(", ")
        )));
    }
    let value = threshold.get("value").and_then(Value::as_i64);
    if value.is_none_or(|v| !(1..=i64::from(i32::MAX)).contains(&v)) {
        return Err(invalid(
            "The value of the thresholdConfiguration must be a whole number greater than 0.",
        ));
    }
    Ok(())
}

fn hook(hook: &Value) -> Result<(), Fault> {
    let kind = text(hook, "targetType").unwrap_or("AWS_LAMBDA");
    let pauses = match kind {
        "PAUSE" => true,
        "AWS_LAMBDA" => false,
        other => {
            return Err(invalid(format!(
                "Invalid targetType of a lifecycle hook: {other}. Valid values are: AWS_LAMBDA, PAUSE."
            )));
        }
    };
    if !pauses && text(hook, "hookTargetArn").is_none_or(str::is_empty) {
        return Err(invalid(
            "hookTargetArn must be specified for a lifecycle hook of type AWS_LAMBDA.",
        ));
    }
    let stages = texts(hook, "lifecycleStages");
    if stages.is_empty() {
        return Err(invalid(
            "lifecycleStages of a lifecycle hook cannot be empty.",
        ));
    }
    for stage in &stages {
        match STAGES.iter().find(|(name, _)| name == stage) {
            None => {
                let valid: Vec<&str> = STAGES.iter().map(|(name, _)| *name).collect();
                return Err(invalid(format!(
                    "Invalid lifecycle stage for a hook: {stage}. Valid values are: {}.",
                    valid.join(", ")
                )));
            }
            Some((_, false)) if pauses => {
                return Err(invalid(format!(
                    "PAUSE hooks cannot be configured at {stage}."
                )));
            }
            Some(_) => {}
        }
    }
    let Some(timeout) = hook.get("timeoutConfiguration").filter(|t| t.is_object()) else {
        return Ok(());
    };
    let minutes = timeout.get("timeoutInMinutes");
    if minutes.is_some_and(|m| !m.as_i64().is_some_and(|m| TIMEOUT.contains(&m))) {
        return Err(invalid(format!(
            "timeoutInMinutes of a lifecycle hook must be between {} and {}.",
            TIMEOUT.start(),
            TIMEOUT.end()
        )));
    }
    match text(timeout, "action") {
        Some(other) if !["CONTINUE", "ROLLBACK"].contains(&other) => Err(invalid(format!(
            "Invalid action of a lifecycle hook: {other}. Valid values are: CONTINUE, ROLLBACK."
        ))),
        _ => Ok(()),
    }
}

/// Checks that there is something to shift the traffic with.
fn traffic(service: &Value, strategy: &str) -> Result<(), Fault> {
    let balancers = list(service, "loadBalancers");
    let connect = service.get("serviceConnectConfiguration");
    let connected = connect.is_some_and(|c| flag(c, "enabled"));
    // A blue/green service without either has no traffic that would have to be shifted.
    if balancers.is_empty() && !connected && strategy != "BLUE_GREEN" {
        return Err(invalid(format!(
            "Deployment strategy {strategy} requires a load balancer or Service Connect."
        )));
    }
    for balancer in balancers {
        let advanced = balancer.get("advancedConfiguration");
        let Some(advanced) = advanced.filter(|a| a.is_object()) else {
            return Err(invalid(format!(
                "advancedConfiguration must be specified for each load balancer when the deployment strategy is {strategy}."
            )));
        };
        for member in [
            "alternateTargetGroupArn",
            "productionListenerRule",
            "roleArn",
        ] {
            if text(advanced, member).is_none_or(str::is_empty) {
                return Err(invalid(format!(
                    "advancedConfiguration.{member} must be specified when the deployment strategy is {strategy}."
                )));
            }
        }
        let alternate = text(advanced, "alternateTargetGroupArn");
        if alternate == text(balancer, "targetGroupArn") {
            return Err(invalid(
                "advancedConfiguration.alternateTargetGroupArn must be another target group than targetGroupArn.",
            ));
        }
    }
    Ok(())
}
