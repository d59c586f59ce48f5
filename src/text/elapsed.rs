//! How long things take, as people write it: `1.2s`, `38s`, `2m03s`, `1h05m`.

use jiff::Timestamp;

/// How long something took: `0.4s`, `1.2s`, `38s`, `2m03s`, `1h05m`, `2d03h`.
pub fn elapsed(ms: u64) -> String {
    if ms < 10_000 {
        let tenths = ms / 100;
        return format!("{}.{}s", tenths / 10, tenths % 10);
    }
    ticking(ms)
}

/// As [`elapsed`], in whole seconds, for times that are still moving.
pub fn ticking(ms: u64) -> String {
    let (s, m, h) = (ms / 1_000, ms / 60_000, ms / 3_600_000);
    if s < 60 {
        format!("{s}s")
    } else if m < 60 {
        format!("{m}m{:02}s", s % 60)
    } else if h < 24 {
        format!("{h}h{:02}m", m % 60)
    } else {
        format!("{}d{:02}h", h / 24, h % 24)
    }
}

/// A limit that someone set, without its zeros: `15m`, `1h30m`, `500ms`.
pub fn limit(ms: u64) -> String {
    if ms < 1_000 {
        return format!("{ms}ms");
    }
    let s = ms / 1_000;
    let parts = [(s / 3_600, "h"), (s / 60 % 60, "m"), (s % 60, "s")];
    parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n}{unit}"))
        .collect()
}

/// An estimate, in words: `about 19 minutes`, `under a minute`.
pub fn about(ms: u64) -> String {
    let minutes = (ms + 30_000) / 60_000;
    match minutes {
        0 => "under a minute".to_owned(),
        1 => "about a minute".to_owned(),
        2..=119 => format!("about {minutes} minutes"),
        _ => format!("about {} hours", (minutes + 30) / 60),
    }
}

/// Milliseconds from `since` to `now`; 0 where the clock stands before `since`.
pub fn between(since: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond() - since.as_millisecond()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_people_write_it() {
        let written: Vec<_> = [
            0,
            420,
            1_234,
            9_949,
            10_000,
            38_400,
            59_999,
            123_000,
            252_000,
            3_900_000,
            183_600_000,
        ]
        .map(elapsed)
        .into();
        assert_eq!(
            written,
            [
                "0.0s", "0.4s", "1.2s", "9.9s", "10s", "38s", "59s", "2m03s", "4m12s", "1h05m",
                "2d03h"
            ]
        );
        assert_eq!(
            [500, 900_000, 5_400_000, 90_000].map(limit).join(" "),
            "500ms 15m 1h30m 1m30s"
        );
        assert_eq!(about(19 * 60_000 + 12_000), "about 19 minutes");
        assert_eq!(about(20_000), "under a minute");
        assert_eq!(about(7_200_000), "about 2 hours");
    }
}
