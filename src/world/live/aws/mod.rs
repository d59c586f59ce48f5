//! AWS over the network: [`AwsCall`] in, JSON out, one attempt a call.
//!
//! Every operation of every service is written and read by its model ([`apis::aws`](crate::world::apis::aws)). What
//! deployments use of ECS, ECR and Elastic Load Balancing is sent by their SDK crates, everything else by the generic call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::Value;
use tokio::sync::OnceCell;

use self::endpoint_resolver::RuleSetResolver;
use self::interceptor::CallInterceptor;
use self::route::{Route, Written};
use super::engine::Engine;
use crate::scrub::Secrets;
use crate::sync::Lock;
use crate::vocabulary::{Effect, Fault};
use crate::world::AwsCall;
use crate::world::apis::aws::answer::{self, Answer, Failure};
use crate::world::apis::aws::{checksum, request};

mod bucket_regions;
mod connect;
mod credentials;
mod endpoint_resolver;
mod fault;
mod generic;
mod interceptor;
mod poll_batches;
mod presigned;
mod route;
mod sdk;
mod settings;
mod shared_reads;

/// AWS as the environment and the profile files configure it.
pub struct LiveAws {
    engine: Arc<Engine>,
    secrets: Arc<Secrets>,
    http: OnceLock<SharedHttpClient>,
    accounts: Mutex<HashMap<AccountKey, Arc<OnceCell<Account>>>>,
    bucket_regions: bucket_regions::BucketRegions,
    shared_reads: shared_reads::SharedReads,
    batcher: poll_batches::PollBatcher,
}

/// From how many bytes on a request is compressed, where the configuration does not say it (AWS SDKs and Tools Reference Guide,
/// "Request compression").
const COMPRESSED: u32 = 10_240;

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

impl LiveAws {
    /// Reads nothing yet: configuration is loaded with the first call, certificates with the first over TLS.
    pub(super) fn new(engine: Arc<Engine>, secrets: Arc<Secrets>) -> Self {
        LiveAws {
            engine,
            secrets,
            http: OnceLock::new(),
            accounts: Mutex::default(),
            bucket_regions: bucket_regions::BucketRegions::default(),
            shared_reads: shared_reads::SharedReads::default(),
            batcher: poll_batches::PollBatcher::default(),
        }
    }

    /// Makes one call, in one attempt. Threads that read the same at the same moment
    /// share one, and so do polls of different services or tasks of one cluster.
    ///
    /// # Errors
    /// AWS's own code as it came (`ClusterNotFoundException`), or `unknown_service`,
    /// `unknown_operation`, `not_supported`, `invalid_input`, `no_region`, `no_credentials`, `credentials_expired`, `connection_failed`,
    /// `timed_out`, `tls_failed`, `not_an_answer`, `invalid_endpoint`, `invalid_setting`. [`Fault::retry`] says whether it may be tried again.
    pub fn call(&self, call: &AwsCall) -> Result<Value, Fault> {
        let route = Route::of(call)?;
        if call.effect() == Effect::Read {
            let attempt = |call: &AwsCall| self.attempt(call, route);
            self.shared_reads
                .read(call, || self.batcher.read(call, attempt))
        } else {
            let outcome = self.attempt(call, route);
            self.shared_reads.wrote();
            outcome
        }
    }

    fn attempt(&self, call: &AwsCall, route: Route) -> Result<Value, Fault> {
        let input = match &call.input {
            Value::Null => &Value::Object(serde_json::Map::new()),
            input => input,
        };
        let send = |call: &AwsCall| self.answer(call, route, input);
        let answer = self.bucket_regions.answer(call, route, input, send)?;
        output(call, route, input, &answer)
    }

