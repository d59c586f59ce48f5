//! Target groups and the health of what is in them.

use serde_json::{Value, json};

use super::{ELB, read};
use crate::primitive::api::reconcile::{
    find, happened_if_all_there, happened_if_as_asked, happened_if_gone, list, list_of_one,
};
use crate::primitive::api::{Api, left, name_of};
use crate::primitive::{Change, LineKind, diff};

/// The verbs on target groups and their targets.
pub(super) fn all() -> [Api; 6] {
    [
        read(
            "describe_target_groups",
            "DescribeTargetGroups",
            "Names",
            "Describes target groups by `Names`, `TargetGroupArns` or `LoadBalancerArn`. One that does not exist is the fault `TargetGroupNotFound`.",
            r#"print(elb::describe_target_groups(#{ Names: ["catalog-tg"] }).TargetGroups[0].HealthCheckPath);"#,
        ),
        read(
            "describe_target_group_attributes",
            "DescribeTargetGroupAttributes",
            "TargetGroupArn",
            "Reads the attributes of a target group: deregistration delay, stickiness, slow start. All values are texts.",
            r#"let group = elb::describe_target_groups(#{ Names: ["catalog-tg"] }).TargetGroups[0];
print(elb::describe_target_group_attributes(#{ TargetGroupArn: group.TargetGroupArn }).Attributes.len());"#,
        ),
        read(
            "describe_target_health",
            "DescribeTargetHealth",
            "TargetGroupArn",
            "Describes the health of a target group's targets.",
            r#"let service = ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] }).services[0];
let found = elb::describe_target_health(#{ TargetGroupArn: service.loadBalancers[0].targetGroupArn });
print(found.TargetHealthDescriptions.len());"#,
        ),
        read(
            "create_target_group",
            "CreateTargetGroup",
            "Name",
            "Creates a target group. If one of that name with the same settings exists, it is returned; with other settings that is the fault `DuplicateTargetGroupName`.",
            r#"let made = elb::create_target_group(#{
    Name: "catalog-next", Protocol: "HTTP", Port: 80, TargetType: "ip", VpcId: "vpc-abc123", HealthCheckPath: "/health",
});
print(made.TargetGroups[0].TargetGroupArn);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(|input, cx| {
            let of = json!({ "Names": [input["Name"]] });
            let live = find(cx, (ELB, "DescribeTargetGroups"), of, "TargetGroups")?;
            let output = |group| list_of_one("TargetGroups", group);
            Ok(happened_if_as_asked(live, input, &["Name", "Tags"], output))
        })
        .changes(|input, _| diff::asked(None, input, &["Name", "Tags"]))
        .residue(|input, _| left(format!("target group {}", name_of(&input["Name"])), true)),
        read(
            "modify_target_group_attributes",
            "ModifyTargetGroupAttributes",
            "TargetGroupArn",
            "Sets attributes of a target group; others stay. A new target group lets its targets drain for five minutes (`deregistration_delay.timeout_seconds`), which every deployment and every rollback waits for.",
            r#"let group = elb::describe_target_groups(#{ Names: ["catalog-tg"] }).TargetGroups[0];
let set = elb::modify_target_group_attributes(#{
    TargetGroupArn: group.TargetGroupArn, Attributes: [#{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
});
print(set.Attributes.len());"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            let of = json!({ "TargetGroupArn": input["TargetGroupArn"] });
            let operation = (ELB, "DescribeTargetGroupAttributes");
            let live = list(cx, operation, of, "Attributes")?;
            Ok(happened_if_all_there(&live, &input["Attributes"], json!({ "Attributes": live })))
        })
        .changes(|input, _| {
            let attributes = input["Attributes"].as_array().into_iter().flatten();
            let change = |attribute: &Value| Change {
                path: attribute["Key"].as_str().unwrap_or_default().to_owned(),
                from: Value::Null,
                to: attribute["Value"].clone(),
            };
            attributes.map(change).collect()
        })
        .residue(|_, _| None),
        read(
            "delete_target_group",
            "DeleteTargetGroup",
            "TargetGroupArn",
            "Deletes a target group. If a rule or listener forwards to it, that is the fault `ResourceInUse`.",
            r#"let made = elb::create_target_group(#{ Name: "catalog-next", Protocol: "HTTP", Port: 80, TargetType: "ip", VpcId: "vpc-abc123" });
elb::delete_target_group(#{ TargetGroupArn: made.TargetGroups[0].TargetGroupArn });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let of = json!({ "TargetGroupArns": [input["TargetGroupArn"]] });
            let live = find(cx, (ELB, "DescribeTargetGroups"), of, "TargetGroups")?;
            Ok(happened_if_gone(live.as_ref(), json!({})))
        }),
    ]
}
