//! Images, secrets, queues, topics, databases, processes, endpoints of their own.

use super::balancing::world_with;
use super::*;

const REPOSITORY: &str = "realserv/catalog-service";

fn call(world: &dyn World, service: &str, operation: &str, input: Value) -> Value {
    aws(world, service, operation, input).expect(operation)
}

fn code(world: &dyn World, service: &str, operation: &str, input: Value) -> String {
    aws(world, service, operation, input)
        .expect_err(operation)
        .code
}

fn digest(world: &dyn World, tag: &str) -> Value {
    let input = json!({ "repositoryName": REPOSITORY, "imageIds": [{ "imageTag": tag }] });
    call(world, "ecr", "DescribeImages", input)["imageDetails"][0]["imageDigest"].clone()
}

#[test]
fn images_are_tagged_anew_by_their_manifest() {
    let world = world(&[]);
    let ids = json!({ "repositoryName": REPOSITORY, "imageIds": [{ "imageTag": "1.2.0" }] });
    let found = call(&world, "ecr", "BatchGetImage", ids);
    let manifest = &found["images"][0]["imageManifest"];
    let put = |tag: &str| json!({ "repositoryName": REPOSITORY, "imageManifest": manifest, "imageTag": tag });
    call(&world, "ecr", "PutImage", put("rollback"));
    assert_eq!(digest(&world, "rollback"), digest(&world, "1.2.0"));
    assert_eq!(
        code(&world, "ecr", "PutImage", put("rollback")),
        "ImageAlreadyExistsException"
    );
    assert_eq!(
        code(&world, "ecr", "PutImage", put("1.3.0")),
        "ImageTagAlreadyExistsException"
    );
    let gone = json!({ "repositoryName": REPOSITORY, "imageIds": [{ "imageTag": "rollback" }, { "imageTag": "x" }] });
    let out = call(&world, "ecr", "BatchDeleteImage", gone);
    assert_eq!(out["failures"][0]["failureCode"], "ImageNotFound");
    assert!(digest(&world, "1.2.0").is_string(), "only the tag went");
    let made = json!({ "repositoryName": "new" });
    call(&world, "ecr", "CreateRepository", made.clone());
    assert_eq!(
        code(&world, "ecr", "CreateRepository", made),
        "RepositoryAlreadyExistsException"
    );
}

