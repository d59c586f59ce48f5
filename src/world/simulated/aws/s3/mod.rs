//! S3: buckets, and objects with their versions.
//!
//! Rules are from the Amazon S3 API Reference (the page of each operation) and the Amazon S3 User Guide ("How S3 Versioning
//! works", "Deleting object versions from a versioning-enabled bucket").

use serde_json::{Value, json};

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{not_simulated, text};
use crate::world::simulated::coverage::Coverage;
use crate::world::simulated::kernel::Kernel;

mod listing;
mod objects;
mod state;

pub(crate) use state::{Bucket, Content, S3, Versioning};

/// How far S3 is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "s3",
    behaves: "Buckets hold objects with all their versions and delete markers; conditional writes, copies and \
              listings follow AWS. CloudFront serves what is there.",
    leaves_out: "Access, encryption, lifecycle rules, replication, events, multipart uploads, and the deletion of \
              buckets are not simulated.",
    tests: &["simulated::tests::sites", "emulated::static_site"],
};

/// Answers a call of S3; what it does not know is `not_simulated`.
pub(crate) fn call(
    s3: &mut S3,
    kernel: &Kernel,
    operation: &str,
    input: &Value,
) -> Result<Value, Fault> {
    match operation {
        "ListBuckets" => Ok(list_buckets(s3)),
        "CreateBucket" => create(s3, kernel, input),
        "HeadBucket" => {
            let name = text(input, "Bucket").unwrap_or_default();
            s3.buckets.get(name).ok_or_else(objects::not_found)?;
            Ok(json!({ "BucketRegion": kernel.region, "AccessPointAlias": false }))
        }
        "GetBucketLocation" => {
            bucket(s3, input)?;
            Ok(json!({ "LocationConstraint": kernel.region }))
        }
        "GetBucketVersioning" => Ok(match bucket(s3, input)?.versioning {
            Versioning::NeverEnabled => json!({}),
            Versioning::Enabled => json!({ "Status": "Enabled" }),
            Versioning::Suspended => json!({ "Status": "Suspended" }),
        }),
        "PutBucketVersioning" => {
            let bucket = bucket(s3, input)?;
            match input["VersioningConfiguration"]["Status"].as_str() {
                Some("Enabled") => bucket.versioning = Versioning::Enabled,
                Some("Suspended") => bucket.versioning = Versioning::Suspended,
                _ => return Err(malformed()),
            }
            Ok(json!({}))
        }
        "PutObject" => objects::put(s3, kernel, input),
        "GetObject" => objects::get(s3, input),
        "HeadObject" => objects::head(s3, input),
        "CopyObject" => objects::copy(s3, kernel, input),
        "DeleteObject" => objects::delete(s3, kernel, input),
        "DeleteObjects" => objects::delete_many(s3, kernel, input),
        "ListObjectsV2" => Ok(listing::objects(bucket(s3, input)?, input)),
        "ListObjectVersions" => Ok(listing::versions(bucket(s3, input)?, input)),
        _ => Err(not_simulated("s3", operation)),
    }
}

/// The bucket that a call names.
fn bucket<'a>(s3: &'a mut S3, input: &Value) -> Result<&'a mut Bucket, Fault> {
    let name = text(input, "Bucket").unwrap_or_default();
    s3.buckets.get_mut(name).ok_or_else(no_bucket)
}

fn no_bucket() -> Fault {
    Fault::new("NoSuchBucket", "The specified bucket does not exist")
}

fn malformed() -> Fault {
    Fault::new(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

fn list_buckets(s3: &S3) -> Value {
    let buckets = s3.buckets.iter();
    let each = buckets
        .map(|(name, it)| json!({ "Name": name, "CreationDate": it.created.to_string() }))
        .collect::<Vec<Value>>();
    json!({ "Buckets": each })
}

fn create(s3: &mut S3, kernel: &Kernel, input: &Value) -> Result<Value, Fault> {
    let name = text(input, "Bucket").unwrap_or_default();
    if s3.buckets.contains_key(name) {
        return Err(Fault::new(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
        ));
    }
    let made = Bucket::new(kernel.now(), Versioning::NeverEnabled);
    s3.buckets.insert(name.to_owned(), made);
    Ok(json!({ "Location": format!("/{name}") }))
}
