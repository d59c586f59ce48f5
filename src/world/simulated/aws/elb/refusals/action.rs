//! What is refused of the configuration of an action.

use serde_json::Value;

use super::super::validation;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{flag, text};

/// The longest that requests of a client stick to a target group: a week.
const LONGEST: i64 = 604_800;

/// Checks the stickiness between the target groups of a forward action.
pub(in super::super) fn stickiness(config: &Value) -> Result<(), Fault> {
    let Some(sticky) = config.get("TargetGroupStickinessConfig") else {
        return Ok(());
    };
    let duration = sticky.get("DurationSeconds").filter(|d| !d.is_null());
    match duration.map(Value::as_i64) {
        None if flag(sticky, "Enabled") => Err(validation(
            "A duration must be specified when target group stickiness is enabled",
        )),
        Some(seconds) if !seconds.is_some_and(|s| (1..=LONGEST).contains(&s)) => Err(validation(
            format!("Target group stickiness duration must be between 1 and {LONGEST} seconds"),
        )),
        _ => Ok(()),
    }
}

/// Checks a `redirect` action as ELB does.
pub(in super::super) fn redirection(action: &Value) -> Result<(), Fault> {
    let Some(config) = action.get("RedirectConfig").filter(|c| c.is_object()) else {
        return Err(validation(
            "A redirect configuration must be specified for a redirect action",
        ));
    };
    match text(config, "StatusCode") {
        Some("HTTP_301" | "HTTP_302") => {}
        other => {
            return Err(validation(format!(
                "Redirect status code '{}' must be one of 'HTTP_301, HTTP_302'",
                other.unwrap_or_default()
            )));
        }
    }
    let protocol = text(config, "Protocol").unwrap_or("#{protocol}");
    if !["HTTP", "HTTPS", "#{protocol}"].contains(&protocol) {
        return Err(validation(format!(
            "Redirect protocol '{protocol}' must be one of 'HTTP, HTTPS, #{{protocol}}'"
        )));
    }
    let changed = |name: &str, same: &str| text(config, name).is_some_and(|v| v != same);
    let elsewhere = changed("Protocol", "#{protocol}")
        || changed("Host", "#{host}")
        || changed("Port", "#{port}")
        || changed("Path", "/#{path}");
    match elsewhere {
        true => Ok(()),
        false => Err(validation(
            "The RedirectConfig is not valid because it creates a loop. At least one of the following must be changed: protocol, host, port, or path.",
        )),
    }
}

/// Checks a `fixed-response` action as ELB does.
pub(in super::super) fn response(action: &Value) -> Result<(), Fault> {
    let config = action.get("FixedResponseConfig").unwrap_or(&Value::Null);
    let code = text(config, "StatusCode").unwrap_or_default();
    let fits = code.len() == 3
        && code.starts_with(['2', '4', '5'])
        && code.chars().all(|c| c.is_ascii_digit());
    match fits {
        true => Ok(()),
        false => Err(validation(format!(
            "Fixed response status code '{code}' must be 2XX, 4XX or 5XX"
        ))),
    }
}
