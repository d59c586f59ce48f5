//! `autoscaling::` — Application Auto Scaling: how many tasks a service may have, and what decides.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{find, happened_if_as_asked, happened_if_gone};
use super::api::{Api, left, name_of, primitives};
use super::{Context, LineKind, Primitive, diff};
use crate::vocabulary::Stop;

const SERVICE: &str = "application-autoscaling";

/// Members that only say what a call is about.
const TARGET: [&str; 4] = [
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "Tags",
];
const POLICY: [&str; 4] = [
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "PolicyName",
];

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    Api::read(
        "autoscaling",
        name,
        (SERVICE, operation),
        object,
        doc,
        example,
    )
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all = primitives(targets());
    all.extend(primitives(policies()));
    all
}

fn targets() -> [Api; 3] {
    [
        read(
            "describe_scalable_targets",
            "DescribeScalableTargets",
            "ResourceIds",
            "Describes scalable targets by `ResourceIds`: bounds and suspended processes. A service without auto scaling is not listed.",
            r#"let found = autoscaling::describe_scalable_targets(#{ ServiceNamespace: "ecs", ResourceIds: ["service/realserv-prod/catalog-service"] });
print(found.ScalableTargets.len());"#,
        ),
        read(
            "register_scalable_target",
            "RegisterScalableTarget",
            "ResourceId",
            "Registers or changes a scalable target: its bounds, or its suspended processes. Members that are left out stay. AWS moves a count that is out of the bounds into them.",
            r#"let service = #{
    ServiceNamespace: "ecs", ResourceId: "service/realserv-prod/catalog-service", ScalableDimension: "ecs:service:DesiredCount",
};
autoscaling::register_scalable_target(service + #{ MinCapacity: 2, MaxCapacity: 10 });
autoscaling::register_scalable_target(service + #{ SuspendedState: #{ DynamicScalingInSuspended: true } });
let found = autoscaling::describe_scalable_targets(#{ ServiceNamespace: "ecs", ResourceIds: [service.ResourceId] });
print(found.ScalableTargets[0].MaxCapacity);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            Ok(happened_if_as_asked(target(cx, input)?, input, &["Tags"], |target| {
                json!({ "ScalableTargetARN": target["ScalableTargetARN"] })
            }))
        })
        .changes(|input, seen| diff::asked(seen.listed("ScalableTargets", input), input, &TARGET))
        .residue(|input, _| left(format!("scaling of {}", name_of(&input["ResourceId"])), false)),
        read(
            "deregister_scalable_target",
            "DeregisterScalableTarget",
            "ResourceId",
            "Deregisters a scalable target with its policies. The service keeps its tasks.",
            r#"let service = #{
    ServiceNamespace: "ecs", ResourceId: "service/realserv-prod/catalog-service", ScalableDimension: "ecs:service:DesiredCount",
};
autoscaling::register_scalable_target(service + #{ MinCapacity: 2, MaxCapacity: 10 });
autoscaling::deregister_scalable_target(service);"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| Ok(happened_if_gone(target(cx, input)?.as_ref(), json!({})))),
    ]
}

fn policies() -> [Api; 3] {
    [
        read(
            "describe_scaling_policies",
            "DescribeScalingPolicies",
            "ResourceId",
            "Describes the scaling policies of a scalable target.",
            r#"let found = autoscaling::describe_scaling_policies(#{ ServiceNamespace: "ecs", ResourceId: "service/realserv-prod/catalog-service" });
print(found.ScalingPolicies.len());"#,
        ),
        read(
            "put_scaling_policy",
            "PutScalingPolicy",
            "PolicyName",
            "Creates a scaling policy of a scalable target, or changes the one of that name.",
            r#"let service = #{
    ServiceNamespace: "ecs", ResourceId: "service/realserv-prod/catalog-service", ScalableDimension: "ecs:service:DesiredCount",
};
autoscaling::register_scalable_target(service + #{ MinCapacity: 2, MaxCapacity: 10 });
let put = autoscaling::put_scaling_policy(service + #{
    PolicyName: "catalog-cpu", PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: #{
        TargetValue: 70.0, PredefinedMetricSpecification: #{ PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
        ScaleInCooldown: 300, ScaleOutCooldown: 60,
    },
});
print(put.PolicyARN);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            Ok(happened_if_as_asked(policy(cx, input)?, input, &[], |policy| {
                json!({ "PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"] })
            }))
        })
        .changes(|input, seen| diff::asked(seen.listed("ScalingPolicies", input), input, &POLICY))
        .residue(|input, _| left(format!("scaling policy {}", name_of(&input["PolicyName"])), false)),
        read(
            "delete_scaling_policy",
            "DeleteScalingPolicy",
            "PolicyName",
            "Deletes a scaling policy.",
            r#"let service = #{
    ServiceNamespace: "ecs", ResourceId: "service/realserv-prod/catalog-service", ScalableDimension: "ecs:service:DesiredCount",
};
autoscaling::register_scalable_target(service + #{ MinCapacity: 2, MaxCapacity: 10 });
let metric = #{ PredefinedMetricType: "ECSServiceAverageCPUUtilization" };
autoscaling::put_scaling_policy(service + #{
    PolicyName: "catalog-cpu", PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: #{ TargetValue: 70.0, PredefinedMetricSpecification: metric },
});
autoscaling::delete_scaling_policy(service + #{ PolicyName: "catalog-cpu" });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| Ok(happened_if_gone(policy(cx, input)?.as_ref(), json!({})))),
    ]
}

/// The scalable target that a call is about, as it is.
fn target(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let of = json!({
        "ServiceNamespace": input["ServiceNamespace"],
        "ResourceIds": [input["ResourceId"]],
        "ScalableDimension": input["ScalableDimension"],
    });
    let operation = (SERVICE, "DescribeScalableTargets");
    find(cx, operation, of, "ScalableTargets")
}

/// The policy that a call is about, as it is.
fn policy(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let of = json!({
        "ServiceNamespace": input["ServiceNamespace"],
        "ResourceId": input["ResourceId"],
        "ScalableDimension": input["ScalableDimension"],
        "PolicyNames": [input["PolicyName"]],
    });
    let operation = (SERVICE, "DescribeScalingPolicies");
    find(cx, operation, of, "ScalingPolicies")
}