    /// What AWS answers to a call, in one attempt.
    fn answer(&self, call: &AwsCall, route: Route, input: &Value) -> Result<Answer, Fault> {
        let written = route.write(input)?;
        self.engine.run(async {
            let mut cell = self.account(call);
            let mut account = cell.get_or_try_init(|| self.load(call)).await?;
            // What is named by an ARN of another region is asked there.
            let there = at_home(call, account.config.region().map(AsRef::as_ref));
            if let Some(there) = &there {
                cell = self.account(there);
                account = cell.get_or_try_init(|| self.load(there)).await?;
            }
            let copy = presigned::input(&account.config, route, input).await;
            let copy = copy.map_err(|error| {
                let error = sdk::Unsent::construction_failure(error);
                fault::unanswered(call, &error, None, account.limit)
            })?;
            let (input, written) = match &copy {
                Some(copy) => (copy, route.write(copy)?),
                None => (input, written),
            };
            let interceptor = CallInterceptor::default();
            let sent = account.send(route, input, written, interceptor.clone());
            let sent = sent.await;
            match (interceptor.answer(), sent) {
                (Some(answer), _) => Ok(answer),
                (None, Err(error)) => {
                    let (address, limit) = (interceptor.address(), account.limit);
                    Err(fault::unanswered(call, &error, address, limit))
                }
                // No interceptor saw the answer that the SDK takes for one.
                (None, Ok(())) => Err(fault::not_an_answer(call, &Answer::default())),
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
    async fn send(
        &self,
        route: Route,
        input: &Value,
        mut written: Written,
        interceptor: CallInterceptor,
    ) -> sdk::Sent {
        let (config, operation) = (&self.config, route.operation.name);
        if config.disable_request_compression() != Some(true) {
            let minimum = config.request_min_compression_size_bytes();
            let minimum = minimum.unwrap_or(COMPRESSED) as usize;
            request::compress(route.operation, minimum, &mut written.request);
        }
        let body = written.request.body().bytes().unwrap_or_default();
        let carrier = interceptor.carrying(body);
        let through_sdk = match route.service.name {
            "ecs" => {
                let client = self.ecs.get_or_init(|| aws_sdk_ecs::Client::new(config));
                sdk::ecs(client, operation, carrier)
            }
            "ecr" => {
                let client = self.ecr.get_or_init(|| aws_sdk_ecr::Client::new(config));
                sdk::ecr(client, operation, carrier)
            }
            "elbv2" => {
                let new = || aws_sdk_elasticloadbalancingv2::Client::new(config);
                sdk::elbv2(self.elbv2.get_or_init(new), operation, carrier)
            }
            _ => None,
        };
        if let Some(sending) = through_sdk {
            return sending.await;
        }
        let endpoint = RuleSetResolver::new(config, route, input);
        generic::send(config, route, written, endpoint, interceptor).await
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

/// What an answer says, in the shape that the AWS CLI prints.
fn output(call: &AwsCall, route: Route, input: &Value, answer: &Answer) -> Result<Value, Fault> {
    let Route {
        service,
        operation,
        protocol,
    } = route;
    checksum::check(operation, input, answer)
        .map_err(|mismatch| fault::mismatch(call, &mismatch))?;
    answer::read(service, protocol, operation, input, answer).map_err(|failure| match failure {
        Failure::Error(error) => fault::to_fault(call, route, answer, *error),
        Failure::NotAnAnswer(_) => fault::not_an_answer(call, answer),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::vocabulary::Retry;

    #[test]
    fn unknown_names_are_refused_before_anything_is_loaded() {
        let call = AwsCall::new("secretmanager", "GetSecretValue", json!({}));
        let fault = LiveAws::new(Arc::default(), Arc::default())
            .call(&call)
            .expect_err("should be refused");
        assert_eq!(fault.code, "unknown_service");
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
    fn what_is_not_an_answer_of_aws_leaves_doubt() {
        let call = AwsCall::new("ecs", "DescribeServices", json!({}));
        let route = Route::of(&call).expect("known");
        for (status, body) in [
            (200, "<html>"),
            (200, "[]"),
            (200, "{\"a\":"),
            (503, ""),
            (500, "{}"),
        ] {
            let answer = Answer {
                status,
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
            };
            let fault = output(&call, route, &call.input, &answer).expect_err("an error");
            assert_eq!(
                (fault.code.as_str(), fault.retry),
                ("not_an_answer", Retry::InDoubt)
            );
        }
        assert_eq!(
            output(
                &call,
                route,
                &call.input,
                &Answer {
                    status: 200,
                    ..Answer::default()
                }
            ),
            Ok(json!({}))
        );
    }

    /// What AWS adds after this program was built is not lost, at any depth.
    #[test]
    fn timestamps_turn_and_unknown_members_pass() {
        let answer = Answer {
            status: 200,
            headers: Vec::new(),
            body: br#"{"services":[{"createdAt":1795192200.25,"runningCount":2,"new":{"at":1}}]}"#
                .to_vec(),
        };
        let call = AwsCall::new("ecs", "DescribeServices", json!({}));
        let route = Route::of(&call).expect("known");
        assert_eq!(
            output(&call, route, &call.input, &answer),
            Ok(
                json!({"services": [{"createdAt": "2026-11-20T16:30:00.25Z", "runningCount": 2,
                "new": {"at": 1}}]})
            )
        );
    }
}
