//! References to secrets: a script names them, and a value exists only inside the call that needs it.
//!
//! A value is fetched through the world at the moment of performing, handed to the process or the request,
//! and dropped. The journal keeps the reference; a resumed run fetches again.

use std::fmt;

use serde_json::{Value, json};

use super::Context;
use super::api::send;
use crate::scrub::{Kind, Scrub};
use crate::text::arn::{Arn, secret_and_parts};
use crate::vocabulary::{Fault, Stop, codes};
use crate::world::AwsCall;

/// Code of the fault for a secret that is not there or has no value.
pub const SECRET_NOT_READY: &str = codes::SECRET_NOT_READY;

/// A reference to a secret value, as scripts write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// A secret of Secrets Manager, or a part of it.
    Secret {
        /// Name or ARN of the secret.
        id: String,
        /// Member of the JSON that it holds.
        key: Option<String>,
        stage: Option<String>,
        version: Option<String>,
    },
    /// A parameter of the SSM Parameter Store.
    Parameter {
        /// Name or ARN of the parameter.
        name: String,
    },
}

/// A value that cannot be shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SecretText(String);

impl SecretText {
    /// Takes a value out of sight.
    pub fn new(value: impl Into<String>) -> SecretText {
        SecretText(value.into())
    }

    /// The value, for whom it is meant.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// Result of a lookup of a secret.
pub(super) enum SecretLookup {
    /// The value, as text.
    Value(SecretText),
    /// It has a value, but no text.
    Binary,
    /// Why it cannot be used, in words.
    Problem {
        /// Whether the secret itself exists.
        exists: bool,
        /// The problem, to put behind the secret's name: `has no value`.
        problem: String,
    },
}

impl Reference {
    /// A name or ARN of Secrets Manager, `:json-key:stage:version` behind it if need be; or an SSM parameter, by
    /// its ARN or as `ssm:NAME`.
    pub fn parse(text: &str) -> Reference {
        let parameter = |name: &str| Reference::Parameter {
            name: name.to_owned(),
        };
        if let Some(name) = text.strip_prefix("ssm:") {
            return parameter(name);
        }
        if Arn::parse(text).is_some_and(|arn| arn.service == "ssm") {
            return parameter(text);
        }
        let (id, parts) = secret_and_parts(text);
        let [key, stage, version] = parts.map(|part| part.map(str::to_owned));
        Reference::Secret {
            id: id.to_owned(),
            key,
            stage,
            version,
        }
    }

    /// The call that hands out the value.
    fn call(&self) -> AwsCall {
        match self {
            Reference::Secret {
                id, stage, version, ..
            } => {
                let mut input = json!({ "SecretId": id });
                if let Some(stage) = stage {
                    input["VersionStage"] = json!(stage);
                }
                if let Some(version) = version {
                    input["VersionId"] = json!(version);
                }
                AwsCall::new("secretsmanager", "GetSecretValue", input)
            }
            Reference::Parameter { name } => {
                let input = json!({ "Name": name, "WithDecryption": true });
                AwsCall::new("ssm", "GetParameter", input)
            }
        }
    }

