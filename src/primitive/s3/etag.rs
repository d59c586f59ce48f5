//! Entity tags of S3: whether an object has a file's content.
//!
//! S3 API Reference, "Object": the ETag is the MD5 of the content, unless the object is encrypted with KMS or SSE-C. S3 User
//! Guide, "Checking object integrity in Amazon S3": that of a multipart upload is the MD5 of the parts' MD5s, a hyphen, and
//! their number.

use md5::{Digest, Md5};

use crate::text::hex;

/// Sizes of parts that programs use, in MiB: the AWS CLI, the SDKs, and larger ones for large files.
const PARTS: [usize; 8] = [8, 5, 16, 10, 32, 64, 15, 100];

/// The MD5 of a content in hexadecimal digits.
pub(super) fn md5(bytes: &[u8]) -> String {
    hex::hex(Md5::digest(bytes))
}

/// An ETag without its quotes.
pub(super) fn bare(etag: &str) -> &str {
    etag.trim_matches('"')
}

/// Whether `etag` is that of a multipart upload of these bytes, in parts of a usual size.
pub(super) fn is_multipart_of(etag: &str, bytes: &[u8]) -> bool {
    let parts = etag
        .rsplit_once('-')
        .and_then(|(_, n)| n.parse::<usize>().ok());
    let Some(parts) = parts else {
        return false;
    };
    let sizes = PARTS.iter().map(|mib| mib << 20);
    sizes
        .filter(|size| bytes.len().div_ceil(*size).max(1) == parts)
        .any(|size| multipart(bytes, size, parts) == etag)
}

fn multipart(bytes: &[u8], size: usize, parts: usize) -> String {
    let mut whole = Md5::new();
    match bytes.is_empty() {
        true => whole.update(Md5::digest(bytes)),
        false => bytes
            .chunks(size)
            .for_each(|part| whole.update(Md5::digest(part))),
    }
    let digest: String = hex::hex(whole.finalize());
    format!("{digest}-{parts}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S3 User Guide, "Checking object integrity in Amazon S3".
    #[test]
    fn a_multipart_upload_is_known_again() {
        let bytes = vec![7_u8; (8 << 20) + 3];
        let mut whole = Md5::new();
        whole.update(Md5::digest(&bytes[..8 << 20]));
        whole.update(Md5::digest(&bytes[8 << 20..]));
        let digest: String = hex::hex(whole.finalize());
        assert!(is_multipart_of(&format!("{digest}-2"), &bytes));
        assert!(!is_multipart_of(&format!("{digest}-3"), &bytes));
        let mut other = bytes.clone();
        other[0] = 8;
        assert!(!is_multipart_of(&format!("{digest}-2"), &other));
        assert!(!is_multipart_of(&md5(&bytes), &bytes));
    }
}
