//! CloudFront: distributions in front of buckets, and the invalidation of what their edges have cached.
//!
//! Rules are from the Amazon CloudFront API Reference (`CreateInvalidation`, `InvalidationBatch`) and the Developer Guide
//! ("Invalidate files to remove content").

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{not_simulated, set, text, texts};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;
use crate::world::simulated::kernel::clock::later;

mod serve;
mod state;

pub(crate) use serve::serve;
use state::Invalidation;
pub(crate) use state::{Cached, CloudFront, Distribution};

/// Most paths of invalidations that are under way.
const MOST_PATHS: usize = 3000;
/// Most invalidations on one page.
const PAGE: usize = 100;

/// How far CloudFront is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "cloudfront",
    behaves: "Edges keep what they have fetched from the bucket until an invalidation, which takes time, removes what \
              its paths cover. HTTP requests to a distribution get the cached or the fetched object.",
    leaves_out: "Distributions come from the fixture and cannot be created or changed. Cache policies, times to \
              live, behaviors, functions and origins other than a bucket are left out.",
    tests: &["simulated::tests::sites", "emulated::static_site"],
};

/// Answers a call of CloudFront; what it does not know is `not_simulated`.
pub(crate) fn call(
    cloudfront: &mut CloudFront,
    kernel: &mut Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "GetDistribution" => {
            let id = text(input, "Id").unwrap_or_default();
            let found = named(cloudfront, id)?;
            let shown = described(found, kernel, id);
            Ok(json!({ "ETag": "E2QWRUHEXAMPLE", "Distribution": shown }))
        }
        "CreateInvalidation" => create(cloudfront, kernel, input),
        "GetInvalidation" => {
            let of = text(input, "DistributionId").unwrap_or_default();
            let id = text(input, "Id").unwrap_or_default();
            let mut all = named(cloudfront, of)?.invalidations.iter();
            let found = all.find(|it| it.id == id).ok_or_else(|| {
                Fault::new(
                    "NoSuchInvalidation",
                    "The specified invalidation does not exist.",
                )
            })?;
            Ok(json!({ "Invalidation": shown(found, kernel, of) }))
        }
        "ListInvalidations" => list(cloudfront, kernel, input),
        _ => Err(not_simulated("cloudfront", operation)),
    }
}

fn named<'a>(cloudfront: &'a mut CloudFront, id: &str) -> Result<&'a mut Distribution, Fault> {
    let found = cloudfront.distributions.get_mut(id);
    found.ok_or_else(|| {
        Fault::new(
            "NoSuchDistribution",
            "The specified distribution does not exist.",
        )
    })
}

/// Whether an invalidation has reached every edge.
fn is_complete(invalidation: &Invalidation, kernel: &Kernel, distribution: &str) -> bool {
    kernel.now() >= invalidation.completes && !kernel.fault_on("invalidation-hangs", distribution)
}

fn shown(invalidation: &Invalidation, kernel: &Kernel, distribution: &str) -> Value {
    let status = match is_complete(invalidation, kernel, distribution) {
        true => "Completed",
        false => "InProgress",
    };
    json!({
        "Id": invalidation.id,
        "Status": status,
        "CreateTime": invalidation.created.to_string(),
        "InvalidationBatch": {
            "Paths": { "Quantity": invalidation.paths.len(), "Items": invalidation.paths },
            "CallerReference": invalidation.reference,
        },
    })
}

fn described(distribution: &Distribution, kernel: &Kernel, id: &str) -> Value {
    let origin = format!("{}.s3.{}.amazonaws.com", distribution.bucket, kernel.region);
    let under_way = distribution.invalidations.iter();
    let under_way = under_way.filter(|it| !is_complete(it, kernel, id)).count();
    json!({
        "Id": id,
        "ARN": format!("arn:aws:cloudfront::{}:distribution/{id}", kernel.account),
        "Status": "Deployed",
        "LastModifiedTime": distribution.created.to_string(),
        "InProgressInvalidationBatches": under_way,
        "DomainName": distribution.domain,
        "DistributionConfig": {
            "CallerReference": id,
            "Aliases": { "Quantity": distribution.aliases.len(), "Items": distribution.aliases },
            "DefaultRootObject": distribution.root,
            "Origins": { "Quantity": 1, "Items": [{
                "Id": origin,
                "DomainName": origin,
                "OriginPath": distribution.origin_path,
            }] },
            "DefaultCacheBehavior": {
                "TargetOriginId": origin,
                "ViewerProtocolPolicy": "redirect-to-https",
            },
            "Comment": "",
            "Enabled": true,
        },
    })
}

