//! What a write changes, leaf by leaf, as lines.

use super::describe::{changes, sides};
use super::styled_line::{StyledLine, TextStyle};
use crate::vocabulary::{Change, Line};

/// A pair of values up to this wide stands on one line with its path.
const ONE_LINE: usize = 72;

/// The changes of `line` that its own text does not say, indented to `column`; at most `most` of them, and
/// how many more there are. Values that differ are not cut.
pub fn rows(line: &Line, column: usize, width: usize, most: usize) -> Vec<StyledLine> {
    let all: Vec<&Change> = changes(line).collect();
    let mut rows: Vec<StyledLine> = all
        .iter()
        .take(most)
        .flat_map(|change| change_rows(change, column, width))
        .collect();
    let more = all.len().saturating_sub(most);
    if more > 0 {
        let s = if more == 1 { "" } else { "s" };
        let text = format!("and {more} more change{s}");
        rows.push(StyledLine::new().to_column(column).dim(text));
    }
    rows
}

/// A change of a short value stands on one line, any other with both sides below its path.
fn change_rows(change: &Change, column: usize, width: usize) -> Vec<StyledLine> {
    let path = || StyledLine::new().to_column(column);
    let (from, to) = sides(change);
    let (Some(from), Some(to)) = (&from, &to) else {
        let (paint, mark, value) = match (from, to) {
            (Some(from), _) => (TextStyle::Bad, "- ", from),
            (_, to) => (TextStyle::Good, "+ ", to.unwrap_or_default()),
        };
        let one = path()
            .add(paint, mark)
            .dim(&change.path)
            .plain("  ")
            .add(paint, &value);
        if one.width() <= width {
            return vec![one];
        }
        return vec![
            path().dim(&change.path),
            path().add(paint, format!("{mark}{value}")),
        ];
    };
    let one = path()
        .dim(&change.path)
        .plain("  ")
        .add(TextStyle::Bad, from)
        .dim(" → ")
        .add(TextStyle::Good, to);
    if one.width() <= width.min(ONE_LINE + column) {
        return vec![one];
    }
    vec![
        path().dim(&change.path),
        path().add(TextStyle::Bad, format!("- {from}")),
        path().add(TextStyle::Good, format!("+ {to}")),
    ]
}
