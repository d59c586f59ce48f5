//! CloudWatch: metrics that are computed from who served what, custom ones, and alarms.

use serde_json::Value;

use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::not_simulated;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::coverage::Coverage;

mod acting;
mod alarm;
mod alarm_calls;
mod alarm_history;
mod alarm_state;
mod alarms;
mod composite;
mod composite_alarm;
mod history;
mod listing;
mod math;
mod metric;
mod metric_query;
mod parameters;
mod put_data;
mod query;
mod reason;
mod rule;
mod sample;
pub(crate) mod state;
mod statistic;
mod verdict;

pub(crate) use acting::{
    RingingAlarm, alarms_with, delete_alarms, put_alarm, remove_action, ringing_with,
};
pub(crate) use alarm::Alarm;
#[cfg(test)]
pub(crate) use alarm_state::AlarmState;
#[cfg(test)]
pub(crate) use composite::alarm_state;
pub(crate) use composite::in_alarm;
use metric::Metric;
use parameters::{needed, needed_time, whole_minute, wrong};
use sample::sample;

/// How far CloudWatch is simulated.
pub(crate) const COVERAGE: Coverage = Coverage {
    service: "cloudwatch",
    behaves: "Metrics are computed from what services, load balancers, functions and queues did, and from \
              published data. Metric and composite alarms are evaluated from them minute by minute.",
    leaves_out: "Actions of alarms start nothing but scaling policies. Anomaly detection, Metrics Insights, PromQL, \
              action suppressors and `AT_LEAST` in composite alarms are not simulated; dashboards and metric \
              streams neither.",
    tests: &[
        "simulated::tests::alarms",
        "simulated::tests::metrics",
        "simulated::tests::metric_math",
        "simulated::aws::cloudwatch::math::tests",
        "emulated::conformance::cases::metrics",
    ],
};

pub(crate) fn call(cloud: &mut Cloud, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "GetMetricData" => query::data(cloud, input),
        "GetMetricStatistics" => query::statistics(cloud, input),
        "ListMetrics" => listing::list_metrics(cloud, input),
        "PutMetricData" => put_data::put_data(cloud, input),
        "PutMetricAlarm" => alarm_calls::put(cloud, input),
        "PutCompositeAlarm" => alarm_calls::put_composite(cloud, input),
        "DescribeAlarmHistory" => alarm_history::describe(cloud, input),
        "DescribeAlarms" => alarm_calls::describe(cloud, input),
        "DescribeAlarmsForMetric" => alarm_calls::describe_for_metric(cloud, input),
        "DeleteAlarms" => alarm_calls::delete(cloud, input),
        "SetAlarmState" => alarm_calls::set_state(cloud, input),
        "EnableAlarmActions" => alarm_calls::set_actions(cloud, input, true),
        "DisableAlarmActions" => alarm_calls::set_actions(cloud, input, false),
        _ => Err(not_simulated("cloudwatch", operation)),
    }
}
