//! Actions that have people log in: the secret of the client stays with the load balancer.

use serde_json::{Value, json};

/// The input of a modification whose OIDC actions keep the client secret that they have: a read does not show it, and AWS
/// refuses an action that neither brings one nor says so.
pub(in crate::primitive) fn keeping_secrets(input: &Value) -> Value {
    let mut input = input.clone();
    for member in ["Actions", "DefaultActions"] {
        let actions = input.get_mut(member).and_then(Value::as_array_mut);
        for action in actions.into_iter().flatten() {
            let config = action.get_mut("AuthenticateOidcConfig");
            let Some(config) = config.and_then(Value::as_object_mut) else {
                continue;
            };
            if config.get("ClientSecret").is_none_or(Value::is_null) {
                config.insert("UseExistingClientSecret".to_owned(), json!(true));
            }
        }
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_keeps_its_secret() {
        for member in ["Actions", "DefaultActions"] {
            let given = json!({ "RuleArn": "r", member: [
                { "Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": { "ClientId": "c" } },
                { "Type": "forward", "Order": 2, "TargetGroupArn": "t" },
            ] });
            let sent = keeping_secrets(&given);
            let config = &sent[member][0]["AuthenticateOidcConfig"];
            assert_eq!(config["UseExistingClientSecret"], true);
            assert_eq!(config["ClientId"], "c");
            assert_eq!(sent[member][1], given[member][1]);
        }
        let none = json!({ "RuleArn": "r", "Conditions": [] });
        assert_eq!(keeping_secrets(&none), none);
    }
}
