//! Errors in scripts, with the lines that they are about.

use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode,
};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use window::Window;

use super::describe::own;
use super::styled_line::clean;
use crate::vocabulary::{Site, codes};

mod window;

/// Something wrong with a script or a run, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// Stable code: that of a check (`unknown_field`) or of a fault (`ClusterNotFoundException`).
    pub code: String,
    /// The problem in one sentence, without the place.
    pub message: String,
    /// What to do about it, in a sentence; `None`: no advice is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What stands at the marked place, in a few words: `did you mean …?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Characters to mark there; `None`: the word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// Where, innermost first; the pipeline's own frame is the last.
    pub frames: Vec<Site>,
    /// Whether it is a warning: the command goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub warning: bool,
}

/// Problems without those that were found twice, as in a module that is imported twice.
fn distinct(problems: &[Problem]) -> Vec<&Problem> {
    let mut all: Vec<&Problem> = Vec::new();
    for problem in problems {
        if !all.contains(&problem) {
            all.push(problem);
        }
    }
    all
}

/// The text of a script by its name in a [`Site`]; `None`: not known, so no snippet.
pub type Sources<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Shows problems one after the other, at most `width` columns wide. `nothing_ran` adds that nothing was
/// run, once, at the end.
pub fn problems_text(
    problems: &[Problem],
    sources: Sources<'_>,
    nothing_ran: bool,
    colour: bool,
    width: usize,
) -> String {
    let mut text = String::new();
    let problems = distinct(problems);
    for (n, problem) in problems.iter().enumerate() {
        if n > 0 {
            text.push('\n');
        }
        problem_text(&mut text, problem, sources, colour, width);
    }
    if nothing_ran {
        if problems.len() > 1 {
            text.push_str(&format!(
                "\n  {} problems, nothing was run\n",
                problems.len()
            ));
        } else {
            text.push_str("  nothing was run\n");
        }
    }
    text
}

/// The problems as one line of JSON each.
pub fn problems_json(problems: &[Problem]) -> String {
    let lines = distinct(problems)
        .into_iter()
        .filter_map(|problem| serde_json::to_string(problem).ok());
    lines.map(|line| line + "\n").collect()
}

/// Only the line that a problem is about, for where its message was said already; empty where the script's
/// text is not known.
pub fn place_text(problem: &Problem, sources: Sources<'_>, colour: bool, width: usize) -> String {
    let mute = Problem {
        hint: None,
        ..problem.clone()
    };
    let mut text = String::new();
    problem_text(&mut text, &mute, sources, colour, width);
    // The snippet begins with its own frame, below the message.
    let lines = text.split_inclusive('\n');
    lines.skip_while(|line| !line.contains("╭─")).collect()
}

/// Codes of problems that the standard library may have caused itself: its own line is worth seeing. What it
/// throws on purpose is about the pipeline. A team's own module is worth seeing always.
const OF_THE_SCRIPT: [&str; 3] = [codes::SCRIPT_ERROR, codes::INVALID_INPUT, "check"];

/// What is said at the pipeline's line where the library failed.
const CALLED: &str = "called from here";

