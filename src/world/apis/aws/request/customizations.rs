//! What the AWS CLI does to requests of single services beyond their models. Each is in `botocore/handlers.py`, under the
//! name that is given here.
//!
//! What needs a signature or another host belongs to the caller: pre-signed URLs of copies between regions (the live world
//! makes them), the host of Machine Learning's predictions
//! (`switch_host_machinelearning`), checksums, tokens of idempotency.

use std::borrow::Cow;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::base64;
use aws_smithy_types::body::SdkBody;
use md5::Md5;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::input::InputError;
use crate::text::hex::hex;
use crate::world::apis::aws::model::{Operation, Service};

/// What stays in the source of a copy: `_quote_source_header`.
const SOURCE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Glacier hashes an archive in parts of this many bytes.
const TREE_HASH_PART: usize = 1024 * 1024;

/// The input that is sent for `input`.
pub(super) fn input<'a>(
    service: &Service,
    operation: &Operation,
    input: &'a Value,
) -> Result<Cow<'a, Value>, InputError> {
    let Some(given) = input.as_object() else {
        return Ok(Cow::Borrowed(input));
    };
    let mut changed = Map::new();
    match (service.name, operation.name) {
        ("route53", _) => route53_ids(service, operation, given, &mut changed),
        ("glacier", _) if given.get("accountId").is_none_or(Value::is_null) => {
            changed.insert("accountId".to_owned(), "-".into());
        }
        ("ec2", "RunInstances") | ("autoscaling", "CreateLaunchConfiguration") => {
            change(given, "UserData", &mut changed, |text| base64::encode(text));
        }
        ("s3", "ListObjects" | "ListObjectsV2" | "ListObjectVersions")
            if given.get("EncodingType").is_none_or(Value::is_null) =>
        {
            changed.insert("EncodingType".to_owned(), "url".into());
        }
        ("s3", _) => s3(operation, given, &mut changed)?,
        _ => {}
    }
    if changed.is_empty() {
        return Ok(Cow::Borrowed(input));
    }
    let mut given = given.clone();
    given.extend(changed);
    Ok(Cow::Owned(Value::Object(given)))
}

/// Changes a member that is a text.
fn change(
    given: &Map<String, Value>,
    member: &str,
    changed: &mut Map<String, Value>,
    change: impl Fn(&str) -> String,
) {
    if let Some(text) = given.get(member).and_then(Value::as_str) {
        changed.insert(member.to_owned(), change(text).into());
    }
}

/// `fix_route53_ids`: answers name `/hostedzone/Z1`, requests take `Z1`.
fn route53_ids(
    service: &Service,
    operation: &Operation,
    given: &Map<String, Value>,
    changed: &mut Map<String, Value>,
) {
    for member in service.inputs(operation) {
        let shape = service.shape(member.target).name;
        if ["ResourceId", "DelegationSetId", "ChangeId"].contains(&shape) {
            let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
            change(given, member.name, changed, last);
        }
    }
}

fn s3(
    operation: &Operation,
    given: &Map<String, Value>,
    changed: &mut Map<String, Value>,
) -> Result<(), InputError> {
    // `validate_ascii_metadata`.
    if ["CopyObject", "PutObject", "CreateMultipartUpload"].contains(&operation.name) {
        let metadata = given.get("Metadata").and_then(Value::as_object);
        for (key, value) in metadata.into_iter().flatten() {
            if !key.is_ascii() || !value.as_str().is_none_or(str::is_ascii) {
                let problem = format!("must be ASCII at {key:?}: metadata is sent as headers");
                return Err(InputError::new("Metadata", problem));
            }
        }
    }
    // `handle_copy_source_param`: the version stays as it is.
    if ["CopyObject", "UploadPartCopy"].contains(&operation.name) {
        change(given, "CopySource", changed, |source| {
            const VERSION: &str = "?versionId=";
            let at = source.rfind(VERSION).filter(|at| {
                let version = &source[at + VERSION.len()..];
                !version.is_empty() && !version.contains(char::is_whitespace)
            });
            let (key, version) = source.split_at(at.unwrap_or(source.len()));
            format!("{}{version}", utf8_percent_encode(key, SOURCE))
        });
    }
    // `sse_md5`, `copy_source_sse_md5`.
    for prefix in ["SSECustomer", "CopySourceSSECustomer"] {
        let (key, digest) = (format!("{prefix}Key"), format!("{prefix}KeyMD5"));
        if let Some(text) = given.get(&key).and_then(Value::as_str)
            && !given.contains_key(&digest)
        {
            changed.insert(digest, base64::encode(Md5::digest(text)).into());
            changed.insert(key, base64::encode(text).into());
        }
    }
    Ok(())
}

/// What is added to a request that is written.
pub(super) fn request(service: &Service, operation: &Operation, request: &mut HttpRequest) {
    match (service.name, operation.name) {
        ("apigateway", _) if request.headers().get("accept").is_none() => {
            request.headers_mut().insert("accept", "application/json");
        }
        ("glacier", name) => {
            let headers = request.headers_mut();
            headers.insert("x-amz-glacier-version", service.api_version);
            if ["UploadArchive", "UploadMultipartPart"].contains(&name) {
                glacier_checksums(request);
            }
        }
        // `inject_api_version_header_if_needed`.
        ("dynamodb" | "timestream-query" | "timestream-write", "DescribeEndpoints") => {
            let headers = request.headers_mut();
            headers.insert("x-amz-api-version", service.api_version);
        }
        ("cloudsearchdomain", "Search") => get_to_post(request),
        _ => {}
    }
}

/// Adds the checksums that Glacier demands, as `add_glacier_checksums` of botocore does.
fn glacier_checksums(request: &mut HttpRequest) {
    let body = request.body().bytes().unwrap_or_default();
    let whole = hex(Sha256::digest(body));
    let mut parts: Vec<_> = body.chunks(TREE_HASH_PART).map(Sha256::digest).collect();
    if parts.is_empty() {
        parts.push(Sha256::digest(body));
    }
    while parts.len() > 1 {
        let pairs = parts.chunks(2).map(|pair| match pair {
            [one, other] => Sha256::new()
                .chain_update(one)
                .chain_update(other)
                .finalize(),
            rest => rest[0],
        });
        parts = pairs.collect();
    }
    let tree = parts.first().map(hex).unwrap_or_default();
    for (name, value) in [
        ("x-amz-content-sha256", whole),
        ("x-amz-sha256-tree-hash", tree),
    ] {
        if request.headers().get(name).is_none() {
            request.headers_mut().insert(name, value);
        }
    }
}

/// `change_get_to_post`: a search may be longer than a URI.
fn get_to_post(request: &mut HttpRequest) {
    let uri = request.uri().to_owned();
    let Some((path, query)) = uri.split_once('?') else {
        return;
    };
    if request.set_method("POST").is_ok() && request.set_uri(path).is_ok() {
        let headers = request.headers_mut();
        headers.insert("content-type", "application/x-www-form-urlencoded");
        headers.insert("content-length", query.len().to_string());
        *request.body_mut() = SdkBody::from(query.to_owned());
    }
}
