//! Schedule expressions: `rate(…)`, `cron(…)`, and `at(…)`, which only EventBridge Scheduler has.

use jiff::civil::DateTime;

/// Whose expressions they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Expressions of rules: `rate(…)` and `cron(…)`.
    Rule,
    /// Expressions of EventBridge Scheduler: also `at(…)`, and a unit in either number.
    Scheduler,
}

/// Whether AWS takes a schedule expression.
pub(crate) fn is_valid(expression: &str, dialect: Dialect) -> bool {
    let inside = |name: &str| {
        let rest = expression.strip_prefix(name)?;
        rest.strip_prefix('(')?.strip_suffix(')')
    };
    if let Some(rate) = inside("rate") {
        return is_rate(rate, dialect);
    }
    if let Some(cron) = inside("cron") {
        return is_cron(cron);
    }
    match inside("at") {
        Some(at) => dialect == Dialect::Scheduler && at.parse::<DateTime>().is_ok(),
        None => false,
    }
}

/// A value and a unit: of a rule, the unit is in the singular for 1 and in the plural for more.
fn is_rate(rate: &str, dialect: Dialect) -> bool {
    let Some((value, unit)) = rate.split_once(' ') else {
        return false;
    };
    let Some(value) = value.parse::<u32>().ok().filter(|value| *value > 0) else {
        return false;
    };
    let singular = unit.trim_end_matches('s');
    let is_plural = unit != singular;
    let fits = match dialect {
        Dialect::Rule => is_plural == (value > 1),
        Dialect::Scheduler => true,
    };
    ["minute", "hour", "day"].contains(&singular) && fits
}

/// Minutes, hours, day of the month, month, day of the week, year. One of the two days is `?`, and only one.
fn is_cron(cron: &str) -> bool {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minutes, hours, day, month, weekday, year] = fields.as_slice() else {
        return false;
    };
    // What stands behind a slash is a step.
    let in_range = |field: &str, lowest: u32, highest: u32| {
        let parts = field
            .split([',', '-', '#'])
            .filter_map(|part| part.split('/').next());
        let mut numbers = parts.filter_map(|part| part.parse::<u32>().ok());
        numbers.all(|number| (lowest..=highest).contains(&number))
    };
    let is_spelled = |field: &&str| {
        let is_known = |c: char| c.is_ascii_alphanumeric() || "*?,-/#".contains(c);
        !field.is_empty() && field.chars().all(is_known)
    };
    (*day == "?") != (*weekday == "?")
        && ![minutes, hours, month, year]
            .iter()
            .any(|field| field.contains('?'))
        && fields.iter().all(is_spelled)
        && in_range(minutes, 0, 59)
        && in_range(hours, 0, 23)
        && in_range(day, 1, 31)
        && in_range(month, 1, 12)
        && in_range(weekday, 1, 7)
        && in_range(year, 1970, 2199)
}
