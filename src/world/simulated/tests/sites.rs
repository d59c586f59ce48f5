//! Buckets of S3, and what CloudFront serves of them.

use aws_smithy_types::base64;

use super::balancing::{code, world_with};
use super::*;

const SITE: &str = r#"
[[buckets]]
name = "plain"

[[buckets]]
name = "site"
versioning = true
objects = [
    { key = "index.html", text = "one", content_type = "text/html", cache_control = "no-cache" },
    { key = "assets/app.js", text = "a()" },
    { key = "assets/b/c.css", text = "c" },
]

[[distributions]]
id = "E1SITE"
bucket = "site"
aliases = ["www.example.com"]
"#;

fn site(faults: &[&str]) -> Simulated {
    world_with(SITE, faults)
}

fn s3(world: &dyn World, operation: &str, mut input: Value) -> Value {
    if input.get("Bucket").is_none() {
        input["Bucket"] = json!("site");
    }
    aws(world, "s3", operation, input).expect(operation)
}

fn put(world: &dyn World, bucket: &str, key: &str, text: &str) -> Value {
    let input = json!({ "Bucket": bucket, "Key": key, "Body": base64::encode(text), "ContentType": "text/html" });
    s3(world, "PutObject", input)
}

fn text_of(world: &dyn World, input: Value) -> String {
    let out = s3(world, "GetObject", input);
    let bytes = base64::decode(out["Body"].as_str().expect("a body")).expect("base64");
    String::from_utf8(bytes).expect("text")
}

fn page(world: &dyn World, path: &str) -> HttpResponse {
    let request = HttpRequest {
        method: "GET".to_owned(),
        url: format!("https://www.example.com{path}"),
        timeout_ms: 5_000,
        ..HttpRequest::default()
    };
    world.http(&request).expect("an answer")
}

fn invalidate(world: &dyn World, reference: &str, paths: &[&str]) -> Result<Value, Fault> {
    let batch = json!({
        "Paths": { "Quantity": paths.len(), "Items": paths }, "CallerReference": reference,
    });
    let input = json!({ "DistributionId": "E1SITE", "InvalidationBatch": batch });
    aws(world, "cloudfront", "CreateInvalidation", input)
}

/// S3 API Reference, "PutObject" and "HeadObject": the ETag of an object in one part is the MD5 of its content, in quotes.
#[test]
fn what_was_put_is_got() {
    let world = site(&[]);
    let made = put(&world, "plain", "a", "hello");
    assert_eq!(made["ETag"], "\"5d41402abc4b2a76b9719d911017c592\"");
    assert_eq!(made.get("VersionId"), None, "the bucket has no versions");
    let head = s3(
        &world,
        "HeadObject",
        json!({ "Bucket": "plain", "Key": "a" }),
    );
    assert_eq!(head["ContentLength"], 5);
    assert_eq!(head["ContentType"], "text/html");
    let refused = |operation: &str, input: Value| code(&world, "s3", operation, input);
    let of = |bucket: &str, key: &str| json!({ "Bucket": bucket, "Key": key });
    assert_eq!(refused("GetObject", of("plain", "b")), "NoSuchKey");
    assert_eq!(refused("GetObject", of("none", "b")), "NoSuchBucket");
    assert_eq!(refused("HeadObject", of("plain", "b")), "404");
    let once = json!({ "Bucket": "plain", "Key": "a", "IfNoneMatch": "*" });
    assert_eq!(refused("PutObject", once), "PreconditionFailed");
}

/// S3 User Guide, "How S3 Versioning works" and "Restoring previous versions".
#[test]
fn versions_are_kept_and_come_back() {
    let world = site(&[]);
    let head = |key: &str| s3(&world, "HeadObject", json!({ "Key": key }));
    let first = head("index.html")["VersionId"].clone();
    let second = put(&world, "site", "index.html", "two")["VersionId"].clone();
    assert_ne!(first, second);
    let old = json!({ "Key": "index.html", "VersionId": first });
    assert_eq!(text_of(&world, old), "one");
    let source = format!(
        "site/index.html?versionId={}",
        first.as_str().expect("text")
    );
    s3(
        &world,
        "CopyObject",
        json!({ "Key": "index.html", "CopySource": source }),
    );
    assert_eq!(text_of(&world, json!({ "Key": "index.html" })), "one");
    assert_eq!(
        head("index.html")["CacheControl"],
        "no-cache",
        "copied, too"
    );

    let marker = s3(&world, "DeleteObject", json!({ "Key": "index.html" }));
    assert_eq!(marker["DeleteMarker"], true);
    let gone = json!({ "Bucket": "site", "Key": "index.html" });
    assert_eq!(code(&world, "s3", "GetObject", gone), "NoSuchKey");
    let listed = s3(&world, "ListObjectVersions", json!({ "Prefix": "index" }));
    assert_eq!(listed["Versions"].as_array().map(Vec::len), Some(3));
    assert_eq!(listed["DeleteMarkers"][0]["IsLatest"], true);
    let undo = json!({ "Key": "index.html", "VersionId": marker["VersionId"] });
    assert_eq!(s3(&world, "DeleteObject", undo)["DeleteMarker"], true);
    assert_eq!(text_of(&world, json!({ "Key": "index.html" })), "one");
}

