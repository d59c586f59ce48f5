//! What Express Mode makes around a service: target groups, a rule of a shared load balancer, an alarm, scaling.

use serde_json::{Value, json};

use super::state::ManagedResources;
use crate::text::hex;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::elb::{self, LoadBalancer};
use crate::world::simulated::aws::json::{list, text};
use crate::world::simulated::aws::{cloudwatch, scaling};
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::rng::uuid_of;

/// Name of the load balancer that services share.
const BALANCER: &str = "ecs-express-gateway-alb";

/// Characters that the name of a target group may have.
const LONGEST_NAME: usize = 32;

/// The host name of a service, which does not change with what is around it.
pub(super) fn host(cloud: &Cloud, key: &ServiceKey) -> String {
    let own = uuid_of(&format!(
        "{} {}/{}",
        cloud.kernel.account, key.cluster, key.name
    ));
    let begin: String = key
        .name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(2)
        .collect();
    let begin = begin.to_ascii_lowercase();
    format!(
        "{begin}-{}.ecs.{}.on.aws",
        own.replace('-', ""),
        cloud.kernel.region
    )
}

/// Makes the resources of a new service that are there before it.
///
/// # Errors
/// What Elastic Load Balancing or CloudWatch refuses.
pub(super) fn make(
    cloud: &mut Cloud,
    key: &ServiceKey,
    host: &str,
    configuration: &Value,
    port: u64,
) -> Result<ManagedResources, Fault> {
    let listener = listener(cloud)?;
    let end = &hex::sha256(host)[..8];
    let mut groups = Vec::new();
    for side in ["1", "2"] {
        let most = LONGEST_NAME - end.len() - side.len() - "ecs---".len();
        let begin: String = key.name.replace('_', "-").chars().take(most).collect();
        let asked = json!({
            "Name": format!("ecs-{}-{end}-{side}", begin.trim_end_matches('-')),
            "Protocol": "HTTP", "Port": port, "TargetType": "ip", "VpcId": "vpc-default",
            "HealthCheckPath": configuration["healthCheckPath"],
        });
        let made = elb(cloud, "CreateTargetGroup", &asked)?;
        let arn = text(&made["TargetGroups"][0], "TargetGroupArn");
        groups.push(arn.unwrap_or_default().to_owned());
    }
    let taken = cloud.elb.rules_of(&listener).len();
    let weight = |(at, arn): (usize, &String)| json!({ "TargetGroupArn": arn, "Weight": if at == 0 { 100 } else { 0 } });
    let weights: Vec<Value> = groups.iter().enumerate().map(weight).collect();
    let asked = json!({
        "ListenerArn": listener, "Priority": taken,
        "Conditions": [{ "Field": "host-header", "HostHeaderConfig": { "Values": [host] } }],
        "Actions": [{ "Type": "forward", "ForwardConfig": { "TargetGroups": weights } }],
    });
    let made = elb(cloud, "CreateRule", &asked)?;
    let rule = text(&made["Rules"][0], "RuleArn")
        .unwrap_or_default()
        .to_owned();
    let alarm = format!("{}/{}/RollbackAlarm", key.cluster, key.name);
    put_alarm(cloud, &alarm, &groups)?;
    Ok(ManagedResources {
        groups,
        rule,
        alarm,
    })
}

fn elb(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    elb::call(&mut cloud.elb, &mut cloud.kernel, &[], operation, input)
}

/// The ARN of the load balancer that services share.
fn balancer(cloud: &Cloud) -> String {
    let end = &hex::sha256(BALANCER)[..16];
    let rest = format!("loadbalancer/app/{BALANCER}/{end}");
    cloud.arn("elasticloadbalancing", &rest)
}

/// The HTTPS listener of the load balancer that Express Mode services share, made if there is none.
fn listener(cloud: &mut Cloud) -> Result<String, Fault> {
    let (name, end) = (BALANCER, &hex::sha256(BALANCER)[..16]);
    let balancer = balancer(cloud);
    let known = cloud.elb.balancers().any(|(arn, _)| *arn == balancer);
    if !known {
        let shared = LoadBalancer {
            name: name.to_owned(),
            dns: format!("{name}-{end}.{}.elb.amazonaws.com", cloud.kernel.region),
            hosts: vec![format!("*.ecs.{}.on.aws", cloud.kernel.region)],
            created: cloud.now().to_string(),
        };
        cloud.elb.add_balancer(balancer.clone(), shared);
        let certificate = cloud.arn("acm", &format!("certificate/{}", uuid_of(name)));
        let asked = json!({
            "LoadBalancerArn": balancer, "Port": 443, "Protocol": "HTTPS",
            "Certificates": [{ "CertificateArn": certificate }],
            "DefaultActions": [{ "Type": "fixed-response", "FixedResponseConfig": {
                "StatusCode": "404", "ContentType": "text/plain",
            } }],
        });
        elb(cloud, "CreateListener", &asked)?;
    }
    let asked = json!({ "LoadBalancerArn": balancer });
    let found = elb(cloud, "DescribeListeners", &asked)?;
    let arn = list(&found, "Listeners")
        .first()
        .and_then(|l| text(l, "ListenerArn"));
    Ok(arn.unwrap_or_default().to_owned())
}

