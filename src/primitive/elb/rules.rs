//! Rules of listeners.

use serde_json::{Value, json};

use super::{ELB, login, read, traffic};
use crate::primitive::api::reconcile::{
    find, happened_if_as_asked, happened_if_gone, list, list_of_one,
};
use crate::primitive::api::{Api, left, name_of};
use crate::primitive::{Context, LineKind};
use crate::vocabulary::Stop;

/// The verbs on listener rules.
pub(super) fn all() -> [Api; 4] {
    [
        read(
            "describe_rules",
            "DescribeRules",
            "ListenerArn",
            "Describes the rules of a listener, the default one last, or those of `RuleArns`. Priorities are texts.",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
print(elb::describe_rules(#{ ListenerArn: listener.ListenerArn }).Rules[0].Priority);"#,
        ),
        read(
            "create_rule",
            "CreateRule",
            "ListenerArn",
            "Creates a rule of a listener, at a priority that is free (`PriorityInUse` otherwise).",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
let group = elb::describe_target_groups(#{ Names: ["catalog-tg"] }).TargetGroups[0];
let made = elb::create_rule(#{
    ListenerArn: listener.ListenerArn, Priority: 20,
    Conditions: [#{ Field: "path-pattern", Values: ["/materials/*"] }],
    Actions: [#{ Type: "forward", TargetGroupArn: group.TargetGroupArn }],
});
print(made.Rules[0].RuleArn);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(|input, cx| {
            let of = json!({ "ListenerArn": input["ListenerArn"] });
            let all = list(cx, (ELB, "DescribeRules"), of, "Rules")?;
            let priority = input["Priority"].to_string();
            let own = all.into_iter().find(|r| r["Priority"] == json!(priority));
            // One that the run has seen before is somebody else's.
            let own = own.filter(|rule| cx.seen.listed("Rules", rule).is_none());
            let but = ["ListenerArn", "Priority", "Tags"];
            Ok(happened_if_as_asked(own, input, &but, |rule| list_of_one("Rules", rule)))
        })
        .changes(|input, _| traffic::changes(None, input, "Actions", &["ListenerArn", "Tags"]))
        .summary(|_, output| Some(name_of(&output["Rules"][0]["RuleArn"])))
        .residue(|input, _| {
            let listener = name_of(&input["ListenerArn"]);
            left(format!("rule with priority {} of {listener}", input["Priority"]), false)
        }),
        read(
            "modify_rule",
            "ModifyRule",
            "RuleArn",
            "Changes a rule. `Conditions` and `Actions` replace all its conditions and actions. Members that are left out stay.",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
let rule = elb::describe_rules(#{ ListenerArn: listener.ListenerArn }).Rules[0];
let changed = elb::modify_rule(#{ RuleArn: rule.RuleArn, Conditions: [#{ Field: "path-pattern", Values: ["/catalog/*", "/catalog"] }] });
print(changed.Rules[0].Conditions[0].Values.len());"#,
        )
        .writes(LineKind::Changes)
        .prepared_by(|input, _| login::keeping_secrets(input))
        .reconciled_by(|input, cx| {
            let output = |rule| list_of_one("Rules", rule);
            Ok(happened_if_as_asked(rule(cx, input)?, input, &[], output))
        })
        .changes(|input, seen| {
            let live = seen.listed("Rules", input);
            traffic::changes(live, input, "Actions", &["RuleArn"])
        })
        .residue(|input, _| left(format!("{} as changed", name_of(&input["RuleArn"])), false)),
        read(
            "delete_rule",
            "DeleteRule",
            "RuleArn",
            "Deletes a rule. A listener's default rule is deleted only with the listener.",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
let rule = elb::describe_rules(#{ ListenerArn: listener.ListenerArn }).Rules[0];
elb::delete_rule(#{ RuleArn: rule.RuleArn });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| Ok(happened_if_gone(rule(cx, input)?.as_ref(), json!({})))),
    ]
}

/// The rule that a call is about, as it is.
fn rule(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let one = json!({ "RuleArns": [input["RuleArn"]] });
    find(cx, (ELB, "DescribeRules"), one, "Rules")
}
