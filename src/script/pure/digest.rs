//! `digest::` — what shows that a text is still the same.

use serde_json::json;

use super::Pure;
use crate::text::hex;

pub(super) const SHA256: Pure = Pure {
    module: "digest",
    name: "sha256",
    parameters: &["text"],
    doc: "The SHA-256 of a text, for instance of evidence that an approval is bound to, in hexadecimal digits.",
    example: r#"print(digest::sha256("abc").sub_string(0, 8));   // ba7816bf"#,
    call: |function, given| {
        let hex: String = hex::sha256(function.text(given, 0)?);
        Ok(json!(hex))
    },
};
