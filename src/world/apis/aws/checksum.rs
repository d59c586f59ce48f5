//! Checksums of requests, as botocore adds them by default: CRC-32 in a header, where the model says that an operation
//! needs or takes one (Smithy 2.0, `aws.protocols#httpChecksum` and `smithy.api#httpChecksumRequired`).

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::base64;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::model::{Operation, Service};

/// An algorithm that is not known here, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownAlgorithm(pub String);

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the checksum {} is not computed here: expected CRC32 or SHA256, or the checksum itself in its own member",
            self.0
        )
    }
}

/// Adds the checksum of a request's body, where the operation has one and the input does not give it.
///
/// # Errors
/// The input asks for another algorithm than CRC32 and SHA256.
pub fn add(
    service: &Service,
    operation: &Operation,
    input: &Value,
    request: &mut HttpRequest,
) -> Result<(), UnknownAlgorithm> {
    const GIVEN: &str = "x-amz-checksum-";
    let settings = ["algorithm", "mode", "type"];
    let mut headers = request.headers().iter();
    let is_given = headers.any(|(name, _)| {
        name.strip_prefix(GIVEN)
            .is_some_and(|what| !settings.contains(&what))
    });
    let member = operation.checksum_member;
    if is_given || (member.is_none() && !operation.requires_checksum) {
        return Ok(());
    }
    let asked = member.and_then(|member| input.get(member)?.as_str());
    let body = request.body().bytes().unwrap_or_default();
    let (name, sum) = match asked {
        None | Some("CRC32") => ("crc32", base64::encode(crc32fast::hash(body).to_be_bytes())),
        Some("SHA256") => ("sha256", base64::encode(Sha256::digest(body))),
        Some(other) => return Err(UnknownAlgorithm(other.to_owned())),
    };
    if let Some(member) = member.filter(|_| asked.is_none()) {
        let mut inputs = service.inputs(operation).iter();
        let found = inputs.find(|one| one.name == member);
        if let Some(header) = found.and_then(|member| member.wire) {
            request.headers_mut().insert(header, "CRC32");
        }
    }
    request.headers_mut().insert(format!("{GIVEN}{name}"), sum);
    Ok(())
}