    fn key(&self) -> Option<&str> {
        match self {
            Reference::Secret { key, .. } => key.as_deref(),
            Reference::Parameter { .. } => None,
        }
    }
}

/// Looks at a secret.
///
/// # Errors
/// What AWS answers when it is asked and neither finds nor misses it.
pub(super) fn look(cx: &Context<'_>, reference: &Reference) -> Result<SecretLookup, Stop> {
    let missing = |exists: bool, problem: &str| {
        let problem = problem.to_owned();
        Ok(SecretLookup::Problem { exists, problem })
    };
    match send(cx, &reference.call()) {
        Ok(output) => Ok(value(&output, reference.key())),
        Err(Stop::Fault(f))
            if matches!(
                f.code.as_str(),
                "ResourceNotFoundException" | "ParameterNotFound"
            ) =>
        {
            // Secrets Manager uses one code for a missing secret and for one without any value.
            match f.message.contains("staging label") || f.message.contains("VersionStage") {
                true => missing(true, "has no value"),
                false => missing(false, "does not exist"),
            }
        }
        Err(Stop::Fault(f))
            if f.code == "InvalidRequestException" && f.message.contains("delet") =>
        {
            missing(true, "is marked for deletion")
        }
        Err(stop) => Err(stop),
    }
}

/// The value in an answer, or what is wrong with it.
fn value(output: &Value, key: Option<&str>) -> SecretLookup {
    let text = output["SecretString"]
        .as_str()
        .or(output["Parameter"]["Value"].as_str());
    let binary = output["SecretBinary"]
        .as_str()
        .is_some_and(|b| !b.is_empty());
    let wrong = |problem: String| SecretLookup::Problem {
        exists: true,
        problem,
    };
    let text = match text {
        Some(text) if !text.trim().is_empty() => text,
        _ if binary && key.is_none() => return SecretLookup::Binary,
        _ => return wrong("has no value".into()),
    };
    let Some(key) = key else {
        return SecretLookup::Value(SecretText::new(text));
    };
    let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text) else {
        return wrong(format!("is not JSON, and its key {key} is asked for"));
    };
    match members.get(key) {
        None | Some(Value::Null) => wrong(format!("has no key {key}")),
        Some(Value::String(value)) if value.is_empty() => {
            wrong(format!("has no value under its key {key}"))
        }
        Some(Value::String(value)) => SecretLookup::Value(SecretText::new(value)),
        Some(other) => SecretLookup::Value(SecretText::new(other.to_string())),
    }
}

/// Fetches the value that `text` refers to, and has `scrub` know it.
///
/// # Errors
/// `secret_not_ready`; what AWS answers.
pub(super) fn fetch(cx: &Context<'_>, text: &str, scrub: &mut Scrub) -> Result<SecretText, Stop> {
    let reference = Reference::parse(text);
    let shown = shown(text);
    let problem = match look(cx, &reference)? {
        SecretLookup::Value(value) => {
            scrub.learn(value.reveal(), &shown);
            cx.secrets.learn(value.reveal(), &shown, Kind::Sure);
            return Ok(value);
        }
        SecretLookup::Binary => "is binary, and a text is needed".to_owned(),
        SecretLookup::Problem { problem, .. } => problem,
    };
    Err(not_ready(&shown, &problem).into())
}

/// The value in a plan, where nothing is fetched: what it is shown as.
///
/// # Errors
/// `secret_not_ready`, where its description says that there is none.
pub(super) fn predict(cx: &Context<'_>, text: &str) -> Result<SecretText, Stop> {
    let shown = shown(text);
    present(cx, &Reference::parse(text), &shown)?;
    Ok(SecretText::new(shown))
}

/// Has the run know what a reference stands for, if it can be fetched: a resumed run does not know what it knew.
///
/// # Errors
/// The halt that stopped it.
pub fn relearn(cx: &Context<'_>, text: &str) -> Result<(), Stop> {
    match look(cx, &Reference::parse(text)) {
        Ok(SecretLookup::Value(value)) => {
            cx.secrets.learn(value.reveal(), &shown(text), Kind::Sure)
        }
        Ok(_) | Err(Stop::Fault(_)) => {}
        Err(halt) => return Err(halt),
    }
    Ok(())
}

/// Demands what can be demanded without fetching: a secret of Secrets Manager is there. Whoever may not see
/// that takes it for granted.
fn present(cx: &Context<'_>, reference: &Reference, shown: &str) -> Result<(), Stop> {
    let Reference::Secret { id, .. } = reference else {
        return Ok(());
    };
    let call = AwsCall::new(
        "secretsmanager",
        "DescribeSecret",
        json!({ "SecretId": id }),
    );
    let problem = match send(cx, &call) {
        Ok(output) if output["DeletedDate"].is_null() => return Ok(()),
        Ok(_) => "is marked for deletion",
        Err(Stop::Fault(f)) if f.code == "ResourceNotFoundException" => "does not exist",
        Err(Stop::Fault(_)) => return Ok(()),
        Err(halt) => return Err(halt),
    };
    Err(not_ready(shown, problem).into())
}

