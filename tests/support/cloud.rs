//! A client of the emulators that shares nothing with the program's own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::emulators::REGION;
use super::http::{self, RUNTIME};

/// An AWS error, or a broken exchange (`code` is then `transport`).
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// AWS's error code: `ClusterNotFoundException`.
    pub code: String,
    /// The rest of the answer.
    pub message: String,
}

/// One awsJson call: `call(&endpoint, "ecs", "DescribeServices", json!({…}))`.
///
/// # Errors
/// AWS's error, or `transport`.
pub fn call(
    endpoint: &str,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, Refused> {
    let (target, version) = match service {
        "ecs" => ("AmazonEC2ContainerServiceV20141113", "1.1"),
        "ecr" => ("AmazonEC2ContainerRegistry_V20150921", "1.1"),
        "secretsmanager" => ("secretsmanager", "1.1"),
        "ssm" => ("AmazonSSM", "1.1"),
        "logs" => ("Logs_20140328", "1.1"),
        "sqs" => ("AmazonSQS", "1.0"),
        "application-autoscaling" => ("AnyScaleFrontendService", "1.1"),
        other => panic!("the tests do not know the service {other}"),
    };
    let request = request(endpoint, service)
        .header("x-amz-target", format!("{target}.{operation}"))
        .header("content-type", format!("application/x-amz-json-{version}"))
        .body(Full::new(Bytes::from(input.to_string())))
        .expect("a valid request");
    let text = exchange(endpoint, request)?;
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).map_err(|e| transport(format!("{e}: {text}")))
}

/// As [`call`], where failure is a failure of the test.
pub fn must(endpoint: &str, service: &str, operation: &str, input: Value) -> Value {
    call(endpoint, service, operation, input.clone())
        .unwrap_or_else(|e| panic!("{service} {operation} {input}: {e:?}"))
}

/// The ids of the default network's subnets (moto checks them).
pub fn subnets(endpoint: &str) -> Vec<String> {
    members(endpoint, "subnetId")
}

/// The id of the default network.
pub fn vpc(endpoint: &str) -> String {
    members(endpoint, "vpcId").swap_remove(0)
}

/// One call of a service that takes forms, where failure is a failure of the test: `form(&endpoint, "rds",
/// "Action=CreateDBInstance&Version=2014-10-31&…")`.
pub fn form(endpoint: &str, service: &str, body: &str) -> String {
    let request = request(endpoint, service)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(body.to_owned())))
        .expect("a valid request");
    exchange(endpoint, request).unwrap_or_else(|e| panic!("{service} {body}: {e:?}"))
}

/// What the default network's subnets say under that name.
fn members(endpoint: &str, name: &str) -> Vec<String> {
    let text = form(endpoint, "ec2", "Action=DescribeSubnets&Version=2016-11-15");
    text.split(&format!("<{name}>"))
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .collect()
}

/// The service as ECS describes it.
pub fn service(endpoint: &str, cluster: &str, service: &str) -> Value {
    let answer = must(
        endpoint,
        "ecs",
        "DescribeServices",
        json!({"cluster": cluster, "services": [service]}),
    );
    answer["services"][0].clone()
}

/// The PRIMARY deployment of a service, in ECS's own shape.
pub fn primary(service: &Value) -> Option<&Value> {
    service["deployments"]
        .as_array()?
        .iter()
        .find(|deployment| deployment["status"] == "PRIMARY")
}

/// Looks again and again until `look` finds something.
///
/// # Panics
/// When it has found nothing within `limit`.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "{what}: did not happen within {limit:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn request(endpoint: &str, service: &str) -> hyper::http::request::Builder {
    // The emulators do not check signatures; the scope tells them the service.
    let scope = format!("test/20260101/{REGION}/{service}/aws4_request");
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=00");
    Request::builder()
        .method("POST")
        .uri("/")
        .header("host", endpoint.trim_start_matches("http://"))
        .header("x-amz-date", "20260101T000000Z")
        .header("authorization", authorization)
}

fn exchange(endpoint: &str, request: Request<Full<Bytes>>) -> Result<String, Refused> {
    let answer = RUNTIME
        .block_on(http::send(address(endpoint), request, super::HANG))
        .map_err(transport)?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    if answer.status.is_success() {
        return Ok(text);
    }
    let error: Value = serde_json::from_str(&text).unwrap_or_default();
    let code = error["__type"].as_str().or(error["code"].as_str());
    match code {
        Some(code) => Err(Refused {
            code: code.rsplit('#').next().unwrap_or(code).to_owned(),
            message: error["message"]
                .as_str()
                .or(error["Message"].as_str())
                .unwrap_or_default()
                .to_owned(),
        }),
        None => Err(transport(format!("status {}: {text}", answer.status))),
    }
}

fn transport(message: impl Into<String>) -> Refused {
    Refused {
        code: "transport".to_owned(),
        message: message.into(),
    }
}

/// The socket address of an `http://127.0.0.1:PORT`.
pub fn address(endpoint: &str) -> SocketAddr {
    endpoint
        .trim_start_matches("http://")
        .parse()
        .unwrap_or_else(|e| panic!("{endpoint}: {e}"))
}

/// Puts a secret into Secrets Manager.
pub fn secret(endpoint: &str, name: &str, value: &str) {
    must(
        endpoint,
        "secretsmanager",
        "CreateSecret",
        json!({ "Name": name, "SecretString": value }),
    );
}
