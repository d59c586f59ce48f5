//! The failure branch of a plan: what would be undone, and how it would end.

use super::model::{Item, Plan, PlannedCall, PlannedUndo, WhatIf};
use super::text::{is_wait, item_rows};
use crate::report::styled_line::{StyledLine, TextStyle, block};
use crate::text::elapsed::about;
use crate::vocabulary::Residue;
use crate::vocabulary::outcome::Outcome;

impl Plan {
    /// What would be undone if it failed at its end, latest first.
    pub(super) fn undo_rows(&self, width: usize) -> Vec<StyledLine> {
        let mut rows = Vec::new();
        match self.undo.as_slice() {
            [] => {}
            [only] => {
                rows.push(StyledLine::new());
                let lead = format!("If anything fails after {}: ", only.since());
                let lead = StyledLine::new().strong(lead);
                rows.extend(block(lead, TextStyle::Plain, &only.label, width));
                rows.extend(call_rows(only, width));
            }
            several => {
                rows.push(StyledLine::new());
                rows.push(
                    StyledLine::new()
                        .strong("If anything fails, what was done is undone, latest first:"),
                );
                for undo in several.iter().rev() {
                    rows.push(label(undo));
                    rows.extend(call_rows(undo, width));
                }
            }
        }
        rows.extend(not_undone(&self.not_undone, width));
        rows
    }

    /// What would be undone and left, and how the run would end.
    pub(super) fn what_if_rows(&self, what_if: &WhatIf, width: usize) -> Vec<StyledLine> {
        let mut rows = vec![StyledLine::new()];
        if !what_if.undone.is_empty() {
            rows.push(StyledLine::new().strong("Would be undone, in this order:"));
        }
        let mut undos = self.undo.iter().rev();
        for undone in &what_if.undone {
            if let Some(undo) = undos.find(|undo| undo.label == undone.label) {
                rows.push(label(undo));
                rows.extend(call_rows(undo, width));
            }
        }
        if !what_if.left.is_empty() {
            let left: Vec<String> = what_if
                .left
                .iter()
                .map(|left| match left.harmless {
                    true => format!("{} (harmless)", left.text),
                    false => left.text.clone(),
                })
                .collect();
            let lead = StyledLine::new().strong("Would be left: ");
            rows.extend(block(lead, TextStyle::Plain, &left.join(", "), width));
        }
        let failed = !matches!(what_if.outcome, Outcome::Succeeded);
        if failed && what_if.undone.is_empty() && what_if.left.is_empty() {
            rows.push(StyledLine::new().strong("Nothing would be changed."));
        }
        let Some(exit_code) = what_if.exit_code else {
            let why = self.ended.as_ref().map_or("", |end| &end.message);
            let lead = StyledLine::new().strong("Would end: only the run knows: ");
            rows.extend(block(lead, TextStyle::Waiting, why, width));
            return rows;
        };
        let (paint, name) = match what_if.outcome {
            Outcome::Succeeded => (TextStyle::Good, "succeeded"),
            Outcome::RolledBack => (TextStyle::Waiting, "rolled back"),
            Outcome::Suspended => (TextStyle::Waiting, "suspended"),
            outcome => (TextStyle::Bad, outcome.name()),
        };
        rows.push(
            StyledLine::new()
                .strong("Would end: ")
                .add(paint, name)
                .plain(format!(" · exit {exit_code}"))
                .dim(format!(" · after {}", about(self.estimated_ms))),
        );
        rows
    }
}

/// What nothing takes back, a line an item.
fn not_undone(left: &[Residue], width: usize) -> Vec<StyledLine> {
    if left.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![
        StyledLine::new(),
        StyledLine::new().strong("Not undone if it fails:"),
    ];
    for left in left {
        let kept = left.kept.as_ref();
        let kept = kept.map_or(String::new(), |why| format!(" (stays: {why})"));
        let text = format!("{}{kept}", left.text);
        rows.extend(block(
            StyledLine::new().plain("  "),
            TextStyle::Plain,
            &text,
            width,
        ));
    }
    rows
}

fn label(undo: &PlannedUndo) -> StyledLine {
    StyledLine::new()
        .plain("  ")
        .plain(&undo.label)
        .dim(format!(" · after {}", undo.since()))
}

/// What an undo does, and why it would not work; the same for where the run came less far.
fn call_rows(undo: &PlannedUndo, width: usize) -> Vec<StyledLine> {
    let mut rows = calls(&undo.calls, undo.fault.as_deref(), width);
    for variant in &undo.variants {
        let lead = StyledLine::new().to_column(4).dim("or, right after ");
        rows.extend(block(
            lead,
            TextStyle::Plain,
            &format!("{}:", variant.after),
            width,
        ));
        rows.extend(calls(&variant.calls, variant.fault.as_deref(), width));
    }
    rows
}

fn calls(calls: &[PlannedCall], fault: Option<&str>, width: usize) -> Vec<StyledLine> {
    const INDENT: usize = 6;
    let items: Vec<Item> = calls
        .iter()
        .map(|call| Item::new(call.effect, call.line.clone()))
        .collect();
    let body = width.saturating_sub(INDENT);
    let mut rows = Vec::new();
    let mut before = None;
    for item in &items {
        let next = item_rows(item, before, None, 0, body);
        let blank = |row: &StyledLine| row.width() == 0;
        let next = next
            .into_iter()
            .filter(|row| !(is_wait(item) && blank(row)));
        rows.extend(next.map(|row| StyledLine::new().to_column(INDENT).append(row)));
        before = Some(item);
    }
    if let Some(fault) = fault {
        let lead = StyledLine::new()
            .to_column(INDENT)
            .add(TextStyle::Bad, "✗ ");
        let text = format!("not certain: {fault}");
        rows.extend(block(lead, TextStyle::Plain, &text, width));
    }
    rows
}
