//! A question as people see it: what is asked, what was reviewed, who has answered.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::report::styled_line::{StyledLine, TextStyle, block};
use crate::report::view::says;
use crate::vocabulary::{Answer, Question};

/// What was reviewed, fact by fact.
pub fn about_rows(question: &Question, width: usize) -> Vec<StyledLine> {
    let facts = about(question);
    let column = column(&facts) + 2;
    let row = |(name, value): (String, String)| {
        let lead = StyledLine::new().plain("    ").dim(name).to_column(column);
        block(lead, TextStyle::Plain, &value, width)
    };
    facts.into_iter().flat_map(row).collect()
}

fn about(question: &Question) -> Vec<(String, String)> {
    let mut facts = match &question.about {
        Value::Null => Vec::new(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.replace('_', " "), fact(value)))
            .collect(),
        other => vec![(String::new(), fact(other))],
    };
    // What `--reviewed` names.
    facts.push(("reviewed".to_owned(), question.reviewed().to_owned()));
    facts
}

/// Where the values of facts stand.
fn column(facts: &[(String, String)]) -> usize {
    let names = facts.iter().map(|(name, _)| name.width());
    names.max().unwrap_or(0).min(24) + 4
}

/// The question with its facts, and who has answered and who has not.
pub fn question_rows(question: &Question, before: &[Answer], width: usize) -> Vec<StyledLine> {
    let mut facts = about(question);
    if !before.is_empty() {
        let said: Vec<_> = before.iter().map(says).collect();
        facts.push(("answered".to_owned(), said.join(" · ")));
    }
    let roles = question.outstanding(before);
    if !roles.is_empty() {
        facts.push(("needed from".to_owned(), roles.join(", ")));
    }
    if let Some(deadline) = question.deadline {
        facts.push((
            "until".to_owned(),
            deadline.strftime("%Y-%m-%d %H:%MZ").to_string(),
        ));
    }
    let column = column(&facts);
    let mut rows = vec![
        StyledLine::new(),
        StyledLine::new()
            .add(TextStyle::Waiting, "? ")
            .strong(&question.title),
    ];
    for (name, value) in facts {
        let lead = if name.is_empty() {
            StyledLine::new().plain("  ")
        } else {
            StyledLine::new().plain("  ").dim(name).to_column(column)
        };
        rows.extend(block(lead, TextStyle::Plain, &value, width));
    }
    rows.push(StyledLine::new());
    rows
}

/// A value as a person reads it: lists with commas, maps as `name: value`, everything else as JSON.
fn fact(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(fact).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let facts: Vec<_> = map
                .iter()
                .map(|(name, value)| format!("{name}: {}", fact(value)))
                .collect();
            facts.join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_readable() {
        let value = serde_json::json!({"tags": ["a", "b"], "none": [], "count": 3, "gone": null});
        assert_eq!(fact(&value), "tags: a, b, none: none, count: 3, gone: –");
    }
}
