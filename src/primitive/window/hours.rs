//! Hours of some days of the week, as the clocks of a zone show them.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::primitive::args::INVALID_INPUT;
use crate::vocabulary::Fault;

/// Arguments of `time::window`: days and hours in a time zone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadWindow {
    /// Days on which it opens: `"mon"`, or from and to: `"mon..thu"`. Default: every day.
    #[serde(default)]
    pub(super) days: Vec<String>,
    /// When it opens: `"10:00"`.
    pub(super) from: String,
    /// When it closes: `"16:00"`; `"24:00"` is midnight; earlier than `from`: on the next day.
    pub(super) to: String,
    /// Time zone: `"America/Lima"`, `"-05:00"`, `"UTC"`.
    pub(super) zone: String,
}

/// The window in words: `mon..thu 10:00–16:00 America/Lima`.
pub(super) fn said(args: &ReadWindow) -> String {
    let days = match args.days.is_empty() {
        true => "every day".into(),
        false => args.days.join(", "),
    };
    format!("{days} {}–{} {}", args.from, args.to, args.zone)
}

/// Hours of some days of the week, as the clocks of a zone show them.
#[derive(Debug, Clone)]
pub(super) struct Window {
    days: Vec<Weekday>,
    from: Time,
    /// `None`: midnight, at the end of the day.
    to: Option<Time>,
    zone: TimeZone,
}

/// One opening of a window: the one that is open, or the next.
#[derive(Debug, Clone)]
pub(super) struct WindowOpening {
    pub(super) open: bool,
    pub(super) opens: Zoned,
    closes: Zoned,
}

impl Window {
    /// # Errors
    /// `invalid_input`, where the arguments name no days, hours or zone.
    pub(super) fn new(path: &str, args: &ReadWindow) -> Result<Window, Fault> {
        let wrong = |member: &str, why: String| {
            Fault::new(INVALID_INPUT, format!("{path} at `{member}`: {why}"))
        };
        let days = days(&args.days).map_err(|why| wrong("days", why))?;
        let from = clock(&args.from).map_err(|why| wrong("from", why))?;
        let to = match args.to.as_str() {
            "24:00" => None,
            text => Some(clock(text).map_err(|why| wrong("to", why))?),
        };
        if to == Some(from) {
            return Err(wrong("to", "it closes when it opens".into()));
        }
        let zone = zone(&args.zone).map_err(|why| wrong("zone", why))?;
        Ok(Window {
            days,
            from,
            to,
            zone,
        })
    }

    /// The opening that is now, or the next one. `None`: there is none in sight.
    pub(super) fn at(&self, now: Timestamp) -> Option<WindowOpening> {
        let today = now.to_zoned(self.zone.clone()).date();
        // From yesterday, which may last past midnight; two weeks, as clocks that go forward may leave one out.
        (-1..=14).find_map(|ahead: i32| {
            let date = today.checked_add(ahead.days()).ok()?;
            if !self.days.contains(&date.weekday()) {
                return None;
            }
            let (opens, closes) = self.on(date)?;
            (opens < closes && now < closes.timestamp()).then(|| WindowOpening {
                open: opens.timestamp() <= now,
                opens,
                closes,
            })
        })
    }

    fn on(&self, date: Date) -> Option<(Zoned, Zoned)> {
        let (until, at) = match self.to {
            Some(to) if to > self.from => (date, to),
            Some(to) => (date.tomorrow().ok()?, to),
            None => (date.tomorrow().ok()?, Time::midnight()),
        };
        let there =
            |date: Date, time: Time| date.to_datetime(time).to_zoned(self.zone.clone()).ok();
        Some((there(date, self.from)?, there(until, at)?))
    }
}

impl WindowOpening {
    pub(super) fn json(&self, now: Timestamp) -> Value {
        let zoned = now.to_zoned(self.opens.time_zone().clone());
        json!({
            "open": self.open,
            "opens_at": local(&self.opens),
            "closes_at": local(&self.closes),
            "now": local(&zoned),
        })
    }
}

