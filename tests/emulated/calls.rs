//! Calls of forty services, beside boto3 on the same emulator: the same inputs, the same answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use deployer::cancel::Cancel;
use deployer::scrub::Secrets;
use deployer::vocabulary::{Fault, Question, Replies};
use deployer::world::live::{Live, People};
use deployer::world::shape::{self, ProblemKind};
use deployer::world::{AskResult, AwsCall, World};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use regex::Regex;
use serde_json::{Value, json};

use crate::support::emulators::{Moto, PATIENT, REGION};
use crate::support::http::{self, RUNTIME};
use crate::support::provision::{MOTO, python};

/// Where the calls that the other process is to make are, and where it writes what they answered.
const CALLS: &str = "DEPLOYER_TEST_CALLS";

/// Operations whose answers differ, and why.
const DIFFERENT: [(&str, &str, &str); 3] = [
    (
        "sqs",
        "GetQueueUrl",
        "botocore says the code of the query protocol, which SQS has left; here it is the model's",
    ),
    (
        "s3",
        "GetObject",
        "botocore asks for the object's checksum, whether it was asked to or not",
    ),
    (
        "emr",
        "ListInstanceGroups",
        "moto answers with an error page, which botocore takes for an error of AWS",
    ),
];

/// Members that moto makes up anew for each call, or that are moments as numbers.
const MADE_UP: [(&str, &str); 10] = [
    ("sts", "SessionToken"),
    ("sqs", "CreatedTimestamp"),
    ("sqs", "LastModifiedTimestamp"),
    ("logs", "creationTime"),
    ("acm", "Serial"),
    ("rds", "VpcSecurityGroupId"),
    ("elb", "Subnets"),
    ("elb", "VPCId"),
    ("codedeploy", "applicationId"),
    ("eks", "certificateAuthority"),
];

struct Nobody;

impl People for Nobody {
    fn ask(&self, _: &Question, _: &Replies) -> Result<AskResult, Fault> {
        Ok(AskResult::Later)
    }
}

#[test]
#[ignore = "deep: hundreds of calls, twice"]
fn answer_as_boto3_is_answered() {
    // On a machine with other work moto may answer too late: what differs is asked again.
    let different = match differences() {
        different if different.is_empty() => different,
        _ => differences(),
    };
    assert!(different.is_empty(), "{different}");
}

/// What differs between boto3's answers and ours, each in words, on a moto of its own.
fn differences() -> String {
    let moto = Moto::start();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let theirs = by_boto3(&moto, folder.path());
    let calls = folder.path().join("calls");
    fs::write(&calls, &theirs).expect("a file");
    moto.reset();
    // The configuration of AWS is read from the environment of a process: another one, whose environment is set.
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "emulated::calls::are_made_here",
            "--ignored",
            "--nocapture",
        ])
        .envs(environment(&moto))
        .envs([PATIENT])
        .env(CALLS, &calls)
        .stdin(Stdio::null())
        .output()
        .expect("this program starts");
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
    let ours = fs::read_to_string(calls.with_extension("answers")).expect("answers");
    judge(&theirs, &ours)
}

/// What the other process does: the calls, by the live world.
#[test]
#[ignore = "a part of answer_as_boto3_is_answered"]
fn are_made_here() {
    let Some(file) = std::env::var_os(CALLS) else {
        return;
    };
    let file = Path::new(&file);
    let live = Live::new(
        Cancel::default(),
        Box::new(Nobody),
        Arc::new(Secrets::default()),
    );
    let mut out = String::new();
    for (number, line) in fs::read_to_string(file).expect("calls").lines().enumerate() {
        seed(number);
        let call: Value = serde_json::from_str(line).expect("a line of JSON");
        let text = |name: &str| call[name].as_str().expect("a text").to_owned();
        let call = AwsCall::new(text("service"), text("operation"), call["input"].clone());
        let answered = match live.aws(&call) {
            Ok(output) => json!({"output": *output}),
            Err(fault) => json!({"error": {"code": fault.code, "message": fault.message}}),
        };
        let _ = writeln!(out, "{answered}");
    }
    fs::write(file.with_extension("answers"), out).expect("a file");
}

