//! `markdown::` — records that people read: incidents, evidence, tables of figures.

use serde_json::{Value, json};

use super::{Pure, shown};

pub(super) const ESCAPE: Pure = Pure {
    module: "markdown",
    name: "escape",
    parameters: &["value"],
    doc: "Writes a value as plain text in Markdown: what would be markup is escaped, line breaks become spaces.",
    example: r#"print(markdown::escape("p99 > 3x *baseline* | <b>"));   // p99 \> 3x \*baseline\* \| \<b\>"#,
    call: |_, given| Ok(json!(escaped(&shown(&given[0])))),
};

pub(super) const TABLE: Pure = Pure {
    module: "markdown",
    name: "table",
    parameters: &["headers", "rows"],
    doc: "Writes a table: a list of headers, and a list of rows, each a list of values. Values are escaped.",
    example: r##"let table = markdown::table(["KPI", "value"], [["p95", 120], ["errors", "0.1 %"]]);
print(table.split("\n")[2]);   // | p95 | 120 |"##,
    call: |function, given| {
        let headers = function.list(given, 0)?;
        let mut text = row(headers);
        text.push_str(&row_of("---", headers.len()));
        for cells in function.list(given, 1)? {
            match cells.as_array() {
                Some(cells) if cells.len() == headers.len() => text.push_str(&row(cells)),
                Some(cells) => {
                    let why = format!("a row of {} for {} headers", cells.len(), headers.len());
                    return Err(function.refuses("rows", &why));
                }
                None => return Err(function.wants(1, "a list of lists", cells)),
            }
        }
        Ok(json!(text))
    },
};

fn row(cells: &[Value]) -> String {
    let cells: Vec<String> = cells.iter().map(|c| escaped(&shown(c))).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn row_of(cell: &str, count: usize) -> String {
    format!("| {} |\n", vec![cell; count].join(" | "))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, c) in text.trim().chars().enumerate() {
        match c {
            '\r' => {}
            '\n' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' => {
                out.extend(['\\', c])
            }
            // Headings and lists, at the beginning only.
            '#' | '+' | '-' if index == 0 => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::called;
    use serde_json::json;

    #[test]
    fn what_is_said_stays_text() {
        let escape = |text: &str| called("markdown::escape", &[json!(text)]).unwrap();
        assert_eq!(escape("# a\nb"), r"\# a b");
        assert_eq!(escape("a #1 - b"), "a #1 - b");
        assert_eq!(escape("[x](y)"), r"\[x\](y)");
        let ragged = [json!(["a", "b"]), json!([["1"]])];
        let fault = called("markdown::table", &ragged).unwrap_err();
        assert!(
            fault.message.contains("a row of 1 for 2 headers"),
            "{fault}"
        );
    }
}