#[test]
fn scans_take_a_moment_and_count() {
    let world = world(&[]);
    let of = |tag: &str| json!({ "repositoryName": REPOSITORY, "imageId": { "imageTag": tag } });
    let found = call(&world, "ecr", "DescribeImageScanFindings", of("1.3.0"));
    assert_eq!(
        found["imageScanFindings"]["findingSeverityCounts"]["LOW"],
        3
    );
    assert_eq!(
        found["imageScanFindings"]["findings"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
    assert_eq!(
        code(&world, "ecr", "DescribeImageScanFindings", of("1.0.0")),
        "ScanNotFoundException"
    );
    call(&world, "ecr", "StartImageScan", of("1.0.0"));
    let status = || {
        call(&world, "ecr", "DescribeImageScanFindings", of("1.0.0"))["imageScanStatus"]["status"]
            .clone()
    };
    assert_eq!(status(), "IN_PROGRESS");
    world.sleep(Duration::from_secs(30));
    assert_eq!(status(), "COMPLETE");
}

const PUSH: &str = r#"
[[processes]]
program = "docker"
args = ["push", "*"]
stdout = "{image}: digest: {digest} size: 1234"
pushes = "{image}"
takes = "40s"

[[processes]]
program = "glab"
times = 1
status = 4
stderr = "not logged in"
"#;

pub(in crate::world) fn process(program: &str, args: &[&str]) -> ProcessCommand {
    ProcessCommand {
        inherit: Vec::new(),
        program: program.to_owned(),
        args: args.iter().map(|a| (*a).to_owned()).collect(),
        env: Default::default(),
        dir: None,
        stdin: None,
        timeout_ms: 60_000,
        reads: false,
        mark: None,
    }
}

pub(in crate::world) fn ran(
    world: &dyn World,
    command: &ProcessCommand,
) -> Result<ProcessOutput, Fault> {
    world.process(command, &mut |_, _| {})
}

#[test]
fn a_push_makes_an_image_appear() {
    let world = world_with(PUSH, &[]);
    let image = IMAGE.replace("1.3.0", "1.4.0");
    let begun = world.now();
    let done = ran(&world, &process("/usr/bin/docker", &["push", &image])).expect("described");
    assert_eq!(world.now().duration_since(begun).as_secs(), 40);
    let pushed = digest(&world, "1.4.0");
    assert!(
        done.stdout.contains(pushed.as_str().expect("a digest")),
        "{}",
        done.stdout
    );
    let again = ran(&world, &process("docker", &["push", &image])).expect("described");
    assert_eq!(again.status, 1, "the tag is immutable");
    assert!(again.stderr.contains("immutable"), "{}", again.stderr);
    assert_eq!(
        ran(&world, &process("glab", &["pr"]))
            .expect("described")
            .status,
        4
    );
    let fault = ran(&world, &process("glab", &["pr", "view"])).expect_err("described once");
    assert_eq!(fault.code, "process_not_described");
    assert!(
        fault
            .hint
            .is_some_and(|h| h.contains(r#"args = ["pr", "view"]"#))
    );
    let mut short = process("docker", &["push", "x"]);
    short.timeout_ms = 1_000;
    assert_eq!(
        ran(&world, &short).expect_err("too long").code,
        "process_timed_out"
    );
    assert_eq!(world.processes().len(), 5);
}

#[test]
fn secrets_come_and_go() {
    let world = world(&[]);
    let id = json!({ "SecretId": "new" });
    let create = json!({ "Name": "new" });
    call(&world, "secretsmanager", "CreateSecret", create.clone());
    assert_eq!(
        code(&world, "secretsmanager", "CreateSecret", create),
        "ResourceExistsException"
    );
    assert_eq!(
        code(&world, "secretsmanager", "GetSecretValue", id.clone()),
        "ResourceNotFoundException"
    );
    call(
        &world,
        "secretsmanager",
        "PutSecretValue",
        json!({ "SecretId": "new", "SecretString": "x" }),
    );
    call(&world, "secretsmanager", "GetSecretValue", id.clone());
    let window = json!({ "SecretId": "new", "RecoveryWindowInDays": 3 });
    assert_eq!(
        code(&world, "secretsmanager", "DeleteSecret", window),
        "InvalidParameterException"
    );
    call(&world, "secretsmanager", "DeleteSecret", id.clone());
    assert_eq!(
        code(&world, "secretsmanager", "GetSecretValue", id.clone()),
        "InvalidRequestException"
    );
    call(&world, "secretsmanager", "RestoreSecret", id.clone());
    call(&world, "secretsmanager", "GetSecretValue", id.clone());
    let force = json!({ "SecretId": "new", "ForceDeleteWithoutRecovery": true });
    call(&world, "secretsmanager", "DeleteSecret", force);
    assert_eq!(
        code(&world, "secretsmanager", "RestoreSecret", id),
        "ResourceNotFoundException"
    );
    let parameter = json!({ "Name": "/app/level", "Value": "info", "Type": "String" });
    call(&world, "ssm", "PutParameter", parameter.clone());
    assert_eq!(
        code(&world, "ssm", "PutParameter", parameter),
        "ParameterAlreadyExists"
    );
}

const QUEUES: &str = r#"
[[queues]]
name = "jobs"
depth = 12
dead_letters = "jobs-dead"

[[queues]]
name = "jobs-dead"

[[databases]]
name = "catalog"

[[endpoints]]
url = "https://hooks.example.com/*"
method = "POST"
headers = { X-Hook = "1" }
answers = [{ status = 500 }, { status = 200, body = "ok" }]
"#;

fn depth(world: &dyn World, queue: &str) -> i64 {
    let url = call(world, "sqs", "GetQueueUrl", json!({ "QueueName": queue }))["QueueUrl"].clone();
    let input = json!({ "QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"] });
    let found = call(world, "sqs", "GetQueueAttributes", input);
    let depth = found["Attributes"]["ApproximateNumberOfMessages"].as_str();
    depth.and_then(|d| d.parse().ok()).expect("a number")
}

#[test]
fn dead_letters_come_with_the_new_version() {
    let world = world_with(QUEUES, &["dead-letters:6"]);
    world.sleep(Duration::from_secs(600));
    assert_eq!((depth(&world, "jobs"), depth(&world, "jobs-dead")), (12, 0));
    deploy(&world);
    world.sleep(Duration::from_secs(600));
    let dead = depth(&world, "jobs-dead");
    assert!((40..=60).contains(&dead), "{dead}");
    let url = call(
        &world,
        "sqs",
        "GetQueueUrl",
        json!({ "QueueName": "jobs-dead" }),
    );
    call(
        &world,
        "sqs",
        "PurgeQueue",
        json!({ "QueueUrl": url["QueueUrl"] }),
    );
    assert_eq!(depth(&world, "jobs-dead"), 0);
    let url = call(&world, "sqs", "GetQueueUrl", json!({ "QueueName": "jobs" }));
    let send = json!({ "QueueUrl": url["QueueUrl"], "MessageBody": "hello" });
    call(&world, "sqs", "SendMessage", send);
    assert_eq!(depth(&world, "jobs"), 13);
    let got = call(
        &world,
        "sqs",
        "ReceiveMessage",
        json!({ "QueueUrl": url["QueueUrl"] }),
    );
    assert_eq!(got["Messages"][0]["Body"], "hello");
    assert_eq!(depth(&world, "jobs"), 12);
    assert_eq!(
        code(&world, "sqs", "GetQueueUrl", json!({ "QueueName": "x" })),
        "QueueDoesNotExist"
    );
}

#[test]
fn snapshots_take_their_time() {
    let world = world_with(QUEUES, &[]);
    let create = json!({ "DBInstanceIdentifier": "catalog", "DBSnapshotIdentifier": "before" });
    call(&world, "rds", "CreateDBSnapshot", create.clone());
    assert_eq!(
        code(&world, "rds", "CreateDBSnapshot", create),
        "DBSnapshotAlreadyExists"
    );
    let status = || {
        call(
            &world,
            "rds",
            "DescribeDBSnapshots",
            json!({ "DBSnapshotIdentifier": "before" }),
        )["DBSnapshots"][0]["Status"]
            .clone()
    };
    assert_eq!(status(), "creating");
    let restore = json!({ "DBInstanceIdentifier": "catalog-2", "DBSnapshotIdentifier": "before" });
    assert_eq!(
        code(
            &world,
            "rds",
            "RestoreDBInstanceFromDBSnapshot",
            restore.clone()
        ),
        "InvalidDBSnapshotState"
    );
    world.sleep(Duration::from_secs(400));
    assert_eq!(status(), "available");
    let restored = call(&world, "rds", "RestoreDBInstanceFromDBSnapshot", restore);
    assert_eq!(restored["DBInstance"]["DBInstanceStatus"], "creating");
    world.sleep(Duration::from_secs(800));
    let found = call(
        &world,
        "rds",
        "DescribeDBInstances",
        json!({ "DBInstanceIdentifier": "catalog-2" }),
    );
    assert_eq!(found["DBInstances"][0]["DBInstanceStatus"], "available");
    assert_eq!(
        code(
            &world,
            "rds",
            "DescribeDBInstances",
            json!({ "DBInstanceIdentifier": "x" })
        ),
        "DBInstanceNotFound"
    );
}

#[test]
fn endpoints_of_their_own_answer_in_turn_and_are_seen() {
    let world = world_with(QUEUES, &[]);
    let request = HttpRequest {
        method: "POST".to_owned(),
        url: "https://hooks.example.com/T1/B2?x=1".to_owned(),
        headers: Vec::new(),
        body: Some(r#"{"text":"deployed"}"#.to_owned()),
        timeout_ms: 5_000,
        expected: None,
        secret: None,
    };
    let statuses: Vec<u16> = (0..3)
        .map(|_| world.http(&request).expect("an answer").status)
        .collect();
    assert_eq!(statuses, [500, 200, 200]);
    let answer = world.http(&request).expect("an answer");
    assert!(
        answer
            .headers
            .contains(&("x-hook".to_owned(), "1".to_owned()))
    );
    let seen = world.http_requests();
    assert_eq!(seen[0].request.body, request.body);
    assert_eq!(seen[0].status, Some(500));
    let get = HttpRequest {
        method: "GET".to_owned(),
        ..request
    };
    assert_eq!(
        world.http(&get).expect_err("only POST").code,
        "connection_refused"
    );
}

#[test]
fn topics_must_exist() {
    let world = world(&[]);
    let made = call(&world, "sns", "CreateTopic", json!({ "Name": "deploys" }));
    let publish = json!({ "TopicArn": made["TopicArn"], "Message": "done", "Subject": "catalog" });
    assert!(call(&world, "sns", "Publish", publish)["MessageId"].is_string());
    let unknown = json!({ "TopicArn": "arn:aws:sns:ap-south-1:123456789012:x", "Message": "done" });
    assert_eq!(code(&world, "sns", "Publish", unknown), "NotFound");
    let empty = json!({ "TopicArn": made["TopicArn"], "Message": "" });
    assert_eq!(code(&world, "sns", "Publish", empty), "InvalidParameter");
}
