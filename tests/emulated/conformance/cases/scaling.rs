//! Application Auto Scaling.

use serde_json::{Value, json};

use super::service;
use crate::emulated::conformance::case::{Case, case};

const SERVICE: &str = "application-autoscaling";

fn of(more: Value) -> Value {
    let mut input = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": "service/stage/{id}",
        "ScalableDimension": "ecs:service:DesiredCount",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    input
}

fn target(name: &'static str) -> Case {
    case(name)
        .call("ecs", "CreateService", service("stage-app", 2))
        .call(
            SERVICE,
            "RegisterScalableTarget",
            of(json!({"MinCapacity": 1, "MaxCapacity": 4})),
        )
}

fn policy() -> Value {
    of(json!({
        "PolicyName": "cpu",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 60.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
    }))
}

pub fn cases() -> Vec<Case> {
    vec![
        target("scaling: a target has its bounds")
            .call(SERVICE, "DescribeScalableTargets", json!({
                "ServiceNamespace": "ecs", "ResourceIds": ["service/stage/{id}"],
            }))
            .gives(json!({"ScalableTargets": [{
                "ResourceId": "service/stage/{id}", "MinCapacity": 1, "MaxCapacity": 4, "CreationTime": "$time",
                "SuspendedState": {"DynamicScalingInSuspended": false},
            }]})),
        case("scaling: what does not scale has no target")
            .call(SERVICE, "DescribeScalableTargets", json!({
                "ServiceNamespace": "ecs", "ResourceIds": ["service/stage/{id}"],
            }))
            .gives(json!({"ScalableTargets": []})),
        case("scaling: an unknown service cannot scale")
            .call(SERVICE, "RegisterScalableTarget", of(json!({"MinCapacity": 1, "MaxCapacity": 4})))
            .fails("ValidationException"),
        target("scaling: the minimum is no more than the maximum")
            .call(SERVICE, "RegisterScalableTarget", of(json!({"MinCapacity": 5, "MaxCapacity": 4})))
            .fails("ValidationException"),
        target("scaling: can be suspended")
            .call(SERVICE, "RegisterScalableTarget", of(json!({"SuspendedState": {"DynamicScalingInSuspended": true}})))
            .call(SERVICE, "DescribeScalableTargets", json!({
                "ServiceNamespace": "ecs", "ResourceIds": ["service/stage/{id}"],
            }))
            .gives(json!({"ScalableTargets": [{
                "MinCapacity": 1, "MaxCapacity": 4, "SuspendedState": {"DynamicScalingInSuspended": true},
            }]})),
        target("scaling: a policy is kept")
            .call(SERVICE, "PutScalingPolicy", policy())
            .call(SERVICE, "DescribeScalingPolicies", json!({
                "ServiceNamespace": "ecs", "ResourceId": "service/stage/{id}",
            }))
            .gives(json!({"ScalingPolicies": [{
                "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0},
            }]})),
        target("scaling: a policy has an ARN, and alarms of its own")
            .call(SERVICE, "PutScalingPolicy", policy())
            .gives(json!({"PolicyARN": "$text", "Alarms": [{"AlarmName": "$text"}, {"AlarmName": "$text"}]})),
        target("scaling: a policy is put again under its name")
            .call(SERVICE, "PutScalingPolicy", policy())
            .call(SERVICE, "PutScalingPolicy", {
                let mut other = policy();
                other["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] = json!(70.0);
                other
            })
            .call(SERVICE, "DescribeScalingPolicies", json!({
                "ServiceNamespace": "ecs", "ResourceId": "service/stage/{id}", "PolicyNames": ["cpu"],
            }))
            .gives(json!({"ScalingPolicies": [{"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0}}]})),
        target("scaling: a deleted policy is gone")
            .call(SERVICE, "PutScalingPolicy", policy())
            .call(SERVICE, "DeleteScalingPolicy", of(json!({"PolicyName": "cpu"})))
            .call(SERVICE, "DescribeScalingPolicies", json!({
                "ServiceNamespace": "ecs", "ResourceId": "service/stage/{id}",
            }))
            .gives(json!({"ScalingPolicies": []})),
        target("scaling: a deregistered target is gone")
            .call(SERVICE, "DeregisterScalableTarget", of(json!({})))
            .call(SERVICE, "DescribeScalableTargets", json!({
                "ServiceNamespace": "ecs", "ResourceIds": ["service/stage/{id}"],
            }))
            .gives(json!({"ScalableTargets": []})),
        case("scaling: a policy needs a target")
            .call("ecs", "CreateService", service("stage-app", 1))
            .call(SERVICE, "PutScalingPolicy", policy())
            .fails("ObjectNotFoundException"),
        target("scaling: an unknown policy cannot be deleted")
            .call(SERVICE, "DeleteScalingPolicy", of(json!({"PolicyName": "none"})))
            .fails("ObjectNotFoundException"),
        case("scaling: an unknown target cannot be deregistered")
            .call(SERVICE, "DeregisterScalableTarget", of(json!({})))
            .fails("ObjectNotFoundException"),
        target("scaling: a new minimum moves the service")
            .call(SERVICE, "RegisterScalableTarget", of(json!({"MinCapacity": 3, "MaxCapacity": 4})))
            .call("ecs", "DescribeServices", super::own_service())
            .comes_to(json!({"services": [{"desiredCount": 3}]})),
    ]
}
