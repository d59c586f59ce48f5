//! Requests and answers of every operation of every service, in every protocol that it has, against botocore: the same
//! models, read by another program. `cases.py` writes what botocore sends and reads.

mod body;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use aws_smithy_types::base64;
use deployer::world::apis::aws::answer::{self, Answer, Failure};
use deployer::world::apis::aws::{Operation, Protocol, Service, request, service};
use serde_json::{Value, json};

use crate::support::provision::{self, MOTO};

/// How many processes write cases.
const SHARDS: usize = 2;

/// What one case comes to.
#[derive(Debug)]
enum Judged {
    Same,
    /// botocore cannot write it.
    Skipped,
    /// Which part differs, and how.
    Differs(&'static str, String),
}

/// What is allowed to differ, with the number of cases: by protocol, part and service.
const REMAINDER: [(&str, &str, &str, usize); 1] = [
    // ListObjects asks for names as in a URL. Amazon S3 API reference, "ListObjects", response element EncodingType: that is
    // the prefix, too. botocore decodes it for ListObjectsV2 and ListObjectVersions only.
    ("rest-xml", "result", "s3", 1),
];

#[test]
#[ignore = "deep: every operation of AWS beside botocore"]
fn every_operation_is_written_and_read_as_botocore_does() {
    let python = provision::python(MOTO);
    let workers = (0..SHARDS).map(|shard| {
        let python = python.clone();
        thread::spawn(move || judge_shard(&python, shard))
    });
    let workers: Vec<_> = workers.collect();
    let mut all = BTreeMap::new();
    for worker in workers {
        for (kind, (count, example)) in worker.join().expect("a worker") {
            let known: &mut (usize, String) = all.entry(kind).or_default();
            known.0 += count;
            known.1 = example;
        }
    }
    let same: usize = all
        .iter()
        .filter(|(kind, _)| kind.1 == "same")
        .map(|(_, found)| found.0)
        .sum();
    let skipped: Vec<_> = all.iter().filter(|(kind, _)| kind.1 == "skipped").collect();
    eprintln!("{same} the same; botocore cannot write {skipped:#?}");
    let mut wrong = Vec::new();
    for ((protocol, part, service), (count, example)) in &all {
        let is_known = REMAINDER.iter().any(|known| {
            (known.0, known.1, known.2) == (protocol, *part, service) && known.3 == *count
        });
        if !["same", "skipped"].contains(part) && !is_known {
            wrong.push(format!("{count} × {protocol} {part} {service}: {example}"));
        }
    }
    assert!(same > 50_000, "only {same} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

type Found = BTreeMap<(String, &'static str, String), (usize, String)>;

fn judge_shard(python: &Path, shard: usize) -> Found {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulated/protocols/cases.py");
    let mut child = Command::new(python)
        .arg(script)
        .args([shard.to_string(), SHARDS.to_string()])
        .env_remove("PYTHONPATH")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdout(Stdio::piped())
        .spawn()
        .expect("python");
    let mut found = Found::new();
    for line in BufReader::new(child.stdout.take().expect("its output")).lines() {
        let case: Value = serde_json::from_str(&line.expect("a line")).expect("a case");
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
        let (part, example, of) = match judge(&case) {
            Judged::Same => ("same", String::new(), String::new()),
            Judged::Skipped => ("skipped", text("skipped"), text("service")),
            Judged::Differs(part, how) => (part, how, text("service")),
        };
        let example = format!("{} ({}): {example}", text("operation"), text("about"));
        let entry = found
            .entry((text("protocol"), part, of))
            .or_insert((0, example));
        entry.0 += 1;
    }
    assert!(child.wait().expect("an end").success(), "cases.py failed");
    found
}

fn judge(case: &Value) -> Judged {
    if case.get("skipped").is_some() {
        return Judged::Skipped;
    }
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let service = service(text("service")).expect("a service");
    let operation = service.operation(text("operation")).expect("an operation");
    let protocol = match text("protocol") {
        "json" => Protocol::Json,
        "rest-json" => Protocol::RestJson,
        "rest-xml" => Protocol::RestXml,
        "query" => Protocol::Query,
        "ec2" => Protocol::Ec2,
        _ => Protocol::Cbor,
    };
    let difference = match text("about") {
        "answer" => answer_differs(case, service, protocol, operation),
        "error" => error_differs(case, service, protocol, operation),
        _ => request_differs(case, service, protocol, operation),
    };
    match difference {
        Some((part, how)) => Judged::Differs(part, how),
        None => Judged::Same,
    }
}

type Difference = Option<(&'static str, String)>;

fn request_differs(
    case: &Value,
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
) -> Difference {
    let input = &case["input"];
    let ours = match request::write(service, protocol, operation, input) {
        Ok(request) => request,
        Err(error) => return Some(("input", error.to_string())),
    };
    let prefix = request::host_prefix(service, operation, input).map(|prefix| json!(prefix));
    let theirs = |name: &str| case[name].as_str().unwrap_or_default();
    let body = ours.body().bytes().unwrap_or_default();
    let sent = base64::decode(theirs("body")).expect("base64");
    differs("method", &json!(case["method"]), &json!(ours.method()))
        .or_else(|| {
            let (path, query) = body::split_uri(theirs("uri"));
            let (our_path, our_query) = body::split_uri(ours.uri());
            differs("path", &json!(path), &json!(our_path))
                .or_else(|| differs("query", &json!(query), &json!(our_query)))
        })
        .or_else(|| {
            differs(
                "host prefix",
                &case["host_prefix"],
                &prefix.unwrap_or_default(),
            )
        })
        .or_else(|| {
            let theirs = case["headers"].as_object().into_iter().flatten();
            let theirs =
                theirs.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
            differs(
                "headers",
                &body::headers(theirs),
                &body::headers(ours.headers().iter()),
            )
        })
        .or_else(|| {
            let is_raw = body::is_raw(service, protocol, operation);
            let read = |bytes: &[u8]| body::read(protocol, is_raw, bytes);
            differs("body", &read(&sent), &read(body))
        })
}

fn received(case: &Value) -> Answer {
    let headers = case["headers"].as_object().into_iter().flatten();
    let headers =
        headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    Answer {
        status: case["status"]
            .as_u64()
            .and_then(|status| status.try_into().ok())
            .unwrap_or_default(),
        headers: headers.collect(),
        body: base64::decode(case["body"].as_str().unwrap_or_default()).expect("base64"),
    }
}

fn answer_differs(
    case: &Value,
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
) -> Difference {
    match answer::read(service, protocol, operation, &json!({}), &received(case)) {
        Ok(ours) => differs("result", &case["result"], &ours),
        Err(failure) => Some(("unread", failure.to_string())),
    }
}

fn error_differs(
    case: &Value,
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
) -> Difference {
    match answer::read(service, protocol, operation, &json!({}), &received(case)) {
        Err(Failure::Error(error)) => differs("code", &case["code"], &json!(error.code))
            .or_else(|| differs("message", &case["message"], &json!(error.message)))
            .or_else(|| differs("members", &case["members"], &error.members)),
        other => Some(("not an error", format!("{other:?}"))),
    }
}

fn differs(part: &'static str, theirs: &Value, ours: &Value) -> Difference {
    body::difference("$", theirs, ours).map(|how| (part, how))
}
