//! `base64::` — bytes as AWS's JSON has them.

use aws_smithy_types::base64;
use serde_json::json;

use super::Pure;

pub(super) const ENCODE: Pure = Pure {
    module: "base64",
    name: "encode",
    parameters: &["text"],
    doc: "A text in base64, as AWS's JSON has bytes: the `Payload` of Lambda's `Invoke`.",
    example: r#"print(base64::encode("{}"));   // e30="#,
    call: |function, given| Ok(json!(base64::encode(function.text(given, 0)?))),
};

pub(super) const DECODE: Pure = Pure {
    module: "base64",
    name: "decode",
    parameters: &["encoded"],
    doc: "The text that is written in base64. What is not base64, or not text in UTF-8, is the fault `invalid_input`.",
    example: r#"print(base64::decode("e30="));   // {}"#,
    call: |function, given| {
        let bytes = base64::decode(function.text(given, 0)?)
            .map_err(|_| function.refuses("encoded", "this is not base64"))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| function.refuses("encoded", "these bytes are not text in UTF-8"))?;
        Ok(json!(text))
    },
};