/// S3 API Reference, "ListObjectsV2": keys in order, folders as common prefixes, pages by a token.
#[test]
fn objects_are_listed_by_pages() {
    let world = site(&[]);
    let keys = |out: &Value| -> Vec<String> {
        let all = out["Contents"].as_array().into_iter().flatten();
        all.filter_map(|it| it["Key"].as_str().map(str::to_owned))
            .collect()
    };
    let folders = s3(&world, "ListObjectsV2", json!({ "Delimiter": "/" }));
    assert_eq!(keys(&folders), ["index.html"]);
    assert_eq!(folders["CommonPrefixes"], json!([{ "Prefix": "assets/" }]));
    let first = s3(&world, "ListObjectsV2", json!({ "MaxKeys": 2 }));
    assert_eq!(keys(&first), ["assets/app.js", "assets/b/c.css"]);
    assert_eq!(first["IsTruncated"], true);
    let token = first["NextContinuationToken"].clone();
    let second = s3(
        &world,
        "ListObjectsV2",
        json!({ "ContinuationToken": token }),
    );
    assert_eq!(keys(&second), ["index.html"]);
    assert_eq!(second["IsTruncated"], false);
    let gone =
        json!({ "Delete": { "Objects": [{ "Key": "index.html" }, { "Key": "not-there" }] } });
    assert_eq!(
        s3(&world, "DeleteObjects", gone)["Deleted"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let left = s3(&world, "ListObjectsV2", json!({ "Prefix": "index" }));
    assert_eq!(left["KeyCount"], 0);
}

/// CloudFront Developer Guide, "Invalidate files to remove content".
#[test]
fn an_old_page_is_served_until_it_is_invalidated() {
    let world = site(&[]);
    put(&world, "site", "index.html", "two");
    put(&world, "site", "new.html", "new");
    assert_eq!(page(&world, "/").body, "one");
    assert_eq!(page(&world, "/new.html").body, "new", "it was never cached");
    assert_eq!(page(&world, "/none.html").status, 403);
    let made = invalidate(&world, "r1", &["/index*"]).expect("created");
    assert_eq!(made["Invalidation"]["Status"], "InProgress");
    assert_eq!(page(&world, "/").body, "one");
    world.sleep(Duration::from_secs(41));
    let id = made["Invalidation"]["Id"].clone();
    let asked = json!({ "DistributionId": "E1SITE", "Id": id });
    let now = aws(&world, "cloudfront", "GetInvalidation", asked).expect("there");
    assert_eq!(now["Invalidation"]["Status"], "Completed");
    let fresh = page(&world, "/");
    assert_eq!(fresh.body, "two");
    assert!(
        fresh
            .headers
            .contains(&("content-type".to_owned(), "text/html".to_owned()))
    );
    assert_eq!(page(&world, "/assets/app.js").body, "a()");
}

/// CloudFront API Reference, "InvalidationBatch": a caller reference that was sent before names the same invalidation.
#[test]
fn an_invalidation_is_made_once() {
    let world = site(&[]);
    let first = invalidate(&world, "r1", &["/*"]).expect("created");
    let again = invalidate(&world, "r1", &["/*"]).expect("the same");
    assert_eq!(first["Invalidation"]["Id"], again["Invalidation"]["Id"]);
    let listed = aws(
        &world,
        "cloudfront",
        "ListInvalidations",
        json!({ "DistributionId": "E1SITE" }),
    );
    assert_eq!(listed.expect("a list")["InvalidationList"]["Quantity"], 1);
    let refused = |reference: &str, paths: &[&str]| {
        invalidate(&world, reference, paths)
            .expect_err("refused")
            .code
    };
    assert_eq!(refused("r1", &["/other"]), "InvalidArgument");
    assert_eq!(refused("r2", &["index.html"]), "InvalidArgument");
    let shown = json!({ "Id": "E1SITE" });
    let shown = aws(&world, "cloudfront", "GetDistribution", shown).expect("there");
    assert_eq!(shown["Distribution"]["InProgressInvalidationBatches"], 1);
    let none = json!({ "Id": "E1SIT" });
    assert_eq!(
        code(&world, "cloudfront", "GetDistribution", none),
        "NoSuchDistribution"
    );
}

#[test]
fn faults_hold_up_invalidations_and_pages() {
    let hung = site(&["invalidation-hangs"]);
    let stale = site(&["stale-cache:E1SITE"]);
    for (world, status) in [(&hung, "InProgress"), (&stale, "Completed")] {
        put(world, "site", "index.html", "two");
        let made = invalidate(world, "r1", &["/*"]).expect("created");
        world.sleep(Duration::from_secs(3600));
        let asked = json!({ "DistributionId": "E1SITE", "Id": made["Invalidation"]["Id"] });
        let now = aws(world, "cloudfront", "GetInvalidation", asked).expect("there");
        assert_eq!(now["Invalidation"]["Status"], status);
        assert_eq!(page(world, "/").body, "one");
        assert_eq!(world.missed_faults(), Vec::new());
    }
}

#[test]
fn a_distribution_needs_its_bucket() {
    let site = SITE.replace("bucket = \"site\"", "bucket = \"sites\"");
    let builtin = include_str!("../../../../pipelines/prod.cloud.toml");
    let fixture = Fixture::parse(&format!("{builtin}\n{site}"), "x.toml").expect("it parses");
    let fault = Simulated::from_fixture(fixture, &[], 7).expect_err("refused");
    assert_eq!(fault.code, "bad_fixture");
    assert!(
        fault.message.contains("there is no bucket sites"),
        "{}",
        fault.message
    );
    let hint = fault.hint.unwrap_or_default();
    assert!(hint.contains("did you mean `site`"), "{hint}");
}
