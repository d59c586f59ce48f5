//! What AWS would be told, or would tell, that must stay a secret: what a script gives or gets is journalled.

use serde_json::Value;

use crate::vocabulary::{Fault, codes};

/// Operations that hand out secrets: their output must not reach a script.
const RETURNED: [&str; 28] = [
    "AssumeRoot",
    "GetDelegatedAccessToken",
    "GetWebIdentityToken",
    "GetRoleCredentials",
    "GetSecretValue",
    "BatchGetSecretValue",
    "GetParameter",
    "GetParameters",
    "GetParametersByPath",
    "GetParameterHistory",
    "GetAuthorizationToken",
    "GetSessionToken",
    "GetFederationToken",
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "GetRandomPassword",
    "Decrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateRandom",
    "DeriveSharedSecret",
    "CreateAccessKey",
    "CreateServiceSpecificCredential",
    "ResetServiceSpecificCredential",
    "GetClusterCredentials",
    "GetClusterCredentialsWithIAM",
    "GetCredentialsForIdentity",
];

/// Members of inputs that are secrets themselves.
const TAKEN: [&str; 12] = [
    "SecretString",
    "SecretBinary",
    "MasterUserPassword",
    "Password",
    "NewPassword",
    "OldPassword",
    "PreviousPassword",
    "ProposedPassword",
    "TemporaryPassword",
    "AuthToken",
    "SecretAccessKey",
    "ClientSecret",
];

/// Members of answers that are secrets themselves: what makes something may hand out its key.
const ANSWERED: [&str; 28] = [
    // Sessions: `ecs:ExecuteCommand`, `ssm:StartSession`, of Cognito, SSO, CodeArtifact and others.
    "tokenValue",
    "AccessToken",
    "RefreshToken",
    "IdToken",
    "BearerToken",
    "WebIdentityToken",
    "AuthorizationCode",
    "Password",
    "PasswordData",
    "ClientSecret",
    "ApiKey",
    "ApiKeyValue",
    "Base32StringSeed",
    "QRCodePNG",
    "GeneratedPassword",
    "TemporaryPassword",
    "SecretString",
    "SecretBinary",
    "SecretAccessKey",
    "SessionToken",
    "Plaintext",
    "KeyMaterial",
    "PrivateKey",
    "PrivateKeyPlaintext",
    "MasterUserPassword",
    "AuthToken",
    "authorizationToken",
    "ServicePassword",
];

/// Takes the secrets out of an answer: it is journalled, and a script gets it.
pub(in crate::primitive) fn hide(answer: &mut Value) {
    match answer {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(_) if ANSWERED.iter().any(|it| it.eq_ignore_ascii_case(name)) => {
                        *value = Value::from("(a secret)");
                    }
                    value => hide(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

/// Refuses an operation that hands out secrets.
///
/// # Errors
/// `secret_operation`.
pub(in crate::primitive) fn refuse_secrets(name: &str, operation: &str) -> Result<(), Fault> {
    let secret = |known: &&str| known.eq_ignore_ascii_case(operation);
    if !RETURNED.iter().any(secret) {
        return Ok(());
    }
    Err(Fault::new(
        codes::SECRET_OPERATION,
        format!(
            "{name} does not do {operation}: it returns secrets, and those must not reach a script"
        ),
    )
    .hint("to know whether a secret is there and has a value, use secrets::status"))
}

/// Refuses an input that holds a secret.
///
/// # Errors
/// `secret_input`.
pub(super) fn refuse_taken(name: &str, operation: &str, input: &Value) -> Result<(), Fault> {
    let Some(member) = secret_member(operation, input) else {
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

/// The member of an input that is a secret, if there is one.
fn secret_member(operation: &str, input: &Value) -> Option<String> {
    match input {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let known = |known: &&str| known.eq_ignore_ascii_case(name);
            let itself = TAKEN.iter().any(known) && !value.is_null();
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
            let refused = refuse_taken("aws::call", operation, &input).err();
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
        for operation in [
            "GetParameter",
            "assumerolewithwebidentity",
            "GenerateDataKey",
        ] {
            let fault = refuse_secrets("aws::call", operation).expect_err(operation);
            assert_eq!(fault.code, "secret_operation");
        }
        assert!(refuse_secrets("aws::call", "DescribeSecret").is_ok());
    }

    #[test]
    fn keys_that_are_handed_out_are_hidden() {
        let mut answer = json!({
            "KeyName": "deploy", "KeyMaterial": "-----BEGIN", "Keys": [{ "secretAccessKey": "x", "Arn": "a" }],
            "session": { "sessionId": "s", "tokenValue": "x" }, "nextToken": "n",
        });
        hide(&mut answer);
        let shown = "(a secret)";
        let kept = json!({
            "KeyName": "deploy", "KeyMaterial": shown, "Keys": [{ "secretAccessKey": shown, "Arn": "a" }],
            "session": { "sessionId": "s", "tokenValue": shown }, "nextToken": "n",
        });
        assert_eq!(answer, kept);
    }
}
