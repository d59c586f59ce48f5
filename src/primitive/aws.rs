//! `aws::call` — any other AWS API.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::api::secrets::refuse_secrets;
use super::api::{self, pages::send_all};
use super::args::{read, typed};
use super::elb::login::keeping_secrets;
use super::{Context, Declaration, Left, Line, LineKind, Primitive, Seen};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::{AwsCall, shape};

/// Any call of an AWS API.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
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
}

impl Args {
    fn call(self) -> AwsCall {
        let input = if self.input.is_null() {
            serde_json::json!({})
        } else {
            self.input
        };
        let input = match self.operation.as_str() {
            "ModifyRule" | "ModifyListener" if self.service == "elbv2" => keeping_secrets(&input),
            _ => input,
        };
        AwsCall {
            region: self.region,
            profile: self.profile,
            ..AwsCall::new(self.service, self.operation, input)
        }
    }
}

/// `aws::call`.
pub struct Call(Declaration);

impl Call {
    /// Declares it.
    pub fn new() -> Self {
        Call(Declaration {
            module: "aws",
            name: "call",
            // Until the operation is known.
            effect: Effect::Write,
            doc: "Calls any operation of application-autoscaling, cloudwatch, codedeploy, dynamodb, ecr, ecs, elbv2, events, kms, logs, rds, secretsmanager, servicediscovery, sns, sqs, ssm, stepfunctions or sts. Service, operation and the members of the input are checked before anything is planned or run; for other services run the AWS CLI with `process::run`. Operations named like reads (`Describe…`, `List…`, `Get…`) are reads; all others are writes, and if the answer of one is lost, a person is asked. Operations that return secrets, and inputs that hold one, are refused.",
            input: typed::<Args>(),
            positional: &["service", "operation", "input"],
            returns: "The API's own JSON; of a list every page, unless the input asks for one by its size or token.",
            example: r#"let found = aws::call("sts", "GetCallerIdentity", #{});
print(found.Account);"#,
        })
    }
}

impl Primitive for Call {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn effect(&self, input: &Value) -> Effect {
        read::<Args>("", input).map_or(Effect::Write, |args| args.call().effect())
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        let args: Args = read(&self.0.path(), input)?;
        refuse_secrets(&self.0.path(), &args.operation)?;
        let call = args.call();
        api::check(&self.0.path(), &call.service, &call.operation, &call.input)
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        Line {
            verb: text("operation"),
            object: text("service"),
            kind: match self.effect(input) {
                Effect::Write => LineKind::Changes,
                _ => LineKind::Looks,
            },
            ..Line::default()
        }
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: Args = read(&self.0.path(), input)?;
        send_all(cx, args.call())
    }

    fn refused(&self, fault: &Fault) -> bool {
        api::answered(fault)
    }

    fn strangers(&self, input: &Value, output: &Value) -> Vec<String> {
        let call = read::<Args>("", input).map(|args| args.call());
        call.map_or(Vec::new(), |call| {
            shape::strangers(&call.service, &call.operation, output)
        })
    }

    fn is_setting(&self) -> bool {
        // What is taken out of an answer must not be passed on as a setting; what programs have logged is none.
        true
    }

    fn leaves(&self, input: &Value, _: &Value) -> Option<Left> {
        Some(Left {
            text: format!(
                "{} {}",
                input["service"].as_str()?,
                input["operation"].as_str()?
            ),
            harmless: false,
            ..Left::default()
        })
    }
}
