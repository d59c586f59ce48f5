//! What is refused of the attributes of a target group.

use super::super::validation;
use crate::vocabulary::Fault;

/// The values that an attribute may have.
enum Values {
    /// A whole number within these bounds.
    Within(u64, u64),
    /// 0, or a whole number within these bounds.
    ZeroOrWithin(u64, u64),
    /// `off`, or a whole number from 1 to this.
    OffOr(u64),
    /// One of these words, and nothing else.
    Words(&'static [&'static str]),
    /// Any that is not empty.
    Any,
}
use Values::{Any, OffOr, Within, Words, ZeroOrWithin};

const SWITCH: Values = Words(&["true", "false"]);
const WEEK: u64 = 604_800;

/// The attributes of target groups (ELBv2 API Reference, TargetGroupAttribute).
const KNOWN: [(&str, Values); 24] = [
    ("deregistration_delay.timeout_seconds", Within(0, 3_600)),
    (
        "deregistration_delay.connection_termination.enabled",
        SWITCH,
    ),
    ("stickiness.enabled", SWITCH),
    (
        "stickiness.type",
        Words(&[
            "lb_cookie",
            "app_cookie",
            "source_ip",
            "source_ip_dest_ip",
            "source_ip_dest_ip_proto",
        ]),
    ),
    ("stickiness.lb_cookie.duration_seconds", Within(1, WEEK)),
    ("stickiness.app_cookie.duration_seconds", Within(1, WEEK)),
    ("stickiness.app_cookie.cookie_name", Any),
    (
        "load_balancing.cross_zone.enabled",
        Words(&["true", "false", "use_load_balancer_configuration"]),
    ),
    (
        "load_balancing.algorithm.type",
        Words(&[
            "round_robin",
            "least_outstanding_requests",
            "weighted_random",
        ]),
    ),
    (
        "load_balancing.algorithm.anomaly_mitigation",
        Words(&["on", "off"]),
    ),
    ("slow_start.duration_seconds", ZeroOrWithin(30, 900)),
    ("lambda.multi_value_headers.enabled", SWITCH),
    ("preserve_client_ip.enabled", SWITCH),
    ("proxy_protocol_v2.enabled", SWITCH),
    (
        "target_health_state.unhealthy.connection_termination.enabled",
        SWITCH,
    ),
    (
        "target_health_state.unhealthy.draining_interval_seconds",
        Within(0, 360_000),
    ),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.count",
        OffOr(u64::MAX),
    ),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.percentage",
        OffOr(100),
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
        Within(1, u64::MAX),
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        OffOr(100),
    ),
    (
        "target_failover.on_deregistration",
        Words(&["rebalance", "no_rebalance"]),
    ),
    (
        "target_failover.on_unhealthy",
        Words(&["rebalance", "no_rebalance"]),
    ),
    ("send_tcp_reset.on_unhealthy.enabled", SWITCH),
    ("send_tcp_reset.on_deregistration.enabled", SWITCH),
];

/// Checks an attribute of a target group.
pub(in super::super) fn attribute(key: &str, value: &str) -> Result<(), Fault> {
    let Some((_, values)) = KNOWN.iter().find(|(known, _)| *known == key) else {
        return Err(validation(format!(
            "Target group attribute key '{key}' is not recognized"
        )));
    };
    let whole = value.parse::<u64>().ok();
    let within = |least: &u64, most: &u64| whole.is_some_and(|n| (*least..=*most).contains(&n));
    let (fits, wanted) = match values {
        Within(least, most) => (within(least, most), format!("between {least} and {most}")),
        ZeroOrWithin(least, most) => (
            whole == Some(0) || within(least, most),
            format!("0, or between {least} and {most}"),
        ),
        OffOr(most) => (
            value == "off" || within(&1, most),
            "'off', or a whole number from 1".to_owned(),
        ),
        Words(words) => (
            words.contains(&value),
            format!("one of '{}'", words.join(", ")),
        ),
        Any => (!value.is_empty(), "given".to_owned()),
    };
    match fits {
        true => Ok(()),
        false => Err(validation(format!(
            "Target group attribute '{key}' must be {wanted}, not '{value}'"
        ))),
    }
}
