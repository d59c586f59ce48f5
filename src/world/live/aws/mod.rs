//! AWS over the network: [`AwsCall`] in, JSON out, one attempt a call.
//!
//! | service | how |
//! | --- | --- |
//! | `ecs` | its SDK crate; timestamps found by its schemas |
//! | `ecr`, `elbv2` | their SDK crates for what deployments use, the generic call for the rest |
//! | the others in `services` | one generic signed call |
//!
//! In all of them the body is the caller's own JSON: a field that AWS adds tomorrow passes through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::Value;
use tokio::sync::OnceCell;

use self::interceptor::{CallInterceptor, RawAnswer};
use self::services::{Protocol, Service};
use self::wire::TimestampDirection;
use super::engine::Engine;
use crate::scrub::Secrets;
use crate::sync::Lock;
use crate::vocabulary::{Effect, Fault, codes};
use crate::world::{AwsCall, shape};

mod connect;
mod credentials;
mod fault;
mod generic;
mod hints;
mod interceptor;
mod poll_batches;
mod query;
mod sdk;
mod services;
mod settings;
mod shared_reads;
mod timestamp_members;
mod wire;
mod xml;

/// AWS as the environment and the profile files configure it.
pub struct LiveAws {
    engine: Arc<Engine>,
    secrets: Arc<Secrets>,
    http: OnceLock<SharedHttpClient>,
    accounts: Mutex<HashMap<AccountKey, Arc<OnceCell<Account>>>>,
    shared_reads: shared_reads::SharedReads,
    batcher: poll_batches::PollBatcher,
}

/// Profile and region of a call; `None`: the configured ones.
type AccountKey = (Option<String>, Option<String>);

/// Everything for one profile and region, made on first use.
struct Account {
    config: SdkConfig,
    limit: Duration,
    ecs: OnceLock<aws_sdk_ecs::Client>,
    ecr: OnceLock<aws_sdk_ecr::Client>,
    elbv2: OnceLock<aws_sdk_elasticloadbalancingv2::Client>,
}

/// How a call is made, decided before anything is loaded.
enum Route {
    Ecs,
    Other(&'static Service),
}

impl LiveAws {
    /// Reads nothing yet: configuration is loaded with the first call, certificates with the first over TLS.
    pub(super) fn new(engine: Arc<Engine>, secrets: Arc<Secrets>) -> Self {
        LiveAws {
            engine,
            secrets,
            http: OnceLock::new(),
            accounts: Mutex::default(),
            shared_reads: shared_reads::SharedReads::default(),
            batcher: poll_batches::PollBatcher::default(),
        }
    }

    /// Makes one call, in one attempt. Threads that read the same at the same moment
    /// share one, and so do polls of different services or tasks of one cluster.
    ///
    /// # Errors
    /// AWS's own code as it came (`ClusterNotFoundException`), or `unknown_service`,
    /// `unknown_operation`, `no_region`, `no_credentials`, `credentials_expired`, `connection_failed`,
    /// `timed_out`, `tls_failed`, `not_an_answer`, `invalid_endpoint`, `invalid_setting`. [`Fault::retry`] says whether it may be tried again.
    pub fn call(&self, call: &AwsCall) -> Result<Value, Fault> {
        let route = route(call)?;
        if call.effect() == Effect::Read {
            let attempt = |call: &AwsCall| self.attempt(call, &route);
            self.shared_reads
                .read(call, || self.batcher.read(call, attempt))
        } else {
            let outcome = self.attempt(call, &route);
            self.shared_reads.wrote();
            outcome
        }
    }

