//! A capture loses nothing silently: what is around the services is in the fixture, or named as left out.

mod other_controllers;

use std::fs;

use deployer::world::simulated::Fixture;
use hyper::body::Bytes;
use hyper::{Request, Response};
use serde_json::{Value, json};

use crate::support::catalog;
use crate::support::cloud::{form, must, subnets, vpc};
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Moto;
use crate::support::http::{Reply, Server};

/// Captures cluster `prod`; what was said, and the file's text.
fn captured(deployer: &Deployer) -> (Finished, String, String) {
    fs::create_dir_all(deployer.state()).expect("a directory of our own");
    let file = deployer.state().join("live.cloud.toml");
    let file = file.to_str().expect("a path in UTF-8").to_owned();
    let finished = deployer.run(&["capture", "--cluster", "prod", "--out", &file]);
    let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{e}: {finished}"));
    (finished, text, file)
}

/// The first text within a tag of an XML answer.
fn within(xml: &str, tag: &str) -> String {
    let rest = xml.split(&format!("<{tag}>")).nth(1);
    let found = rest.and_then(|rest| rest.split('<').next());
    found
        .unwrap_or_else(|| panic!("no {tag}: {xml}"))
        .to_owned()
}

fn elb(endpoint: &str, body: &str) -> String {
    form(
        endpoint,
        "elasticloadbalancing",
        &format!("Version=2015-12-01&{body}"),
    )
}

/// A load balancer before a service, whose rules also lead where no service is.
fn balanced(endpoint: &str) -> (String, String) {
    let subnets = subnets(endpoint);
    let balancer = elb(
        endpoint,
        &format!(
            "Action=CreateLoadBalancer&Name=shop&Subnets.member.1={}&Subnets.member.2={}",
            subnets[0], subnets[1]
        ),
    );
    let balancer = within(&balancer, "LoadBalancerArn");
    let group = |name: &str| {
        let body = format!(
            "Action=CreateTargetGroup&Name={name}&Protocol=HTTP&Port=80&VpcId={}&TargetType=ip&HealthCheckPath=/up",
            vpc(endpoint)
        );
        within(&elb(endpoint, &body), "TargetGroupArn")
    };
    let (own, legacy) = (group("shop"), group("legacy"));
    let listener = |port: u16, action: &str| {
        let body = format!(
            "Action=CreateListener&LoadBalancerArn={balancer}&Protocol=HTTP&Port={port}&{action}"
        );
        within(&elb(endpoint, &body), "ListenerArn")
    };
    let at_80 = listener(
        80,
        &format!(
            "DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={own}"
        ),
    );
    listener(
        8080,
        "DefaultActions.member.1.Type=redirect&DefaultActions.member.1.RedirectConfig.Protocol=HTTPS&\
         DefaultActions.member.1.RedirectConfig.Port=443&DefaultActions.member.1.RedirectConfig.StatusCode=HTTP_301",
    );
    elb(
        endpoint,
        &format!(
            "Action=CreateRule&ListenerArn={at_80}&Priority=7&Conditions.member.1.Field=path-pattern&\
             Conditions.member.1.Values.member.1=/old/*&Actions.member.1.Type=forward&\
             Actions.member.1.TargetGroupArn={legacy}"
        ),
    );
    (own, legacy)
}

