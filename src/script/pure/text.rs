//! `text::` — lines and columns.

use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::{Pure, shown};

/// Widest column that `text::pad` fills, in columns of a terminal.
const WIDEST: u64 = 1000;

pub(super) const JOIN: Pure = Pure {
    module: "text",
    name: "join",
    parameters: &["list", "separator"],
    doc: "Joins the items of a list. Items that are not text are written as JSON.",
    example: r#"print(text::join(["lead", "devops", 3], ", "));   // lead, devops, 3"#,
    call: |function, given| {
        let items: Vec<String> = function.list(given, 0)?.iter().map(shown).collect();
        Ok(json!(items.join(function.text(given, 1)?)))
    },
};

pub(super) const PAD: Pure = Pure {
    module: "text",
    name: "pad",
    parameters: &["value", "width"],
    doc: "Fills a value up with spaces to a width in columns of a terminal: texts on the right, numbers on the left. A wider value stays as it is.",
    example: r#"print(text::pad("ready", 8) + "|" + text::pad(42, 5));   // ready   |   42"#,
    call: |function, given| {
        let text = shown(&given[0]);
        let width = function.count(given, 1, WIDEST)?;
        let spaces = " ".repeat(width.saturating_sub(text.width()));
        Ok(match given[0].is_number() {
            true => json!(format!("{spaces}{text}")),
            false => json!(format!("{text}{spaces}")),
        })
    },
};

pub(super) const NUMBER: Pure = Pure {
    module: "text",
    name: "number",
    parameters: &["number", "decimals"],
    doc: "Writes a number with this number of decimals, rounded.",
    example: r#"print(text::number(0.4286, 2) + " %");   // 0.43 %"#,
    call: |function, given| {
        let decimals = function.count(given, 1, 12)?;
        Ok(json!(format!("{:.decimals$}", function.number(given, 0)?)))
    },
};
