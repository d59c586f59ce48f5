//! `kind: "alarms"` — no CloudWatch alarm fires.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Observation, Observed, failing};
use crate::primitive::Context;
use crate::primitive::api::send;
use crate::primitive::args::Span;
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;

/// None of these alarms is in ALARM, and all of them exist.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Alarms {
    /// Names of the alarms.
    names: Vec<String>,
    /// How long one may fire. Default: the watch's.
    #[serde(default)]
    pub tolerate: Option<Span>,
}

impl Alarms {
    pub fn words(&self) -> String {
        format!("no alarm of {}", self.names.join(", "))
    }

    pub fn look(&self, cx: &Context<'_>) -> Observed {
        let input =
            json!({ "AlarmNames": self.names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"] });
        let described = failing(send(
            cx,
            &AwsCall::new("cloudwatch", "DescribeAlarms", input),
        ))?;
        Ok(described.and_then(|output| self.judge(&output)))
    }

    fn judge(&self, output: &Value) -> Result<Observation, Fault> {
        let found: Vec<&Value> = ["MetricAlarms", "CompositeAlarms"]
            .iter()
            .filter_map(|list| output[*list].as_array())
            .flatten()
            .collect();
        let state = |name: &String| {
            let alarm = found.iter().find(|a| a["AlarmName"] == json!(name))?;
            alarm["StateValue"].as_str()
        };
        let with = |wanted: Option<&str>| -> Vec<&str> {
            let those = self.names.iter().filter(|n| state(n) == wanted);
            those.map(String::as_str).collect()
        };
        let missing = with(None);
        if !missing.is_empty() {
            return Err(Fault::new(
                codes::ALARM_NOT_FOUND,
                format!("there is no alarm {}", missing.join(", ")),
            ));
        }
        let firing = with(Some("ALARM"));
        if !firing.is_empty() {
            return Err(Fault::new(
                codes::ALARM_FIRING,
                format!("{} in ALARM", firing.join(", ")),
            ));
        }
        let unknown = with(Some("INSUFFICIENT_DATA"));
        Ok(Observation::new(match unknown.len() {
            0 => "no alarm".to_owned(),
            n => format!("no alarm, {n} without enough data"),
        }))
    }
}
