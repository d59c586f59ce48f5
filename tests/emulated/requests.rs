//! What only the wire shows of a request: signatures, checksums, compression, and what is sent again elsewhere. A server of
//! our own hears it, because emulators do not look.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};
use sha2::{Digest as _, Sha256};

use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::REGION;
use crate::support::http::{self, Reply, Server};

/// A request as it came.
#[derive(Debug, Clone)]
struct Heard {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Bytes,
}

impl Heard {
    fn of(request: &Request<Bytes>) -> Heard {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            (name.to_string(), value.to_owned())
        });
        Heard {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: headers.collect(),
            body: request.body().clone(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// What follows `name=` in the authorization.
    fn authorization(&self, name: &str) -> &str {
        let parts = self.header("authorization").split([' ', ',']);
        let mut found = parts.filter_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.next().unwrap_or_default()
    }

    /// The region and the service that it is signed for.
    fn scope(&self) -> (&str, &str) {
        let mut parts = self.authorization("Credential").split('/').skip(2);
        let region = parts.next().unwrap_or_default();
        (region, parts.next().unwrap_or_default())
    }

    /// The signature of the request as it came, its path taken as it is: AWS Identity and Access Management User Guide, "AWS
    /// Signature Version 4 for API requests", "Create a signed AWS API request".
    fn signature(&self) -> String {
        let signed = self.authorization("SignedHeaders");
        let lines = signed.split(';');
        let lines: String = lines
            .map(|name| format!("{name}:{}\n", self.header(name).trim()))
            .collect();
        let Heard {
            method,
            path,
            query,
            ..
        } = self;
        let hash = self.header("x-amz-content-sha256");
        let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{signed}\n{hash}");
        let at = self.header("x-amz-date");
        let (region, service) = self.scope();
        let day = &at[..8];
        let scope = format!("{day}/{region}/{service}/aws4_request");
        let hashed = hex(&Sha256::digest(canonical));
        let text = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashed}");
        let mut key = b"AWS4test".to_vec();
        for part in [day, region, service, "aws4_request", &text] {
            key = hmac(&key, part);
        }
        hex(&key)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 2104 with SHA-256; the key is no longer than a block.
fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let padded = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(to, from)| *to ^= from);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text);
    let outer = Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner.finalize());
    outer.finalize().to_vec()
}

type Said = Response<Full<Bytes>>;

/// Runs a script against a server, and gives what the server heard besides questions for the caller's identity.
fn run(
    script: &str,
    environment: &[(&str, &str)],
    answer: impl Fn(&Heard) -> Said + Clone + Send + Sync + 'static,
) -> (Finished, Vec<Heard>) {
    let all: Arc<Mutex<Vec<Heard>>> = Arc::default();
    let hear = Arc::clone(&all);
    let server = Server::start(move |request: Request<Bytes>| {
        let heard = Heard::of(&request);
        let said = match heard.scope().1 {
            "sts" => identity(),
            _ => {
                let said = answer(&heard);
                hear.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(heard);
                said
            }
        };
        async move { Reply::With(said) }
    });
    let mut deployer = Deployer::at(&server.url());
    for (name, value) in environment {
        deployer.environment(name, value);
    }
    deployer.write("team.rhai", script);
    let run = deployer.json(&["run", "team.rhai"]);
    let heard = all.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (run, heard)
}

fn identity() -> Said {
    let said = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/t</Arn>\
        <UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    http::response(200, "text/xml", said)
}

fn with_header(mut response: Said, name: &'static str, value: &str) -> Said {
    let value = value.parse().expect("a header");
    response.headers_mut().insert(name, value);
    response
}

