//! What a metric was between two times.

use std::time::Duration;

use jiff::Timestamp;

use super::metric::{Metric, unit_of};
use super::state::Datum;
use super::statistic::Statistic;
use super::whole_minute;
use crate::world::simulated::aws::ecs::ids::ServiceKey;
use crate::world::simulated::aws::elb::{self, dimension};
use crate::world::simulated::aws::lambda::metrics::{Dimensions, Invocations, invocations};
use crate::world::simulated::aws::sqs;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::kernel::clock::later;
use crate::world::simulated::outside::traffic::{self, Flow, Mixture, Scope, seconds};

/// What a metric was for a while.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    count: f64,
    sum: f64,
    min: f64,
    max: f64,
    distribution: Distribution,
}

/// Which values a sample is made of.
#[derive(Debug, Clone)]
enum Distribution {
    /// Each with how often it occurred.
    Values(Vec<(f64, f64)>),
    Latencies(Mixture),
    /// Only the statistics are known, as of a statistic set: AWS has no percentiles of it.
    Unknown,
}

/// By how many points a continuous distribution is represented.
const FINE: u32 = 2_000;

impl Sample {
    fn of(values: Vec<(f64, f64)>) -> Option<Sample> {
        let count: f64 = values.iter().map(|(_, n)| n).sum();
        if count <= 0.0 {
            return None;
        }
        Some(Sample {
            count,
            sum: values.iter().map(|(value, n)| value * n).sum(),
            min: values.iter().map(|(v, _)| *v).fold(f64::MAX, f64::min),
            max: values.iter().map(|(v, _)| *v).fold(f64::MIN, f64::max),
            distribution: Distribution::Values(values),
        })
    }

    /// Values of which the service publishes statistic sets only.
    fn aggregated(values: Vec<(f64, f64)>) -> Option<Sample> {
        let mut sample = Sample::of(values)?;
        if sample.min < sample.max {
            sample.distribution = Distribution::Unknown;
        }
        Some(sample)
    }

    /// Events, each of which counts 1.
    fn events(count: f64) -> Option<Sample> {
        Some(Sample {
            count,
            sum: count,
            min: 1.0,
            max: 1.0,
            distribution: Distribution::Values(vec![(1.0, count)]),
        })
    }

    /// What was put into a metric, together.
    fn put<'a>(data: impl Iterator<Item = &'a Datum>) -> Option<Sample> {
        let data: Vec<&Datum> = data.collect();
        let alike = data.iter().all(|datum| datum.min >= datum.max);
        if alike {
            return Sample::of(data.iter().map(|d| (d.min, d.count)).collect());
        }
        let count: f64 = data.iter().map(|d| d.count).sum();
        (count > 0.0).then(|| Sample {
            count,
            sum: data.iter().map(|d| d.sum).sum(),
            min: data.iter().map(|d| d.min).fold(f64::MAX, f64::min),
            max: data.iter().map(|d| d.max).fold(f64::MIN, f64::max),
            distribution: Distribution::Unknown,
        })
    }

    /// How many values there were.
    pub(super) fn count(&self) -> f64 {
        self.count
    }

    /// A statistic; `None`: AWS has no such one of these values.
    pub(super) fn statistic(&self, statistic: Statistic) -> Option<f64> {
        match (statistic, &self.distribution) {
            (Statistic::Average, _) => Some(self.sum / self.count.max(f64::MIN_POSITIVE)),
            (Statistic::Sum, _) => Some(self.sum),
            (Statistic::Minimum, _) => Some(self.min),
            (Statistic::Maximum, _) => Some(self.max),
            (Statistic::SampleCount, _) => Some(self.count),
            (_, Distribution::Unknown) => None,
            (_, Distribution::Values(values)) => statistic.of(values),
            (Statistic::Percentile(share), Distribution::Latencies(latencies)) => {
                Some(latencies.quantile(share))
            }
            (_, Distribution::Latencies(latencies)) => {
                let points = (0..FINE).map(|n| (f64::from(n) + 0.5) / f64::from(FINE));
                let each = self.count / f64::from(FINE);
                let values: Vec<(f64, f64)> = points
                    .map(|share| (latencies.quantile(share), each))
                    .collect();
                statistic.of(&values)
            }
        }
    }
}

/// What a metric was between two times, as far as they have passed, of values with that unit if one is given; `None`:
/// no data.
pub(super) fn sample(
    cloud: &Cloud,
    metric: &Metric,
    unit: Option<&str>,
    from: Timestamp,
    to: Timestamp,
) -> Option<Sample> {
    if let Some(data) = cloud.cloudwatch.custom.get(metric) {
        let within = data
            .iter()
            .filter(|datum| datum.at >= from && datum.at < to);
        return Sample::put(within.filter(|datum| unit.is_none_or(|unit| unit == datum.unit)));
    }
    if unit.is_some_and(|unit| unit != unit_of(metric)) {
        return None;
    }
    // What AWS's services publish has one point a minute, at its beginning.
    let minute = Duration::from_secs(60);
    let to = if to < later(from, minute) {
        if whole_minute(from) != from {
            return None;
        }
        later(from, minute)
    } else {
        to
    };
    let to = to.min(cloud.now());
    if from >= to {
        return None;
    }
    match metric.namespace.as_str() {
        "AWS/ApplicationELB" => balanced(cloud, metric, from, to),
        "AWS/ECS" => service(cloud, metric, from, to),
        "AWS/Lambda" => function(cloud, metric, from, to),
        "AWS/SQS" => queue(cloud, metric, from, to),
        _ => None,
    }
}

