//! The table of runs.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::styled_line::{StyledLine, TextStyle};
use crate::text::elapsed::elapsed;
use crate::vocabulary::NextCommands;

/// One run, as `deployer runs` lists it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedRun {
    /// Id of the run, a ULID.
    pub run: String,
    /// Path of the pipeline as it was given.
    pub pipeline: String,
    /// What the script says that it deploys.
    pub title: Option<String>,
    /// [`crate::vocabulary::outcome::Outcome::name`], or `running` while a process has it.
    pub outcome: String,
    /// Whom it waits for (`devops`, `anyone`), if it asks people who have not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// Commands that make sense now, as a person types them.
    #[serde(skip_serializing_if = "NextCommands::is_empty")]
    pub next: NextCommands,
    /// When the run began, in UTC.
    pub started: Timestamp,
    /// From start to end, or to its last event, in milliseconds.
    pub elapsed_ms: u64,
}

/// Sorts runs by the time at which they began, newest first, then by id.
pub fn newest_first(mut runs: Vec<ListedRun>) -> Vec<ListedRun> {
    runs.sort_by(|a, b| b.started.cmp(&a.started).then_with(|| b.run.cmp(&a.run)));
    runs
}

/// One line of JSON per run, in the order given.
pub fn runs_json(runs: &[ListedRun]) -> String {
    let lines = runs
        .iter()
        .filter_map(|run| serde_json::to_string(run).ok());
    lines.map(|line| line + "\n").collect()
}

/// The table, in the order given, fitted to `width` columns.
pub fn runs_rows(runs: &[ListedRun], zone: &TimeZone, width: usize) -> Vec<StyledLine> {
    if runs.is_empty() {
        return vec![StyledLine::new().dim("no runs yet")];
    }
    let mut cells: Vec<[String; 6]> = runs
        .iter()
        .map(|run| {
            [
                run.started
                    .to_zoned(zone.clone())
                    .strftime("%Y-%m-%d %H:%M")
                    .to_string(),
                run.run.clone(),
                match &run.waits_for {
                    Some(who) => format!("waiting for {who}"),
                    None => run.outcome.replace('_', " "),
                },
                elapsed(run.elapsed_ms),
                run.title.clone().unwrap_or_default(),
                run.pipeline.clone(),
            ]
        })
        .collect();
    let heads = ["started", "run", "outcome", "took", "title", "pipeline"];
    let mut shown = heads.len();
    if total(&widths(&cells, &heads)) > width {
        // The title says more than the pipeline; what has none is called by its pipeline.
        shown -= 1;
        for cell in cells.iter_mut().filter(|cell| cell[4].is_empty()) {
            cell[4] = cell[5].clone();
        }
    }
    if total(&widths(&cells, &heads)[..shown]) > width {
        let brief = distinct(runs);
        for cell in &mut cells {
            cell[1].truncate(brief);
        }
    }
    let columns = widths(&cells, &heads);
    let line = |texts: [(TextStyle, &str); 6]| {
        let mut row = StyledLine::new();
        let mut at = 0;
        for (n, (paint, text)) in texts.into_iter().take(shown).enumerate() {
            if n > 0 {
                row = row.to_column(at);
            }
            // Durations stand to the right.
            if n == 3 {
                row = row.plain(" ".repeat(columns[n].saturating_sub(text.len())));
            }
            row.push(paint, text);
            at += columns[n] + 2;
        }
        row.fit(width)
    };
    let mut rows = vec![line(heads.map(|head| (TextStyle::Dim, head)))];
    for cell in &cells {
        let outcome = match cell[2].as_str() {
            "succeeded" => TextStyle::Good,
            "failed" | "rejected" | "diverged" => TextStyle::Bad,
            _ => TextStyle::Waiting,
        };
        rows.push(line([
            (TextStyle::Dim, &cell[0]),
            (TextStyle::Plain, &cell[1]),
            (outcome, &cell[2]),
            (TextStyle::Plain, &cell[3]),
            (TextStyle::Plain, &cell[4]),
            (TextStyle::Dim, &cell[5]),
        ]));
    }
    for run in runs.iter().filter(|run| !run.next.is_empty()) {
        rows.push(StyledLine::new());
        let name = run.title.as_ref().unwrap_or(&run.pipeline);
        let waits = run.waits_for.as_ref();
        let how = waits.map_or("answered".to_owned(), |who| format!("waits for {who}"));
        rows.push(StyledLine::new().strong(name).plain(format!(" {how}")));
        rows.extend(
            run.next
                .lines()
                .map(|next| StyledLine::new().plain(format!("    {next}"))),
        );
    }
    rows
}

fn widths(cells: &[[String; 6]], heads: &[&str; 6]) -> Vec<usize> {
    let columns = heads.iter().enumerate().map(|(n, head)| {
        let widths = cells
            .iter()
            .map(|row| StyledLine::new().plain(&row[n]).width());
        widths.max().unwrap_or(0).max(head.len())
    });
    columns.collect()
}

/// Columns of a line with two blanks between its parts.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

/// How many characters tell the runs apart: every command takes the beginning of a run's id.
fn distinct(runs: &[ListedRun]) -> usize {
    const FEW: usize = 10;
    let ids: Vec<&str> = runs.iter().map(|run| run.run.as_str()).collect();
    let longest = ids.iter().map(|id| id.len()).max().unwrap_or(FEW);
    let apart = |n: &usize| {
        let starts: HashSet<&str> = ids.iter().map(|id| id.get(..*n).unwrap_or(id)).collect();
        starts.len() == ids.len()
    };
    (FEW..longest).find(apart).unwrap_or(longest)
}
