//! `aws::call` — any other AWS API.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Place, call_of, in_doubt};
use crate::primitive::api::{self, pages::send_all};
use crate::primitive::{
    Call, Context, Declaration, Line, LineKind, Reconciled, Residue, ResourceCache, Verb,
};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::AwsCall;

/// Any call of an AWS API.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnyCall {
    /// Service in the AWS CLI's spelling: `sqs`, `application-autoscaling`.
    service: String,
    /// Operation in the API's spelling: `GetQueueAttributes`.
    operation: String,
    /// The API's own JSON. Default: an empty map.
    #[serde(default)]
    input: Value,
    /// Region, where it is not the configured one.
    #[serde(default)]
    region: Option<String>,
    /// Named profile, where it is not the configured one.
    #[serde(default)]
    profile: Option<String>,
    /// Whether a write does no harm if it is made twice: then it is made again if its answer was lost.
    #[serde(default)]
    repeatable: bool,
}

impl AnyCall {
    fn call(&self) -> AwsCall {
        let place = Place {
            region: &self.region,
            profile: &self.profile,
        };
        call_of(&self.service, &self.operation, &self.input, place)
    }

    /// The service, and what the call acts upon as people call it: `lambda orders live`.
    fn object(&self) -> String {
        let call = self.call();
        let subject = in_doubt::subject(&call).into_iter();
        let names = subject.filter(|(member, _)| in_doubt::is_name(member));
        let names = names.map(|(_, text)| api::name_of(&text.into()));
        let words: Vec<String> = [self.service.clone()].into_iter().chain(names).collect();
        words.join(" ")
    }
}

impl Verb for AnyCall {
    const DECLARATION: Declaration = Declaration {
        module: "aws",
        name: "call",
        // Until the operation is known.
        effect: Effect::Write,
        doc: "Calls any operation of any AWS service; `deployer reference services` lists them. Service, operation and the members of the input are checked against AWS's own models before anything is planned or run. Operations that take a stream of events, a bearer token or a signature for several regions cannot be called. Operations that only read by AWS's documentation (`Describe…`, `List…`, `Get…` and others) are reads; all others are writes, and if the answer of one is lost and no read shows whether it happened, a person is asked, unless it is `repeatable`. Operations that return secrets, and inputs that hold one, are refused.",
        positional: &["service", "operation", "input"],
        returns: "The API's own JSON; of a list every page, unless the input asks for one by its size or token.",
        example: r#"let found = aws::call("sts", "GetCallerIdentity", #{});
print(found.Account);"#,
    };
}

impl Call for AnyCall {
    fn effect(&self, _: Effect) -> Effect {
        AwsCall::new(&self.service, &self.operation, Value::Null).effect()
    }

    fn check(&self) -> Result<(), Fault> {
        let call = self.call();
        api::check(
            &Self::DECLARATION.path(),
            &call.service,
            &call.operation,
            &call.input,
        )
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: self.operation.clone(),
            object: self.object(),
            kind: match self.effect(Effect::Write) {
                Effect::Write => LineKind::Changes,
                _ => LineKind::Looks,
            },
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        send_all(cx, api::with_tokens(cx, self.call()))
    }

    fn proves_refusal(&self, fault: &Fault) -> bool {
        api::answered(fault)
    }

    fn unknown_names(&self, output: &Value) -> Vec<String> {
        api::unknown_names(&self.service, &self.operation, output)
    }

    fn returns_settings(&self) -> bool {
        // What is taken out of an answer must not be passed on as a setting; what programs have logged is none.
        true
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        match in_doubt::reconcile(&self.call(), cx)? {
            Reconciled::Unknown if self.repeatable => Ok(Reconciled::repeated()),
            found => Ok(found),
        }
    }

    /// A write is only another one like it if it is the same operation on the same objects.
    fn acts_upon(&self) -> Option<String> {
        let call = self.call();
        let subject = in_doubt::subject(&call).into_iter();
        let mut words = vec![call.service.as_str(), call.operation.as_str()];
        words.extend(subject.map(|(_, text)| text));
        Some(words.join(" "))
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("{} {}", self.operation, self.object()),
            harmless: in_doubt::is_harmless(&self.service, &self.operation),
            ..Residue::default()
        })
    }
}
