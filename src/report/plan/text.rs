//! A plan as a person reads it: grouped by step, writes with their differences.

use super::cost::PlannedCost;
use super::model::{Item, Plan, PlanEnd, PlannedStep};
use crate::report::change;
use crate::report::describe::{at_most, detail, name, own, sign, waits};
use crate::report::styled_line::{StyledLine, TextStyle, block};
use crate::text::elapsed::about;
use crate::vocabulary::{Effect, LineKind};

/// Column where the details of all lines stand at most; one that does not fit there stands below its line.
const DETAIL: usize = 62;
/// Changes of one write that are listed; what a plan is reviewed for must all be there.
const CHANGES: usize = usize::MAX;

impl Plan {
    /// The plan as lines of at most `width` columns (values that differ are never cut).
    pub fn rows(&self, width: usize) -> Vec<StyledLine> {
        let mut rows = vec![self.header(), self.counts()];
        if !self.overridden.is_empty() {
            rows.push(StyledLine::new().dim(format!(
                "replaced by the project: {}",
                self.overridden.join(", ")
            )));
        }
        if let Some(what_if) = &self.what_if {
            let faults = what_if.faults.join(", ");
            rows.push(StyledLine::new().add(TextStyle::Waiting, format!("What if: {faults}")));
        }
        rows.push(StyledLine::new());
        let names = self
            .steps
            .iter()
            .map(|s| StyledLine::new().plain(&s.name).width() + 2 * s.depth);
        let indent = 2 + names.max().unwrap_or(0).clamp(6, 24) + 3;
        let column = self.detail_column(DETAIL.saturating_sub(indent));
        let last = self
            .steps
            .iter()
            .rposition(|s| s.reached && self.ends_in(s));
        for (n, step) in self.steps.iter().enumerate() {
            let end = self.ended.as_ref().filter(|_| last == Some(n));
            let parent = self
                .steps
                .get(n + 1)
                .is_some_and(|next| next.depth > step.depth);
            rows.extend(self.step_rows(step, end, parent, [indent, column], width));
        }
        if let Some(end) = self.ended.as_ref().filter(|_| last.is_none()) {
            rows.extend(end_rows(end, StyledLine::new().plain("  "), width));
        }
        rows.extend(match &self.what_if {
            Some(what_if) => self.what_if_rows(what_if, width),
            None => self.undo_rows(width),
        });
        rows.extend(self.program_rows(width));
        rows
    }

    fn program_rows(&self, width: usize) -> Vec<StyledLine> {
        let Some(heading) = self.programs.heading() else {
            return Vec::new();
        };
        let words = self.programs.words.iter();
        let words = words
            .flat_map(|words| block(StyledLine::new().plain("  "), TextStyle::Dim, words, width));
        let head = [StyledLine::new(), StyledLine::new().strong(heading)];
        head.into_iter().chain(words).collect()
    }

    fn header(&self) -> StyledLine {
        let row = StyledLine::new()
            .strong("Plan")
            .plain(format!(" · {}", self.pipeline));
        let row = match &self.title {
            Some(title) => row.plain(" · ").strong(title),
            None => row,
        };
        match (&self.region, &self.account) {
            (Some(region), Some(account)) => row.plain(format!(" · {region} / {account}")),
            _ => row,
        }
    }

    /// Where details stand behind what they belong to, from the steps' own column.
    fn detail_column(&self, most: usize) -> usize {
        let items = self.steps.iter().flat_map(|step| &step.items);
        let heads = items
            .filter(|item| {
                !is_wait(item) && (!item.line.predicted || !detail(&item.line).is_empty())
            })
            .map(|item| head(item).width() + 3)
            .filter(|width| *width <= most);
        heads.max().unwrap_or(0)
    }

    /// Writes, questions, time and money, in words.
    pub(super) fn counted(&self) -> Vec<String> {
        let mut parts = vec![
            count(self.writes.len(), "write"),
            count(self.asks.len(), "approval"),
        ];
        parts.retain(|part| !part.is_empty());
        if self.writes.is_empty() {
            parts.insert(0, "no writes".to_owned());
        }
        parts.push(about(self.estimated_ms));
        let cost = self.cost.as_ref();
        parts.extend(cost.and_then(PlannedCost::text));
        parts.extend(cost.into_iter().flat_map(|cost| {
            let said = cost.not_estimated.iter();
            said.map(|what| format!("cost not estimated ({what})"))
        }));
        parts
    }

    fn counts(&self) -> StyledLine {
        let row = StyledLine::new().plain(self.counted().join(" · "));
        if self.is_complete() || self.what_if.is_some() {
            row
        } else {
            row.add(TextStyle::Waiting, " · incomplete")
        }
    }

    fn ends_in(&self, step: &PlannedStep) -> bool {
        let end = self.ended.as_ref().and_then(|end| end.step.as_deref());
        end == Some(step.name.as_str())
    }

