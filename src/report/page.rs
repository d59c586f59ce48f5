//! Pages of Markdown for a terminal: headings, wrapped text, tables in columns, examples as they are.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use super::styled_line::{StyledLine, TextStyle};

/// The widest text that is comfortable to read, in columns.
const COMFORTABLE: usize = 100;
/// The narrowest last column of a table, in columns.
const NARROWEST: usize = 24;
/// Between two columns of a table.
const GAP: usize = 2;

/// Renders Markdown in lines of at most `columns`, and of at most a hundred.
pub fn rows(markdown: &str, columns: usize) -> Vec<StyledLine> {
    let mut page = Page::new(columns.min(COMFORTABLE));
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.take(event);
    }
    while page.rows.last().is_some_and(|row| row.width() == 0) {
        page.rows.pop();
    }
    page.rows
}

struct Page {
    columns: usize,
    rows: Vec<StyledLine>,
    /// The text of the paragraph, heading, item or cell that is being read.
    line: StyledLine,
    paint: TextStyle,
    /// Lines that are taken as they are, and whether they are columns of text rather than code.
    code: Option<(String, bool)>,
    /// Cells of the table that is being read, by rows.
    table: Vec<Vec<StyledLine>>,
    in_table: bool,
    in_item: bool,
}

impl Page {
    fn new(columns: usize) -> Self {
        Page {
            columns,
            rows: Vec::new(),
            line: StyledLine::new(),
            paint: TextStyle::Plain,
            code: None,
            table: Vec::new(),
            in_table: false,
            in_item: false,
        }
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some((code, _)) => code.push_str(&text),
                None => self.line.push(self.paint, text),
            },
            Event::Code(text) => self.line.push(TextStyle::Name, text),
            Event::SoftBreak | Event::HardBreak => self.line.push(TextStyle::Plain, " "),
            Event::Html(text) | Event::InlineHtml(text) => self.line.push(self.paint, text),
            Event::Rule => self.blank(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.blank();
                self.paint = match level {
                    HeadingLevel::H1 | HeadingLevel::H2 => TextStyle::Title,
                    _ => TextStyle::Strong,
                };
            }
            Tag::Strong | Tag::Emphasis => self.paint = TextStyle::Strong,
            Tag::CodeBlock(kind) => {
                let text = matches!(&kind, CodeBlockKind::Fenced(of) if of.as_ref() == "text");
                self.code = Some((String::new(), text));
            }
            Tag::Table(_) => self.in_table = true,
            Tag::TableHead | Tag::TableRow => self.table.push(Vec::new()),
            Tag::Item => self.in_item = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.paint = TextStyle::Plain;
                self.text(StyledLine::new(), 0);
                self.blank();
            }
            TagEnd::Strong | TagEnd::Emphasis => self.paint = TextStyle::Plain,
            TagEnd::Paragraph if !self.in_item => {
                self.text(StyledLine::new(), 0);
                self.blank();
            }
            TagEnd::Item => {
                self.text(StyledLine::new().plain("• "), 2);
                self.in_item = false;
            }
            TagEnd::List(_) => self.blank(),
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(row) = self.table.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                self.in_table = false;
                let table = std::mem::take(&mut self.table);
                self.rows.extend(columns(table, self.columns));
                self.blank();
            }
            _ => {}
        }
    }

    /// Ends a piece of text.
    fn text(&mut self, bullet: StyledLine, hang: usize) {
        let line = bullet.append(std::mem::take(&mut self.line));
        if line.width() > 0 {
            self.rows.extend(line.folded(self.columns, hang));
        }
    }

    /// An empty line, but never two.
    fn blank(&mut self) {
        if self.rows.last().is_some_and(|row| row.width() > 0) {
            self.rows.push(StyledLine::new());
        }
    }

    fn code_block(&mut self) {
        let Some((code, text)) = self.code.take() else {
            return;
        };
        for line in code.lines() {
            let row = StyledLine::new().plain("  ").add(TextStyle::Code, line);
            match text {
                // A column of explanations is wrapped in its column.
                true => self
                    .rows
                    .extend(row.folded(self.columns, 2 + last_column(line))),
                false => self.rows.extend(row.folded(self.columns, 6)),
            }
        }
        self.blank();
    }
}

/// Where the last of several columns begins that are separated by two spaces or more; else 4.
fn last_column(line: &str) -> usize {
    match line.rfind("  ") {
        Some(at) => line[..at].width() + 2,
        None => 4,
    }
}

/// A table in columns: all but the last as wide as they need to be, the last one wrapped. Where it does not fit, each
/// row becomes a paragraph.
fn columns(table: Vec<Vec<StyledLine>>, room: usize) -> Vec<StyledLine> {
    let count = table.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count.saturating_sub(1))
        .map(|at| {
            table
                .iter()
                .filter_map(|row| row.get(at))
                .map(StyledLine::width)
                .max()
                .unwrap_or(0)
        })
        .collect();
    let before: usize = widths.iter().map(|width| width + GAP).sum();
    let narrow = before + NARROWEST > room;
    let mut rows = Vec::new();
    for (number, cells) in table.into_iter().enumerate() {
        let head = number == 0;
        if head && (narrow || cells.iter().all(|cell| cell.width() == 0)) {
            continue;
        }
        let (hang, gap) = if narrow {
            (4, None)
        } else {
            (before, Some(&widths))
        };
        let mut line = StyledLine::new();
        let mut start = 0;
        for (at, cell) in cells.into_iter().enumerate() {
            let cell = if head {
                StyledLine::new().dim(cell.text())
            } else {
                cell
            };
            line = match gap {
                Some(_) if at == 0 => line,
                Some(_) => line.to_column(start),
                None if at == 0 || cell.width() == 0 => line,
                None => line.plain("  "),
            };
            line = line.append(cell);
            start += gap
                .and_then(|widths| widths.get(at))
                .copied()
                .unwrap_or_default()
                + GAP;
        }
        rows.extend(line.folded(room, hang));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(markdown: &str, columns: usize) -> String {
        let rows = rows(markdown, columns);
        rows.iter().map(|row| row.text() + "\n").collect()
    }

    #[test]
    fn text_is_wrapped_at_words() {
        let said = page(
            "## A title\n\nSome `code` and **much** text that\ngoes on.\n\n- one item\n  that is long\n- two\n",
            20,
        );
        assert_eq!(
            said,
            "A title\n\nSome code and much\ntext that goes on.\n\n• one item that is\n  long\n• two\n"
        );
    }

    #[test]
    fn tables_have_columns_and_the_last_one_is_wrapped() {
        let table = "| `x` | type | |\n| --- | --- | --- |\n| `name` | text | What it is called by everyone around. |\n| `n` | integer | A number. |\n";
        let wide = "x     type\nname  text     What it is called by\n               everyone around.\nn     integer  A number.\n";
        assert_eq!(page(table, 40), wide);
        assert_eq!(
            page(table, 24),
            "name  text  What it is\n    called by everyone\n    around.\nn  integer  A number.\n"
        );
    }

    #[test]
    fn examples_stay_as_they_are() {
        let code =
            "```rhai\nlet a = 1;\n    b\n```\n```text\nname    what it is for, at length\n```\n";
        let said =
            "  let a = 1;\n      b\n\n  name    what it is\n          for, at\n          length\n";
        assert_eq!(page(code, 20), said);
    }
}
