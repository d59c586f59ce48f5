//! Alarms that look at what is captured, in the state in which they are.

use crate::text::arn::{Arn, short_name};
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::captured::Captured;
use super::reader::{Reader, items, says_nothing, text};

const MEMBERS: [&str; 23] = [
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
    "StateValue",
    "StateReason",
    "StateUpdatedTimestamp",
];
/// What AWS says of an alarm by itself.
const GIVEN: [&str; 5] = [
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "EvaluationState",
];
const PAGE: (&str, &str) = ("NextToken", "NextToken");

/// Reads the alarms that look at the services or what is around them, or that deployments name.
pub(super) fn read(reader: &Reader, captured: &mut Captured) {
    let call = ("cloudwatch", "DescribeAlarms");
    let input = json!({ "AlarmTypes": ["MetricAlarm"] });
    let found = reader.try_list("alarms", call, input, "MetricAlarms", PAGE);
    let subjects = subjects(captured);
    let mut elsewhere = Vec::new();
    for alarm in &found {
        if !concerns(alarm, &subjects, captured) {
            elsewhere.push(text(alarm, "AlarmName").to_owned());
            continue;
        }
        reader.lose("alarms", alarm, &MEMBERS, &GIVEN);
        let mut kept = Map::new();
        for member in MEMBERS {
            match alarm.get(member) {
                Some(value) if !says_nothing(value) => {
                    kept.insert(member.into(), value.clone());
                }
                _ => {}
            }
        }
        captured.alarms.push(kept);
    }
    reader.leave_out_all("alarms", &elsewhere, "they watch nothing in the capture");
    let input = json!({ "AlarmTypes": ["CompositeAlarm"] });
    let composite = reader.try_list("composite alarms", call, input, "CompositeAlarms", PAGE);
    let names = composite
        .iter()
        .map(|alarm| text(alarm, "AlarmName").to_owned());
    let names: Vec<String> = names.collect();
    reader.leave_out_all(
        "composite alarms",
        &names,
        "fixtures know alarms on metrics only",
    );
}

/// Whatever the dimensions of an alarm may name.
fn subjects(captured: &Captured) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut take = |values: Vec<&str>| all.extend(values.into_iter().map(str::to_owned));
    let of = |object: &Map<String, Value>, name: &str| {
        let value = object.get(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    for group in &captured.target_groups {
        take(
            Arn::parse(text(group, "arn"))
                .map(Arn::dimension)
                .into_iter()
                .collect(),
        );
    }
    for balancer in &captured.load_balancers {
        take(
            Arn::parse(text(balancer, "arn"))
                .map(Arn::dimension)
                .into_iter()
                .collect(),
        );
    }
    for named in [&captured.queues, &captured.databases] {
        take(named.iter().map(|one| text(one, "name")).collect());
    }
    take(captured.topics.iter().map(String::as_str).collect());
    for service in &captured.services {
        take(vec![&of(service, "serviceName")]);
    }
    for definition in &captured.definitions {
        take(vec![&of(definition, "family")]);
        for container in definition
            .get("containerDefinitions")
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
        {
            let options = container
                .get("logConfiguration")
                .and_then(|log| log.get("options"));
            take(vec![text(options.unwrap_or(&Value::Null), "awslogs-group")]);
        }
    }
    all.remove("");
    all
}

fn concerns(alarm: &Value, subjects: &BTreeSet<String>, captured: &Captured) -> bool {
    let name = text(alarm, "AlarmName");
    let named = |service: &Map<String, Value>| {
        let alarms = service
            .get("deploymentConfiguration")
            .and_then(|d| d.get("alarms"));
        let names = alarms.map_or(&[][..], |a| items(a, "alarmNames"));
        names
            .iter()
            .any(|other| other.as_str().map(short_name) == Some(name))
    };
    let metrics = items(alarm, "Metrics")
        .iter()
        .filter_map(|m| m.get("MetricStat")?.get("Metric"));
    let dimensions = metrics.chain([alarm]).map(|m| items(m, "Dimensions"));
    let looks = dimensions.into_iter().any(|dimensions| {
        let value = |name: &str| {
            let found = dimensions.iter().find(|d| text(d, "Name") == name);
            found.map(|d| text(d, "Value"))
        };
        // Services of other clusters have the same names.
        let here = value("ClusterName").is_none_or(|cluster| cluster == captured.cluster);
        let whole_cluster = value("ClusterName").is_some() && dimensions.len() == 1;
        here && (whole_cluster
            || dimensions
                .iter()
                .any(|d| subjects.contains(text(d, "Value"))))
    });
    let scales = captured.scaling.iter().any(|target| {
        let policies = items(target, "policies").iter();
        let mut names = policies.filter_map(|p| p.get("PolicyName")?.as_str());
        let actions = items(alarm, "AlarmActions")
            .iter()
            .filter_map(Value::as_str);
        let actions: Vec<&str> = actions.collect();
        names.any(|policy| {
            actions
                .iter()
                .any(|a| a.ends_with(&format!("policyName/{policy}")))
        })
    });
    // What a metric without dimensions is about, only its name can say.
    let spoken = items(alarm, "Dimensions").is_empty()
        && captured.services.iter().any(|service| {
            let service = service.get("serviceName").and_then(Value::as_str);
            service.is_some_and(|service| name.contains(service))
        });
    looks || scales || spoken || captured.services.iter().any(named)
}
