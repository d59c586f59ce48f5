//! How a run ended, in one screen: the cause first, then what is left, then what to do.

use super::describe::own;
use super::question::about_rows;
use super::shorten_ids::shorten_ids;
use super::styled_line::{StyledLine, TextStyle, block};
use super::view::View;
use crate::text::elapsed::elapsed;
use crate::vocabulary::outcome::{Ending, Outcome, Undone};
use crate::vocabulary::{Halt, Next, Question};

/// The last lines of a run, at most `width` columns wide. Empty while it has not ended.
pub fn ending_rows(view: &View, width: usize) -> Vec<StyledLine> {
    let Some(ending) = &view.ending else {
        return Vec::new();
    };
    if ending.outcome == Outcome::Succeeded {
        return succeeded(view, ending, width);
    }
    let mut rows = Vec::new();
    match ending.outcome {
        Outcome::Suspended => suspended(&mut rows, view, ending, width),
        Outcome::Diverged => diverged(&mut rows, ending, width),
        Outcome::Interrupted => interrupted(&mut rows, ending, width),
        Outcome::Rejected => rejected(&mut rows, ending, width),
        _ => failed(&mut rows, ending, width),
    }
    for undone in &ending.undone {
        let (paint, text) = undone_text(undone);
        rows.extend(block(
            StyledLine::new().strong("  Undone: "),
            paint,
            &text,
            width,
        ));
    }
    rows.extend(left_rows(ending, width));
    let failed = matches!(ending.outcome, Outcome::Failed | Outcome::Rejected);
    let nothing = ending.left.is_empty() && ending.still_running.is_empty();
    if failed && nothing && ending.undone.is_empty() {
        rows.push(StyledLine::new().strong("  Nothing was changed."));
    }
    for (n, going) in ending.in_flight.iter().enumerate() {
        if n == 0 {
            rows.push(StyledLine::new().strong("  In AWS still going on:"));
        }
        rows.extend(block(
            StyledLine::new().plain("    "),
            TextStyle::Waiting,
            &shorten_ids(going),
            width,
        ));
    }
    let commands = commands(view, ending);
    if !commands.is_empty() {
        let asks = ending.outcome == Outcome::Suspended
            && !question(view, ending).is_some_and(|q| is_answered(view, q));
        rows.push(StyledLine::new().strong(if asks {
            "  Answer with:"
        } else {
            "  Go on with:"
        }));
        rows.extend(commands.into_iter().map(|command| {
            let later = asks && *command == Next::Resume;
            let line = ending.next.line(command);
            StyledLine::new()
                .plain(format!("    {line}"))
                .dim(if later {
                    "   (once it is answered)"
                } else {
                    ""
                })
        }));
    }
    for (n, label) in ending.by_hand.iter().enumerate() {
        if n == 0 {
            rows.push(StyledLine::new().strong("  Or undo by hand:"));
        }
        rows.extend(block(
            StyledLine::new().plain("    "),
            TextStyle::Plain,
            label,
            width,
        ));
    }
    rows.extend(last(ending, width));
    rows
}

/// What the run leaves behind: what somebody must know of, a line an item, then the rest in one.
fn left_rows(ending: &Ending, width: usize) -> Vec<StyledLine> {
    let mut rows = Vec::new();
    for running in &ending.still_running {
        let stop = running.stop.as_ref();
        let stop = stop.map_or(String::new(), |stop| format!("; stop it with: {stop}"));
        let lead = StyledLine::new().add(TextStyle::Bad, "  STILL RUNNING: ");
        let text = format!("{}{stop}", shorten_ids(&running.text));
        rows.extend(block(lead, TextStyle::Plain, &text, width));
    }
    // What is not over is not undone either.
    let (lasting, rest): (Vec<_>, Vec<_>) = ending.left.iter().partition(|left| {
        let over = ending.outcome.is_last();
        over && !left.harmless && !left.notification
    });
    for left in lasting {
        let kept = left.kept.as_ref();
        let (paint, kept) = match kept {
            Some(why) => (TextStyle::Plain, format!(" (stays: {why})")),
            None => (TextStyle::Bad, String::new()),
        };
        let lead = StyledLine::new().add(paint, "  Not undone: ");
        rows.extend(block(
            lead,
            TextStyle::Plain,
            &format!("{}{kept}", left.text),
            width,
        ));
    }
    let notifications = rest.iter().filter(|left| left.notification).count();
    let mut rest: Vec<String> = rest
        .iter()
        .filter(|left| !left.notification)
        .map(|left| {
            let harmless = if left.harmless { " (harmless)" } else { "" };
            format!("{}{harmless}", left.text)
        })
        .collect();
    match notifications {
        0 => {}
        1 => rest.push("1 notification was sent".to_owned()),
        n => rest.push(format!("{n} notifications were sent")),
    }
    if !rest.is_empty() {
        let lead = match ending.outcome {
            Outcome::Interrupted => "  So far: ",
            _ => "  Left:   ",
        };
        let lead = StyledLine::new().strong(lead);
        rows.extend(block(lead, TextStyle::Plain, &rest.join(", "), width));
    }
    rows
}