fn not_ready(shown: &str, problem: &str) -> Fault {
    Fault::new(SECRET_NOT_READY, format!("{shown} {problem}"))
        .hint("it is fetched when the call is made: put a value into it, or correct the reference")
        .details(json!({ "secret": shown, "problem": problem }))
}

/// How a value is shown: `secret catalog-db`.
pub(super) fn shown(reference: &str) -> String {
    let key = match Reference::parse(reference) {
        Reference::Secret { key: Some(key), .. } => format!(" {key}"),
        _ => String::new(),
    };
    format!("secret {}{key}", name(reference))
}

/// The name in a reference, without account and region.
pub(super) fn name(reference: &str) -> String {
    match Reference::parse(reference) {
        Reference::Secret { id: name, .. } | Reference::Parameter { name } => {
            Arn::parse(&name).map_or(&*name, Arn::name).to_owned()
        }
    }
}

/// Demands that a reference is one.
///
/// # Errors
/// What is wrong with it, for `invalid_input`.
pub(super) fn check(text: &str) -> Result<(), String> {
    let arn = text.starts_with("arn:");
    let known = Arn::parse(text).is_some_and(|a| matches!(a.service, "secretsmanager" | "ssm"));
    if text.trim().is_empty() || text.contains(char::is_whitespace) {
        return Err("expected the name or ARN of a secret, not a value".into());
    }
    if arn && !known {
        return Err("expected the ARN of a secret or of an SSM parameter".into());
    }
    let colons = text.matches(':').count();
    if !arn && (text.contains("://") || colons > 3 || text.starts_with(':')) {
        return Err("expected the name or ARN of a secret, not a value".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";

    fn secret(id: &str, key: Option<&str>) -> Reference {
        Reference::Secret {
            id: id.to_owned(),
            key: key.map(str::to_owned),
            stage: None,
            version: None,
        }
    }

    #[test]
    fn references_are_taken_apart() {
        assert_eq!(Reference::parse("db/prod"), secret("db/prod", None));
        assert_eq!(Reference::parse("db:url"), secret("db", Some("url")));
        assert_eq!(Reference::parse(ARN), secret(ARN, None));
        let keyed = format!("{ARN}:url::");
        assert_eq!(Reference::parse(&keyed), secret(ARN, Some("url")));
        assert_eq!(shown(&keyed), "secret db-AbCdEf url");
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/app/token";
        for (text, name) in [(arn, arn), ("ssm:/app/token", "/app/token")] {
            let name = name.to_owned();
            assert_eq!(Reference::parse(text), Reference::Parameter { name });
            assert_eq!(shown(text), "secret /app/token");
        }
    }

    #[test]
    fn a_value_is_no_reference() {
        for value in ["", "postgres://a:b@c/d", "two words", "arn:aws:s3:::bucket"] {
            assert!(check(value).is_err(), "{value}");
        }
        for reference in [ARN, "db/prod", "db:url", "arn:aws:ssm:r:1:parameter/x"] {
            assert_eq!(check(reference), Ok(()), "{reference}");
        }
    }

    #[test]
    fn values_are_judged_and_never_shown() {
        let said = |output: &Value, key| match value(output, key) {
            SecretLookup::Value(value) => format!("{value:?}"),
            SecretLookup::Binary => "binary".to_owned(),
            SecretLookup::Problem { problem, .. } => problem,
        };
        let plain = |text: &str| json!({ "SecretString": text });
        assert_eq!(said(&plain("hunter2"), None), "Hidden(…)");
        assert_eq!(said(&plain("  "), None), "has no value");
        assert_eq!(said(&plain(r#"{"url":"x"}"#), Some("url")), "Hidden(…)");
        for (text, key) in [
            (r#"{"url":""}"#, "url"),
            (r#"{"a":"hunter2"}"#, "url"),
            ("hunter2", "url"),
        ] {
            let said = said(&plain(text), Some(key));
            assert!(said.contains("url") && !said.contains("hunter2"), "{said}");
        }
        assert_eq!(said(&json!({ "SecretBinary": "aGk=" }), None), "binary");
    }
}
