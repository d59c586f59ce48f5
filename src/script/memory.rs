//! How much memory a script holds: its values may be large one by one, and many.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// Bytes that the process may grow by while a script runs: 1 GiB. What one operation adds comes on top.
const MOST: u64 = 1 << 30;
/// Between two looks, in microseconds: whoever fills memory takes longer for it.
const GLANCE: u64 = 2_000;

/// Looks at the memory of this process now and then.
pub(super) struct Memory {
    before: Option<u64>,
    begun: Instant,
    /// When it was looked at, in microseconds since then.
    looked: AtomicU64,
    full: AtomicBool,
}

impl Memory {
    pub fn new() -> Memory {
        Memory {
            before: resident(),
            begun: Instant::now(),
            looked: AtomicU64::new(0),
            full: AtomicBool::new(false),
        }
    }

    /// Whether the script holds too much; once it did, it does until [`Memory::afresh`].
    pub fn is_full(&self) -> bool {
        if self.full.load(Ordering::Relaxed) {
            return true;
        }
        let now = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        if now.saturating_sub(self.looked.load(Ordering::Relaxed)) < GLANCE {
            return false;
        }
        self.looked.store(now, Ordering::Relaxed);
        let grown = resident()
            .zip(self.before)
            .map(|(now, before)| now.saturating_sub(before));
        let full = grown.is_some_and(|grown| grown > MOST);
        self.full.store(full, Ordering::Relaxed);
        full
    }

    /// Whether it was found to hold too much.
    pub fn was_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// What the script held is dropped.
    pub fn afresh(&self) {
        self.full.store(false, Ordering::Relaxed);
    }
}

/// Bytes of memory that the process occupies; `None` where the system does not say.
fn resident() -> Option<u64> {
    let said = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = said.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_says_what_the_process_occupies() {
        let before = super::resident().expect("Linux says it");
        let held = vec![1_u8; 64 << 20];
        let grown = super::resident()
            .expect("Linux says it")
            .saturating_sub(before);
        assert!(grown > 32 << 20, "{grown}");
        assert_eq!(held[held.len() - 1], 1);
    }
}
