//! Long requests of operations that AWS takes compressed (Smithy 2.0, "Behavior traits", `smithy.api#requestCompression`).

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use crate::world::apis::aws::model::Operation;

/// Compresses the body with gzip, if the operation may be sent so and the body has at least `minimum` bytes.
pub fn compress(operation: &Operation, minimum: usize, request: &mut HttpRequest) {
    let body = request.body().bytes().unwrap_or_default();
    if !operation.is_compressed || body.len() < minimum {
        return;
    }
    let packed = gzip(body);
    let headers = request.headers_mut();
    let encoding = match headers.get("content-encoding") {
        Some(before) => format!("{before},gzip"),
        None => "gzip".to_owned(),
    };
    headers.insert("content-encoding", encoding);
    headers.insert("content-length", packed.len().to_string());
    *request.body_mut() = SdkBody::from(packed);
}

/// RFC 1952: no name, no time, no operating system.
fn gzip(body: &[u8]) -> Vec<u8> {
    const LEVEL: u8 = 6;
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    out.extend(miniz_oxide::deflate::compress_to_vec(body, LEVEL));
    out.extend(crc32fast::hash(body).to_le_bytes());
    // The length is written modulo 2³².
    out.extend(&(body.len() as u64).to_le_bytes()[..4]);
    out
}
