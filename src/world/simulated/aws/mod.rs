//! The services of the simulated AWS, a folder (or a file) each, and which of them answers a call.
//!
//! Each service owns its state in a struct with private fields; others reach it by its few public functions.
//! A service that calls no other knows only its own state and the kernel. The parts of the room `outside`
//! stand in the same table.
//!
//! | part | may call |
//! | --- | --- |
//! | `appconfig` | `cloudwatch` (alarms) |
//! | `cloudformation` | |
//! | `cloudfront` | `s3` |
//! | `cloudwatch` | `ecs`, `elb`, `lambda`, `sqs`, `traffic` |
//! | `codedeploy` | `lambda` |
//! | `daemons` | `cloudwatch` (the state of alarms), `ecr`, `ecs` (clusters) |
//! | `ecr` | |
//! | `ecs` | `cloudwatch` (the state of alarms), `ecr`, `elb`, `logs`, `secrets`, `ssm` |
//! | `elb` | |
//! | `events` | |
//! | `express` | `cloudwatch` (alarms), `ecr` (images by tag), `ecs`, `elb`, `logs`, `scaling` |
//! | `lambda` | `traffic` |
//! | `logs` | |
//! | `rds` | |
//! | `route53` | |
//! | `s3` | |
//! | `scaling` | `cloudwatch` (alarms), `ecs` |
//! | `scheduler` | `events` (schedule expressions) |
//! | `secrets` | |
//! | `sns` | |
//! | `sqs` | `ecs`, `traffic` |
//! | `ssm` | |
//! | `sts` | |
//! | `files` | |
//! | `http` | `cloudfront`, `ecs`, `elb`, `s3`, `traffic` |
//! | `load` | `http` |
//! | `net` | `elb`, `http` |
//! | `people` | |
//! | `processes` | `ecr` |
//! | `traffic` | `ecs`, `elb`, `logs`, `scaling` |

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::vocabulary::{Effect, Fault};
use crate::world::AwsCall;
use crate::world::shape;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::TaskProspects;
use crate::world::simulated::outside::traffic;
use json::not_simulated;

pub(crate) mod absent;
pub(crate) mod answers;
pub(crate) mod appconfig;
pub(crate) mod cloudformation;
pub(crate) mod cloudfront;
pub(crate) mod cloudwatch;
pub(crate) mod codedeploy;
pub(crate) mod daemons;
pub(crate) mod ecr;
pub(crate) mod ecs;
pub(crate) mod elb;
pub(crate) mod events;
pub(crate) mod express;
pub(crate) mod json;
pub(crate) mod lambda;
pub(crate) mod logs;
pub(crate) mod rds;
pub(crate) mod route53;
pub(crate) mod s3;
pub(crate) mod scaling;
pub(crate) mod scheduler;
pub(crate) mod secrets;
pub(crate) mod sns;
pub(crate) mod sqs;
pub(crate) mod ssm;
mod sts;

/// How far each service is simulated, sorted by their names.
pub(crate) const COVERAGE: [Coverage; 21] = [
    appconfig::COVERAGE,
    scaling::COVERAGE,
    cloudformation::COVERAGE,
    cloudfront::COVERAGE,
    cloudwatch::COVERAGE,
    codedeploy::COVERAGE,
    ecr::COVERAGE,
    ecs::COVERAGE,
    elb::COVERAGE,
    events::COVERAGE,
    lambda::COVERAGE,
    logs::COVERAGE,
    rds::COVERAGE,
    route53::COVERAGE,
    s3::COVERAGE,
    scheduler::COVERAGE,
    secrets::COVERAGE,
    sns::COVERAGE,
    sqs::COVERAGE,
    ssm::COVERAGE,
    sts::COVERAGE,
];

/// The operations of a service that an empty cloud answers, or refuses as AWS does: all but those that are
/// `not_simulated` as a whole.
pub(crate) fn operations(service: &str) -> Vec<&'static str> {
    let mut cloud = Cloud::new(Timestamp::UNIX_EPOCH, 0, TaskProspects::Modelled);
    let mut is_simulated = |operation: &&str| {
        let call = AwsCall::new(service, *operation, json!({}));
        let absent = not_simulated(service, operation).message;
        match dispatch(&mut cloud, &call) {
            Ok(_) => true,
            Err(fault) => fault.message != absent,
        }
    };
    let all = shape::operations(service).iter().copied();
    all.filter(|operation| is_simulated(operation)).collect()
}

/// Services whose reads are eventually consistent.
const EVENTUALLY_CONSISTENT: [&str; 3] = ["ecs", "elbv2", "application-autoscaling"];

