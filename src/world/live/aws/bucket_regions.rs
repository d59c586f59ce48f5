//! Calls to buckets of another region than the configured one: S3 says where they are, and is asked there.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;

use super::route::Route;
use crate::sync::Lock as _;
use crate::vocabulary::Fault;
use crate::world::AwsCall;
use crate::world::apis::aws::answer::{Answer, Failure, bucket_region, read};

/// The regions of buckets that are not where they were first asked for.
#[derive(Debug, Default)]
pub(super) struct BucketRegions(Mutex<HashMap<String, String>>);

impl BucketRegions {
    /// The answer to a call, which `send` makes. A call to a bucket that S3 says is in another region is made again, once, in
    /// that region: the refused one has done nothing. The next call to that bucket is made there at once.
    ///
    /// # Errors
    /// Those of `send`.
    pub fn answer(
        &self,
        call: &AwsCall,
        route: Route,
        input: &Value,
        send: impl Fn(&AwsCall) -> Result<Answer, Fault>,
    ) -> Result<Answer, Fault> {
        let bucket = input.get("Bucket").and_then(Value::as_str);
        let Some(bucket) = bucket.filter(|_| route.service.name == "s3") else {
            return send(call);
        };
        let known = self.0.locked().get(bucket).cloned();
        let first = send(&within(call, known.clone()))?;
        let region = match said(route, input, &first) {
            said if said.is_some() && said != known => said,
            _ => return Ok(first),
        };
        let answer = send(&within(call, region.clone()))?;
        if let Some(region) = region {
            self.0.locked().insert(bucket.to_owned(), region);
        }
        Ok(answer)
    }
}

fn said(route: Route, input: &Value, answer: &Answer) -> Option<String> {
    let Route {
        service,
        operation,
        protocol,
    } = route;
    if (200..300).contains(&answer.status) {
        return None;
    }
    match read(service, protocol, operation, input, answer) {
        Err(Failure::Error(error)) => bucket_region(operation, input, answer, &error),
        _ => None,
    }
}

/// The call in a region; `None`: in its own.
fn within(call: &AwsCall, region: Option<String>) -> AwsCall {
    let region = region.or_else(|| call.region.clone());
    AwsCall {
        region,
        ..call.clone()
    }
}