fn invalid(message: &str) -> Fault {
    Fault::new("InvalidArgument", message)
}

fn create(cloudfront: &mut CloudFront, kernel: &mut Kernel, input: &Value) -> Result<Value, Fault> {
    let id = text(input, "DistributionId").unwrap_or_default();
    let batch = &input["InvalidationBatch"];
    let (paths, reference) = (
        texts(&batch["Paths"], "Items"),
        text(batch, "CallerReference").unwrap_or_default(),
    );
    let distribution = named(cloudfront, id)?;
    if batch["Paths"]["Quantity"] != json!(paths.len()) {
        return Err(Fault::new(
            "InconsistentQuantities",
            "The value of Quantity and the size of Items don't match.",
        ));
    }
    if paths.is_empty() || paths.iter().any(|path| !path.starts_with('/')) {
        return Err(invalid(
            "Your request contains one or more invalid invalidation paths.",
        ));
    }
    let location = |invalidation: &Invalidation| {
        format!(
            "https://cloudfront.amazonaws.com/2020-05-31/distribution/{id}/invalidation/{}",
            invalidation.id
        )
    };
    let mut known = distribution.invalidations.iter();
    if let Some(known) = known.find(|it| it.reference == reference) {
        if known.paths != paths {
            return Err(invalid(
                "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.",
            ));
        }
        return Ok(
            json!({ "Location": location(known), "Invalidation": shown(known, kernel, id) }),
        );
    }
    let under_way = distribution.invalidations.iter();
    let under_way = under_way.filter(|it| !is_complete(it, kernel, id));
    let waiting: usize = under_way.map(|it| it.paths.len()).sum();
    if waiting + paths.len() > MOST_PATHS {
        return Err(Fault::new(
            "TooManyInvalidationsInProgress",
            "You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.",
        ));
    }
    let made = Invalidation {
        id: format!("I{}", kernel.rng.hex(13).to_uppercase()),
        reference: reference.to_owned(),
        paths,
        created: kernel.now(),
        completes: later(kernel.now(), distribution.invalidation_takes),
    };
    let out = json!({ "Location": location(&made), "Invalidation": shown(&made, kernel, id) });
    distribution.invalidations.push(made);
    Ok(out)
}

/// The newest first, as CloudFront lists them.
fn list(cloudfront: &mut CloudFront, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let id = text(input, "DistributionId").unwrap_or_default();
    let all = &named(cloudfront, id)?.invalidations;
    let marker = text(input, "Marker").unwrap_or_default();
    let asked = text(input, "MaxItems").and_then(|most| most.parse::<usize>().ok());
    let most = asked.unwrap_or(PAGE).clamp(1, PAGE);
    let mut rest = all.iter().rev().peekable();
    if !marker.is_empty() {
        rest.find(|it| it.id == marker);
    }
    let items: Vec<Value> = rest
        .by_ref()
        .take(most)
        .map(|it| {
            let mut one = shown(it, kernel, id);
            if let Some(members) = one.as_object_mut() {
                members.remove("InvalidationBatch");
            }
            one
        })
        .collect();
    let last = items.last().and_then(|it| text(it, "Id"));
    let next = rest.peek().and(last).map(str::to_owned);
    let mut page = json!({
        "Marker": marker,
        "MaxItems": most,
        "IsTruncated": next.is_some(),
        "Quantity": items.len(),
        "Items": items,
    });
    if let Some(next) = next {
        set(&mut page, "NextMarker", json!(next));
    }
    Ok(json!({ "InvalidationList": page }))
}
