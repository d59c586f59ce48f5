//! A plan as Markdown, for a pull request.

use super::model::{Item, Plan, PlannedCall, PlannedStep};
use super::text::is_wait;
use crate::report::describe::{changes, detail, name, sides, sign, waits};
use crate::vocabulary::{Effect, Line, LineKind};

impl Plan {
    /// The plan as Markdown, for a comment on a pull request.
    pub fn markdown(&self) -> String {
        let title = self.title.as_ref().map(|t| format!(" · {}", escape(t)));
        let mut text = format!(
            "### Plan · `{}`{}\n\n",
            self.pipeline,
            title.unwrap_or_default()
        );
        let mut facts = self.counted();
        if let (Some(region), Some(account)) = (&self.region, &self.account) {
            facts.insert(0, format!("{region} / {account}"));
        }
        if !self.is_complete() && self.what_if.is_none() {
            facts.push("**incomplete**".to_owned());
        }
        text.push_str(&format!("{}\n", facts.join(" · ")));
        if let Some(what_if) = &self.what_if {
            text.push_str(&format!("\nWhat if: `{}`\n", what_if.faults.join("`, `")));
        }
        if !self.overridden.is_empty() {
            let replaced = self.overridden.join("`, `");
            text.push_str(&format!("\nReplaced by the project: `{replaced}`\n"));
        }
        for step in &self.steps {
            text.push_str(&self.step_markdown(step));
        }
        if let Some(end) = &self.ended {
            let what = if end.fault {
                "Would fail here"
            } else {
                "The plan ends here"
            };
            let step = end.step.as_ref().map(|s| format!(" ({})", escape(s)));
            let step = step.unwrap_or_default();
            text.push_str(&format!("\n**{what}**{step}: {}\n", escape(&end.message)));
        }
        text.push_str(&self.failure_markdown());
        if let Some(heading) = self.programs.heading() {
            text.push_str(&format!("\n{heading}\n\n"));
            for words in &self.programs.words {
                text.push_str(&format!("- `{}`\n", words.replace('`', "'")));
            }
        }
        text
    }

    fn step_markdown(&self, step: &PlannedStep) -> String {
        let bullet = "  ".repeat(step.depth);
        let what = match (step.reached, step.items.is_empty()) {
            (false, _) if self.is_complete() => "skipped",
            (false, _) => "not reached",
            (true, true) if step.reads > 0 => "reads only",
            (true, true) => "",
            (true, false) => "",
        };
        let notes = step.notes.iter().map(|note| escape(note));
        let said: Vec<String> = Some(what.to_owned())
            .filter(|what| !what.is_empty())
            .into_iter()
            .chain(notes)
            .collect();
        let said = match said.is_empty() {
            true => String::new(),
            false => format!(" — {}", said.join(" · ")),
        };
        let mut text = format!("\n{bullet}**{}**{said}\n", escape(&step.name));
        for item in &step.items {
            text.push_str(&item_markdown(item));
        }
        text
    }

    fn failure_markdown(&self) -> String {
        let mut text = String::new();
        let lead = match &self.what_if {
            Some(_) => "Would be undone, in this order:",
            None => "If anything fails, what was done is undone, latest first:",
        };
        let undone = |label: &String| match &self.what_if {
            Some(what_if) => what_if.undone.iter().any(|undone| undone.label == *label),
            None => true,
        };
        let undos: Vec<_> = self
            .undo
            .iter()
            .rev()
            .filter(|u| undone(&u.label))
            .collect();
        if !undos.is_empty() {
            text.push_str(&format!("\n**{lead}**\n\n"));
        }
        for undo in undos {
            let since = escape(&undo.since());
            text.push_str(&format!("- {} · after {since}\n", escape(&undo.label)));
            text.push_str(&undone_markdown(&undo.calls, undo.fault.as_deref()));
            for variant in &undo.variants {
                let after = escape(&variant.after);
                text.push_str(&format!("  - or, right after {after}:\n"));
                let calls = undone_markdown(&variant.calls, variant.fault.as_deref());
                text.extend(calls.lines().map(|line| format!("  {line}\n")));
            }
        }
        if !self.not_undone.is_empty() {
            text.push_str("\n**Not undone if it fails:**\n\n");
        }
        for left in &self.not_undone {
            let kept = left.kept.as_ref();
            let kept = kept.map_or(String::new(), |why| format!(" (stays: {})", escape(why)));
            text.push_str(&format!("- {}{kept}\n", escape(&left.text)));
        }
        if let Some(what_if) = &self.what_if {
            let left: Vec<_> = what_if.left.iter().map(|left| escape(&left.text)).collect();
            if !left.is_empty() {
                text.push_str(&format!("\n**Would be left:** {}\n", left.join(", ")));
            }
            text.push_str(&match what_if.exit_code {
                Some(code) => format!(
                    "\n**Would end:** {} · exit {code}\n",
                    what_if.outcome.name().replace('_', " ")
                ),
                None => "\n**Would end:** only the run knows\n".to_owned(),
            });
        }
        text
    }
}

/// What an undo does, as items of a list below it.
fn undone_markdown(calls: &[PlannedCall], fault: Option<&str>) -> String {
    let mut text = String::new();
    for call in calls {
        let item = Item::new(call.effect, call.line.clone());
        for line in item_markdown(&item).trim_start().lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    if let Some(fault) = fault {
        text.push_str(&format!("  - not certain: {}\n", escape(fault)));
    }
    text
}

/// A list item, with its changes as a diff below.
fn item_markdown(item: &Item) -> String {
    let line = &item.line;
    let times = match item.times {
        1 => String::new(),
        n => format!(" × {n}"),
    };
    let (what, more) = match item.effect {
        _ if is_wait(item) && line.kind == LineKind::Watches => (
            format!("watches {}", escape(&line.object)),
            escape(&line.detail),
        ),
        _ if is_wait(item) => (escape(&waits(line)), String::new()),
        Effect::Ask => {
            let who = match item.roles.is_empty() {
                true => "anyone".to_owned(),
                false => item.roles.join(", "),
            };
            let about = format!("{}{}", line.object, line.detail);
            (format!("asks {}", escape(&who)), escape(&about))
        }
        Effect::Write => {
            let kind = match line.kind {
                LineKind::Looks => LineKind::Changes,
                kind => kind,
            };
            let predicted = if line.predicted { " (predicted)" } else { "" };
            let what = format!("`{} {}`{predicted}", sign(kind).1, name(line));
            (what, escape(&detail(line)))
        }
        _ => (format!("`{}`", name(line)), escape(&detail(line))),
    };
    let more = match more.is_empty() {
        true => String::new(),
        false => format!(" — {more}"),
    };
    format!("\n- {what}{times}{more}\n{}", diff_markdown(line))
}

fn diff_markdown(line: &Line) -> String {
    let mut text = String::new();
    for change in changes(line) {
        let (from, to) = sides(change);
        text.push_str(&format!("  @@ {} @@\n", change.path));
        let sided = [("-", from), ("+", to)];
        for (mark, side) in sided.iter().filter_map(|(m, s)| Some((m, s.as_ref()?))) {
            let side = side.replace(['\n', '\r'], " ").replace("```", "'''");
            text.push_str(&format!("  {mark} {side}\n"));
        }
    }
    match text.is_empty() {
        true => text,
        false => format!("\n  ```diff\n{text}  ```\n"),
    }
}

/// Text that cannot be taken for Markdown or HTML.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in crate::report::styled_line::clean(text).chars() {
        match c {
            '*' | '_' | '`' | '[' | ']' | '|' | '#' | '\\' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            c => out.push(c),
        }
    }
    out
}