fn balanced(cloud: &Cloud, metric: &Metric, from: Timestamp, to: Timestamp) -> Option<Sample> {
    let group_only = metric.name == "RequestCountPerTarget" && metric.dimensions.len() == 1;
    let of = metric.dimensions.len();
    let group = match metric.dimension("TargetGroup", of) {
        Some(wanted) => {
            let mut all = cloud.elb.groups();
            let found = all.find(|(arn, _)| dimension(arn) == wanted);
            Some(found?.0.as_str())
        }
        None => None,
    };
    let balancer = match metric.dimension("LoadBalancer", of) {
        Some(wanted) => {
            let mut all = cloud.elb.balancers();
            let found = all.find(|(arn, _)| dimension(arn) == wanted);
            Some(found?.0.as_str())
        }
        None => None,
    };
    let fits = match (balancer, group) {
        (Some(_), Some(_)) => of == 2,
        (Some(_), None) => of == 1,
        (None, Some(_)) => group_only,
        (None, None) => false,
    };
    if !fits {
        return None;
    }
    let scope = Scope { balancer, group };
    match metric.name.as_str() {
        "HealthyHostCount" => hosts(cloud, group?, from, to, |(healthy, _)| healthy),
        "UnHealthyHostCount" => hosts(cloud, group?, from, to, |(_, unhealthy)| unhealthy),
        "RequestCount" => {
            let count = whole(cloud, scope, from, to, |_| 1.0);
            // Reported wherever there are targets, and nowhere else.
            let flows = traffic::flows(cloud, scope, from, to);
            flows.iter().any(|f| f.serving.is_some()).then_some(())?;
            Sample::events(count)
        }
        "RequestCountPerTarget" => {
            let count = whole(cloud, scope, from, to, |_| 1.0);
            // Where there are targets, it is reported even if nothing is asked of them.
            let healthy = mean_healthy(cloud, group?, from, to)?;
            Sample::of(vec![(count / healthy, 1.0)])
        }
        "TargetResponseTime" => response_time(cloud, scope, from, to),
        name => {
            let share: fn(&Flow<'_>) -> f64 = match name {
                "HTTPCode_Target_5XX_Count" => {
                    |f| f.serving.as_ref().map_or(0.0, |(_, b)| b.errors)
                }
                "HTTPCode_Target_4XX_Count" => client_errors,
                "HTTPCode_Target_2XX_Count" => |f| {
                    let errors = |b: &traffic::Behaviour| (1.0 - b.errors) - client_errors(f);
                    f.serving.as_ref().map_or(0.0, |(_, b)| errors(b))
                },
                "HTTPCode_ELB_5XX_Count" | "HTTPCode_ELB_503_Count" => {
                    |f| if f.serving.is_none() { 1.0 } else { 0.0 }
                }
                _ => return None,
            };
            // Where there was none, there is no data, and not a zero.
            let count = whole(cloud, scope, from, to, share);
            (count > 0.0).then_some(())?;
            Sample::events(count)
        }
    }
}

/// How many healthy targets a group had, on average over the time in which it had any; `None`: it had none.
fn mean_healthy(cloud: &Cloud, group: &str, from: Timestamp, to: Timestamp) -> Option<f64> {
    let pieces = traffic::group(cloud, group, from, to);
    let healthy = pieces.iter().filter(|then| then.healthy > 0);
    let (mut sum, mut time) = (0.0, 0.0);
    for then in healthy {
        let lasted = seconds(then.from, then.to);
        sum += f64::from(then.healthy) * lasted;
        time += lasted;
    }
    (time > 0.0).then(|| sum / time)
}

/// Share of a flow that is answered 4xx: what is not answered 5xx may be.
fn client_errors(flow: &Flow<'_>) -> f64 {
    let behaviour = flow.serving.as_ref().map(|(_, b)| b);
    behaviour.map_or(0.0, |b| b.client_errors * (1.0 - b.errors))
}