/// The alarm on the share of 4xx and 5xx answers: more than 1 % in two of three minutes.
fn put_alarm(cloud: &mut Cloud, name: &str, groups: &[String]) -> Result<(), Fault> {
    let balancer = balancer(cloud);
    let mut metrics = Vec::new();
    let (mut bad, mut all) = (Vec::new(), Vec::new());
    for (side, arn) in groups.iter().enumerate() {
        for (id, metric, is_bad) in [
            ("c", "HTTPCode_Target_4XX_Count", true),
            ("s", "HTTPCode_Target_5XX_Count", true),
            ("r", "RequestCount", false),
        ] {
            let id = format!("{id}{side}");
            let sum = if is_bad { &mut bad } else { &mut all };
            sum.push(format!("FILL({id}, 0)"));
            metrics.push(json!({
                "Id": id, "ReturnData": false, "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/ApplicationELB", "MetricName": metric,
                        "Dimensions": [
                            { "Name": "TargetGroup", "Value": elb::dimension(arn) },
                            { "Name": "LoadBalancer", "Value": elb::dimension(&balancer) },
                        ],
                    },
                    "Period": 60, "Stat": "Sum",
                },
            }));
        }
    }
    metrics.push(json!({
        "Id": "share", "ReturnData": true,
        "Expression": format!("100 * ({}) / ({})", bad.join(" + "), all.join(" + ")),
    }));
    let asked = json!({
        "AlarmName": name, "Metrics": metrics, "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3, "DatapointsToAlarm": 2,
        "TreatMissingData": "notBreaching",
    });
    cloudwatch::call(cloud, "PutMetricAlarm", &asked).map(drop)
}

/// Lets the service scale between its bounds, as its metric says.
///
/// # Errors
/// What Application Auto Scaling refuses.
pub(super) fn scale(
    cloud: &mut Cloud,
    key: &ServiceKey,
    configuration: &Value,
) -> Result<(), Fault> {
    let asked = &configuration["scalingTarget"];
    let id = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": format!("service/{}/{}", key.cluster, key.name),
        "ScalableDimension": "ecs:service:DesiredCount",
    });
    let mut target = id.clone();
    target["MinCapacity"] = asked["minTaskCount"].clone();
    target["MaxCapacity"] = asked["maxTaskCount"].clone();
    scaling::call(cloud, "RegisterScalableTarget", &target)?;
    let metric = match text(asked, "autoScalingMetric") {
        Some("AVERAGE_MEMORY") => "ECSServiceAverageMemoryUtilization",
        Some("REQUEST_COUNT_PER_TARGET") => "ALBRequestCountPerTarget",
        _ => "ECSServiceAverageCPUUtilization",
    };
    let mut measure = json!({ "PredefinedMetricType": metric });
    if metric == "ALBRequestCountPerTarget" {
        let balancer = balancer(cloud);
        let known = cloud.express.services.get(key);
        let group = known.and_then(|service| service.resources.groups.first());
        let label =
            group.map(|arn| format!("{}/{}", elb::dimension(&balancer), elb::dimension(arn)));
        measure["ResourceLabel"] = json!(label);
    }
    let mut policy = id;
    policy["PolicyName"] = json!("express-target-tracking");
    policy["PolicyType"] = json!("TargetTrackingScaling");
    policy["TargetTrackingScalingPolicyConfiguration"] = json!({
        "TargetValue": asked["autoScalingTargetValue"], "PredefinedMetricSpecification": measure,
    });
    scaling::call(cloud, "PutScalingPolicy", &policy).map(drop)
}

/// Takes away what was made for a service; what is gone already is left.
pub(super) fn remove(cloud: &mut Cloud, key: &ServiceKey, made: &ManagedResources) {
    let target = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": format!("service/{}/{}", key.cluster, key.name),
        "ScalableDimension": "ecs:service:DesiredCount",
    });
    // Somebody may have deleted any of them before.
    let _ = scaling::call(cloud, "DeregisterScalableTarget", &target);
    let _ = cloudwatch::call(
        cloud,
        "DeleteAlarms",
        &json!({ "AlarmNames": [made.alarm] }),
    );
    let _ = elb(cloud, "DeleteRule", &json!({ "RuleArn": made.rule }));
    for arn in &made.groups {
        let _ = elb(
            cloud,
            "DeleteTargetGroup",
            &json!({ "TargetGroupArn": arn }),
        );
    }
}

/// Sets the path at which the tasks of the next revision are checked.
///
/// # Errors
/// What Elastic Load Balancing refuses.
pub(super) fn check_at(cloud: &mut Cloud, group: &str, path: &str) -> Result<(), Fault> {
    if cloud.elb.group(group).is_none() {
        return Ok(());
    }
    let asked = json!({ "TargetGroupArn": group, "HealthCheckPath": path });
    elb(cloud, "ModifyTargetGroup", &asked).map(drop)
}