    fn attempt(&self, call: &AwsCall, route: &Route) -> Result<Value, Fault> {
        let body = body(call, route);
        self.engine.run(async {
            let mut cell = self.account(call);
            let mut account = cell.get_or_try_init(|| self.load(call)).await?;
            // What is named by an ARN of another region is asked there.
            let there = at_home(call, account.config.region().map(AsRef::as_ref));
            if let Some(there) = &there {
                cell = self.account(there);
                account = cell.get_or_try_init(|| self.load(there)).await?;
            }
            let interceptor = CallInterceptor::new(body);
            let sent = account.send(call, route, interceptor.clone()).await;
            match (interceptor.answer(), sent) {
                (Some(answer), _) => output(call, route, &answer),
                (None, Err(error)) => {
                    let (address, limit) = (interceptor.address(), account.limit);
                    Err(fault::unanswered(call, &error, address, limit))
                }
                // No interceptor saw the answer that the SDK takes for one.
                (None, Ok(())) => Err(fault::not_an_answer(call, &RawAnswer::default())),
            }
        })?
    }

    fn account(&self, call: &AwsCall) -> Arc<OnceCell<Account>> {
        let whose = (call.profile.clone(), call.region.clone());
        let mut accounts = self.accounts.locked();
        Arc::clone(accounts.entry(whose).or_default())
    }