    fn step_rows(
        &self,
        step: &PlannedStep,
        end: Option<&PlanEnd>,
        parent: bool,
        [indent, column]: [usize; 2],
        width: usize,
    ) -> Vec<StyledLine> {
        let mut lines = Vec::new();
        let body = width.saturating_sub(indent);
        let notes = step.notes.join(" · ");
        let mut before = None;
        let mut items = step.items.iter().peekable();
        while let Some(item) = items.next() {
            // A write without details of its own is followed to what is waited for.
            let bare = item.effect == Effect::Write && detail(&item.line).is_empty();
            let wait =
                items.next_if(|next| bare && is_wait(next) && next.line.kind == LineKind::Waits);
            lines.extend(item_rows(item, before, wait, column, body));
            before = Some(item);
        }
        let done = !lines.is_empty();
        if let Some(end) = end {
            lines.extend(end_rows(end, StyledLine::new(), body));
        }
        let told = |text: &str| block(StyledLine::new(), TextStyle::Dim, text, body);
        if lines.is_empty() && !parent {
            let what = match (step.reached, step.reads) {
                (false, _) if self.is_complete() => "skipped".to_owned(),
                (false, _) => "not reached".to_owned(),
                (true, 0) if notes.is_empty() => "nothing to do".to_owned(),
                (true, 0) => notes,
                (true, _) if notes.is_empty() => "reads only".to_owned(),
                (true, _) => format!("reads only · {notes}"),
            };
            lines = told(&what);
        } else if !notes.is_empty() && done {
            // What it reads before it acts matters less than what it does.
            lines.extend(told(&notes));
        } else if !notes.is_empty() {
            lines.splice(0..0, told(&notes));
        }
        if lines.is_empty() {
            lines.push(StyledLine::new());
        }
        let paint = if step.reached {
            TextStyle::Strong
        } else {
            TextStyle::Dim
        };
        let name = StyledLine::new().plain("  ".repeat(step.depth + 1)).append(
            StyledLine::new()
                .add(paint, &step.name)
                .fit(indent.saturating_sub(3 + 2 * step.depth)),
        );
        let mut lines = lines.into_iter();
        let first = lines.next().map(|line| name.to_column(indent).append(line));
        let rest = lines.map(|line| StyledLine::new().to_column(indent).append(line));
        first.into_iter().chain(rest).collect()
    }
}

fn count(n: usize, what: &str) -> String {
    match n {
        0 => String::new(),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

fn end_rows(end: &PlanEnd, lead: StyledLine, width: usize) -> Vec<StyledLine> {
    let (paint, sign) = if end.fault {
        (TextStyle::Bad, "✗ ")
    } else {
        (TextStyle::Waiting, "? ")
    };
    let hang = lead.width();
    let text = if end.fault {
        format!("would fail here: {}", end.message)
    } else {
        format!("the plan ends here: {}", end.message)
    };
    let mut rows = block(lead.add(paint, sign), TextStyle::Plain, &text, width);
    if let Some(hint) = &end.hint {
        rows.extend(block(
            StyledLine::new().to_column(hang).plain("  → "),
            TextStyle::Plain,
            hint,
            width,
        ));
    }
    if let Some(site) = own(&end.frames) {
        rows.push(
            StyledLine::new()
                .to_column(hang)
                .dim(format!("  at {site}")),
        );
    }
    rows
}

/// A wait that says only what it waits for, and so belongs to the line before it.
pub(super) fn is_wait(item: &Item) -> bool {
    item.effect == Effect::Wait && matches!(item.line.kind, LineKind::Waits | LineKind::Watches)
}

/// What a line does, without its details.
pub(super) fn head(item: &Item) -> StyledLine {
    let line = &item.line;
    let mut head = StyledLine::new();
    match item.effect {
        Effect::Write => {
            let kind = match line.kind {
                LineKind::Looks => LineKind::Changes,
                kind => kind,
            };
            let (paint, mark) = sign(kind);
            head = head.add(paint, mark).plain(" ").plain(name(line));
        }
        Effect::Ask if item.roles.is_empty() => head = head.plain("anyone"),
        Effect::Ask => head = head.plain(item.roles.join(", ")),
        Effect::Read | Effect::Wait => head = head.plain(name(line)),
    }
    if line.predicted {
        head = head.add(TextStyle::Waiting, " (predicted)");
    }
    if item.times > 1 {
        head = head.dim(format!(" × {}", item.times));
    }
    head
}

/// `before`: the item in front of it in its step; `wait`: what is waited for on its own line.
pub(super) fn item_rows(
    item: &Item,
    before: Option<&Item>,
    wait: Option<&Item>,
    column: usize,
    width: usize,
) -> Vec<StyledLine> {
    let line = &item.line;
    if is_wait(item) && line.kind == LineKind::Watches {
        let lead = StyledLine::new().plain(format!("{}: ", line.object));
        return block(lead, TextStyle::Plain, &line.detail, width);
    }
    let (head, detail) = match (item.effect, is_wait(item)) {
        (_, true) => (StyledLine::new(), waits(line)),
        (Effect::Ask, _) => (
            head(item),
            format!("{}{}{}", line.object, line.detail, at_most(line.at_most_ms)),
        ),
        _ => (
            head(item),
            wait.map_or_else(|| detail(line), |wait| waits(&wait.line)),
        ),
    };
    let mut rows = beside(head, &detail, column, width);
    if is_wait(item) && before.is_none_or(|before| before.effect != Effect::Write) {
        rows = block(StyledLine::new(), TextStyle::Plain, &detail, width);
    }
    rows.extend(change::rows(line, 4, width, CHANGES));
    rows
}

/// A detail at its column, or below its line where it does not fit.
fn beside(head: StyledLine, detail: &str, column: usize, width: usize) -> Vec<StyledLine> {
    if detail.is_empty() {
        return vec![head];
    }
    let wide = StyledLine::new().plain(detail).width();
    if head.width() < column && column + wide <= width {
        return vec![head.to_column(column).dim(detail)];
    }
    let below = block(
        StyledLine::new().to_column(4),
        TextStyle::Dim,
        detail,
        width,
    );
    let first = (head.width() > 0).then_some(head);
    first.into_iter().chain(below).collect()
}