/// Has moto make up the same ids for the call with this number as it did for boto3's.
fn seed(number: usize) {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("an address");
    let address = endpoint
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    let request = Request::builder()
        .method("POST")
        .uri(format!("/moto-api/seed?a={number}"))
        .body(Full::new(Bytes::new()))
        .expect("a valid request");
    let sent = http::send(address, request, Duration::from_secs(60));
    let answer = RUNTIME.block_on(sent).expect("moto answers");
    assert!(answer.status.is_success(), "{}", answer.status);
}

fn environment(moto: &Moto) -> [(&'static str, String); 5] {
    [
        ("AWS_ENDPOINT_URL", moto.endpoint()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
    ]
}

fn by_boto3(moto: &Moto, folder: &Path) -> String {
    let output = Command::new(python(MOTO))
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/support/calls.py"
        ))
        .arg(moto.endpoint())
        .env("HOME", folder)
        .envs(environment(moto))
        .stdin(Stdio::null())
        .output()
        .expect("the interpreter is installed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("JSON")
}

fn judge(theirs: &str, ours: &str) -> String {
    let (mut services, mut answered, mut different) = (BTreeSet::new(), 0, String::new());
    assert_eq!(theirs.lines().count(), ours.lines().count());
    for (theirs, ours) in theirs.lines().zip(ours.lines()) {
        let theirs: Value = serde_json::from_str(theirs).expect("JSON");
        let ours: Value = serde_json::from_str(ours).expect("JSON");
        let text = |name: &str| theirs[name].as_str().unwrap_or_default().to_owned();
        let (service, operation) = (text("service"), text("operation"));
        let reason = DIFFERENT
            .iter()
            .find(|(s, o, _)| (*s, *o) == (service.as_str(), operation.as_str()));
        let kind = if theirs["output"].is_null() {
            "error"
        } else {
            "output"
        };
        answered += usize::from(kind == "output");
        let ours_known = match kind {
            "output" => known(&service, &operation, ours[kind].clone()),
            _ => ours[kind].clone(),
        };
        let (want, got) = (
            lasting(&service, &theirs[kind]),
            lasting(&service, &ours_known),
        );
        if want != got && reason.is_none() {
            let input = &theirs["input"];
            let _ = write!(
                different,
                "\n{service} {operation} {input}\n  boto3: {want}\n  ours:  {}\n",
                lasting(&service, &ours)
            );
        }
        services.insert(service);
    }
    assert!(
        services.len() >= 55 && answered > 200,
        "{} services, {answered} answers",
        services.len()
    );
    different
}

/// An answer without the members that AWS's model lacks: they pass here, since AWS may have added them, and botocore
/// drops them.
fn known(service: &str, operation: &str, mut output: Value) -> Value {
    let unknown = shape::judge(service, operation, &output);
    let unknown = unknown
        .iter()
        .filter(|problem| problem.kind == ProblemKind::UnknownField);
    for problem in unknown {
        let pointer = format!(
            "/{}",
            problem.path.replace(['.', '['], "/").replace(']', "")
        );
        let (holder, name) = pointer.rsplit_once('/').expect("it begins with one");
        if let Some(holder) = output.pointer_mut(holder).and_then(Value::as_object_mut) {
            holder.remove(name);
        }
    }
    output
}

/// A value without the moments at which it was made, and without what is made up.
fn lasting(service: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => {
            // The names of RDS's automated snapshots end in a moment, to the minute.
            let moment = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?|-\d\d-\d\d)";
            let moment = Regex::new(moment).expect("a pattern");
            moment.replace_all(text, "TIME").into()
        }
        Value::Array(items) => items.iter().map(|item| lasting(service, item)).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(name, value)| {
                !value.is_null() && !MADE_UP.contains(&(service, name.as_str()))
            });
            let members = members.map(|(name, value)| (name.clone(), lasting(service, value)));
            Value::Object(members.collect())
        }
        // `1.0` and `1` are one number.
        Value::Number(number) => number.as_f64().map_or(value.clone(), Value::from),
        other => other.clone(),
    }
}
