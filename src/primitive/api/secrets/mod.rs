//! What AWS would be told, or would tell, that must stay a secret: what a script gives or gets is journalled.

use serde_json::Value;

use crate::primitive::Context;
use crate::scrub::Kind;
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;
use crate::world::apis::aws::effects;

mod marked;
mod names;

use names::{is_answered, is_taken};

/// What stands where a secret was.
const HIDDEN: &str = "(a secret)";

/// Takes the secrets out of an answer, which is journalled and given to a script. The run learns them: what it is told
/// later is searched for them.
///
/// Secrets are members whose name says so in any service, members that the service's model marks as sensitive and whose
/// name says so, and what signs an address.
pub(in crate::primitive) fn hide(cx: &Context<'_>, call: &AwsCall, answer: &mut Value) {
    let mut found = Vec::new();
    marked::take(call, answer, &mut found);
    named(answer, &mut found);
    for value in found {
        let shown = format!("a secret of {} {}", call.service, call.operation);
        cx.secrets.learn(&value, &shown, Kind::Sure);
    }
}

/// Takes out what is a secret by its name, in any service, and what signs addresses.
fn named(answer: &mut Value, found: &mut Vec<String>) {
    match answer {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if is_answered(name) => take(text, found),
                    value => named(value, found),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| named(item, found)),
        Value::String(text) => unsign(text, found),
        _ => {}
    }
}

/// Takes a secret out. What AWS itself has masked, and the ARN of a secret, are none.
fn take(text: &mut String, found: &mut Vec<String>) {
    let is_masked = text.chars().all(|c| c == '*');
    if is_masked || text == HIDDEN || text.starts_with("arn:") {
        return;
    }
    found.push(std::mem::replace(text, HIDDEN.to_owned()));
}

/// Takes out of an address what signs it: who has it reads or writes what it stands for.
fn unsign(text: &mut String, found: &mut Vec<String>) {
    // Amazon S3 User Guide, "Download and upload objects with presigned URLs"; Amazon CloudFront Developer Guide, "Use
    // signed URLs".
    const SIGNS: [&str; 3] = ["X-Amz-Signature=", "Signature=", "X-Amz-Security-Token="];
    let Some((address, query)) = text.split_once('?') else {
        return;
    };
    let is_address = address.starts_with("https://") && !address.contains(char::is_whitespace);
    if !is_address || !SIGNS.iter().any(|sign| query.contains(sign)) {
        return;
    }
    let parts = query
        .split('&')
        .filter(|part| SIGNS.iter().any(|sign| part.starts_with(sign)));
    found.extend(parts.filter_map(|part| Some(part.split_once('=')?.1.to_owned())));
    *text = format!("{address}?{HIDDEN}");
}

/// Refuses an operation that hands out secrets.
///
/// # Errors
/// `secret_operation`.
pub(super) fn refuse_secrets(name: &str, service: &str, operation: &str) -> Result<(), Fault> {
    if !effects::hands_out_secrets(service, operation) {
        return Ok(());
    }
    let hint = match service {
        "secretsmanager" | "ssm" => {
            "to know whether a secret is there and has a value, use secrets::status"
        }
        "sts" => "for another role, name a `profile` that assumes it",
        _ => "let a program that needs it call AWS itself, with process::run",
    };
    Err(Fault::new(
        codes::SECRET_OPERATION,
        format!(
            "{name} does not do {operation}: it returns secrets, and those must not reach a script"
        ),
    )
    .hint(hint))
}

/// Refuses an input that holds a secret.
///
/// # Errors
/// `secret_input`.
pub(super) fn refuse_taken(
    name: &str,
    service: &str,
    operation: &str,
    input: &Value,
) -> Result<(), Fault> {
    let found = secret_member(operation, input);
    let Some(member) = found.or_else(|| marked::given(service, operation, input)) else {
        return Ok(());
    };
    Err(Fault::new(
        codes::SECRET_INPUT,
        format!(
            "{name} does not take `{member}` of {operation}: what a script gives is journalled"
        ),
    )
    .hint("let a process put the value there, with secret_env, or a person"))
}

