//! Images, messages, scaling policies.

use super::super::balancing::world_with;
use super::*;

const REPOSITORY: &str = "realserv/catalog-service";

/// ECR User Guide, "Scan images for OS vulnerabilities": "scanned once per 24 hours".
#[test]
fn an_image_is_scanned_once_a_day() {
    let world = world(&[]);
    call(
        &world,
        "ecr",
        "CreateRepository",
        json!({ "repositoryName": "own" }),
    );
    let manifest = json!({ "schemaVersion": 2, "config": {}, "layers": [] }).to_string();
    let put = json!({ "repositoryName": "own", "imageManifest": manifest, "imageTag": "1" });
    call(&world, "ecr", "PutImage", put);
    let scan = json!({ "repositoryName": "own", "imageId": { "imageTag": "1" } });
    call(&world, "ecr", "StartImageScan", scan.clone());
    for hours in [0, 23] {
        world.sleep(Duration::from_secs(hours * 3600));
        let fault = aws(&world, "ecr", "StartImageScan", scan.clone()).expect_err("again");
        assert_eq!(
            (fault.code.as_str(), fault.message.as_str()),
            (
                "LimitExceededException",
                "The scan quota per image has been exceeded. Wait and try again."
            )
        );
    }
    world.sleep(Duration::from_secs(3600));
    call(&world, "ecr", "StartImageScan", scan);
}

/// ECR API Reference, PutImage (`imageManifest`, `imageTag`), CreateRepository (`repositoryName`).
#[test]
fn a_manifest_is_one() {
    let manifest = json!({ "schemaVersion": 2, "config": {}, "layers": [] }).to_string();
    table(
        "ecr",
        "PutImage",
        &json!({ "repositoryName": REPOSITORY, "imageManifest": manifest, "imageTag": "9" }),
        &[
            (
                |i| i["imageManifest"] = json!("{}"),
                "InvalidParameterException",
                "ImageManifest",
            ),
            (
                |i| i["imageManifest"] = json!("nonsense"),
                "InvalidParameterException",
                "Invalid JSON syntax",
            ),
            (
                |i| i["imageManifest"] = json!(r#"{"schemaVersion":2,"layers":[]}"#),
                "InvalidParameterException",
                "not a valid image manifest",
            ),
            (
                |i| i["imageTag"] = json!("a b"),
                "InvalidParameterException",
                "imageTag",
            ),
        ],
    );
    table(
        "ecr",
        "CreateRepository",
        &json!({ "repositoryName": "team/app" }),
        &[
            (
                |r| r["repositoryName"] = json!("Team/App"),
                "InvalidParameterException",
                "repositoryName",
            ),
            (
                |r| r["repositoryName"] = json!("team//app"),
                "InvalidParameterException",
                "repositoryName",
            ),
        ],
    );
}

/// ECR API Reference, ListImagesFilter, DescribeImagesFilter: `tagStatus`.
#[test]
fn images_are_listed_by_whether_they_have_tags() {
    let world = world(&[]);
    let manifest = json!({ "schemaVersion": 2, "config": { "x": 1 }, "layers": [] }).to_string();
    let put = json!({ "repositoryName": REPOSITORY, "imageManifest": manifest });
    let bare = call(&world, "ecr", "PutImage", put)["image"]["imageId"]["imageDigest"].clone();
    let filtered =
        |status: &str| json!({ "repositoryName": REPOSITORY, "filter": { "tagStatus": status } });
    let untagged = call(&world, "ecr", "ListImages", filtered("UNTAGGED"));
    assert_eq!(untagged["imageIds"], json!([{ "imageDigest": bare }]));
    let tagged = call(&world, "ecr", "ListImages", filtered("TAGGED"));
    let ids = tagged["imageIds"].as_array().expect("ids");
    assert!(ids.iter().all(|id| id["imageTag"].is_string()) && !ids.is_empty());
    let all = call(&world, "ecr", "DescribeImages", filtered("ANY"));
    let some = call(&world, "ecr", "DescribeImages", filtered("TAGGED"));
    let count = |out: &Value| out["imageDetails"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&all), count(&some) + 1);
}

