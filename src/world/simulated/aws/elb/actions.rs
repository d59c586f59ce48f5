//! Actions of listeners and rules, and the weights with which they forward.

use serde_json::{Value, json};

use super::Elb;
use super::{RouteChange, refusals, validation};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, list, number, set, text};

/// Target groups that one action may forward to.
const MOST_GROUPS: usize = 5;
const HEAVIEST: u64 = 999;

/// The target groups that actions forward to, with their weights; none where they do not forward.
pub(crate) fn weights(actions: &[Value]) -> Vec<(String, u32)> {
    let Some(action) = actions.iter().find(|a| text(a, "Type") == Some("forward")) else {
        return Vec::new();
    };
    let groups = action.get("ForwardConfig").unwrap_or(&Value::Null);
    list(groups, "TargetGroups")
        .iter()
        .filter_map(|g| {
            let weight = number(g, "Weight").unwrap_or(1).min(HEAVIEST);
            Some((text(g, "TargetGroupArn")?.to_owned(), weight as u32))
        })
        .collect()
}

/// Actions as the API shows them: a forward action has its weights written out.
///
/// # Errors
/// `ValidationError`, `TargetGroupNotFound`, `TooManyTargetGroups`, `TargetGroupAssociationLimit`.
pub(crate) fn normal(elb: &Elb, balancer: &str, actions: &[Value]) -> Result<Vec<Value>, Fault> {
    if actions.is_empty() {
        return Err(validation("At least one action must be specified"));
    }
    actions
        .iter()
        .map(|action| match text(action, "Type") {
            Some("forward") => forwarding(elb, balancer, action),
            Some("authenticate-oidc") => Ok(without_secret(action)),
            Some("redirect") => refusals::redirection(action).map(|()| action.clone()),
            Some("fixed-response") => refusals::response(action).map(|()| action.clone()),
            Some("authenticate-cognito" | "jwt-validation") => Ok(action.clone()),
            other => Err(validation(format!(
                "'{}' is not a valid action type",
                other.unwrap_or_default()
            ))),
        })
        .collect()
}

/// An action as it is read: never with the secret of the client.
fn without_secret(action: &Value) -> Value {
    let mut out = action.clone();
    let config = out.get_mut("AuthenticateOidcConfig");
    if let Some(config) = config.and_then(Value::as_object_mut) {
        config.remove("ClientSecret");
        config.remove("UseExistingClientSecret");
    }
    out
}

/// Refuses a modification that has people log in, and neither brings the client's secret nor keeps the one that is there.
pub(super) fn unless_secretless(actions: &[Value]) -> Result<(), Fault> {
    let bare = |action: &&Value| {
        let config = action.get("AuthenticateOidcConfig");
        config.is_some_and(|config| {
            text(config, "ClientSecret").is_none() && !flag(config, "UseExistingClientSecret")
        })
    };
    match actions.iter().find(bare) {
        Some(_) => Err(Fault::new(
            "InvalidLoadBalancerAction",
            "You must specify a client secret, or set UseExistingClientSecret to true",
        )),
        None => Ok(()),
    }
}

fn forwarding(elb: &Elb, balancer: &str, action: &Value) -> Result<Value, Fault> {
    let mut out = action.clone();
    let config = action.get("ForwardConfig").unwrap_or(&Value::Null);
    let mut groups = list(config, "TargetGroups").to_vec();
    if groups.is_empty()
        && let Some(arn) = text(action, "TargetGroupArn")
    {
        groups.push(json!({ "TargetGroupArn": arn }));
    }
    refusals::stickiness(config)?;
    if groups.is_empty() {
        return Err(validation(
            "A target group ARN must be specified for a forward action",
        ));
    }
    if groups.len() > MOST_GROUPS {
        return Err(Fault::new(
            "TooManyTargetGroups",
            "You've reached the limit on the number of target groups that an action can forward to",
        ));
    }
    for group in &mut groups {
        let arn = text(group, "TargetGroupArn").unwrap_or_default().to_owned();
        if !elb.groups.contains_key(&arn) {
            return Err(Fault::new(
                "TargetGroupNotFound",
                format!("Target groups '{arn}' not found"),
            ));
        }
        if elb.balancers_of(&arn).iter().any(|b| *b != balancer) {
            return Err(Fault::new(
                "TargetGroupAssociationLimit",
                format!(
                    "The following target groups cannot be associated with more than one load balancer: {arn}"
                ),
            ));
        }
        match group.get("Weight") {
            None | Some(Value::Null) => set(group, "Weight", json!(1)),
            Some(weight) if weight.as_u64().is_some_and(|w| w <= HEAVIEST) => {}
            Some(weight) => {
                return Err(validation(format!(
                    "Weight '{weight}' must be between 0 and {HEAVIEST}"
                )));
            }
        }
    }
    let stickiness = config
        .get("TargetGroupStickinessConfig")
        .cloned()
        .unwrap_or_else(|| json!({ "Enabled": false }));
    if let [only] = groups.as_slice() {
        let arn = only.get("TargetGroupArn").cloned().unwrap_or_default();
        set(&mut out, "TargetGroupArn", arn);
    } else if let Some(object) = out.as_object_mut() {
        object.remove("TargetGroupArn");
    }
    set(
        &mut out,
        "ForwardConfig",
        json!({ "TargetGroups": groups, "TargetGroupStickinessConfig": stickiness }),
    );
    Ok(out)
}

/// Sets the weights with which a rule forwards, as deployments that shift traffic do. `at` is the ARN of
/// a rule, or of a listener (its default rule is meant); one that is not described is none.
pub(crate) fn forward(elb: &mut Elb, at: &str, weights: Vec<(String, u32)>) {
    let found = elb
        .rules
        .iter_mut()
        .find(|(arn, rule)| *arn == at || (rule.listener == at && rule.priority.is_none()));
    let Some((arn, rule)) = found else {
        return;
    };
    let groups: Vec<Value> = weights
        .iter()
        .map(|(arn, weight)| json!({ "TargetGroupArn": arn, "Weight": weight }))
        .collect();
    let action = json!({
        "Type": "forward",
        "ForwardConfig": {
            "TargetGroups": groups,
            "TargetGroupStickinessConfig": { "Enabled": false },
        },
    });
    let kept = rule
        .actions
        .iter()
        .filter(|a| text(a, "Type") != Some("forward"));
    rule.actions = kept.cloned().chain([action]).collect();
    let arn = arn.clone();
    elb.reroutes.push(RouteChange::Rule(arn));
}
