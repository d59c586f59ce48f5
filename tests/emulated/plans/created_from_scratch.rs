//! Plans of what is not there yet, and of what is changed beside ECS: over sockets, without a write.

use serde_json::json;

use crate::support::catalog::{self, Names, OLD};
use crate::support::cloud;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::{ACCOUNT, Moto, REGION};
use crate::support::proxy::Proxy;

/// Reads that the plan of one service may make.
const MOST_READS: usize = 15;

/// moto with the catalog service, a load balancer, a database and a topic; a proxy in front of it.
struct Account {
    deployer: Deployer,
    proxy: Proxy,
    names: Names,
    moto: Moto,
}

impl Account {
    fn new() -> Account {
        let moto = Moto::start();
        let names = catalog::seed_moto(&moto);
        let proxy = Proxy::start(&moto.endpoint());
        Account {
            deployer: Deployer::at(&proxy.endpoint()),
            proxy,
            names,
            moto,
        }
    }

    /// Makes what is there before, by a run.
    fn make(&self, script: &str) {
        let mut deployer = Deployer::at(&self.moto.endpoint());
        deployer.write("make.rhai", script);
        deployer.run(&["run", "make.rhai"]).expect(0);
    }

    /// Plans a script: no write, few reads.
    fn plan(&mut self, script: &str) -> Finished {
        self.proxy.clear();
        self.deployer.write("team.rhai", script);
        let plan = self.deployer.run(&["plan", "team.rhai"]);
        plan.expect(0);
        let writes = self.proxy.writes();
        assert!(writes.is_empty(), "{writes:#?}");
        let requests = self.proxy.requests();
        let reads: Vec<_> = requests.iter().map(|r| r.operation.as_str()).collect();
        assert!(
            reads.len() <= MOST_READS,
            "{} reads: {reads:#?}",
            reads.len()
        );
        plan
    }
}

