//! What viewers get: from the edge where it is cached, otherwise from the bucket.

use serde_json::Value;

use super::is_complete;
use super::state::{Cached, CloudFront};
use crate::world::simulated::aws::s3::{Content, S3};
use crate::world::simulated::kernel::Kernel;

/// An answer of a distribution.
pub(crate) struct Served {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Answers a request for a path at a host; `None`: no distribution has that host name.
///
/// CloudFront Developer Guide, "How CloudFront delivers content": what is in the cache is returned, and what is not is
/// fetched from the origin and kept. What an invalidation has removed is fetched again.
pub(crate) fn serve(
    cloudfront: &mut CloudFront,
    s3: &S3,
    kernel: &Kernel,
    host: &str,
    path: &str,
) -> Option<Served> {
    let id = cloudfront.at(host)?.to_owned();
    let distribution = cloudfront.distributions.get_mut(&id)?;
    let path = match path {
        "" | "/" => format!("/{}", distribution.root),
        path => path.to_owned(),
    };
    if let Some(cached) = distribution.cache.get(&path) {
        let invalidated = distribution.invalidations.iter().any(|it| {
            it.covers(&path) && it.created >= cached.since && is_complete(it, kernel, &id)
        });
        if !invalidated || kernel.fault_on("stale-cache", &id) {
            return Some(found(&cached.content, "Hit from cloudfront"));
        }
    }
    let key = format!("{}{path}", distribution.origin_path);
    let Some(content) = s3.content(&distribution.bucket, key.trim_start_matches('/')) else {
        // GetObject in the S3 API Reference: without permission to list the bucket, the answer is 403.
        return Some(Served {
            status: 403,
            headers: vec![("x-cache".to_owned(), "Error from cloudfront".to_owned())],
            body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
                .to_owned(),
        });
    };
    let cached = Cached {
        content: content.clone(),
        since: kernel.now(),
    };
    distribution.cache.insert(path, cached);
    Some(found(content, "Miss from cloudfront"))
}

fn found(content: &Content, cache: &str) -> Served {
    let mut headers = vec![
        ("x-cache".to_owned(), cache.to_owned()),
        ("etag".to_owned(), format!("\"{}\"", content.etag)),
    ];
    for (member, header) in [
        ("ContentType", "content-type"),
        ("CacheControl", "cache-control"),
    ] {
        if let Some(value) = content.headers.get(member).and_then(Value::as_str) {
            headers.push((header.to_owned(), value.to_owned()));
        }
    }
    Served {
        status: 200,
        headers,
        body: String::from_utf8_lossy(&content.bytes).into_owned(),
    }
}
