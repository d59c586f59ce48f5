//! What a JMESPath finds in an answer: waiters and paginators of AWS look at answers with it.

use serde_json::Value;

/// What an expression finds in a document.
///
/// # Errors
/// Why the expression cannot be read, or does not fit what is there: `length` of what is null.
pub fn search(expression: &str, document: &Value) -> Result<Value, String> {
    let expression = ::jmespath::compile(expression).map_err(|error| error.to_string())?;
    let found = expression
        .search(document)
        .map_err(|error| error.to_string())?;
    serde_json::to_value(&*found).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_expression_finds_members_of_lists_and_compares() {
        let services = json!({ "services": [
            { "deployments": [1], "runningCount": 2, "desiredCount": 2 },
            { "deployments": [1, 2], "runningCount": 2, "desiredCount": 2 },
        ] });
        let unstable =
            "length(services[?!(length(deployments) == `1` && runningCount == desiredCount)])";
        assert_eq!(search(unstable, &services), Ok(json!(1)));
        assert_eq!(
            search("services[].runningCount", &services),
            Ok(json!([2, 2]))
        );
        assert_eq!(
            search("status != 'STOPPING'", &json!({ "status": "ON" })),
            Ok(json!(true))
        );
        assert_eq!(search("nothing.there[0]", &services), Ok(Value::Null));
        assert!(search("length(nothing)", &services).is_err());
        assert!(search("services[", &services).is_err());
    }
}
