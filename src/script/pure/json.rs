//! `json::` — JSON as text.

use serde_json::{Value, json};

use super::Pure;
use crate::call::Fault;

pub(super) const PARSE: Pure = Pure {
    module: "json",
    name: "parse",
    parameters: &["text"],
    doc: "Reads JSON. `null` is `()`. `invalid_json` says where it is wrong.",
    example: r#"print(json::parse(`{"status": "Healthy"}`).status);   // Healthy"#,
    call: |function, given| {
        let text = function.text(given, 0)?;
        serde_json::from_str(text)
            .map_err(|error| Fault::new("invalid_json", format!("json::parse: {error}")))
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
