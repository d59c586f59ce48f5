//! `json::` — JSON as text.

use serde_json::{Value, json};

use super::Pure;
use crate::data::{self, DataError};
use crate::primitive::Source;
use crate::vocabulary::{Fault, codes};

pub(super) const PARSE: Pure = Pure {
    module: "json",
    name: "parse",
    parameters: &["text"],
    doc: "Reads JSON. `null` is `()`; a byte order mark is skipped. The fault `invalid_json` names the file, endpoint or program that the text is from, the place of the error, and its cause, such as a comment, a template, or a duplicate name.",
    example: r#"print(json::parse(`{"status": "Healthy"}`).status);   // Healthy"#,
    call: |function, given| {
        let text = function.text(given, 0)?;
        data::json(text).map_err(|wrong| invalid(&wrong, None))
    },
};

pub(super) const TEXT: Pure = Pure {
    module: "json",
    name: "text",
    parameters: &["value"],
    doc: "Writes a value as JSON on one line.",
    example: r#"print(json::text([1, #{ ok: true }, ()]));   // [1,{"ok":true},null]"#,
    call: |_, given| Ok(json!(given[0].to_string())),
};

pub(super) const PRETTY: Pure = Pure {
    module: "json",
    name: "pretty",
    parameters: &["value"],
    doc: "Writes a value as JSON for people and for files: indented, with a line break at the end.",
    example: r#"print(json::pretty(#{ ok: true }).split("\n")[1]);   //   "ok": true"#,
    call: |_, given| {
        let text = serde_json::to_string_pretty(&given[0]).unwrap_or_default();
        Ok(Value::String(text + "\n"))
    },
};

/// The fault of a text that is not JSON; `source`: where it is from.
pub(in crate::script) fn invalid(wrong: &DataError, source: Option<&Source>) -> Fault {
    let message = match source {
        Some(source) if source.is_file => wrong.within(&source.name),
        Some(source) => format!("{} is not JSON: {wrong}", source.name),
        None => format!("the text is not JSON: {wrong}"),
    };
    let mut fault = Fault::new(INVALID_JSON, message);
    fault.hint.clone_from(&wrong.help);
    fault.details = json!({ "line": wrong.line, "column": wrong.column, "what": wrong.what });
    if let (Some(source), Some(details)) = (source, fault.details.as_object_mut()) {
        details.insert("source".to_owned(), json!(source.name));
    }
    fault
}

/// Code of the fault of a text that is not JSON.
pub(in crate::script) const INVALID_JSON: &str = codes::INVALID_JSON;