/// The pipeline's own frame first, because it is the reader's; then the library's, where it happened.
fn problem_text(
    out: &mut String,
    problem: &Problem,
    sources: Sources<'_>,
    colour: bool,
    width: usize,
) {
    let theme = if colour {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let width = width.clamp(40, 120);
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_context_lines(1)
        .with_links(false)
        .without_syntax_highlighting();
    let inner = problem
        .frames
        .first()
        .filter(|site| !site.source.is_empty());
    let outer = own(&problem.frames).filter(|site| !site.source.is_empty());
    let across = inner
        .zip(outer)
        .filter(|(inner, outer)| inner.source != outer.source)
        .filter(|(inner, _)| {
            !inner.source.starts_with("std/") || OF_THE_SCRIPT.contains(&problem.code.as_str())
        });
    let exact = |site: &Site| problem.length.filter(|_| inner == Some(site));
    // Lines to be pasted somewhere stay lines.
    let hint = problem.hint.as_deref();
    let hint = hint.map(|hint| hint.lines().map(clean).collect::<Vec<_>>().join("\n"));
    let hint = hint.as_deref();
    // A short suggestion stands at the place itself.
    let short = hint.filter(|hint| hint.starts_with("did you mean") && hint.chars().count() <= 60);
    let label = problem.label.as_deref().or(short).map(clean);
    let help = hint.filter(|hint| label.as_deref() != Some(*hint));
    let snippet = |site: &Site, label: Option<&str>| {
        // Beside a line are its number and the frame; at a mark, an arrow before the words.
        let columns = width.saturating_sub(site.line.to_string().len() + 5);
        let beside = label.map_or(0, |label| label.width() + 4);
        let (text, marked) = marked(site, exact(site), sources)?;
        Some(Window::new(&site.source, &text, marked, columns, beside))
    };
    let message = clean(&problem.message);
    let Some((inner, _)) = across else {
        let shown = outer.and_then(|outer| snippet(outer, label.as_deref()));
        let placed = shown.is_some();
        let head = MietteDiagnostic {
            message,
            help: if placed { help } else { hint }.map(str::to_owned),
            severity: match problem.warning {
                true => Severity::Warning,
                false => Severity::Error,
            },
            label: label.filter(|_| placed),
            snippet: shown,
        };
        render(out, &handler, &head);
        if let Some(site) = outer.filter(|_| !placed) {
            out.push_str(&format!("    at {}\n", place(site)));
        }
        return;
    };
    let head = MietteDiagnostic {
        message,
        help: None,
        severity: Severity::Error,
        label: Some(CALLED.to_owned()),
        snippet: outer.and_then(|outer| snippet(outer, Some(CALLED))),
    };
    render(out, &handler, &head);
    let inside = MietteDiagnostic {
        message: format!("inside {}", inner.source),
        help: help.map(str::to_owned),
        severity: Severity::Advice,
        snippet: snippet(inner, label.as_deref()),
        label,
    };
    if inside.snippet.is_some() {
        render(out, &handler, &inside);
    } else {
        out.push_str(&format!("    inside {}\n", place(inner)));
        out.extend(hint.map(|hint| format!("  help: {hint}\n")));
    }
}

fn render(out: &mut String, handler: &GraphicalReportHandler, shown: &MietteDiagnostic) {
    if handler.render_report(out, shown).is_err() {
        out.push_str(&format!("  × {}\n", shown.message));
    }
}

fn place(site: &Site) -> String {
    if site.line == 0 {
        site.source.clone()
    } else {
        site.to_string()
    }
}

/// One message with at most one snippet, as miette takes it.
#[derive(Debug)]
struct MietteDiagnostic {
    message: String,
    help: Option<String>,
    severity: Severity,
    label: Option<String>,
    snippet: Option<Window>,
}

impl fmt::Display for MietteDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for MietteDiagnostic {}

impl Diagnostic for MietteDiagnostic {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet
            .as_ref()
            .map(|snippet| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let snippet = self.snippet.as_ref()?;
        let span = LabeledSpan::new_with_span(self.label.clone(), snippet.marked.clone());
        Some(Box::new(std::iter::once(span)))
    }
}

/// The text of a script, and its bytes at a place. `length`: characters to mark; `None`: the token.
fn marked(
    site: &Site,
    length: Option<usize>,
    sources: Sources<'_>,
) -> Option<(String, Range<usize>)> {
    let text = sources(&site.source)?;
    let (start, mut len) = span(&text, site.line, site.column)?;
    if let Some(length) = length {
        let line = text[start..].lines().next().unwrap_or_default();
        len = line.chars().take(length).map(char::len_utf8).sum();
    }
    Some((text, start..start + len))
}

/// Bytes of the token at a 1-based line and column in characters; the line's text where the column is
/// unknown. `None`: the text has no such line.
fn span(text: &str, line: usize, column: usize) -> Option<(usize, usize)> {
    let nth = line.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(nth).map(str::len).sum();
    let content = text
        .split_inclusive('\n')
        .nth(nth)?
        .trim_end_matches(['\n', '\r']);
    if column == 0 {
        let blank = content.len() - content.trim_start().len();
        return Some((start + blank, content.trim().len()));
    }
    let Some((offset, _)) = content.char_indices().nth(column - 1) else {
        return Some((start + content.len(), 0));
    };
    Some((start + offset, token(&content[offset..])))
}

/// Bytes of the token at the start of `text`: an identifier or path, a number, a string or one character.
fn token(text: &str) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if matches!(first, '"' | '`' | '\'') {
        let mut escaped = false;
        for (at, c) in text.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                c if c == first => return at + c.len_utf8(),
                _ => {}
            }
        }
        return text.len();
    }
    let word = |c: char| c.is_alphanumeric() || c == '_';
    if !word(first) {
        return first.len_utf8();
    }
    let mut end = 0;
    while let Some(c) = text[end..].chars().next() {
        if word(c) {
            end += c.len_utf8();
        } else if text[end..].starts_with("::") && text[end + 2..].starts_with(word) {
            end += 2;
        } else {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests;
