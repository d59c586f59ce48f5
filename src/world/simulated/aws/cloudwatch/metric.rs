//! The name of a metric.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::parameters::{needed, wrong};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text};

/// A metric: its dimensions are part of its name, and must match exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Metric {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeMap<String, String>,
}

impl Metric {
    /// Reads `Namespace`, `MetricName` and `Dimensions`.
    pub(crate) fn of(value: &Value) -> Result<Metric, Fault> {
        let mut dimensions = BTreeMap::new();
        for dimension in list(value, "Dimensions") {
            let name = text(dimension, "Name").unwrap_or_default();
            let known = text(dimension, "Value").unwrap_or_default();
            if name.is_empty() || known.is_empty() {
                return Err(wrong("A dimension needs a Name and a Value."));
            }
            dimensions.insert(name.to_owned(), known.to_owned());
        }
        Ok(Metric {
            namespace: needed(value, "Namespace")?.to_owned(),
            name: needed(value, "MetricName")?.to_owned(),
            dimensions,
        })
    }

    /// A metric by its parts.
    pub(crate) fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Metric {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Metric {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions.iter().map(owned).collect(),
        }
    }

    /// The metric in the API's shape: namespace, name and dimensions.
    pub(crate) fn render(&self) -> Value {
        let dimensions: Vec<Value> = self
            .dimensions
            .iter()
            .map(|(name, value)| json!({ "Name": name, "Value": value }))
            .collect();
        json!({ "Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions })
    }

    /// The value of a dimension, if there are exactly that many.
    pub(super) fn dimension(&self, name: &str, of: usize) -> Option<&str> {
        let fits = self.dimensions.len() == of;
        self.dimensions
            .get(name)
            .filter(|_| fits)
            .map(String::as_str)
    }
}

/// The unit in which AWS publishes a metric of its own.
pub(super) fn unit_of(metric: &Metric) -> &'static str {
    match (metric.namespace.as_str(), metric.name.as_str()) {
        (_, "TargetResponseTime") => "Seconds",
        ("AWS/Lambda", "Duration") => "Milliseconds",
        ("AWS/ECS", _) => "Percent",
        ("AWS/ApplicationELB" | "AWS/Lambda" | "AWS/SQS", _) => "Count",
        _ => "None",
    }
}
