//! Lifecycle hooks of deployments that shift traffic: functions that pass or fail, and pauses that
//! someone ends.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::hook::{Function, Hook, HookStatus};
use super::ids::ServiceKey;
use super::shift_stage::Stage;
use crate::text::arn::Arn;
use crate::world::simulated::aws::json::{list, number, text, texts};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;

/// A pause that says nothing else lasts a day.
const PAUSE_MINUTES: u64 = 1440;

/// What the hooks of a stage say.
pub(super) enum HookVerdict {
    Pass,
    /// Not before then.
    Wait(Timestamp),
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
        hooks.push(match text(&hook, "targetType") {
            Some("PAUSE") => {
                let minutes = number(timeout, "timeoutInMinutes").unwrap_or(PAUSE_MINUTES);
                Hook {
                    id,
                    target: None,
                    status: HookStatus::AwaitingAction,
                    at: later(now, Duration::from_secs(minutes * 60)),
                    succeeds: true,
                    goes_on: text(timeout, "action") == Some("CONTINUE"),
                }
            }
            _ => {
                let arn = text(&hook, "hookTargetArn").unwrap_or_default().to_owned();
                let function = function(cloud, &arn);
                Hook {
                    id,
                    target: Some(arn),
                    status: HookStatus::InProgress,
                    at: later(now, function.takes),
                    succeeds: function.succeeds,
                    goes_on: false,
                }
            }
        });
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
    let mut waits: Option<Timestamp> = None;
    for hook in &mut current.hooks {
        if !matches!(
            hook.status,
            HookStatus::AwaitingAction | HookStatus::InProgress
        ) {
            continue;
        }
        if now < hook.at {
            waits = Some(waits.map_or(hook.at, |at| at.min(hook.at)));
            continue;
        }
        match (&hook.target, hook.succeeds) {
            (Some(_), true) => hook.status = HookStatus::Succeeded,
            (Some(arn), false) => {
                hook.status = HookStatus::Failed;
                return HookVerdict::Fail(format!("lifecycle hook {arn} failed"));
            }
            (None, _) => {
                hook.status = HookStatus::TimedOut;
                if !hook.goes_on {
                    return HookVerdict::Fail(format!("lifecycle hook {} timed out", hook.id));
                }
            }
        }
    }
    waits.map_or(HookVerdict::Pass, HookVerdict::Wait)
}
