//! Seeded randomness: the same seed, the same world.

use std::fmt::Write;
use std::time::Duration;

use crate::text::hex;

/// SplitMix64: small, fast, and good enough for jitter and identifiers.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Rng(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 where `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        (self.next() % bound as u64) as usize
    }

    /// A duration within both bounds, in milliseconds.
    pub(crate) fn millis(&mut self, from: u64, to: u64) -> Duration {
        let span = to.saturating_sub(from) + 1;
        Duration::from_millis(from + self.next() % span)
    }

    /// True `percent` times in a hundred.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.next() % 100 < u64::from(percent)
    }

    /// Random hexadecimal digits in lower case, `length` of them.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        let mut text = String::with_capacity(length + 16);
        while text.len() < length {
            // Writing to a String cannot fail.
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(length);
        text
    }

    /// `length` decimal digits, the first one not zero.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        (0..length)
            .map(|i| {
                let digit = if i == 0 {
                    1 + self.below(9)
                } else {
                    self.below(10)
                };
                char::from(b'0' + digit as u8)
            })
            .collect()
    }

    /// A random UUID in its usual form of 8-4-4-4-12 hexadecimal digits.
    pub(crate) fn uuid(&mut self) -> String {
        dashed(&self.hex(32))
    }
}

/// The UUID of a name: the same for the same name, whatever was drawn by chance before. For what a run that was killed and
/// resumed must find again under its name.
pub(crate) fn uuid_of(name: &str) -> String {
    dashed(&hex::sha256(name)[..32])
}

/// 32 digits as a UUID is written.
fn dashed(hex: &str) -> String {
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