fn succeeded(view: &View, ending: &Ending, width: usize) -> Vec<StyledLine> {
    let mut text = format!("{} · {}", view.name(), elapsed(ending.elapsed_ms));
    if let Some(message) = &ending.message {
        text.push_str(&format!(" · {message}"));
    }
    block(
        StyledLine::new().add(TextStyle::Good, "✓ "),
        TextStyle::Plain,
        &text,
        width,
    )
}

fn failed(rows: &mut Vec<StyledLine>, ending: &Ending, width: usize) {
    let reason = match (&ending.fault, &ending.message) {
        (Some(fault), _) => fault.message.clone(),
        (None, Some(message)) => message.clone(),
        (None, None) => ending
            .halt
            .as_ref()
            .map(Halt::to_string)
            .unwrap_or_default(),
    };
    let reason = shorten_ids(&reason);
    let what = match &ending.step {
        Some(step) => format!("{step} failed: {reason}"),
        None => format!("Failed: {reason}"),
    };
    rows.extend(block(
        StyledLine::new().add(TextStyle::Bad, "✗ "),
        TextStyle::Strong,
        &what,
        width,
    ));
    for cause in &ending.causes {
        let text = shorten_ids(&cause.text);
        // The headline may be the cause already; its hint is still news.
        if text != reason {
            rows.extend(block(
                StyledLine::new().plain("    "),
                TextStyle::Plain,
                &text,
                width,
            ));
        }
        hint(rows, cause.hint.as_deref(), width);
    }
    if let Some(fault) = &ending.fault {
        let said = ending.causes.iter().any(|cause| cause.hint == fault.hint);
        hint(rows, fault.hint.as_deref().filter(|_| !said), width);
        let at = own(&ending.frames)
            .map(|site| format!(" at {site}"))
            .unwrap_or_default();
        rows.extend(block(
            StyledLine::new().plain("    "),
            TextStyle::Dim,
            &format!("{}{at}", fault.code),
            width,
        ));
    }
}

fn hint(rows: &mut Vec<StyledLine>, hint: Option<&str>, width: usize) {
    if let Some(hint) = hint {
        rows.extend(block(
            StyledLine::new().add(TextStyle::Waiting, "    → "),
            TextStyle::Plain,
            hint,
            width,
        ));
    }
}

fn rejected(rows: &mut Vec<StyledLine>, ending: &Ending, width: usize) {
    let fault = ending.fault.as_ref().map(|fault| fault.message.clone());
    let text = ending
        .message
        .clone()
        .or(fault)
        .unwrap_or_else(|| "a person said no".to_owned());
    rows.extend(block(
        StyledLine::new().add(TextStyle::Bad, "✗ "),
        TextStyle::Strong,
        &format!("Rejected: {text}"),
        width,
    ));
}

fn suspended(rows: &mut Vec<StyledLine>, view: &View, ending: &Ending, width: usize) {
    let question = question(view, ending);
    let title = question
        .map(|q| q.title.clone())
        .or_else(|| ending.message.clone())
        .unwrap_or_default();
    let head = StyledLine::new().add(TextStyle::Waiting, "● ");
    rows.extend(block(
        head,
        TextStyle::Strong,
        &format!("Waiting for an answer: {title}"),
        width,
    ));
    if let Some(question) = question {
        rows.extend(about_rows(question, width));
    }
    let roles = question.map(|q| view.outstanding(q)).unwrap_or_default();
    let who = if question.is_some_and(|q| is_answered(view, q)) {
        "answered: it continues when it is resumed".to_owned()
    } else if roles.is_empty() {
        "anyone may answer".to_owned()
    } else {
        format!("from {}", roles.join(", "))
    };
    rows.extend(block(
        StyledLine::new().plain("    "),
        TextStyle::Plain,
        &who,
        width,
    ));
    if let Some(deadline) = question.and_then(|q| q.deadline) {
        let until = format!(
            "until {}; after that it counts as rejected",
            deadline.strftime("%Y-%m-%d %H:%MZ")
        );
        rows.extend(block(
            StyledLine::new().plain("    "),
            TextStyle::Dim,
            &until,
            width,
        ));
    }
}

