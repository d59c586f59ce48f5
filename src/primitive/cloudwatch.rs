//! `cloudwatch::` — alarms and metrics.

use std::sync::Arc;

use serde_json::json;

use super::api::reconcile::{find, happened_if_as_asked, happened_if_gone};
use super::api::{Api, left, name_of, primitives};
use super::{LineKind, Primitive, diff};

const CLOUDWATCH: &str = "cloudwatch";

fn read(
    name: &'static str,
    operation: &'static str,
    object: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    let api = (CLOUDWATCH, operation);
    Api::read("cloudwatch", name, api, object, doc, example)
}

/// Every primitive of this module that is an API operation.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        read(
            "get_metric_data",
            "GetMetricData",
            "",
            "Reads data points by `MetricDataQueries`, metrics and expressions of them, between `StartTime` and `EndTime` (RFC 3339 or seconds since 1970). `cloudwatch::measure` returns one number.",
            r#"let found = cloudwatch::get_metric_data(#{
    StartTime: "2026-01-12T08:50:00Z", EndTime: "2026-01-12T09:00:00Z",
    MetricDataQueries: [#{ Id: "requests", MetricStat: #{
        Metric: #{
            Namespace: "AWS/ApplicationELB", MetricName: "RequestCount",
            Dimensions: [#{ Name: "LoadBalancer", Value: "app/realserv-alb/50dc6c495c0c9188" }],
        },
        Period: 60, Stat: "Sum",
    } }],
});
print(found.MetricDataResults[0].Values.len());"#,
        ),
        read(
            "describe_alarms",
            "DescribeAlarms",
            "AlarmNames",
            "Describes alarms, by `AlarmNames`, `AlarmNamePrefix` and `StateValue`. An alarm that does not exist is not listed.",
            r#"print(cloudwatch::describe_alarms(#{ AlarmNames: ["catalog-errors"] }).MetricAlarms[0].StateValue);"#,
        ),
        read(
            "put_metric_alarm",
            "PutMetricAlarm",
            "AlarmName",
            "Creates an alarm, or changes the one of that name. CloudWatch does not check that the metric exists: an alarm on a metric without data never fires.",
            r#"cloudwatch::put_metric_alarm(#{
    AlarmName: "catalog-cpu", Namespace: "AWS/ECS", MetricName: "CPUUtilization", Statistic: "Average",
    Dimensions: [#{ Name: "ClusterName", Value: "realserv-prod" }, #{ Name: "ServiceName", Value: "catalog-service" }],
    Period: 60, EvaluationPeriods: 5, Threshold: 80.0, ComparisonOperator: "GreaterThanThreshold",
});
print(cloudwatch::describe_alarms(#{ AlarmNames: ["catalog-cpu"] }).MetricAlarms[0].Threshold);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            let of = json!({ "AlarmNames": [input["AlarmName"]] });
            let live = find(cx, (CLOUDWATCH, "DescribeAlarms"), of, "MetricAlarms")?;
            Ok(happened_if_as_asked(live, input, &["Tags"], |_| json!({})))
        })
        .changes(|input, seen| {
            let live = seen.listed("MetricAlarms", input);
            diff::asked(live, input, &["AlarmName", "Tags"])
        })
        .residue(|input, _| left(format!("alarm {}", name_of(&input["AlarmName"])), true)),
        read(
            "delete_alarms",
            "DeleteAlarms",
            "AlarmNames",
            "Deletes alarms. If one of them does not exist, none is deleted.",
            r#"cloudwatch::delete_alarms(#{ AlarmNames: ["catalog-errors"] });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let mut live = None;
            for (kind, members) in [("MetricAlarm", "MetricAlarms"), ("CompositeAlarm", "CompositeAlarms")] {
                let of = json!({ "AlarmNames": input["AlarmNames"], "AlarmTypes": [kind] });
                live = live.or(find(cx, (CLOUDWATCH, "DescribeAlarms"), of, members)?);
            }
            Ok(happened_if_gone(live.as_ref(), json!({})))
        }),
    ])
}
