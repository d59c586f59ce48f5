//! How a call's line is put into words.

use serde_json::Value;

use super::shorten_ids::shorten_ids;
use super::styled_line::TextStyle;
use crate::text::elapsed::limit;
use crate::vocabulary::{Change, Line, LineKind, Progress, Site};

/// The sign in front of a call.
pub fn sign(kind: LineKind) -> (TextStyle, &'static str) {
    match kind {
        LineKind::Looks
        | LineKind::Waits
        | LineKind::Watches
        | LineKind::Sleeps
        | LineKind::Polls => (TextStyle::Dim, "·"),
        LineKind::Creates => (TextStyle::Good, "+"),
        LineKind::Changes => (TextStyle::Waiting, "~"),
        LineKind::Removes => (TextStyle::Bad, "-"),
    }
}

/// What was found out about a call in doubt; `None`: nobody knows.
pub fn had(happened: Option<bool>) -> &'static str {
    match happened {
        Some(true) => "had happened",
        Some(false) => "had not happened",
        None => "may have happened",
    }
}

/// `UpdateService catalog-service`, `wait for this deployment`.
pub fn name(line: &Line) -> String {
    let of = match line.kind {
        LineKind::Waits => " for",
        _ => "",
    };
    format!("{}{of} {}", line.verb, line.object)
        .trim()
        .to_owned()
}

/// `UpdateService catalog-service  catalog:41 → catalog:42`.
pub fn text(line: &Line) -> String {
    format!("{}  {}", name(line), said(line)).trim().to_owned()
}

/// How the beginning of a wait reads: `waiting for deployment ecs-svc/8812 to complete, at most 15m`.
/// `None`: only its first progress names what it waits for.
pub fn begins(line: &Line, progress: Option<&Progress>) -> Option<String> {
    let what = match (line.kind, progress) {
        (LineKind::Watches, _) => return Some(format!("watching {}", line.object)),
        (LineKind::Sleeps, _) => return Some(format!("sleeping {}", line.object)),
        (LineKind::Waits, None) => return None,
        (LineKind::Polls, _) => format!("waiting for {} to answer {}", line.object, line.detail),
        (_, Some(progress)) if !progress.until.is_empty() => {
            format!("{} to {}", lasts(line, Some(progress)), progress.until)
        }
        _ => lasts(line, progress),
    };
    Some(format!("{what}{}", at_most(line.at_most_ms)))
}

/// What a call does while it lasts: `waiting for deployment ecs-svc/8812`, `watching`.
pub fn lasts(line: &Line, progress: Option<&Progress>) -> String {
    match (line.kind, progress) {
        (LineKind::Watches, _) => "watching".to_owned(),
        (LineKind::Sleeps, _) => "sleeping".to_owned(),
        (_, Some(progress)) => format!("waiting for {}", shorten_ids(&progress.waiting_for)),
        (_, None) => format!("waiting for {}", line.object),
    }
}

/// `waits for exit 0, at most 30m`.
pub fn waits(line: &Line) -> String {
    format!("waits for {}{}", line.object, at_most(line.at_most_ms))
}

/// The limit of a wait, to append to its line: `, at most 15m`. Empty without a limit; `ms`: milliseconds.
pub fn at_most(ms: Option<u64>) -> String {
    ms.map(|ms| format!(", at most {}", limit(ms)))
        .unwrap_or_default()
}

/// The line's detail with its limit, unless the primitive has named the limit itself.
pub fn detail(line: &Line) -> String {
    let said = said(line);
    match line.at_most_ms.map(limit) {
        Some(most) if !said.contains(&most) && !line.object.contains(&most) => {
            let comma = if said.is_empty() { "" } else { ", " };
            format!("{said}{comma}at most {most}")
        }
        _ => said,
    }
}

/// The line's detail; for a write without one, the revision that it goes to: `catalog:41 → catalog:42`.
fn said(line: &Line) -> String {
    if !line.detail.is_empty() {
        return line.detail.clone();
    }
    let Some(change) = line.changes.iter().find(|change| is_revision(change)) else {
        return String::new();
    };
    match sides(change) {
        (Some(from), Some(to)) => format!("{from} → {to}"),
        (_, to) => format!("→ {}", to.unwrap_or_default()),
    }
}

/// The changes that [`detail`] does not say.
pub fn changes(line: &Line) -> impl Iterator<Item = &Change> {
    let folded = line.detail.is_empty();
    line.changes
        .iter()
        .filter(move |change| !(folded && is_revision(change)))
}

fn is_revision(change: &Change) -> bool {
    change.path == "taskDefinition" && change.to.is_string()
}

/// The frame that is the reader's own: the innermost one in the pipeline, whose frame is the last.
pub fn own(frames: &[Site]) -> Option<&Site> {
    let pipeline = &frames.last()?.source;
    frames.iter().find(|site| site.source == *pipeline)
}

/// One side of a [`Change`], on one line; `None`: nothing is there.
fn side(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Both sides of a change, shortened to what differs: the directories they share, and all but the first
/// twelve digits of a digest.
pub fn sides(change: &Change) -> (Option<String>, Option<String>) {
    let (from, to) = (side(&change.from), side(&change.to));
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => {
            let common: usize = from
                .chars()
                .zip(to.chars())
                .take_while(|(a, b)| a == b)
                .map(|(a, _)| a.len_utf8())
                .sum();
            match from[..common].rfind('/') {
                Some(slash) if slash > 1 && !from.starts_with(['{', '[']) => (
                    Some(format!("…{}", &from[slash..])),
                    Some(format!("…{}", &to[slash..])),
                ),
                _ => (Some(from), Some(to)),
            }
        }
        other => other,
    };
    (from.map(short_digest), to.map(short_digest))
}

fn short_digest(text: String) -> String {
    const DIGITS: usize = 12;
    let Some(at) = text.find("sha256:") else {
        return text;
    };
    let start = at + "sha256:".len();
    let digits = text[start..]
        .chars()
        .take_while(char::is_ascii_hexdigit)
        .count();
    if digits < 64 {
        return text;
    }
    format!("{}…{}", &text[..start + DIGITS], &text[start + digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: LineKind, verb: &str, object: &str, detail: &str) -> Line {
        Line {
            kind,
            verb: verb.to_owned(),
            object: object.to_owned(),
            detail: detail.to_owned(),
            at_most_ms: Some(900_000),
            ..Line::default()
        }
    }

    #[test]
    fn waits_begin_and_last() {
        let wait = line(LineKind::Waits, "wait", "this deployment", "");
        let progress = Progress {
            waiting_for: "deployment ecs-svc/8812".to_owned(),
            until: "complete".to_owned(),
            ..Progress::default()
        };
        assert_eq!(begins(&wait, None), None);
        assert_eq!(
            begins(&wait, Some(&progress)).unwrap(),
            "waiting for deployment ecs-svc/8812 to complete, at most 15m"
        );
        assert_eq!(
            lasts(&wait, Some(&progress)),
            "waiting for deployment ecs-svc/8812"
        );
        assert_eq!(waits(&wait), "waits for this deployment, at most 15m");
        let get = line(
            LineKind::Polls,
            "GET",
            "https://api/health",
            "200, version 1.3.0",
        );
        assert_eq!(
            begins(&get, None).unwrap(),
            "waiting for https://api/health to answer 200, version 1.3.0, at most 15m"
        );
        let watch = line(LineKind::Watches, "watch", "15m", "one; another");
        assert_eq!(begins(&watch, None).unwrap(), "watching 15m");
        assert_eq!(lasts(&watch, Some(&progress)), "watching");
    }
}
