//! Tests of pipelines: a line each as they end, the failed ones in full at the end.

use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::diagnostic::{Problem, Sources, problems_text};
use super::show::{OpenRun, show_rows};
use super::styled_line::{StyledLine, TextStyle, block};
use crate::testing::{TestFailure, Verdict};
use crate::text::elapsed::elapsed;

/// Columns of the labels in front of what was expected and found.
const LABEL: usize = 12;
/// Lines of a timeline that are shown from its beginning, and from its end.
const EITHER_END: usize = 60;

/// What a set of tests adds up to.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Totals {
    /// How many tests passed.
    pub passed: usize,
    /// How many tests failed.
    pub failed: usize,
    /// How many rehearsals all of these tests made.
    pub rehearsals: usize,
    /// Virtual time of all rehearsals, in milliseconds.
    pub virtual_ms: u64,
}

impl Totals {
    /// Adds the result of one more test.
    pub fn add(&mut self, verdict: &Verdict) {
        match verdict.failure {
            None => self.passed += 1,
            Some(_) => self.failed += 1,
        }
        self.rehearsals += verdict.rehearsals;
        self.virtual_ms += verdict.virtual_ms;
    }
}

/// The line that is printed when one test ends.
pub fn verdict_row(verdict: &Verdict) -> StyledLine {
    let (paint, mark) = match verdict.failure {
        None => (TextStyle::Good, "✓ "),
        Some(_) => (TextStyle::Bad, "✗ "),
    };
    let row = StyledLine::new()
        .add(paint, mark)
        .dim(format!("{} · ", verdict.file))
        .plain(&verdict.name);
    match verdict.rehearsals {
        0 => row,
        1 => row.dim(format!("  {}", elapsed(verdict.virtual_ms))),
        n => row.dim(format!("  {n} rehearsals, {}", elapsed(verdict.virtual_ms))),
    }
}

/// All that is known of a failed test; empty for one that passed.
/// The reason comes last; what the pipeline did before it only if `verbose`.
pub fn failure_text(
    verdict: &Verdict,
    sources: Sources<'_>,
    verbose: bool,
    colour: bool,
    width: usize,
) -> String {
    let Some(failure) = &verdict.failure else {
        return String::new();
    };
    let mut text = String::from("\n");
    let mut rows = vec![verdict_row(verdict)];
    text.push_str(&render(&mut rows, colour));
    for line in &verdict.printed {
        rows.extend(block(
            StyledLine::new().dim("  | "),
            TextStyle::Plain,
            line,
            width,
        ));
    }
    if verbose && !failure.timeline.is_empty() {
        let timeline = show_rows(
            &failure.timeline,
            &OpenRun::default(),
            &TimeZone::UTC,
            width.saturating_sub(4),
        );
        let ends = both_ends(timeline);
        rows.extend(
            ends.into_iter()
                .map(|row| StyledLine::new().dim("  │ ").append(row)),
        );
        rows.push(StyledLine::new());
    }
    text.push_str(&render(&mut rows, colour));
    text.push_str(&problems_text(
        &[problem(failure)],
        sources,
        false,
        colour,
        width,
    ));
    if let Some((expected, found)) = &failure.difference {
        let lead = |label: &str| {
            StyledLine::new()
                .strong(format!("  {label}"))
                .to_column(LABEL)
        };
        rows.extend(block(lead("expected"), TextStyle::Good, expected, width));
        rows.extend(block(lead("found"), TextStyle::Bad, found, width));
    }
    if let Some(again) = &failure.again {
        rows.push(StyledLine::new());
        rows.push(StyledLine::new().dim("  reproduce: ").plain(again));
    }
    text.push_str(&render(&mut rows, colour));
    text
}

/// A long timeline without its middle.
fn both_ends(mut rows: Vec<StyledLine>) -> Vec<StyledLine> {
    let left_out = rows.len().saturating_sub(2 * EITHER_END);
    if left_out > 0 {
        let gap = StyledLine::new().dim(format!("… {left_out} lines more"));
        rows.splice(EITHER_END..EITHER_END + left_out, [gap]);
    }
    rows
}

fn render(rows: &mut Vec<StyledLine>, colour: bool) -> String {
    rows.drain(..)
        .map(|row| row.render(colour) + "\n")
        .collect()
}

fn problem(failure: &TestFailure) -> Problem {
    Problem {
        label: None,
        length: None,
        code: failure.code.clone(),
        message: failure.message.clone(),
        hint: failure.hint.clone(),
        frames: failure.frames.clone(),
        warning: false,
    }
}

/// The last lines; the very last is for programs, too.
pub fn totals_rows(totals: &Totals, took: Duration) -> Vec<StyledLine> {
    let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let rehearsed = format!(
        "{} rehearsals, {} of virtual time, in {}",
        totals.rehearsals,
        elapsed(totals.virtual_ms),
        elapsed(took)
    );
    let last = format!("{} passed, {} failed", totals.passed, totals.failed);
    let paint = if totals.failed == 0 {
        TextStyle::Good
    } else {
        TextStyle::Bad
    };
    vec![
        StyledLine::new(),
        StyledLine::new().dim(rehearsed),
        StyledLine::new().add(paint, last),
    ]
}

/// One test as a line of JSON. Times are virtual, so that the same seed gives the same bytes.
pub fn verdict_json(verdict: &Verdict) -> String {
    let failure = verdict.failure.as_ref().map(|failure| {
        let (expected, found) = failure.difference.clone().unzip();
        json!({
            "code": failure.code,
            "message": failure.message,
            "hint": failure.hint,
            "expected": expected,
            "found": found,
            "frames": failure.frames,
            "again": failure.again,
        })
    });
    let result = if failure.is_some() {
        "failed"
    } else {
        "passed"
    };
    let line = json!({
        "file": verdict.file,
        "test": verdict.name,
        "result": result,
        "rehearsals": verdict.rehearsals,
        "virtual_ms": verdict.virtual_ms,
        "printed": verdict.printed,
        "failure": failure.unwrap_or(Value::Null),
    });
    format!("{line}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_how_many() {
        let totals = Totals {
            passed: 12,
            failed: 1,
            rehearsals: 13,
            virtual_ms: 3_600_000,
        };
        let text: Vec<String> = totals_rows(&totals, Duration::from_millis(400))
            .iter()
            .map(StyledLine::text)
            .collect();
        let rehearsed = "13 rehearsals, 1h00m of virtual time, in 0.4s";
        assert_eq!(text, ["", rehearsed, "12 passed, 1 failed"]);
    }
}