/// The member of an input that is a secret in any service, if there is one.
fn secret_member(operation: &str, input: &Value) -> Option<String> {
    match input {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let itself = is_taken(name) && !value.is_null();
            // Without a type, the parameter keeps the one that it has.
            let plain = ["String", "StringList"];
            let secure = operation.eq_ignore_ascii_case("PutParameter")
                && name == "Value"
                && !plain
                    .iter()
                    .any(|kind| members.get("Type") == Some(&Value::from(*kind)));
            match itself || secure {
                true => Some(name.clone()),
                false => secret_member(operation, value),
            }
        }),
        Value::Array(items) => items.iter().find_map(|item| secret_member(operation, item)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_neither_taken_nor_returned() {
        let taken = |operation: &str, input: Value| {
            let refused = refuse_taken("aws::call", "secretsmanager", operation, &input).err();
            refused.map(|fault| fault.code)
        };
        let refused = Some("secret_input".to_owned());
        let created = json!({ "Name": "db", "SecretString": "hunter2" });
        assert_eq!(taken("CreateSecret", created), refused);
        let put = |kind: Value| json!({ "Name": "/db", "Value": "hunter2", "Type": kind });
        assert_eq!(taken("PutParameter", put(json!("SecureString"))), refused);
        assert_eq!(taken("PutParameter", put(Value::Null)), refused);
        assert_eq!(taken("PutParameter", put(json!("String"))), None);
        let nested = json!({ "Users": [{ "Password": "hunter2" }] });
        assert_eq!(taken("CreateBroker", nested), refused);
        assert_eq!(taken("CreateSecret", json!({ "Name": "db" })), None);
        for (service, operation) in [
            ("ssm", "GetParameter"),
            ("sts", "assumerolewithwebidentity"),
            ("kms", "GenerateDataKey"),
        ] {
            let fault = refuse_secrets("aws::call", service, operation).expect_err(operation);
            assert_eq!(fault.code, "secret_operation");
        }
        assert!(refuse_secrets("aws::call", "secretsmanager", "DescribeSecret").is_ok());
    }

    #[test]
    fn keys_that_are_handed_out_are_hidden() {
        let mut answer = json!({
            "KeyName": "deploy", "KeyMaterial": "-----BEGIN", "Keys": [{ "secretAccessKey": "x", "Arn": "a" }],
            "session": { "sessionId": "s", "tokenValue": "x" }, "nextToken": "n", "MasterUserPassword": "****",
        });
        let mut found = Vec::new();
        named(&mut answer, &mut found);
        let kept = json!({
            "KeyName": "deploy", "KeyMaterial": HIDDEN, "Keys": [{ "secretAccessKey": HIDDEN, "Arn": "a" }],
            "session": { "sessionId": "s", "tokenValue": HIDDEN }, "nextToken": "n", "MasterUserPassword": "****",
        });
        assert_eq!(answer, kept);
        assert_eq!(found, ["-----BEGIN", "x", "x"]);
    }

    #[test]
    fn an_address_loses_what_signs_it() {
        let mut answer = json!({ "Code": {
            "Location": "https://bucket.s3.amazonaws.com/code?versionId=1&X-Amz-Signature=5f00c0ffee&X-Amz-Expires=600",
            "Plain": "https://example.com/?Signatures=2", "Text": "see https://a.b/?X-Amz-Signature=1",
        } });
        let mut found = Vec::new();
        named(&mut answer, &mut found);
        let code = &answer["Code"];
        assert_eq!(
            code["Location"],
            "https://bucket.s3.amazonaws.com/code?(a secret)"
        );
        assert_eq!(code["Plain"], "https://example.com/?Signatures=2");
        assert_eq!(code["Text"], "see https://a.b/?X-Amz-Signature=1");
        assert_eq!(found, ["5f00c0ffee"]);
    }
}
