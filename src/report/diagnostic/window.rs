//! Lines that are wider than the screen, cut so that the marked place is seen.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, NamedSource, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

/// What stands for the part of a line that is not shown.
const CUT: char = '…';
/// Columns of a tab, as miette draws it.
const TAB: usize = 4;

/// A script's text as it is shown, and where its mark is.
#[derive(Debug)]
pub(super) struct Window {
    source: NamedSource<String>,
    /// Bytes of [`Self::source`] that are marked.
    pub marked: Range<usize>,
    /// Column of the mark in the whole line, from 0.
    column: usize,
}

impl Window {
    /// The text of a script, of which the lines around the marked bytes are at most `columns` wide. `beside`: columns
    /// that the words at the mark take.
    pub fn new(
        name: &str,
        text: &str,
        marked: Range<usize>,
        columns: usize,
        beside: usize,
    ) -> Window {
        let line = text[..marked.start].matches('\n').count();
        let begin = text[..marked.start].rfind('\n').map_or(0, |at| at + 1);
        let column = text[begin..marked.start].chars().count();
        let content = text[begin..].lines().next().unwrap_or_default();
        let mark = marked.start - begin..(marked.end - begin).min(content.len());
        let from = first_column(content, &mark, columns, beside);
        let mut shown = String::with_capacity(text.len());
        let mut cut_mark = 0..0;
        for (number, each) in text.split_inclusive('\n').enumerate() {
            if number.abs_diff(line) > 1 {
                shown.push_str(each);
                continue;
            }
            let content = each.trim_end_matches(['\n', '\r']);
            let (kept, cut) = cut(content, from, columns);
            if number == line {
                let place = |at: usize| {
                    let inside = at.clamp(kept.start, kept.end) - kept.start;
                    shown.len() + inside + if from > 0 { CUT.len_utf8() } else { 0 }
                };
                cut_mark = place(mark.start)..place(mark.end);
            }
            shown.push_str(&cut);
            shown.push_str(&each[content.len()..]);
        }
        Window {
            source: NamedSource::new(name, shown),
            marked: cut_mark,
            column,
        }
    }
}

/// What miette asks for: the head names the place in the script, not the one in the window.
impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.source.read_span(span, before, after)?;
        if before + after > 0 {
            return Ok(read);
        }
        Ok(Box::new(MietteSpanContents::new_named(
            self.source.name().to_owned(),
            read.data(),
            *read.span(),
            read.line(),
            self.column,
            read.line_count(),
        )))
    }
}

fn width(c: char) -> usize {
    match c {
        '\t' => TAB,
        c => c.width().unwrap_or(0),
    }
}

/// The column from which lines are shown: 0 where the mark, and what is said at it, is seen like that.
fn first_column(content: &str, mark: &Range<usize>, columns: usize, beside: usize) -> usize {
    let column = |at: usize| content[..at].chars().map(width).sum::<usize>();
    let (start, end) = (column(mark.start), column(mark.end));
    // The words begin below the middle of the mark.
    let needed = (end + 1).max((start + end) / 2 + beside);
    // At the least, the mark's beginning stays, with something before it.
    needed
        .saturating_sub(columns)
        .min(start.saturating_sub(columns / 4))
}

/// The bytes of a line that are kept, and the line as it is shown.
fn cut(content: &str, from: usize, columns: usize) -> (Range<usize>, String) {
    let total: usize = content.chars().map(width).sum();
    let mut kept = content.len()..content.len();
    let mut column = 0;
    // What is left out is marked, in a column of its own.
    let first = if from > 0 { from + 1 } else { 0 };
    let last = match total > from + columns {
        true => from + columns - 1,
        false => total,
    };
    for (at, c) in content.char_indices() {
        if column >= first {
            kept.start = kept.start.min(at);
        }
        column += width(c);
        if column > last {
            kept.end = at;
            break;
        }
    }
    kept.start = kept.start.min(kept.end);
    let mut shown = String::new();
    if from > 0 && !content.is_empty() {
        shown.push(CUT);
    }
    shown.push_str(&content[kept.clone()]);
    if last < total {
        shown.push(CUT);
    }
    (kept, shown)
}