/// The service `shop`, which scales, with its secret and queue.
fn shop(endpoint: &str, group: &str, queue: &str) {
    let secret = must(
        endpoint,
        "secretsmanager",
        "CreateSecret",
        json!({"Name": "shop/db", "SecretString": "{\"url\":\"hunter2-url\",\"user\":\"x\"}"}),
    );
    let secret = secret["ARN"].as_str().expect("an ARN").to_owned();
    let definition = |image: &str, level: &str| {
        json!({
            "family": "shop", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": [{
                "name": "web", "image": image, "memory": 128, "essential": true,
                "portMappings": [{"containerPort": 80}],
                "environment": [{"name": "QUEUE", "value": queue}, {"name": "LEVEL", "value": level}],
                "secrets": [
                    {"name": "URL", "valueFrom": format!("{secret}:url::")},
                    {"name": "USER", "valueFrom": format!("{secret}:user:AWSPREVIOUS:")},
                ],
            }],
        })
    };
    catalog::register(endpoint, &definition("shop:1.0", "debug"));
    catalog::register(endpoint, &definition("shop:1.0", "info"));
    let live = catalog::register(endpoint, &definition("shop:1.1", "info"));
    must(
        endpoint,
        "ecs",
        "CreateService",
        json!({
            "cluster": "prod", "serviceName": "shop", "taskDefinition": live, "desiredCount": 2, "launchType": "FARGATE",
            "loadBalancers": [{"targetGroupArn": group, "containerName": "web", "containerPort": 80}],
            "networkConfiguration": {"awsvpcConfiguration": {
                "subnets": subnets(endpoint), "securityGroups": [], "assignPublicIp": "DISABLED",
            }},
        }),
    );
    let resource = json!({
        "ServiceNamespace": "ecs", "ResourceId": "service/prod/shop", "ScalableDimension": "ecs:service:DesiredCount",
    });
    let scaling = |operation: &str, more: Value| {
        let mut input = resource.clone();
        for (name, value) in more.as_object().expect("members") {
            input[name] = value.clone();
        }
        must(endpoint, "application-autoscaling", operation, input);
    };
    scaling(
        "RegisterScalableTarget",
        json!({"MinCapacity": 2, "MaxCapacity": 6}),
    );
    for (name, metric) in [
        ("keep-cpu", "ECSServiceAverageCPUUtilization"),
        ("keep-memory", "ECSServiceAverageMemoryUtilization"),
    ] {
        scaling(
            "PutScalingPolicy",
            json!({
                "PolicyName": name, "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": 60, "ScaleInCooldown": 420, "ScaleOutCooldown": 33,
                    "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
                },
            }),
        );
    }
    scaling(
        "PutScheduledAction",
        json!({
            "ScheduledActionName": "night", "Schedule": "cron(0 1 * * ? *)",
            "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2},
        }),
    );
}

fn alarm(endpoint: &str, name: &str, metric: &str, (dimension, value): (&str, &str)) {
    let value = value.replace('/', "%2F");
    let body = format!(
        "Action=PutMetricAlarm&Version=2010-08-01&AlarmName={name}&{metric}&Dimensions.member.1.Name={dimension}&\
         Dimensions.member.1.Value={value}&Statistic=Sum&Period=60&EvaluationPeriods=1&Threshold=5&\
         ComparisonOperator=GreaterThanThreshold&TreatMissingData=notBreaching"
    );
    form(endpoint, "monitoring", &body);
}

