//! Paths to a member of a JSON document: `DBSnapshots[0].Status`.

use serde_json::Value;

/// A path into a JSON document, such as `DBSnapshots[0].Status`, split into its steps.
#[derive(Debug, PartialEq)]
pub(super) struct Path(Vec<PathSegment>);

#[derive(Debug, PartialEq)]
enum PathSegment {
    Member(String),
    Element(usize),
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn parse(text: &str) -> Result<Path, String> {
        let wrong = || format!("`{text}` is not a path; write it like \"DBSnapshots[0].Status\"");
        let mut parts = Vec::new();
        for member in text.split('.') {
            let mut pieces = member.split('[');
            let name = pieces
                .next()
                .filter(|name| !name.is_empty())
                .ok_or_else(wrong)?;
            parts.push(PathSegment::Member(name.to_owned()));
            for piece in pieces {
                let index = piece.strip_suffix(']').and_then(|index| index.parse().ok());
                parts.push(PathSegment::Element(index.ok_or_else(wrong)?));
            }
        }
        Ok(Path(parts))
    }

    /// What is there; null where nothing is.
    pub(super) fn of<'a>(&self, document: &'a Value) -> &'a Value {
        self.0.iter().fold(document, |at, part| match part {
            PathSegment::Member(name) => &at[name.as_str()],
            PathSegment::Element(index) => &at[*index],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_and_elements() {
        let document = json!({ "a": [{ "b": { "c": 1 } }] });
        let at = |path: &str| Path::parse(path).expect(path).of(&document).clone();
        assert_eq!(at("a[0].b.c"), 1);
        assert_eq!(at("a[1].b.c"), Value::Null);
        assert_eq!(at("z.b"), Value::Null);
        for wrong in ["", "a.", "a[x]", "a[0", "[0]", "a[0]b"] {
            assert!(Path::parse(wrong).is_err(), "{wrong}");
        }
    }
}
