//! `secrets::` — whether secrets are there and have a value. Values never come out.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::primitives;
use super::secret_ref::{Reference, SecretLookup, look, name, shown};
use super::{Call, Context, Declaration, Line, Primitive, ResourceCache, Verb, verb};
use crate::scrub::Kind;
use crate::vocabulary::{Effect, Stop};

mod deletion;

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all = vec![verb::<Status>()];
    all.extend(primitives(deletion::all()));
    all
}

/// Arguments of `secrets::status`: the secret that is looked at.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// Name or ARN of a secret of Secrets Manager, with `:json-key:version-stage:version-id` behind it if need
    /// be; or an SSM parameter, by its ARN or as `ssm:NAME`. (A task definition's `valueFrom` that is not an ARN
    /// means a parameter: put `ssm:` before it.)
    secret: String,
}

impl Verb for Status {
    const DECLARATION: Declaration = Declaration {
        module: "secrets",
        name: "status",
        effect: Effect::Read,
        doc: "Tells whether a secret exists and has a value, without showing it: the value is fetched, checked and forgotten. A JSON key in the reference must exist and have a value too.",
        positional: &["secret"],
        returns: "`#{ name, exists, has_value, problem }`; `problem` says in words what is wrong, or is `()`.",
        example: r#"let secret = secrets::status("arn:aws:secretsmanager:ap-south-1:123456789012:secret:catalog-db-connection");
print(secret.has_value);"#,
    };
}

impl Call for Status {
    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "secret".into(),
            object: name(&self.secret),
            detail: "exists and has a value".into(),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let found = look(cx, &Reference::parse(&self.secret))?;
        if let SecretLookup::Value(value) = &found {
            cx.secrets
                .learn(value.reveal(), &shown(&self.secret), Kind::Likely);
        }
        Ok(status(&self.secret, found))
    }

    /// Looks at the live secret, and forgets its value at once.
    fn predict(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        let found = look(cx, &Reference::parse(&self.secret))?;
        Ok(status(&self.secret, found))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        let said = output["problem"].as_str().unwrap_or("has a value");
        Some(format!("{} {said}", output["name"].as_str()?))
    }
}

fn status(secret: &str, found: SecretLookup) -> Value {
    let (exists, problem) = match found {
        SecretLookup::Value(_) | SecretLookup::Binary => (true, None),
        SecretLookup::Problem { exists, problem } => (exists, Some(problem)),
    };
    json!({
        "name": name(secret),
        "exists": exists,
        "has_value": problem.is_none(),
        "problem": problem,
    })
}