#[test]
fn what_is_around_the_services_is_captured_or_named() {
    let moto = Moto::start();
    let endpoint = moto.endpoint();
    must(
        &endpoint,
        "ecs",
        "CreateCluster",
        json!({"clusterName": "prod"}),
    );
    let dead = must(
        &endpoint,
        "sqs",
        "CreateQueue",
        json!({"QueueName": "orders-dead"}),
    );
    let dead = dead["QueueUrl"].clone();
    let attributes = json!({"QueueUrl": dead, "AttributeNames": ["QueueArn"]});
    let arn =
        must(&endpoint, "sqs", "GetQueueAttributes", attributes)["Attributes"]["QueueArn"].clone();
    let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": "3"}).to_string();
    let queue = json!({"QueueName": "orders", "Attributes": {"RedrivePolicy": redrive}});
    let queue = must(&endpoint, "sqs", "CreateQueue", queue)["QueueUrl"].clone();
    must(
        &endpoint,
        "sqs",
        "SendMessage",
        json!({"QueueUrl": dead, "MessageBody": "x"}),
    );
    form(
        &endpoint,
        "sns",
        "Action=CreateTopic&Version=2010-03-31&Name=deployments",
    );
    form(
        &endpoint,
        "rds",
        "Action=CreateDBInstance&Version=2014-10-31&DBInstanceIdentifier=shop-db&Engine=postgres&\
         DBInstanceClass=db.t3.micro&AllocatedStorage=10&MasterUsername=a&MasterUserPassword=hunter2-db",
    );
    let (own, legacy) = balanced(&endpoint);
    shop(&endpoint, &own, queue.as_str().expect("a URL"));
    let end = own.rsplit(':').next().expect("a name");
    let errors = "Namespace=AWS/ApplicationELB&MetricName=HTTPCode_Target_5XX_Count";
    alarm(&endpoint, "shop-5xx", errors, ("TargetGroup", end));
    let depth = "Namespace=AWS/SQS&MetricName=ApproximateNumberOfMessagesVisible";
    alarm(&endpoint, "shop-dead", depth, ("QueueName", "orders-dead"));
    let other = "Namespace=AWS/Lambda&MetricName=Errors";
    alarm(&endpoint, "other", other, ("FunctionName", "x"));
    form(
        &endpoint,
        "monitoring",
        "Action=SetAlarmState&Version=2010-08-01&AlarmName=shop-5xx&StateValue=ALARM&StateReason=fire",
    );

    let deployer = Deployer::at(&endpoint);
    let (finished, text, file) = captured(&deployer);
    finished.expect(0);
    assert!(
        !text.contains("hunter2") && !finished.has_said("hunter2"),
        "{text}"
    );
    let fixture = Fixture::parse(&text, &file).unwrap_or_else(|f| panic!("{f}\n{text}"));
    let groups: Vec<&str> = fixture
        .target_groups
        .iter()
        .map(|g| g.arn.as_str())
        .collect();
    assert!(
        groups.contains(&&*own) && groups.contains(&&*legacy),
        "{text}"
    );
    let listeners = &fixture.load_balancers[0].listeners;
    assert_eq!(listeners.len(), 2, "{text}");
    assert_eq!(
        listeners[0].rules[0].actions[0]["TargetGroupArn"],
        json!(legacy),
        "{text}"
    );
    assert_eq!(fixture.secrets[0].keys, ["url", "user"], "{text}");
    let policies = &fixture.scaling[0].policies;
    assert_eq!(policies[0].raw["PolicyName"], "keep-cpu", "{text}");
    let tracking = &policies[0].raw["TargetTrackingScalingPolicyConfiguration"];
    assert_eq!(
        (&tracking["ScaleInCooldown"], &tracking["ScaleOutCooldown"]),
        (&json!(420), &json!(33))
    );
    let orders = fixture
        .queues
        .iter()
        .find(|q| q.name == "orders")
        .expect("a queue");
    assert_eq!(
        (orders.dead_letters.as_deref(), orders.service.as_deref()),
        (Some("orders-dead"), Some("shop"))
    );
    assert!(
        fixture
            .queues
            .iter()
            .any(|q| q.name == "orders-dead" && q.depth == 1),
        "{text}"
    );
    assert_eq!(
        (fixture.topics.as_slice(), &*fixture.databases[0].name),
        (&["deployments".to_owned()][..], "shop-db")
    );
    let state = |name: &str| {
        let found = fixture.alarms.iter().find(|a| a["AlarmName"] == name);
        found.map(|a| a["StateValue"].clone())
    };
    assert_eq!(state("shop-5xx"), Some(json!("ALARM")), "{text}");
    assert!(
        state("shop-dead").is_some() && state("other").is_none(),
        "{text}"
    );
    let revisions: Vec<_> = fixture
        .task_definitions
        .iter()
        .map(|d| d.definition["revision"].clone())
        .collect();
    assert_eq!(revisions, [json!(1), json!(3)], "{text}");
    assert_eq!(
        fixture.task_definitions[1].behaviour.earlier.len(),
        1,
        "{text}"
    );
    for what in [
        "alarms other: they watch nothing in the capture",
        "what scaling policy keep-memory of prod/shop does",
        "scheduled actions of prod/shop: night",
        "image shop:1.1",
        "the version that",
        "of target groups: ",
        "of queues: ",
        "of topics: ",
        "of databases: ",
    ] {
        let said = |line: &str| line.starts_with("#   ") && line.contains(what);
        assert!(text.lines().any(said), "{what}: {text}");
        finished.says(&format!(
            "left out: {}",
            what.split(' ').next().expect("a word")
        ));
    }

    // It is the cloud that pipelines see.
    let mut deployer = deployer;
    deployer.write(
        "look.rhai",
        r#"let seen = step "Look" {
    let alarms = aws::call("cloudwatch", "DescribeAlarms", #{ AlarmNames: ["shop-5xx"] });
    let policies = aws::call("application-autoscaling", "DescribeScalingPolicies", #{ ServiceNamespace: "ecs" });
    let names = []; for policy in policies.ScalingPolicies { names.push(policy.PolicyName); }
    `${alarms.MetricAlarms[0].StateValue} ${names}`
};
note(seen);
"#,
    );
    let look = deployer.run(&["rehearse", "look.rhai", "--cloud", &file]);
    look.expect(0).says(r#"ALARM ["keep-cpu", "keep-memory"]"#);
    deployer.write(
        "prod.rhai",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/prod.rhai")),
    );
    let words = [
        "rehearse",
        "prod.rhai",
        "--cloud",
        &file,
        "--set",
        "repository=shop",
        "--set",
        "version=1.2",
    ];
    // Its image is in no repository that was captured: said, not guessed.
    deployer.run(&words).expect(1).says("shop");
}