fn is_answered(view: &View, question: &Question) -> bool {
    question.is_answered(view.answers(question))
}

/// What is asked where a run waits for an answer.
fn question<'a>(view: &'a View, ending: &'a Ending) -> Option<&'a Question> {
    match &ending.halt {
        Some(Halt::Suspended { question }) => Some(question),
        _ => view.question(),
    }
}

fn diverged(rows: &mut Vec<StyledLine>, ending: &Ending, width: usize) {
    let head = StyledLine::new().add(TextStyle::Bad, "✗ ");
    if let Some(Halt::Diverged {
        key,
        recorded,
        attempted,
    }) = &ending.halt
    {
        let text = format!("The script does something else than what was recorded (call {key})");
        rows.extend(block(head, TextStyle::Strong, &text, width));
        rows.extend(block(
            StyledLine::new().dim("    recorded  "),
            TextStyle::Plain,
            recorded,
            width,
        ));
        rows.extend(block(
            StyledLine::new().dim("    attempted "),
            TextStyle::Bad,
            attempted,
            width,
        ));
    } else {
        let text = format!(
            "Diverged: {}",
            ending
                .message
                .as_deref()
                .unwrap_or("a call differs from the recorded one")
        );
        rows.extend(block(head, TextStyle::Strong, &text, width));
    }
    rows.push(StyledLine::new().plain("    nothing was done"));
}

fn interrupted(rows: &mut Vec<StyledLine>, ending: &Ending, width: usize) {
    let during = ending
        .step
        .as_ref()
        .map(|step| format!(" during {step}"))
        .unwrap_or_default();
    let why = match &ending.halt {
        Some(Halt::Journal { message }) => {
            format!("Interrupted{during}: the journal cannot be written: {message}")
        }
        Some(Halt::InDoubt { message } | Halt::Unavailable { message }) => {
            format!("Interrupted{during}: {message}")
        }
        _ => format!("Interrupted{during}"),
    };
    rows.extend(block(
        StyledLine::new().add(TextStyle::Waiting, "● "),
        TextStyle::Strong,
        &why,
        width,
    ));
}

fn undone_text(undone: &Undone) -> (TextStyle, String) {
    match &undone.fault {
        None => (
            TextStyle::Plain,
            format!("{} ({})", undone.label, elapsed(undone.elapsed_ms)),
        ),
        Some(fault) => (
            TextStyle::Bad,
            format!("{} FAILED: {}", undone.label, fault.message),
        ),
    }
}

/// What to type now: not the command that is part of the last line, and no answer that was given already.
fn commands<'a>(view: &View, ending: &'a Ending) -> Vec<&'a Next> {
    let question = question(view, ending);
    let outstanding = question.map(|q| view.outstanding(q));
    let answered = question.is_some_and(|q| is_answered(view, q));
    let fits = |next: &&Next| match next {
        next if answered && ending.outcome == Outcome::Suspended => **next == Next::Resume,
        Next::Show => false,
        Next::Approve {
            role: Some(role), ..
        } => outstanding
            .as_ref()
            .is_none_or(|roles| roles.contains(role)),
        _ => true,
    };
    ending.next.iter().filter(fits).collect()
}

/// The outcome, and the command that shows more: a line that is to be copied is not broken.
fn last(ending: &Ending, width: usize) -> Vec<StyledLine> {
    let (paint, name) = match ending.outcome {
        Outcome::Succeeded => (TextStyle::Good, "Succeeded"),
        Outcome::RolledBack => (TextStyle::Waiting, "Rolled back"),
        Outcome::Failed => (TextStyle::Bad, "Failed"),
        Outcome::Rejected => (TextStyle::Bad, "Rejected"),
        Outcome::Suspended => (TextStyle::Waiting, "Suspended"),
        Outcome::Diverged => (TextStyle::Bad, "Diverged"),
        Outcome::Interrupted => (TextStyle::Waiting, "Interrupted"),
    };
    let exit = format!(" · exit {}", ending.exit_code);
    let row = StyledLine::new().add(paint, name).plain(exit);
    let Some(show) = ending.next.iter().find(|next| **next == Next::Show) else {
        return vec![row];
    };
    let show = ending.next.line(show);
    let one = row.clone().plain(format!(" · {show}"));
    if one.width() <= width {
        return vec![one];
    }
    vec![StyledLine::new().strong("  More:   ").plain(show), row]
}
