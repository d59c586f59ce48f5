//! `secrets::` — whether secrets are there and have a value. Values never come out.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::primitives;
use super::args::{read, typed};
use super::secret_ref::{Found, Reference, look, name, shown};
use super::{Context, Declaration, Line, Primitive, Seen};
use crate::scrub::Kind;
use crate::vocabulary::{Effect, Fault, Stop};

mod deletion;

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all: Vec<Arc<dyn Primitive>> = vec![Arc::new(Status::new())];
    all.extend(primitives(deletion::all()));
    all
}

/// A secret.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Name or ARN of a secret of Secrets Manager, with `:json-key:version-stage:version-id` behind it if need
    /// be; or an SSM parameter, by its ARN or as `ssm:NAME`. (A task definition's `valueFrom` that is no ARN
    /// means a parameter: put `ssm:` before it.)
    secret: String,
}

/// `secrets::status`.
pub struct Status(Declaration);

impl Status {
    /// Declares it.
    pub fn new() -> Self {
        Status(Declaration {
            module: "secrets",
            name: "status",
            effect: Effect::Read,
            doc: "Tells whether a secret exists and has a value, without showing it: the value is fetched, looked at and dropped. A JSON key in the reference must be there and have a value too.",
            input: typed::<Args>(),
            positional: &["secret"],
            returns: "`#{ name, exists, has_value, problem }`; `problem` says in words what is wrong, or is `()`.",
            example: r#"let secret = secrets::status("arn:aws:secretsmanager:ap-south-1:123456789012:secret:catalog-db-connection");
print(secret.has_value);"#,
        })
    }
}

impl Primitive for Status {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        read::<Args>(&self.0.path(), input).map(|_| ())
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        Line {
            verb: "secret".into(),
            object: name(input["secret"].as_str().unwrap_or_default()),
            detail: "exists and has a value".into(),
            ..Line::default()
        }
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: Args = read(&self.0.path(), input)?;
        let name = name(&args.secret);
        let found = look(cx, &Reference::parse(&args.secret))?;
        if let (Found::Value(value), false) = (&found, cx.world.foretells()) {
            cx.secrets
                .learn(value.reveal(), &shown(&args.secret), Kind::Likely);
        }
        let (exists, problem) = match found {
            Found::Value(_) | Found::Binary => (true, None),
            Found::Problem { exists, problem } => (exists, Some(problem)),
        };
        Ok(
            json!({ "name": name, "exists": exists, "has_value": problem.is_none(), "problem": problem }),
        )
    }

    fn summary(&self, _: &Value, output: &Value) -> Option<String> {
        let said = output["problem"].as_str().unwrap_or("has a value");
        Some(format!("{} {said}", output["name"].as_str()?))
    }
}
