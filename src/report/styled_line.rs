//! A line of text in a few quiet colours, measured in columns.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStyle {
    /// Ordinary text, in the terminal's own colour.
    Plain,
    /// Names of things: bold.
    Strong,
    /// Something went well: green.
    Good,
    /// Something went wrong: red.
    Bad,
    /// Goes on, or needs someone: yellow.
    Waiting,
    /// Details that matter less: dim.
    Dim,
    /// A title: bold and underlined.
    Title,
    /// What needs no escape inside a sentence, such as an option: cyan.
    Name,
    /// Examples of scripts and commands: cyan.
    Code,
}

impl TextStyle {
    fn style(self) -> Style {
        match self {
            TextStyle::Plain => Style::new(),
            TextStyle::Strong => Style::new().bold(),
            TextStyle::Good => AnsiColor::Green.on_default(),
            TextStyle::Bad => AnsiColor::Red.on_default(),
            TextStyle::Waiting => AnsiColor::Yellow.on_default(),
            TextStyle::Dim => Style::new().dimmed(),
            TextStyle::Title => Style::new().bold().underline(),
            TextStyle::Name | TextStyle::Code => AnsiColor::Cyan.on_default(),
        }
    }
}

/// One line. Control characters never get in: what a script or a service says cannot move the cursor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StyledLine(Vec<(TextStyle, String)>);

impl StyledLine {
    /// A line without any text.
    pub fn new() -> Self {
        StyledLine::default()
    }

    /// The line with a piece of text appended in a style; control characters are removed.
    pub fn add(mut self, paint: TextStyle, text: impl AsRef<str>) -> Self {
        self.push(paint, text);
        self
    }

    /// Adds text in the terminal's own colour.
    pub fn plain(self, text: impl AsRef<str>) -> Self {
        self.add(TextStyle::Plain, text)
    }

    /// Adds text that is a detail.
    pub fn dim(self, text: impl AsRef<str>) -> Self {
        self.add(TextStyle::Dim, text)
    }

    /// Adds text that is a name.
    pub fn strong(self, text: impl AsRef<str>) -> Self {
        self.add(TextStyle::Strong, text)
    }

    /// Appends a piece of text in a style; control characters are removed.
    pub fn push(&mut self, paint: TextStyle, text: impl AsRef<str>) {
        let text = clean(text.as_ref());
        if !text.is_empty() {
            self.0.push((paint, text));
        }
    }

    /// The line with all pieces of another line appended.
    pub fn append(mut self, other: StyledLine) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Fills with blanks up to `column`; at least one, if anything stands there already.
    pub fn to_column(self, column: usize) -> Self {
        let width = self.width();
        let blanks = if width == 0 {
            column
        } else {
            column.saturating_sub(width).max(1)
        };
        self.plain(" ".repeat(blanks))
    }

    /// Broken between words into lines of at most `columns`. Only for a line of one colour; any other is cut.
    pub fn wrapped(self, columns: usize) -> Vec<StyledLine> {
        match self.0.as_slice() {
            [(paint, text)] => wrap(text, columns)
                .iter()
                .map(|line| StyledLine::new().add(*paint, line))
                .collect(),
            _ => vec![self.fit(columns)],
        }
    }

    /// Broken between words into lines of at most `columns`, whatever its colours. Lines after the first are indented
    /// by `hang` columns; a longer word is broken anywhere.
    pub fn folded(self, columns: usize, hang: usize) -> Vec<StyledLine> {
        let columns = columns.max(8);
        let hang = hang.min(columns / 2);
        let mut lines = Vec::new();
        let mut line = StyledLine::new();
        let mut used = 0;
        let indented = || StyledLine::new().plain(" ".repeat(hang));
        for (paint, text) in self.0 {
            for word in text.split_inclusive(' ') {
                let bare = word.trim_end_matches(' ').width();
                if used + bare > columns && used > hang && bare > 0 {
                    lines.push(std::mem::replace(&mut line, indented()));
                    used = hang;
                }
                let mut rest = word;
                loop {
                    let (start, _) = head(rest, columns.saturating_sub(used));
                    let fits = rest.trim_end_matches(' ').len() <= start.len();
                    let piece = if fits { rest } else { start };
                    line.push(paint, piece);
                    used += piece.width();
                    rest = &rest[piece.len()..];
                    if rest.is_empty() {
                        break;
                    }
                    lines.push(std::mem::replace(&mut line, indented()));
                    used = hang;
                }
            }
        }
        lines.push(line);
        lines
    }

