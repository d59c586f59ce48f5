//! What is compressed by itself (DEFLATE, RFC 1951) in the packed models.

use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::bytes::Bytes;

/// Bytes that are compressed, with the size that they have when they are opened.
#[derive(Debug, Clone, Copy)]
pub(in crate::world::apis::aws) struct Squeezed {
    /// How many bytes are in it.
    size: usize,
    data: &'static [u8],
}

impl Squeezed {
    /// The next section. Its sizes go before it.
    pub fn read(bytes: &mut Bytes) -> Squeezed {
        let (size, squeezed) = (bytes.number(), bytes.number());
        Squeezed {
            size,
            data: bytes.take(squeezed),
        }
    }

    /// What is in it, for the life of the process. `dictionary`: what it refers back to.
    pub fn open(self, dictionary: &[u8]) -> &'static [u8] {
        let mut out = Vec::with_capacity(dictionary.len() + self.size);
        out.extend_from_slice(dictionary);
        out.resize(dictionary.len() + self.size, 0);
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let mut unpacker = DecompressorOxide::new();
        let (_, _, size) = decompress(&mut unpacker, self.data, &mut out, dictionary.len(), flags);
        // The dictionary is not kept once more.
        out[dictionary.len()..][..size].to_vec().leak()
    }

    /// The text that is in it.
    pub fn text(self) -> &'static str {
        std::str::from_utf8(self.open(&[])).unwrap_or_default()
    }
}
