//! What an answer must have to be one: an operation that was carried out says what came of it.

use serde_json::Value;

use crate::vocabulary::{Effect, Fault, Retry, codes};
use crate::world::AwsCall;

/// Operations, and the members of which an answer has at least one that says something (AWS API references, "Response
/// Elements"). An empty list says nothing about a write; about a read it says that there is none.
const ANSWERS: [(&str, &str, &[&str]); 40] = [
    (
        "application-autoscaling",
        "DescribeScalableTargets",
        &["ScalableTargets"],
    ),
    (
        "application-autoscaling",
        "DescribeScalingPolicies",
        &["ScalingPolicies"],
    ),
    (
        "application-autoscaling",
        "PutScalingPolicy",
        &["PolicyARN"],
    ),
    ("ecr", "BatchGetImage", &["images", "failures"]),
    ("ecr", "DescribeImages", &["imageDetails"]),
    ("ecr", "PutImage", &["image"]),
    ("ecs", "CreateService", &["service"]),
    ("ecs", "DeleteService", &["service"]),
    ("ecs", "DeregisterTaskDefinition", &["taskDefinition"]),
    (
        "ecs",
        "DescribeServiceDeployments",
        &["serviceDeployments", "failures"],
    ),
    ("ecs", "DescribeServices", &["services", "failures"]),
    ("ecs", "DescribeTaskDefinition", &["taskDefinition"]),
    ("ecs", "DescribeTasks", &["tasks", "failures"]),
    ("ecs", "ListServiceDeployments", &["serviceDeployments"]),
    ("ecs", "ListTasks", &["taskArns"]),
    ("ecs", "RegisterTaskDefinition", &["taskDefinition"]),
    ("ecs", "RunTask", &["tasks", "failures"]),
    ("ecs", "StartTask", &["tasks", "failures"]),
    ("ecs", "StopServiceDeployment", &["serviceDeploymentArn"]),
    ("ecs", "StopTask", &["task"]),
    ("ecs", "UpdateService", &["service"]),
    ("elbv2", "CreateListener", &["Listeners"]),
    ("elbv2", "CreateRule", &["Rules"]),
    ("elbv2", "CreateTargetGroup", &["TargetGroups"]),
    ("elbv2", "ModifyListener", &["Listeners"]),
    ("elbv2", "ModifyRule", &["Rules"]),
    ("lambda", "UpdateAlias", &["AliasArn"]),
    ("logs", "FilterLogEvents", &["events", "nextToken"]),
    ("rds", "CreateDBSnapshot", &["DBSnapshot"]),
    ("rds", "DeleteDBSnapshot", &["DBSnapshot"]),
    ("rds", "DescribeDBInstances", &["DBInstances"]),
    ("rds", "DescribeDBSnapshots", &["DBSnapshots"]),
    ("rds", "RestoreDBInstanceFromDBSnapshot", &["DBInstance"]),
    ("rds", "RestoreDBInstanceToPointInTime", &["DBInstance"]),
    ("secretsmanager", "DeleteSecret", &["ARN"]),
    ("secretsmanager", "DescribeSecret", &["ARN"]),
    ("secretsmanager", "RestoreSecret", &["ARN"]),
    ("sns", "Publish", &["MessageId"]),
    ("sqs", "SendMessage", &["MessageId"]),
    ("sts", "GetCallerIdentity", &["Account"]),
];

/// Demands that an answer says what came of the call: one that was emptied on its way does not. Of a write it is in doubt
/// then whether it was carried out; a read is made again.
pub(super) fn require_complete(call: &AwsCall, output: &Value) -> Result<(), Fault> {
    let known = ANSWERS
        .iter()
        .find(|(service, operation, _)| *service == call.service && *operation == call.operation);
    let Some((_, _, members)) = known else {
        return Ok(());
    };
    let writes = call.effect() == Effect::Write;
    let says = |member: &&str| match &output[*member] {
        Value::Null => false,
        Value::Array(items) => !writes || !items.is_empty(),
        _ => true,
    };
    if members.iter().any(says) {
        return Ok(());
    }
    let message = format!(
        "{} {} was answered without `{}`: the answer is not whole",
        call.service,
        call.operation,
        members.join("` or `")
    );
    let fault = Fault::new(codes::ANSWER_INCOMPLETE, message).hint(
        "something between here and AWS has changed the answer: check proxies and AWS_ENDPOINT_URL",
    );
    Err(fault.retry(if writes {
        Retry::InDoubt
    } else {
        Retry::Transient
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judged(operation: &str, output: Value) -> Option<Retry> {
        let call = AwsCall::new("ecs", operation, json!({}));
        require_complete(&call, &output)
            .err()
            .map(|fault| fault.retry)
    }

    #[test]
    fn a_write_without_its_answer_is_in_doubt() {
        for output in [
            json!({}),
            Value::Null,
            json!({ "tasks": [], "failures": [] }),
        ] {
            assert_eq!(judged("RunTask", output), Some(Retry::InDoubt));
        }
        assert_eq!(
            judged("RunTask", json!({ "tasks": [], "failures": [{}] })),
            None
        );
        assert_eq!(
            judged("UpdateService", json!({ "servce": {} })),
            Some(Retry::InDoubt)
        );
    }

    #[test]
    fn a_read_without_its_answer_is_made_again() {
        assert_eq!(
            judged("DescribeServices", json!({})),
            Some(Retry::Transient)
        );
        assert_eq!(judged("ListTasks", json!({ "taskArns": [] })), None);
        assert_eq!(judged("ListClusters", json!({})), None);
    }
}