/// Amazon S3 API Reference, "Signature calculations for the authorization header": the path is what it is, encoded once, and
/// the hash of the body is a header. The checksum goes with it: "PutObject", `x-amz-checksum-crc32`.
#[test]
fn an_object_is_signed_with_its_key_as_it_is() {
    let script = r#"
        aws::call("s3", "PutObject", #{ Bucket: "shop", Key: "a//b/../c d+ü.txt", Body: "MTIzNDU2Nzg5" });
    "#;
    let (run, heard) = run(script, &[], |_| http::response(200, "application/xml", ""));
    run.expect(0);
    let [put] = &heard[..] else {
        panic!("{heard:#?}")
    };
    assert_eq!(put.method, "PUT");
    assert_eq!(put.path, "/shop/a//b/../c%20d%2B%C3%BC.txt");
    let hash = hex(&Sha256::digest("123456789"));
    assert_eq!(put.header("x-amz-content-sha256"), hash);
    assert_eq!(put.header("x-amz-checksum-crc32"), "y/Q5Jg==");
    assert_eq!(put.scope(), (REGION, "s3"));
    assert_eq!(put.authorization("Signature"), put.signature());
}

/// Amazon Cognito Identity API Reference, "GetId": no credentials are needed. AWS Elemental MediaStore API Reference,
/// "PutObject", whose model says `v4-unsigned-body` (Smithy 2.0, `aws.auth#unsignedPayload`).
#[test]
fn what_the_models_leave_unsigned_is_not_signed() {
    let script = r#"
        aws::call("cognito-identity", "GetId", #{ IdentityPoolId: "us-east-1:00000000-0000-0000-0000-000000000000" });
        aws::call("mediastore-data", "PutObject", #{ Path: "film", Body: "MTIzNDU2Nzg5" });
    "#;
    let (run, heard) = run(script, &[], |heard| {
        let said = match heard.header("x-amz-target").is_empty() {
            true => r#"{"ETag": "e"}"#,
            false => r#"{"IdentityId": "us-east-1:00000000-0000-0000-0000-000000000001"}"#,
        };
        http::response(200, "application/json", said)
    });
    run.expect(0);
    let [id, film] = &heard[..] else {
        panic!("{heard:#?}")
    };
    assert_eq!(id.header("x-amz-target"), "AWSCognitoIdentityService.GetId");
    assert_eq!(
        (id.header("authorization"), id.header("x-amz-date")),
        ("", "")
    );
    assert_eq!(film.header("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    assert_eq!(film.body, "123456789");
    assert_eq!(film.authorization("Signature"), film.signature());
}

const HEAD_TWICE: &str = r#"
    for time in 0..2 { aws::call("s3", "HeadObject", #{ Bucket: "shop", Key: "k" }); }
"#;

/// Amazon S3 User Guide, "Making requests", "Request redirection and the REST API"; Amazon S3 API Reference, "HeadBucket",
/// `x-amz-bucket-region`. The second call goes there at once.
#[test]
fn a_bucket_is_asked_where_it_is() {
    let (run, heard) = run(HEAD_TWICE, &[], |heard| match heard.scope().0 {
        "eu-west-1" => http::response(200, "text/plain", ""),
        _ => with_header(
            http::response(301, "application/xml", ""),
            "x-amz-bucket-region",
            "eu-west-1",
        ),
    });
    run.expect(0);
    let regions: Vec<_> = heard.iter().map(|heard| heard.scope().0).collect();
    assert_eq!(regions, [REGION, "eu-west-1", "eu-west-1"]);
    assert!(
        heard
            .iter()
            .all(|one| one.authorization("Signature") == one.signature())
    );
}

/// Amazon S3 API Reference, "Error responses", `AuthorizationHeaderMalformed`: the error says the region.
#[test]
fn a_region_in_an_error_is_followed_once() {
    let script = r#"aws::call("s3", "ListObjectsV2", #{ Bucket: "shop" });"#;
    let (run, heard) = run(script, &[], |_| {
        let said = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region></Error>";
        http::response(400, "application/xml", said)
    });
    let ending = run.expect(1).ending();
    assert_eq!(ending["fault"]["code"], "AuthorizationHeaderMalformed");
    let regions: Vec<_> = heard.iter().map(|heard| heard.scope().0).collect();
    assert_eq!(regions, [REGION, "eu-west-1"]);
}

/// Amazon S3 API Reference, "GetObject", `x-amz-checksum-mode`: what was damaged on the way is asked for again.
#[test]
fn a_damaged_answer_is_not_taken() {
    let script = r#"
        let found = aws::call("s3", "GetObject", #{ Bucket: "shop", Key: "k", ChecksumMode: "ENABLED" });
        if found.Body != "MTIzNDU2Nzg5" { fail(found.Body); }
    "#;
    let asked = Arc::new(Mutex::new(0));
    let (run, heard) = run(script, &[], move |_| {
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked += 1;
        let body = if *asked == 1 {
            "123456798"
        } else {
            "123456789"
        };
        let response = http::response(200, "text/plain", body);
        with_header(response, "x-amz-checksum-crc64nvme", "rosUhgp5mIg=")
    });
    run.expect(0);
    assert_eq!(heard.len(), 2, "{run}");
    assert_eq!(heard[0].header("x-amz-checksum-mode"), "ENABLED");
    assert!(run.has_said("checksum_mismatch"), "{run}");
}

/// AWS SDKs and Tools Reference Guide, "Request compression": from 10,240 bytes on, unless it is configured otherwise.
#[test]
fn long_requests_are_compressed_where_the_model_says_so() {
    let script = |count: u32| {
        format!(
            r#"
            let data = [];
            for number in 0..{count} {{ data.push(#{{ MetricName: "orders", Value: number.to_float() }}); }}
            aws::call("cloudwatch", "PutMetricData", #{{ Namespace: "Shop", MetricData: data }});
            "#
        )
    };
    let sent = |count, environment: &[(&str, &str)]| {
        let (run, heard) = run(&script(count), environment, |_| {
            http::response(200, "application/json", "")
        });
        run.expect(0);
        heard.into_iter().next_back().expect("a request")
    };
    let long = sent(500, &[]);
    assert_eq!(long.header("content-encoding"), "gzip");
    let body = &long.body;
    assert_eq!(long.header("content-length"), body.len().to_string());
    let (packed, end) = body[10..].split_at(body.len() - 18);
    let opened = miniz_oxide::inflate::decompress_to_vec(packed).expect("DEFLATE");
    assert!(opened.len() > 10_240 && body.len() < opened.len() / 2);
    assert_eq!(end[..4], crc32fast::hash(&opened).to_le_bytes());
    assert_eq!(
        String::from_utf8_lossy(&opened).matches("orders").count(),
        500
    );
    let off = ("AWS_DISABLE_REQUEST_COMPRESSION", "true");
    for plain in [sent(3, &[]), sent(500, &[off])] {
        assert_eq!(plain.header("content-encoding"), "");
        assert!(String::from_utf8_lossy(&plain.body).contains("orders"));
    }
    let all = ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", "0");
    assert_eq!(sent(3, &[all]).header("content-encoding"), "gzip");
}

/// Amazon RDS API Reference, "CopyDBSnapshot", `PreSignedUrl`: the AWS CLI makes it of `--source-region`.
#[test]
fn a_copy_from_another_region_has_its_signed_address() {
    let script = r#"
        aws::call("rds", "CopyDBSnapshot", #{
            SourceDBSnapshotIdentifier: "arn:aws:rds:eu-west-1:123456789012:snapshot:s",
            TargetDBSnapshotIdentifier: "t", SourceRegion: "eu-west-1",
        });
    "#;
    let (run, heard) = run(script, &[], |_| {
        let said = "<CopyDBSnapshotResponse><CopyDBSnapshotResult><DBSnapshot/></CopyDBSnapshotResult>\
            </CopyDBSnapshotResponse>";
        http::response(200, "text/xml", said)
    });
    run.expect(0);
    let copy = heard.last().expect("a request");
    let body = String::from_utf8_lossy(&copy.body).into_owned();
    assert!(
        body.contains("PreSignedUrl=http") && body.contains("DestinationRegion"),
        "{body}"
    );
    assert!(!body.contains("&SourceRegion="), "{body}");
}