/// Answers a call of a rehearsal; a read after a write answers by chance what was true before it.
pub(crate) fn answer(cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
    let answer = answer_with_lag(cloud, call);
    // So that every test judges every answer. A plan's cloud also holds what AWS has answered, which may be newer than
    // the models.
    if cfg!(debug_assertions)
        && let Ok(output) = &answer
    {
        let wrong = shape::judge(&call.service, &call.operation, output);
        let called = format!("{} {}", call.service, call.operation);
        debug_assert!(
            wrong.is_empty(),
            "AWS does not answer {called} like this: {wrong:#?}"
        );
    }
    answer
}

fn answer_with_lag(cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
    // A fault may set a longer lag than AWS's own.
    if let Some(longest) = cloud.kernel.fault_span("read-lag", Duration::from_secs(1)) {
        cloud.lag.set_longest(longest);
    }
    if cloud.lag.is_none() || !EVENTUALLY_CONSISTENT.contains(&call.service.as_str()) {
        return dispatch(cloud, call);
    }
    let now = cloud.now();
    if call.effect() == Effect::Write {
        // What is older than the lag is not looked at any more.
        cloud.lag.forget();
        let before = cloud.clone();
        cloud.lag.remember(now, before);
        return dispatch(cloud, call);
    }
    let remembers = cloud.lag.before(now).is_some();
    if remembers && cloud.kernel.rng.chance(50) {
        cloud.kernel.struck_by("read-lag", |_| true);
        if let Some(before) = cloud.lag.before(now) {
            return dispatch(before, call);
        }
    }
    dispatch(cloud, call)
}

/// Answers a call from the simulated cloud alone.
pub(crate) fn dispatch(cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
    let answer = ask_service(cloud, call);
    traffic::catch_up(cloud);
    answer
}

fn ask_service(cloud: &mut Cloud, call: &AwsCall) -> Result<Value, Fault> {
    let (operation, input) = (call.operation.as_str(), &call.input);
    match call.service.as_str() {
        "ecs" if daemons::knows(operation) => daemons::call(cloud, operation, input),
        "ecs" if express::knows(operation) => express::call(cloud, operation, input),
        "ecs" => ecs::call(cloud, operation, input),
        "application-autoscaling" => scaling::call(cloud, operation, input),
        "ecr" => ecr::call(&mut cloud.ecr, &cloud.kernel, call),
        "elbv2" => {
            let members = match (operation, json::text(input, "TargetGroupArn")) {
                ("DescribeTargetHealth", Some(group)) => ecs::targets::members_of(cloud, group),
                _ => Vec::new(),
            };
            elb::call(
                &mut cloud.elb,
                &mut cloud.kernel,
                &members,
                operation,
                input,
            )
        }
        "events" => events::call(&mut cloud.events, &cloud.kernel, operation, input),
        "route53" => route53::call(&mut cloud.route53, &mut cloud.kernel, operation, input),
        "scheduler" => scheduler::call(&mut cloud.scheduler, &cloud.kernel, operation, input),
        "secretsmanager" => secrets::call(&mut cloud.secrets, &mut cloud.kernel, operation, input),
        "ssm" => ssm::call(&mut cloud.ssm, &cloud.kernel, operation, input),
        "lambda" => lambda::call(&mut cloud.lambda, &mut cloud.kernel, operation, input),
        "logs" => {
            let served = match json::text(input, "logGroupName") {
                Some(group) if logs::reads_lines(operation) => {
                    traffic::log_lines(cloud, group, logs::Window::of(input))
                }
                _ => logs::Streams::new(),
            };
            logs::call(&mut cloud.logs, &cloud.kernel, served, operation, input)
        }
        "appconfig" => appconfig::call(cloud, operation, input),
        "cloudfront" => {
            cloudfront::call(&mut cloud.cloudfront, &mut cloud.kernel, operation, input)
        }
        "cloudformation" => {
            let (state, kernel) = (&mut cloud.cloudformation, &mut cloud.kernel);
            cloudformation::call(state, kernel, operation, input)
        }
        "cloudwatch" => cloudwatch::call(cloud, operation, input),
        "codedeploy" => codedeploy::call(cloud, operation, input),
        "sqs" => sqs::call(cloud, operation, input),
        "sns" => sns::call(&mut cloud.sns, &mut cloud.kernel, operation, input),
        "rds" => rds::call(&mut cloud.rds, &cloud.kernel, operation, input),
        "s3" => s3::call(&mut cloud.s3, &cloud.kernel, operation, input),
        "sts" => sts::call(&cloud.kernel, operation),
        service => Err(not_simulated(service, operation)),
    }
}
