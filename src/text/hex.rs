//! Bytes as lower-case hexadecimal digits.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Two digits a byte, lower case.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // A `String` takes everything.
        let _written = write!(text, "{byte:02x}");
    }
    text
}

/// The SHA-256 of some bytes, as 64 digits.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(Sha256::digest(bytes.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_two_digits_each() {
        assert_eq!(hex([0, 10, 255]), "000aff");
        assert!(sha256("").starts_with("e3b0c442"));
    }
}
