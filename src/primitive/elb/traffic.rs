//! How actions divide requests, as a person says it.

use serde_json::{Value, json};

use crate::primitive::api::name_of;
use crate::primitive::{Change, diff};

/// What a write changes; where both sides only forward, actions are told as shares of the target groups.
pub(super) fn changes(
    live: Option<&Value>,
    input: &Value,
    actions: &str,
    names: &[&str],
) -> Vec<Change> {
    let from = live.map_or(&Value::Null, |live| &live[actions]);
    let (Some(was), Some(is)) = (shares(from), shares(&input[actions])) else {
        return diff::asked(live, input, names);
    };
    let mut changes = diff::asked(live, input, &[names, &[actions]].concat());
    if was != is {
        changes.push(Change {
            path: actions.to_owned(),
            from: if from.is_null() {
                Value::Null
            } else {
                json!(was)
            },
            to: json!(is),
        });
    }
    changes
}

/// `catalog-blue 90 %, catalog-green 10 %`; `None` where an action does something else than forward.
fn shares(actions: &Value) -> Option<String> {
    let mut weights: Vec<(String, u64)> = Vec::new();
    for action in actions.as_array().into_iter().flatten() {
        let groups = &action["ForwardConfig"]["TargetGroups"];
        match groups.as_array().filter(|groups| !groups.is_empty()) {
            _ if action["Type"] != json!("forward") => return None,
            Some(groups) => weights.extend(groups.iter().map(|group| {
                let weight = group["Weight"].as_u64().unwrap_or(1);
                (name_of(&group["TargetGroupArn"]), weight)
            })),
            None => weights.push((name_of(&action["TargetGroupArn"]), 1)),
        }
    }
    let all: u64 = weights.iter().map(|(_, weight)| weight).sum();
    let weights = weights.iter().filter(|(_, weight)| *weight > 0);
    let shares: Vec<String> = weights
        .map(|(name, weight)| {
            let share = (1000.0 * *weight as f64 / all as f64).round() / 10.0;
            format!("{name} {share} %")
        })
        .collect();
    Some(shares.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn(name: &str) -> String {
        format!("arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/{name}/0123")
    }

    #[test]
    fn weights_are_shares() {
        let live = json!({ "Actions": [{
            "Type": "forward", "TargetGroupArn": arn("blue"),
            "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": arn("blue"), "Weight": 1 }] },
        }]});
        let groups = json!([
            { "TargetGroupArn": arn("blue"), "Weight": 90 },
            { "TargetGroupArn": arn("green"), "Weight": 10 },
        ]);
        let input = json!({ "RuleArn": "r", "Actions": [{ "Type": "forward", "ForwardConfig": { "TargetGroups": groups } }] });
        let changes = changes(Some(&live), &input, "Actions", &["RuleArn"]);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].from, json!("blue 100 %"));
        assert_eq!(changes[0].to, json!("blue 90 %, green 10 %"));
    }

    #[test]
    fn other_actions_are_told_as_they_are() {
        let input = json!({ "Actions": [{ "Type": "fixed-response" }] });
        let changes = changes(None, &input, "Actions", &[]);
        assert_eq!(changes[0].to, input["Actions"]);
    }
}