/// RFC 3339 with the zone's offset, to the second.
pub(super) fn local(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn days(named: &[String]) -> Result<Vec<Weekday>, String> {
    let week = Weekday::Monday;
    if named.is_empty() {
        return Ok(week.cycle_forward().take(7).collect());
    }
    let mut days = Vec::new();
    for item in named {
        let (first, last) = item.split_once("..").unwrap_or((item, item));
        let (first, last) = (day(first)?, day(last)?);
        let until = first.until(last);
        let count = usize::try_from(until).unwrap_or_default() + 1;
        days.extend(first.cycle_forward().take(count));
    }
    Ok(days)
}

fn day(name: &str) -> Result<Weekday, String> {
    let name = name.trim().to_lowercase();
    Weekday::Monday
        .cycle_forward()
        .take(7)
        .find(|day| {
            let full = format!("{day:?}").to_lowercase();
            name == full || (name.len() == 3 && full.starts_with(&name))
        })
        .ok_or_else(|| {
            format!("`{name}` is not a day; write \"mon\", \"tue\", … or a range like \"mon..thu\"")
        })
}

fn clock(text: &str) -> Result<Time, String> {
    let parsed = text.split_once(':').and_then(|(hour, minute)| {
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(hour) || !digits(minute) {
            return None;
        }
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    });
    parsed.ok_or_else(|| format!("`{text}` is not a time of day; write it like \"09:30\""))
}

/// A zone by its name or its offset.
fn zone(text: &str) -> Result<TimeZone, String> {
    if text == "UTC" || text == "Z" {
        return Ok(TimeZone::UTC);
    }
    let unknown = || {
        format!(
            "`{text}` is not a time zone; write it like \"America/Lima\", \"-05:00\" or \"UTC\""
        )
    };
    let Some(sign) = text.chars().next().filter(|c| matches!(c, '+' | '-')) else {
        return TimeZone::get(text).map_err(|_| unknown());
    };
    let ahead = clock(&text[1..]).map_err(|_| unknown())?;
    let seconds = i32::from(ahead.hour()) * 3600 + i32::from(ahead.minute()) * 60;
    let seconds = if sign == '-' { -seconds } else { seconds };
    Offset::from_seconds(seconds)
        .map(TimeZone::fixed)
        .map_err(|_| unknown())
}

/// A moment in a zone, to the second.
///
/// # Errors
/// What was expected.
pub fn in_zone(at: Timestamp, named: &str) -> Result<String, String> {
    Ok(local(&at.to_zoned(zone(named)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(days: &[&str], from: &str, to: &str, zone: &str, now: &str) -> (bool, String, String) {
        let args = ReadWindow {
            days: days.iter().map(|d| (*d).to_owned()).collect(),
            from: from.into(),
            to: to.into(),
            zone: zone.into(),
        };
        let window = Window::new("w", &args).unwrap();
        let opening = window.at(now.parse().unwrap()).unwrap();
        (opening.open, local(&opening.opens), local(&opening.closes))
    }

    #[test]
    fn open_and_closed() {
        let imagy = |now| look(&["mon..thu"], "10:00", "16:00", "-05:00", now);
        // 2026-01-12 is a Monday.
        for (now, open, day) in [
            ("2026-01-12T14:59:59Z", false, 12),
            ("2026-01-12T15:00:00Z", true, 12),
            ("2026-01-12T20:59:59Z", true, 12),
            ("2026-01-12T21:00:00Z", false, 13),
            ("2026-01-15T21:00:00Z", false, 19),
            ("2026-01-17T16:00:00Z", false, 19),
        ] {
            let expected = (
                open,
                format!("2026-01-{day}T10:00:00-05:00"),
                format!("2026-01-{day}T16:00:00-05:00"),
            );
            assert_eq!(imagy(now), expected, "{now}");
        }
    }

    #[test]
    fn past_midnight_it_belongs_to_the_day_it_opened_on() {
        let night = |now| look(&["fri"], "22:00", "02:00", "UTC", now);
        assert!(night("2026-01-17T01:59:00Z").0, "Saturday morning");
        assert!(!night("2026-01-16T01:59:00Z").0, "Friday morning");
        assert!(
            look(
                &["sat", "sun"],
                "00:00",
                "24:00",
                "UTC",
                "2026-01-18T23:59:59Z"
            )
            .0
        );
        assert!(
            look(
                &["sat..mon"],
                "00:00",
                "24:00",
                "UTC",
                "2026-01-19T12:00:00Z"
            )
            .0
        );
    }

    #[test]
    fn hours_are_the_clocks_on_the_days_on_which_they_change() {
        let berlin = |now| look(&[], "02:30", "10:00", "Europe/Berlin", now);
        // 02:30 does not exist on 2026-03-29: clocks go from 02:00 to 03:00.
        let spring = berlin("2026-03-29T00:00:00Z");
        assert_eq!(spring.1, "2026-03-29T03:30:00+02:00");
        assert_eq!(spring.2, "2026-03-29T10:00:00+02:00");
        // 02:30 comes twice on 2026-10-25; the first counts.
        assert_eq!(
            berlin("2026-10-24T22:00:00Z").1,
            "2026-10-25T02:30:00+02:00"
        );
        assert_eq!(
            berlin("2026-10-24T22:00:00Z").2,
            "2026-10-25T10:00:00+01:00"
        );
        // A window that lies in the hour that is left out moves by that hour.
        let lost = look(
            &[],
            "02:10",
            "02:20",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
        );
        assert_eq!(lost.1, "2026-03-29T03:10:00+02:00");
    }

    #[test]
    fn zones_are_known_without_the_systems_database() {
        let bundled = jiff::tz::TimeZoneDatabase::bundled();
        assert!(bundled.get("America/Lima").is_ok());
        assert!(zone("America/Lima").is_ok());
    }

    #[test]
    fn mistakes_are_named() {
        for (days, from, to, zone, said) in [
            ("mon", "10:00", "16:00", "America/Limma", "not a time zone"),
            ("mon", "10:00", "16:00", "-5", "not a time zone"),
            ("mon", "10:00", "16:00", "+99:00", "not a time zone"),
            ("montag", "10:00", "16:00", "UTC", "not a day"),
            ("mon", "10", "16:00", "UTC", "not a time of day"),
            ("mon", "10:00", "10:00", "UTC", "closes when it opens"),
        ] {
            let args = ReadWindow {
                days: vec![days.into()],
                from: from.into(),
                to: to.into(),
                zone: zone.into(),
            };
            let fault = Window::new("time::window", &args).unwrap_err();
            assert!(fault.message.contains(said), "{fault}");
        }
    }
}
