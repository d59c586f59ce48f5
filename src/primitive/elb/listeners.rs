//! Load balancers and their listeners.

use serde_json::{Value, json};

use super::{ELB, login, read, traffic};
use crate::primitive::api::reconcile::{
    find, happened_if_as_asked, happened_if_gone, list, list_of_one,
};
use crate::primitive::api::{Api, left, name_of};
use crate::primitive::{Context, LineKind};
use crate::vocabulary::Stop;

/// Operations on load balancers and listeners.
pub(super) fn all() -> [Api; 5] {
    [
        read(
            "describe_load_balancers",
            "DescribeLoadBalancers",
            "Names",
            "Describes load balancers by `Names` or `LoadBalancerArns`. One that does not exist is the fault `LoadBalancerNotFound`.",
            r#"print(elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0].DNSName);"#,
        ),
        read(
            "describe_listeners",
            "DescribeListeners",
            "LoadBalancerArn",
            "Describes the listeners of a load balancer, or those of `ListenerArns`.",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
print(elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0].Port);"#,
        ),
        read(
            "create_listener",
            "CreateListener",
            "LoadBalancerArn",
            "Creates a listener of a load balancer, on a port that has none.",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let made = elb::create_listener(#{
    LoadBalancerArn: balancer.LoadBalancerArn, Protocol: "HTTP", Port: 8080,
    DefaultActions: [#{ Type: "fixed-response", FixedResponseConfig: #{ StatusCode: "404" } }],
});
print(made.Listeners[0].ListenerArn);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(|input, cx| {
            let of = json!({ "LoadBalancerArn": input["LoadBalancerArn"] });
            let all = list(cx, (ELB, "DescribeListeners"), of, "Listeners")?;
            let own = all.into_iter().find(|l| l["Port"] == input["Port"]);
            // One that the run has seen before is somebody else's.
            let own = own.filter(|own| cx.seen.listed("Listeners", own).is_none());
            let output = |listener| list_of_one("Listeners", listener);
            Ok(happened_if_as_asked(own, input, &["Tags"], output))
        })
        .changes(|input, _| traffic::changes(None, input, "DefaultActions", &["LoadBalancerArn", "Tags"]))
        .residue(|input, _| {
            let balancer = name_of(&input["LoadBalancerArn"]);
            left(format!("listener {} of {balancer}", input["Port"]), false)
        }),
        read(
            "modify_listener",
            "ModifyListener",
            "ListenerArn",
            "Changes a listener. Members that are left out stay. `DefaultActions` replaces all its default actions.",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
let group = elb::describe_target_groups(#{ Names: ["catalog-tg"] }).TargetGroups[0];
let changed = elb::modify_listener(#{
    ListenerArn: listener.ListenerArn, DefaultActions: [#{ Type: "forward", TargetGroupArn: group.TargetGroupArn }],
});
print(changed.Listeners[0].DefaultActions[0].Type);"#,
        )
        .writes(LineKind::Changes)
        .prepared_by(|input, _| login::keeping_secrets(input))
        .reconciled_by(|input, cx| {
            let output = |listener| list_of_one("Listeners", listener);
            Ok(happened_if_as_asked(listener(cx, input)?, input, &[], output))
        })
        .changes(|input, seen| {
            let live = seen.listed("Listeners", input);
            traffic::changes(live, input, "DefaultActions", &["ListenerArn"])
        })
        .residue(|input, _| left(format!("{} as changed", name_of(&input["ListenerArn"])), false)),
        read(
            "delete_listener",
            "DeleteListener",
            "ListenerArn",
            "Deletes a listener with its rules.",
            r#"let balancer = elb::describe_load_balancers(#{ Names: ["realserv-alb"] }).LoadBalancers[0];
let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
elb::delete_listener(#{ ListenerArn: listener.ListenerArn });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| Ok(happened_if_gone(listener(cx, input)?.as_ref(), json!({})))),
    ]
}

/// The listener that a call is about, as it is.
fn listener(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let one = json!({ "ListenerArns": [input["ListenerArn"]] });
    find(cx, (ELB, "DescribeListeners"), one, "Listeners")
}
