//! Lifecycle hooks of deployments that shift traffic: functions that pass or fail, and pauses that
//! someone ends.

use std::time::Duration;

use serde_json::Value;

use super::hook::{Function, Hook, HookStatus};
use super::ids::ServiceKey;
use super::shift_stage::Stage;
use crate::text::arn::Arn;
use crate::world::simulated::aws::json::{list, number, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// A hook that says nothing else times out after a day.
const TIMEOUT_MINUTES: u64 = 1440;

/// What the hooks of a stage say.
pub(super) enum HookVerdict {
    Pass,
    /// One of them is not decided yet.
    Wait,
    Fail(String),
}

/// Begins the hooks that a configuration declares for a stage.
pub(super) fn begin(cloud: &mut Cloud, configuration: &Value, stage: Stage) -> Vec<Hook> {
    let now = cloud.now();
    let declared = list(configuration, "lifecycleHooks").to_vec();
    let mut hooks = Vec::new();
    for hook in declared {
        if !texts(&hook, "lifecycleStages")
            .iter()
            .any(|s| s == stage.name())
        {
            continue;
        }
        let id = cloud.kernel.rng.uuid();
        let timeout = hook.get("timeoutConfiguration").unwrap_or(&Value::Null);
        let minutes = number(timeout, "timeoutInMinutes").unwrap_or(TIMEOUT_MINUTES);
        let mut begun = Hook {
            id,
            target: None,
            status: HookStatus::AwaitingAction,
            answers: None,
            expires: later(now, Duration::from_secs(minutes * 60)),
            succeeds: true,
            goes_on: text(timeout, "action") == Some("CONTINUE"),
        };
        if text(&hook, "targetType") != Some("PAUSE") {
            let arn = text(&hook, "hookTargetArn").unwrap_or_default().to_owned();
            let function = function(cloud, &arn);
            begun.target = Some(arn);
            begun.status = HookStatus::InProgress;
            begun.answers = Some(later(now, function.takes));
            begun.succeeds = function.succeeds;
        }
        hooks.push(begun);
    }
    hooks
}

/// What the function of that ARN does: as the faults and the fixture say, else it succeeds.
fn function(cloud: &Cloud, arn: &str) -> Function {
    let name = Arn::parse(arn).map_or(arn, Arn::name);
    let known = cloud
        .ecs
        .functions
        .get(arn)
        .or(cloud.ecs.functions.get(name));
    let mut function = known.cloned().unwrap_or(Function {
        succeeds: true,
        takes: Duration::from_secs(5),
    });
    function.succeeds &= !cloud.kernel.fault_on("hook-fails", name);
    function
}

/// Looks at the hooks of a service deployment: what is due has happened.
pub(super) fn look(cloud: &mut Cloud, key: &ServiceKey) -> HookVerdict {
    let now = cloud.now();
    let Some(current) = cloud
        .ecs
        .services
        .get_mut(key)
        .and_then(|s| s.history.first_mut())
    else {
        return HookVerdict::Pass;
    };
    let mut waits = false;
    for hook in &mut current.hooks {
        if !matches!(
            hook.status,
            HookStatus::AwaitingAction | HookStatus::InProgress
        ) {
            continue;
        }
        if now < hook.decided() {
            waits = true;
            continue;
        }
        let name = hook.target.clone().unwrap_or_else(|| hook.id.clone());
        if hook.answers.is_none_or(|at| at > hook.expires) {
            hook.status = HookStatus::TimedOut;
            if !hook.goes_on {
                return HookVerdict::Fail(format!("lifecycle hook {name} timed out"));
            }
        } else if hook.succeeds {
            hook.status = HookStatus::Succeeded;
        } else {
            hook.status = HookStatus::Failed;
            return HookVerdict::Fail(format!("lifecycle hook {name} failed"));
        }
    }
    match waits {
        true => HookVerdict::Wait,
        false => HookVerdict::Pass,
    }
}