    async fn load(&self, call: &AwsCall) -> Result<Account, Fault> {
        let http = self.http.get_or_init(connect::http_client).clone();
        let (profile, region) = (call.profile.as_deref(), call.region.as_deref());
        let config = settings::load(profile, region, http).await?;
        let config = credentials::known_to(&self.secrets, config);
        let timeouts = config.timeout_config();
        let limit = timeouts.and_then(|timeouts| timeouts.operation_attempt_timeout());
        Ok(Account {
            limit: limit.unwrap_or_default(),
            config,
            ecs: OnceLock::new(),
            ecr: OnceLock::new(),
            elbv2: OnceLock::new(),
        })
    }
}

impl Account {
    async fn send(&self, call: &AwsCall, route: &Route, interceptor: CallInterceptor) -> sdk::Sent {
        let (config, operation) = (&self.config, call.operation.as_str());
        let through_sdk = match call.service.as_str() {
            "ecs" => {
                let client = self.ecs.get_or_init(|| aws_sdk_ecs::Client::new(config));
                sdk::ecs(client, operation, interceptor.clone())
            }
            "ecr" => {
                let client = self.ecr.get_or_init(|| aws_sdk_ecr::Client::new(config));
                sdk::ecr(client, operation, interceptor.clone())
            }
            "elbv2" => {
                let new = || aws_sdk_elasticloadbalancingv2::Client::new(config);
                sdk::elbv2(self.elbv2.get_or_init(new), operation, interceptor.clone())
            }
            _ => None,
        };
        match (through_sdk, route) {
            (Some(sending), _) => sending.await,
            (None, Route::Other(service)) => {
                generic::send(config, service, operation, interceptor).await
            }
            // `route` has looked the operation up in the same table.
            (None, Route::Ecs) => Ok(()),
        }
    }
}

/// The call made in the region of what it names; `None`: that is the configured one, or the call says where.
fn at_home(call: &AwsCall, configured: Option<&str>) -> Option<AwsCall> {
    let region = call.home().filter(|home| Some(*home) != configured)?;
    call.region.is_none().then(|| AwsCall {
        region: Some(region.to_owned()),
        ..call.clone()
    })
}

fn route(call: &AwsCall) -> Result<Route, Fault> {
    let (service, operation) = (call.service.as_str(), call.operation.as_str());
    let route = match (service, services::find(service)) {
        ("ecs", _) => Some(Route::Ecs),
        (_, Some(service)) => Some(Route::Other(service)),
        (_, None) => None,
    };
    let is_operation = shape::operations(service).binary_search(&operation).is_ok();
    let known = route.filter(|_| is_operation);
    known.ok_or_else(|| {
        let code = match shape::is_service(service) {
            true => codes::UNKNOWN_OPERATION,
            false => "unknown_service",
        };
        let problem = shape::check(service, operation, &Value::Null).err();
        let problem = problem.and_then(|problems| problems.into_iter().next());
        match problem {
            Some(problem) => {
                let meant = problem
                    .suggestion
                    .map(|name| format!("did you mean {name}?"));
                let hint = meant.unwrap_or(format!("expected: {}", problem.expected));
                Fault::new(code, problem.message).hint(hint)
            }
            None => Fault::new(code, format!("{service} {operation} cannot be called")),
        }
    })
}

/// The body of a call as the service's protocol writes it.
fn body(call: &AwsCall, route: &Route) -> String {
    let mut input = match &call.input {
        Value::Null => Value::Object(serde_json::Map::new()),
        input => input.clone(),
    };
    wire::without_nulls(&mut input);
    match route {
        Route::Ecs => {
            let found = shape::timestamps_in(&call.service, &call.operation, &input);
            wire::turn_at(&mut input, &found, TimestampDirection::In);
            input.to_string()
        }
        Route::Other(service) => match service.protocol {
            Protocol::Json { timestamps, .. } => {
                wire::turn_named(&mut input, timestamps, TimestampDirection::In);
                input.to_string()
            }
            Protocol::Query { version, hints } => {
                query::form(&call.operation, version, &input, hints)
            }
        },
    }
}

/// What an answer says, in the shape that the AWS CLI prints.
fn output(call: &AwsCall, route: &Route, answer: &RawAnswer) -> Result<Value, Fault> {
    match route {
        Route::Ecs => {
            let mut output = wire::json(call, answer)?;
            wire::without_nulls(&mut output);
            let found = shape::timestamps_out(&call.service, &call.operation, &output);
            wire::turn_at(&mut output, &found, TimestampDirection::Out);
            Ok(output)
        }
        Route::Other(service) => match service.protocol {
            Protocol::Json { timestamps, .. } => {
                let mut output = wire::json(call, answer)?;
                wire::without_nulls(&mut output);
                wire::turn_named(&mut output, timestamps, TimestampDirection::Out);
                Ok(output)
            }
            Protocol::Query { hints, .. } => query::json(call, answer, hints),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(service: &str, operation: &str) -> Fault {
        let call = AwsCall::new(service, operation, json!({}));
        LiveAws::new(Arc::default(), Arc::default())
            .call(&call)
            .expect_err("should be refused")
    }

    #[test]
    fn unknown_names_are_refused_before_anything_is_loaded() {
        let fault = refused("ecs", "DescribeService");
        assert_eq!(fault.code, "unknown_operation");
        assert_eq!(
            fault.hint.as_deref(),
            Some("did you mean DescribeServices?")
        );
        let fault = refused("sqs", "SendMesage");
        assert_eq!(fault.code, "unknown_operation");
        assert_eq!(fault.hint.as_deref(), Some("did you mean SendMessage?"));
        let fault = refused("secretmanager", "GetSecretValue");
        assert_eq!(fault.code, "unknown_service");
        assert_eq!(fault.hint.as_deref(), Some("did you mean secretsmanager?"));
    }

    #[test]
    fn every_service_that_can_be_called_is_one_of_aws() {
        for name in services::names().chain(["ecs"]) {
            assert!(shape::is_service(name), "{name}");
        }
    }

    #[test]
    fn a_call_goes_to_the_region_of_what_it_names() {
        let secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3";
        let call = AwsCall::new(
            "secretsmanager",
            "GetSecretValue",
            json!({ "SecretId": secret }),
        );
        let there = at_home(&call, Some("ap-south-1")).and_then(|call| call.region);
        assert_eq!(there.as_deref(), Some("us-east-1"));
        assert_eq!(at_home(&call, Some("us-east-1")), None);
        let said = AwsCall {
            region: Some("eu-west-1".into()),
            ..call
        };
        assert_eq!(at_home(&said, Some("ap-south-1")), None);
    }

    #[test]
    fn ecs_timestamps_turn_where_the_schema_has_them() {
        let answer = RawAnswer {
            status: 200,
            error_type: None,
            request_id: None,
            body: br#"{"services":[{"createdAt":1795192200.25,"runningCount":2,"new":{"at":1}}]}"#
                .to_vec(),
        };
        let call = AwsCall::new("ecs", "DescribeServices", json!({}));
        assert_eq!(
            output(&call, &Route::Ecs, &answer),
            Ok(
                json!({"services": [{"createdAt": "2026-11-20T16:30:00.25Z", "runningCount": 2,
                "new": {"at": 1}}]})
            )
        );
    }
}
