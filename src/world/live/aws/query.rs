//! The query protocol: JSON to a form, XML to JSON.

use serde_json::{Map, Value};

use super::fault::{self, AwsError};
use super::hints::Hints;
use super::interceptor::RawAnswer;
use super::xml::{self, Element};
use crate::vocabulary::Fault;
use crate::world::AwsCall;

/// The form of a call.
pub(super) fn form(operation: &str, version: &str, input: &Value, hints: &Hints) -> String {
    let mut out = format!("Action={}&Version={version}", escaped(operation));
    if let Value::Object(members) = input {
        for (name, value) in members {
            fields(&mut out, name, name, value, hints);
        }
    }
    out
}

fn fields(out: &mut String, prefix: &str, name: &str, value: &Value, hints: &Hints) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let item = hints
                .items
                .iter()
                .find(|(list, _)| *list == name)
                .map_or("member", |(_, item)| item);
            if items.is_empty() {
                // An empty list is sent as such: it may mean "none any more".
                field(out, prefix, "");
            }
            for (index, value) in items.iter().enumerate() {
                let prefix = format!("{prefix}.{item}.{}", index + 1);
                fields(out, &prefix, "", value, hints);
            }
        }
        Value::Object(members) => {
            let map = hints.maps.iter().find(|(map, _, _)| *map == name);
            for (index, (member, value)) in members.iter().enumerate() {
                if let Some((_, key_name, value_name)) = map {
                    let entry = format!("{prefix}.entry.{}", index + 1);
                    field(out, &format!("{entry}.{key_name}"), member);
                    fields(out, &format!("{entry}.{value_name}"), "", value, hints);
                } else {
                    fields(out, &format!("{prefix}.{member}"), member, value, hints);
                }
            }
        }
        Value::String(text) => field(out, prefix, text),
        Value::Bool(_) | Value::Number(_) => field(out, prefix, &value.to_string()),
    }
}