#[test]
fn a_service_with_all_that_is_around_it() {
    let mut account = Account::new();
    let endpoint = account.moto.endpoint();
    let (vpc, subnets) = (cloud::vpc(&endpoint), cloud::subnets(&endpoint));
    let make = r#"
        let balancer = #{ Name: "public", Subnets: SUBNETS, Type: "application" };
        let balancer = aws::call("elbv2", "CreateLoadBalancer", balancer).LoadBalancers[0];
        elb::create_listener(#{
            LoadBalancerArn: balancer.LoadBalancerArn, Protocol: "HTTP", Port: 80,
            DefaultActions: [#{ Type: "fixed-response", FixedResponseConfig: #{ StatusCode: "404" } }],
        });
    "#;
    account.make(&make.replace("SUBNETS", &json!(subnets).to_string()));
    let script = r##"
        let balancer = elb::describe_load_balancers(#{ Names: ["public"] }).LoadBalancers[0];
        let listener = elb::describe_listeners(#{ LoadBalancerArn: balancer.LoadBalancerArn }).Listeners[0];
        let group = ();
        step "Load balancer" {
            group = elb::create_target_group(#{
                Name: "orders", Port: 8080, Protocol: "HTTP", TargetType: "ip", VpcId: "VPC",
                HealthCheckPath: "/health",
            }).TargetGroups[0].TargetGroupArn;
            elb::create_rule(#{
                ListenerArn: listener.ListenerArn, Priority: 10,
                Conditions: [#{ Field: "path-pattern", Values: ["/orders/*"] }],
                Actions: [#{ Type: "forward", TargetGroupArn: group }],
            });
            let rules = elb::describe_rules(#{ ListenerArn: listener.ListenerArn }).Rules;
            if rules.len() != 2 { throw `${rules.len()} rules`; }
        }
        step "Service" {
            let family = ecs::register_task_definition(#{
                family: "orders", cpu: "256", memory: "512", networkMode: "awsvpc",
                requiresCompatibilities: ["FARGATE"],
                containerDefinitions: [#{ name: "orders", image: "orders:1", portMappings: [#{ containerPort: 8080 }] }],
            });
            ecs::create_service(#{
                cluster: "prod", serviceName: "orders", launchType: "FARGATE", desiredCount: 2,
                taskDefinition: family.taskDefinition.taskDefinitionArn,
                networkConfiguration: #{ awsvpcConfiguration: #{ subnets: SUBNETS } },
                loadBalancers: [#{ targetGroupArn: group, containerName: "orders", containerPort: 8080 }],
            });
            aws::wait(#{
                service: "elbv2", operation: "DescribeTargetHealth", input: #{ TargetGroupArn: group },
                path: "TargetHealthDescriptions[1].TargetHealth.State", becomes: ["healthy"], timeout: "10m",
            });
            let service = ecs::describe_services(#{ cluster: "prod", services: ["orders"] }).services[0];
            if service.runningCount != 2 { throw `${service.runningCount} running`; }
        }
        step "Scaling" {
            let what = #{
                ServiceNamespace: "ecs", ResourceId: "service/prod/orders", ScalableDimension: "ecs:service:DesiredCount",
            };
            autoscaling::register_scalable_target(what + #{ MinCapacity: 2, MaxCapacity: 6 });
            autoscaling::put_scaling_policy(what + #{
                PolicyName: "cpu", PolicyType: "TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration: #{
                    TargetValue: 70.0,
                    PredefinedMetricSpecification: #{ PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
                },
            });
        }
        step "Alarm" {
            cloudwatch::put_metric_alarm(#{
                AlarmName: "orders-5xx", Namespace: "AWS/ApplicationELB", MetricName: "HTTPCode_Target_5XX_Count",
                Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 10.0,
                ComparisonOperator: "GreaterThanThreshold",
            });
            time::sleep("3m");
            let alarms = cloudwatch::describe_alarms(#{ AlarmNames: ["orders-5xx"] }).MetricAlarms;
            if alarms[0].StateValue != "OK" { throw alarms[0].StateValue; }
        }
    "##;
    let script = script
        .replace("VPC", &vpc)
        .replace("SUBNETS", &json!(subnets).to_string());
    let plan = account.plan(&script);
    plan.says("7 writes")
        .says("CreateTargetGroup orders")
        .says("CreateService orders")
        .says("PutMetricAlarm orders-5xx");
}

#[test]
fn a_snapshot_a_message_and_a_tag() {
    let mut account = Account::new();
    let database = "Action=CreateDBInstance&Version=2014-10-31&DBInstanceIdentifier=orders&Engine=postgres\
                    &AllocatedStorage=20&DBInstanceClass=db.t3.micro&MasterUsername=admin\
                    &MasterUserPassword=not-a-secret";
    cloud::form(&account.moto.endpoint(), "rds", database);
    account.make(r#"aws::call("sns", "CreateTopic", #{ Name: "deployments" });"#);
    let script = r#"
        step "Backup" {
            rds::create_db_snapshot(#{ DBInstanceIdentifier: "orders", DBSnapshotIdentifier: "before" });
            aws::wait(#{
                service: "rds", operation: "DescribeDBSnapshots", input: #{ DBSnapshotIdentifier: "before" },
                path: "DBSnapshots[0].Status", becomes: ["available"], timeout: "1h",
            });
        }
        step "Keep the image" {
            let live = #{ repositoryName: "REPOSITORY", imageIds: [#{ imageTag: "OLD" }] };
            let image = ecr::batch_get_image(live).images[0];
            ecr::put_image(#{ repositoryName: "REPOSITORY", imageManifest: image.imageManifest, imageTag: "rollback" });
            let kept = ecr::describe_images(#{ repositoryName: "REPOSITORY", imageIds: [#{ imageTag: "rollback" }] });
            if kept.imageDetails[0].imageDigest != image.imageId.imageDigest { throw kept; }
        }
        step "Push" {
            process::run("docker", #{ args: ["push", "HOST/REPOSITORY:2.0.0"] });
            let pushed = ecr::describe_images(#{ repositoryName: "REPOSITORY", imageIds: [#{ imageTag: "2.0.0" }] });
            print(pushed.imageDetails[0].imageDigest);
        }
        step "Tell" { sns::publish(#{ TopicArn: "TOPIC", Message: "begun" }); }
        step "Beyond" {
            aws::call("events", "PutRule", #{ Name: "nightly-jobs", ScheduleExpression: "rate(1 day)" });
            aws::call("kinesis", "CreateStream", #{ StreamName: "jobs", ShardCount: 1 });
            let done = process::run("make", #{ args: ["assets"] });
            print(done.stdout);
            if done.stdout.contains("warning") { sns::publish(#{ TopicArn: "TOPIC", Message: "warnings" }); }
        }
    "#;
    let host = format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com");
    let topic = format!("arn:aws:sns:{REGION}:{ACCOUNT}:deployments");
    let script = script
        .replace("HOST", &host)
        .replace("REPOSITORY", &account.names.repository)
        .replace("OLD", OLD)
        .replace("TOPIC", &topic);
    let plan = account.plan(&script);
    plan.says("CreateDBSnapshot before")
        .says("docker push")
        .says("PutRule events nightly-jobs")
        .says("CreateStream kinesis jobs")
        .says("? the plan ends here: what follows depends on what `make");
}