/// A whole number of requests: how much further the count since the beginning has come.
fn whole(
    cloud: &Cloud,
    scope: Scope<'_>,
    from: Timestamp,
    to: Timestamp,
    share: impl Fn(&Flow<'_>) -> f64,
) -> f64 {
    let count = |from, to| -> f64 {
        let flows = traffic::flows(cloud, scope, from, to);
        flows.iter().map(|f| f.requests() * share(f)).sum()
    };
    // What adds up to a whole number in theory is a little less in floating point.
    const SLACK: f64 = 1e-6;
    let before = count(cloud.began(), from);
    (before + count(from, to) + SLACK).floor() - (before + SLACK).floor()
}

fn response_time(
    cloud: &Cloud,
    scope: Scope<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Option<Sample> {
    let flows = traffic::flows(cloud, scope, from, to);
    let served = flows.iter().filter_map(|f| {
        let (_, behaviour) = f.serving.as_ref()?;
        Some((f.requests(), behaviour.latency))
    });
    let mixture = Mixture(served.filter(|(count, _)| *count > 0.0).collect());
    let count = mixture.count();
    (count > 0.0).then(|| Sample {
        count,
        sum: mixture.mean() * count,
        min: mixture.quantile(0.0),
        max: mixture.quantile(1.0),
        distribution: Distribution::Latencies(mixture),
    })
}

fn hosts(
    cloud: &Cloud,
    group: &str,
    from: Timestamp,
    to: Timestamp,
    which: impl Fn((u32, u32)) -> u32,
) -> Option<Sample> {
    let mut values = Vec::new();
    let by_hand = which(elb::by_hand(&cloud.elb, group, from));
    let any_by_hand = elb::by_hand(&cloud.elb, group, from) != (0, 0);
    let pieces = traffic::group(cloud, group, from, to);
    for then in &pieces {
        let count = which((then.healthy, then.unhealthy)) + by_hand;
        // Without any target, nothing is reported.
        if then.healthy + then.unhealthy > 0 || any_by_hand {
            values.push((f64::from(count), seconds(then.from, then.to)));
        }
    }
    if pieces.is_empty() && any_by_hand {
        values.push((f64::from(by_hand), seconds(from, to)));
    }
    Sample::of(values)
}

fn service(cloud: &Cloud, metric: &Metric, from: Timestamp, to: Timestamp) -> Option<Sample> {
    let cluster = metric.dimensions.get("ClusterName")?;
    let keys: Vec<ServiceKey> = match metric.dimensions.len() {
        2 => vec![ServiceKey::new(
            cluster,
            metric.dimensions.get("ServiceName")?,
        )],
        1 => {
            let all = cloud.traffic.services();
            all.filter(|k| *k.cluster == **cluster).cloned().collect()
        }
        _ => return None,
    };
    let part: fn(&traffic::Behaviour) -> f64 = match metric.name.as_str() {
        "CPUUtilization" => |b| b.cpu,
        "MemoryUtilization" => |b| b.memory,
        _ => return None,
    };
    let mut values = Vec::new();
    for key in keys {
        for (seconds, tasks, behaviour) in traffic::running(cloud, &key, from, to) {
            values.push((part(&behaviour), seconds * f64::from(tasks.count)));
        }
    }
    Sample::aggregated(values)
}

fn function(cloud: &Cloud, metric: &Metric, from: Timestamp, to: Timestamp) -> Option<Sample> {
    let named = |name: &str| metric.dimensions.get(name).map(String::as_str);
    let dimensions = Dimensions {
        function: named("FunctionName")?,
        resource: named("Resource"),
        executed: named("ExecutedVersion"),
    };
    let known = [
        Some(dimensions.function),
        dimensions.resource,
        dimensions.executed,
    ];
    if known.iter().flatten().count() != metric.dimensions.len() {
        return None;
    }
    let within = |from, to| invocations(&cloud.lambda, &cloud.kernel, dimensions, from, to);
    let served = within(from, to);
    let before = within(cloud.began(), from);
    // A whole number, as in `whole`.
    let whole = |of: fn(&Invocations) -> f64| {
        let sum = |served: &[Invocations]| served.iter().map(of).sum::<f64>() + 1e-6;
        (sum(&before) + sum(&served)).floor() - sum(&before).floor()
    };
    let count = whole(|served| served.count);
    match metric.name.as_str() {
        "Invocations" => (count > 0.0).then(|| Sample::events(count)).flatten(),
        "Errors" => {
            let errors = whole(|served| served.errors).min(count);
            Sample::of(vec![(0.0, count - errors), (1.0, errors)])
        }
        "Throttles" => Sample::of(vec![(0.0, count)]),
        "Duration" => {
            let each = served.iter().map(|s| (s.milliseconds, s.count));
            Sample::of(each.collect())
        }
        _ => None,
    }
}

fn queue(cloud: &Cloud, metric: &Metric, from: Timestamp, to: Timestamp) -> Option<Sample> {
    let name = metric.dimension("QueueName", 1)?;
    let queue = cloud.sqs.queue(name)?;
    if metric.name != "ApproximateNumberOfMessagesVisible" {
        return None;
    }
    // Once a minute.
    let mut values = Vec::new();
    let mut at = from;
    while at < to && values.len() < 1440 {
        values.push((sqs::visible(cloud, name, queue, at) as f64, 1.0));
        at = later(at, Duration::from_secs(60));
    }
    Sample::aggregated(values)
}