fn field(out: &mut String, name: &str, value: &str) {
    out.push('&');
    out.push_str(&escaped(name));
    out.push('=');
    out.push_str(&escaped(value));
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The JSON of an answer.
///
/// # Errors
/// The error that AWS tells, or `not_an_answer`.
pub(super) fn json(call: &AwsCall, answer: &RawAnswer, hints: &Hints) -> Result<Value, Fault> {
    let root = std::str::from_utf8(&answer.body).ok().and_then(xml::parse);
    let operation = &call.operation;
    match root {
        Some(root) if (200..300).contains(&answer.status) => {
            if root.name != format!("{operation}Response") {
                return Err(fault::not_an_answer(call, answer));
            }
            // Without a result there is nothing but metadata.
            Ok(match root.child(&format!("{operation}Result")) {
                Some(result) => object(result, hints),
                None => Value::Object(Map::new()),
            })
        }
        Some(root) => {
            let error = root.child("Error").or_else(|| {
                // Some answers wrap once more.
                root.child("Errors")?.child("Error")
            });
            match error.and_then(|error| Some((error.text_of("Code")?, error))) {
                Some((code, error)) => Err(fault::to_fault(
                    call,
                    answer,
                    AwsError {
                        code: code.trim().to_owned(),
                        message: error
                            .text_of("Message")
                            .unwrap_or_default()
                            .trim()
                            .to_owned(),
                    },
                )),
                None => Err(fault::not_an_answer(call, answer)),
            }
        }
        None => Err(fault::not_an_answer(call, answer)),
    }
}

fn object(element: &Element, hints: &Hints) -> Value {
    let members = element
        .children
        .iter()
        .map(|child| (child.name.clone(), value(child, &element.name, hints)));
    Value::Object(members.collect())
}

fn value(element: &Element, parent: &str, hints: &Hints) -> Value {
    let name = element.name.as_str();
    let children = &element.children;
    let all = |name: &str| !children.is_empty() && children.iter().all(|c| c.name == name);
    if hints.lists.contains(&name) && !is_structure_of_that_name(element) || all("member") {
        return children
            .iter()
            .map(|item| {
                // An item has the name of its list for what hints say about its members.
                value(item, name, hints)
            })
            .collect();
    }
    if all("entry") {
        let entries = children.iter().filter_map(|entry| {
            let key = entry.text_of("key").or_else(|| entry.text_of("Name"))?;
            let found = entry.child("value").or_else(|| entry.child("Value"))?;
            Some((key.to_owned(), value(found, name, hints)))
        });
        return Value::Object(entries.collect());
    }
    if children.is_empty() && !hints.structures.contains(&name) {
        scalar(&element.text, parent, name, hints)
    } else {
        object(element, hints)
    }
}

/// Whether what is a list elsewhere is an ordinary structure here: its members have several names.
fn is_structure_of_that_name(element: &Element) -> bool {
    let mut names = element.children.iter().map(|child| &child.name);
    let first = names.next();
    names.any(|name| Some(name) != first)
}

fn scalar(text: &str, parent: &str, name: &str, hints: &Hints) -> Value {
    let as_text = || Value::String(text.to_owned());
    if hints.text.contains(&(parent, name)) {
        return as_text();
    }
    if hints.numbers.contains(&name) {
        let number = text.parse::<i64>().map(Value::from).ok();
        let number = number.or_else(|| text.parse::<f64>().ok().map(Value::from));
        return number.unwrap_or_else(as_text);
    }
    match text {
        "true" if hints.booleans.contains(&name) => Value::Bool(true),
        "false" if hints.booleans.contains(&name) => Value::Bool(false),
        _ => as_text(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::hints;
    use super::*;
    use crate::vocabulary::Retry;

    fn read(operation: &str, status: u16, body: &str, hints: &Hints) -> Result<Value, Fault> {
        let call = AwsCall::new("elbv2", operation, json!({}));
        let answer = RawAnswer {
            status,
            error_type: None,
            request_id: None,
            body: body.as_bytes().to_vec(),
        };
        json(&call, &answer, hints)
    }

    #[test]
    fn inputs_are_flattened() {
        let input = json!({
            "ListenerArn": "arn:aws:x/y",
            "DefaultActions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [
                {"TargetGroupArn": "a", "Weight": 90}, {"TargetGroupArn": "b", "Weight": 10}]}}],
            "Absent": null, "SecurityGroups": [],
        });
        assert_eq!(
            form("ModifyListener", "2015-12-01", &input, &hints::ELBV2).replace('&', "\n"),
            "Action=ModifyListener\nVersion=2015-12-01\nListenerArn=arn%3Aaws%3Ax%2Fy\n\
             DefaultActions.member.1.Type=forward\n\
             DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn=a\n\
             DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.Weight=90\n\
             DefaultActions.member.1.ForwardConfig.TargetGroups.member.2.TargetGroupArn=b\n\
             DefaultActions.member.1.ForwardConfig.TargetGroups.member.2.Weight=10\n\
             SecurityGroups="
        );
        let input = json!({"Filters": [{"Name": "n", "Values": ["v w"]}]});
        assert!(
            form("D", "V", &input, &hints::RDS).ends_with("Filters.Filter.1.Values.Value.1=v%20w")
        );
        let input = json!({"MessageAttributes": {"k": {"DataType": "String", "StringValue": "ü"}}});
        assert!(form("P", "V", &input, &hints::SNS).ends_with(
            "MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value.DataType=String\
             &MessageAttributes.entry.1.Value.StringValue=%C3%BC"
        ));
    }

    #[test]
    fn outputs_have_lists_numbers_and_maps() {
        let body = "<DescribeTargetGroupsResponse xmlns=\"x\"><DescribeTargetGroupsResult>\
            <TargetGroups><member><Port>80</Port><HealthCheckPort>8080</HealthCheckPort>\
            <HealthCheckEnabled>true</HealthCheckEnabled><LoadBalancerArns/></member></TargetGroups>\
            </DescribeTargetGroupsResult><ResponseMetadata><RequestId>r</RequestId>\
            </ResponseMetadata></DescribeTargetGroupsResponse>";
        assert_eq!(
            read("DescribeTargetGroups", 200, body, &hints::ELBV2),
            Ok(
                json!({"TargetGroups": [{"Port": 80, "HealthCheckPort": "8080",
                "HealthCheckEnabled": true, "LoadBalancerArns": []}]})
            )
        );
        let body = "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry>\
            <key>Owner</key><value>1</value></entry></Attributes></GetTopicAttributesResult>\
            </GetTopicAttributesResponse>";
        assert_eq!(
            read("GetTopicAttributes", 200, body, &hints::SNS),
            Ok(json!({"Attributes": {"Owner": "1"}}))
        );
        let body = "<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots><DBSnapshot>\
            <PercentProgress>100</PercentProgress><Encrypted>false</Encrypted><Endpoint/>\
            <PendingModifiedValues/></DBSnapshot></DBSnapshots>\
            </DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>";
        assert_eq!(
            read("DescribeDBSnapshots", 200, body, &hints::RDS),
            Ok(
                json!({"DBSnapshots": [{"PercentProgress": 100, "Encrypted": false,
                "Endpoint": "", "PendingModifiedValues": {}}]})
            )
        );
    }

    #[test]
    fn a_port_of_a_redirect_is_text() {
        let body = "<DescribeRulesResponse><DescribeRulesResult><Rules><member><Priority>1</Priority>\
            <Actions><member><RedirectConfig><Port>443</Port></RedirectConfig></member></Actions>\
            </member></Rules></DescribeRulesResult></DescribeRulesResponse>";
        assert_eq!(
            read("DescribeRules", 200, body, &hints::ELBV2),
            Ok(json!({"Rules": [{"Priority": "1",
                "Actions": [{"RedirectConfig": {"Port": "443"}}]}]}))
        );
    }

    #[test]
    fn errors_and_pages() {
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>TargetGroupNotFound</Code>\
            <Message>gone</Message></Error><RequestId>r</RequestId></ErrorResponse>";
        let fault = read("DescribeTargetHealth", 400, body, &hints::ELBV2).expect_err("an error");
        assert_eq!(
            (fault.code.as_str(), fault.message.as_str()),
            ("TargetGroupNotFound", "gone")
        );
        let fault = read(
            "DescribeTargetHealth",
            200,
            "<html><b>hi</b></html>",
            &hints::ELBV2,
        )
        .expect_err("a page");
        assert_eq!(
            (fault.code.as_str(), fault.retry),
            ("not_an_answer", Retry::InDoubt)
        );
    }
}
