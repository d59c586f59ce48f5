//! What is refused of the conditions of a rule.

use serde_json::Value;

use super::super::validation;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text};

/// Values that all conditions of a rule may have together, wildcards among them, and characters of each.
const MOST_VALUES: usize = 5;
const MOST_WILDCARDS: usize = 5;
const LONGEST: usize = 128;

/// Fields of conditions, the member that configures each, and whether a rule may have several of them.
const FIELDS: [(&str, &str, bool); 6] = [
    ("path-pattern", "PathPatternConfig", false),
    ("host-header", "HostHeaderConfig", false),
    ("http-header", "HttpHeaderConfig", true),
    ("http-request-method", "HttpRequestMethodConfig", false),
    ("query-string", "QueryStringConfig", true),
    ("source-ip", "SourceIpConfig", false),
];

/// Fields that may be given their values without the member that configures them.
const SHORT: [&str; 2] = ["path-pattern", "host-header"];

/// Checks all conditions of a rule.
pub(in super::super) fn conditions(given: &[Value]) -> Result<(), Fault> {
    let (mut count, mut wildcards) = (0, 0);
    for (index, condition) in given.iter().enumerate() {
        let field = text(condition, "Field").unwrap_or_default();
        let Some((_, member, several)) = FIELDS.iter().find(|(name, ..)| *name == field) else {
            let known: Vec<&str> = FIELDS.iter().map(|(name, ..)| *name).collect();
            return Err(validation(format!(
                "Condition field '{field}' must be one of '[{}]'",
                known.join(", ")
            )));
        };
        let mut before = given.iter().take(index);
        if !several && before.any(|c| text(c, "Field") == Some(field)) {
            return Err(validation(format!(
                "A rule can only have one condition with the field '{field}'"
            )));
        }
        let config = condition.get(*member).filter(|c| c.is_object());
        let holder = match config {
            Some(config) => config,
            None if SHORT.contains(&field) => condition,
            None => {
                return Err(validation(format!(
                    "'{member}' must be specified for a condition with the field '{field}'"
                )));
            }
        };
        if field == "http-header" && text(holder, "HttpHeaderName").is_none_or(str::is_empty) {
            return Err(validation("A header name must be specified"));
        }
        let values = list(holder, "Values").iter();
        let regular = list(holder, "RegexValues").len() + list(condition, "RegexValues").len();
        let words: Vec<String> = values.map(words_of).collect();
        let by_type = text(holder, "IpAddressType").is_some();
        if words.is_empty() && regular == 0 && !by_type {
            return Err(validation("A condition value must be specified"));
        }
        if let Some(long) = words.iter().find(|v| v.chars().count() > LONGEST) {
            return Err(validation(format!(
                "Condition value '{long}' can have at most {LONGEST} characters"
            )));
        }
        count += words.len() + regular;
        let wild = |c: &char| *c == '*' || *c == '?';
        let all = words.iter().flat_map(|v| v.chars());
        wildcards += all.filter(wild).count();
    }
    if count > MOST_VALUES {
        return Err(validation(format!(
            "A rule can only have '{MOST_VALUES}' condition values"
        )));
    }
    if wildcards > MOST_WILDCARDS {
        return Err(validation(format!(
            "A rule can only have '{MOST_WILDCARDS}' condition wildcards"
        )));
    }
    Ok(())
}

/// A value as one text: those of a query string have a key too.
fn words_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => format!(
            "{}{}",
            text(value, "Key").unwrap_or_default(),
            text(value, "Value").unwrap_or_default()
        ),
    }
}
