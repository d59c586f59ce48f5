//! `digest::` — what shows that a text is still the same.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::Pure;

pub(super) const SHA256: Pure = Pure {
    module: "digest",
    name: "sha256",
    parameters: &["text"],
    doc: "The SHA-256 of a text, for instance of evidence that an approval is bound to, in hexadecimal digits.",
    example: r#"print(digest::sha256("abc").sub_string(0, 8));   // ba7816bf"#,
    call: |function, given| {
        let digest = Sha256::digest(function.text(given, 0)?);
        let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        Ok(json!(hex))
    },
};