    /// Columns that the line takes on a terminal.
    pub fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// The line, cut to at most `columns` columns; `…` marks the cut.
    pub fn fit(self, columns: usize) -> Self {
        if self.width() <= columns {
            return self;
        }
        let mut room = columns.saturating_sub(1);
        let mut cut = StyledLine::new();
        for (paint, text) in self.0 {
            let (head, all) = head(&text, room);
            room -= head.width();
            if !head.is_empty() {
                cut.0.push((paint, head.to_owned()));
            }
            if !all {
                cut.0.push((paint, "…".to_owned()));
                break;
            }
        }
        cut
    }

    /// Without colour, trailing blanks removed.
    pub fn text(&self) -> String {
        let text: String = self.0.iter().map(|(_, text)| text.as_str()).collect();
        text.trim_end().to_owned()
    }

    /// The line's text; with ANSI escape sequences if `colour` is true.
    pub fn render(&self, colour: bool) -> String {
        if !colour {
            return self.text();
        }
        let mut out = String::new();
        for (paint, text) in &self.0 {
            let style = paint.style();
            out.push_str(&format!("{style}{text}{style:#}"));
        }
        out
    }
}

/// How much of `text` fits into `columns`, and whether that is all of it.
fn head(text: &str, columns: usize) -> (&str, bool) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return (&text[..at], false);
        }
    }
    (text, true)
}

/// Without control characters; line breaks and tabs become blanks.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\t' => Some(' '),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// Breaks `text` between words into pieces of at most `columns`; a longer word is broken anywhere.
/// The text's own line breaks are kept.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = Vec::new();
    for given in text.lines() {
        let mut line = String::new();
        for word in given.split(' ') {
            let mut word = word;
            if !line.is_empty() && line.width() + 1 + word.width() > columns {
                lines.push(std::mem::take(&mut line));
            } else if !line.is_empty() {
                line.push(' ');
            }
            loop {
                let (start, all) = head(word, columns.saturating_sub(line.width()));
                line.push_str(start);
                if all {
                    break;
                }
                lines.push(std::mem::take(&mut line));
                word = &word[start.len()..];
            }
        }
        lines.push(line);
    }
    lines
}

/// Lines of `indent` blanks with `text` wrapped behind them.
pub fn block(indent: StyledLine, paint: TextStyle, text: &str, columns: usize) -> Vec<StyledLine> {
    let hang = indent.width();
    let mut rows = Vec::new();
    for (n, line) in wrap(text, columns.saturating_sub(hang)).iter().enumerate() {
        let start = if n == 0 {
            indent.clone()
        } else {
            StyledLine::new().to_column(hang)
        };
        rows.push(start.add(paint, line));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_cut_by_columns_not_characters() {
        let row = StyledLine::new().plain("日本語 ").dim("and more");
        assert_eq!(row.width(), 15);
        assert_eq!(row.clone().fit(15).text(), "日本語 and more");
        assert_eq!(row.clone().fit(10).text(), "日本語 an…");
        assert_eq!(row.fit(4).text(), "日…");
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(
            StyledLine::new().plain("a\x1b[2Jb\nc").render(false),
            "a[2Jb c"
        );
    }

    #[test]
    fn wraps_between_words() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("abcdefghijklmnop", 10), ["abcdefghij", "klmnop"]);
        assert_eq!(wrap("a\nb", 10), ["a", "b"]);
    }
}