/// Application Auto Scaling API Reference, TargetTrackingScalingPolicyConfiguration, PredefinedMetricSpecification,
/// StepScalingPolicyConfiguration.
#[test]
fn a_policy_says_what_it_follows() {
    let world = world(&[]);
    let id = json!({
        "ServiceNamespace": "ecs", "ResourceId": format!("service/{CLUSTER}/{SERVICE}"),
        "ScalableDimension": "ecs:service:DesiredCount",
    });
    let with = |more: Value| {
        let mut out = id.clone();
        for (name, value) in more.as_object().into_iter().flatten() {
            out[name] = value.clone();
        }
        out
    };
    let target = with(json!({ "MinCapacity": 1, "MaxCapacity": 4 }));
    call(
        &world,
        "application-autoscaling",
        "RegisterScalableTarget",
        target,
    );
    let tracking = |configuration: Value| {
        with(json!({
            "PolicyName": "p", "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": configuration,
        }))
    };
    let steps = |steps: Value| {
        with(json!({
            "PolicyName": "p", "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": { "AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps },
        }))
    };
    let cpu = json!({ "PredefinedMetricType": "ECSServiceAverageCPUUtilization" });
    for (input, words) in [
        (
            tracking(json!({ "TargetValue": 50.0 })),
            "must be specified",
        ),
        (
            tracking(json!({ "PredefinedMetricSpecification": cpu })),
            "TargetValue is required",
        ),
        (
            tracking(json!({ "TargetValue": 0.0, "PredefinedMetricSpecification": cpu })),
            "greater than 0",
        ),
        (
            tracking(
                json!({ "TargetValue": 50.0, "PredefinedMetricSpecification": { "PredefinedMetricType": "EC2SpotFleetRequestAverageCPUUtilization" } }),
            ),
            "not supported for service namespace ecs",
        ),
        (
            tracking(
                json!({ "TargetValue": 50.0, "PredefinedMetricSpecification": { "PredefinedMetricType": "ALBRequestCountPerTarget" } }),
            ),
            "ResourceLabel",
        ),
        (
            tracking(
                json!({ "TargetValue": 50.0, "CustomizedMetricSpecification": { "MetricName": "m" } }),
            ),
            "needs a Namespace",
        ),
        (steps(json!([])), "At least one StepAdjustment"),
        (
            steps(json!([
                { "MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1 },
                { "MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 2 },
            ])),
            "gap between",
        ),
        (
            steps(json!([
                { "MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 30.0, "ScalingAdjustment": 1 },
                { "MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 2 },
            ])),
            "can't overlap",
        ),
    ] {
        let fault =
            aws(&world, "application-autoscaling", "PutScalingPolicy", input).expect_err(words);
        assert_eq!(fault.code, "ValidationException");
        assert!(fault.message.contains(words), "{words}: {}", fault.message);
    }
    let sound = tracking(json!({ "TargetValue": 50.0, "PredefinedMetricSpecification": cpu }));
    call(&world, "application-autoscaling", "PutScalingPolicy", sound);
    let sound = steps(json!([{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }]));
    call(&world, "application-autoscaling", "PutScalingPolicy", sound);
}

fn depths(world: &dyn World, url: &Value) -> (String, String) {
    let names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
    ];
    let input = json!({ "QueueUrl": url, "AttributeNames": names });
    let out = call(world, "sqs", "GetQueueAttributes", input);
    let of = |name: &str| {
        out["Attributes"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (of(names[0]), of(names[1]))
}

fn depth(visible: u32, in_flight: u32) -> (String, String) {
    (visible.to_string(), in_flight.to_string())
}

/// SQS Developer Guide, "Amazon SQS visibility timeout"; "Dead-letter queues" (`maxReceiveCount`).
#[test]
fn a_message_that_is_not_deleted_comes_back() {
    let world = world_with(
        "[[queues]]\nname = \"q\"\ndepth = 3\ndead_letters = \"dead\"\n[[queues]]\nname = \"dead\"\n",
        &[],
    );
    let url = call(&world, "sqs", "GetQueueUrl", json!({ "QueueName": "q" }))["QueueUrl"].clone();
    let receive = |most: u32| {
        let input = json!({ "QueueUrl": url, "MaxNumberOfMessages": most });
        let out = call(&world, "sqs", "ReceiveMessage", input)["Messages"].clone();
        out.as_array().cloned().unwrap_or_default()
    };
    let got = receive(10);
    assert_eq!(got.len(), 3);
    assert_eq!(depths(&world, &url), depth(0, 3));
    let delete = json!({ "QueueUrl": url, "ReceiptHandle": got[0]["ReceiptHandle"] });
    call(&world, "sqs", "DeleteMessage", delete);
    assert_eq!(depths(&world, &url), depth(0, 2));
    let longer = json!({ "QueueUrl": url, "ReceiptHandle": got[1]["ReceiptHandle"], "VisibilityTimeout": 600 });
    call(&world, "sqs", "ChangeMessageVisibility", longer);
    world.sleep(Duration::from_secs(31));
    assert_eq!(depths(&world, &url), depth(1, 1));
    let again = receive(10);
    assert_eq!(again[0]["MessageId"], got[2]["MessageId"]);
    world.sleep(Duration::from_secs(600));
    assert_eq!(depths(&world, &url), depth(2, 0));

    // Received three times, it is a dead letter.
    assert_eq!(receive(10).len(), 2);
    world.sleep(Duration::from_secs(31));
    assert_eq!(receive(10).len(), 1, "the other was received twice");
    let dead =
        call(&world, "sqs", "GetQueueUrl", json!({ "QueueName": "dead" }))["QueueUrl"].clone();
    assert_eq!(depths(&world, &dead), depth(1, 0));

    let bad = json!({ "QueueUrl": url, "ReceiptHandle": "x" });
    let fault = aws(&world, "sqs", "DeleteMessage", bad).expect_err("no receipt");
    assert_eq!(fault.code, "ReceiptHandleIsInvalid");
    call(&world, "sqs", "PurgeQueue", json!({ "QueueUrl": url }));
    world.sleep(Duration::from_secs(31));
    assert_eq!(depths(&world, &url), depth(0, 0));
    let fault = aws(&world, "sqs", "PurgeQueue", json!({ "QueueUrl": url })).expect_err("again");
    assert_eq!(fault.code, "PurgeQueueInProgress");
}
