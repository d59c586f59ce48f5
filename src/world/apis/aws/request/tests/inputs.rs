//! Inputs that are not as their models say.

use serde_json::{Value, json};

use super::super::write;
use super::{body, refused, sent, written};
use crate::world::apis::aws::{service, services};

#[test]
fn what_the_model_does_not_know_is_sent_where_it_has_a_place() {
    let given = json!({"newMember": {"b": [1, null], "a": 1.5}, "clusters": ["c"]});
    let request = sent("ecs", "DescribeClusters", given);
    assert_eq!(
        body(&request),
        r#"{"clusters":["c"],"newMember":{"b":[1,null],"a":1.5}}"#
    );
    let given = json!({"FunctionName": "f", "Layer": ["x"]});
    let request = sent("lambda", "UpdateFunctionConfiguration", given);
    assert_eq!(body(&request), r#"{"Layer":["x"]}"#);
    assert_eq!(
        refused("iam", "GetRole", json!({"Rolename": "r"})),
        "`Rolename` is not a member of GetRoleRequest; did you mean `RoleName`?"
    );
    assert_eq!(
        refused("lambda", "ListFunctions", json!({"Other": 1})),
        "`Other` is not a member of ListFunctionsRequest"
    );
}

#[test]
fn a_wrong_member_is_named_with_its_place_and_without_its_value() {
    let tags = json!([{"Key": "k", "Value": "v"}, {"Key": "k", "Value": 5}]);
    assert_eq!(
        refused(
            "secretsmanager",
            "CreateSecret",
            json!({"Name": "n", "Tags": tags})
        ),
        "`Tags[1].Value` must be a text; a number was given"
    );
    assert_eq!(
        refused(
            "secretsmanager",
            "CreateSecret",
            json!({"SecretBinary": "§ecret"})
        ),
        "`SecretBinary` must be base64; a text was given"
    );
    assert_eq!(
        refused("lambda", "GetFunction", json!({"FunctionName": ""})),
        "`FunctionName` is missing or empty: it is a part of the request's path"
    );
    assert_eq!(
        refused("sts", "GetCallerIdentity", json!([])),
        "the input must be an object; an array was given"
    );
    assert!(
        refused(
            "lexv2-runtime",
            "StartConversation",
            json!({"requestEventStream": {}})
        )
        .contains("stream of events")
    );
}

#[test]
fn no_input_makes_it_panic() {
    let mut deep = json!("x");
    for _ in 0..300 {
        deep = json!({ "L": [deep] });
    }
    let item = json!({"TableName": "t", "Item": {"a": deep}});
    assert!(refused("dynamodb", "PutItem", item).contains("nests more than"));
    let odd = [
        json!(null),
        json!(5),
        json!("a\r\nb\0"),
        json!([[]]),
        json!({"": {"a": 1e300}}),
        json!(u64::MAX),
        json!(true),
    ];
    for name in services() {
        let service = service(name).expect("a service");
        for (index, operation) in service.operations().enumerate().step_by(7) {
            let members = service.inputs(operation).iter();
            let input = members.zip(odd.iter().cycle().skip(index));
            let input = input.map(|(member, value)| (member.name.to_owned(), value.clone()));
            let _ = write(
                service,
                service.protocol(),
                operation,
                &Value::Object(input.collect()),
            );
            let _ = write(
                service,
                service.protocol(),
                operation,
                &odd[index % odd.len()],
            );
        }
    }
    let stray = json!({"FunctionName": "f", "InvocationType": "a\r\nHost: b"});
    assert!(written("lambda", "Invoke", stray).is_err());
}
