//! Patterns of paths: `migrations/*.sql`, `db/**/V?__*.sql`.

use super::folder::names::relative;
use crate::text::wildcard;
use crate::vocabulary::Fault;

/// `*` stands for any text within a name, `?` for one character, `**` for any folders. A name that begins with
/// a dot is only matched where the pattern writes the dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    pub(super) segments: Vec<String>,
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// `path_not_allowed`, as for a path.
    pub fn new(pattern: &str) -> Result<Glob, Fault> {
        let pattern = relative(pattern)?;
        let segments = pattern.split('/').map(str::to_owned).collect();
        Ok(Glob { segments })
    }

    /// Whether a text is a pattern, and not simply a path.
    pub fn is_pattern(text: &str) -> bool {
        text.contains(['*', '?'])
    }

    /// Whether a relative path, with `/` between its names, matches the whole pattern.
    pub fn matches(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        below(&self.segments, &names)
    }

    /// Whether a name fits one segment.
    pub(super) fn fits(segment: &str, name: &str) -> bool {
        if name.starts_with('.') && !segment.starts_with('.') {
            return false;
        }
        wildcard::fits(segment, name, true)
    }
}

fn below(segments: &[String], names: &[&str]) -> bool {
    match (segments, names) {
        ([], []) => true,
        ([last], [_, ..]) if last == "**" => names.iter().all(|name| Glob::fits("**", name)),
        ([first, rest @ ..], _) if first == "**" => {
            below(rest, names)
                || matches!(names, [name, more @ ..] if Glob::fits("**", name) && below(segments, more))
        }
        ([segment, rest @ ..], [name, more @ ..]) => Glob::fits(segment, name) && below(rest, more),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, matches) in [
            ("a/*.sql", "a/1.sql", true),
            ("a/*.sql", "a/b/1.sql", false),
            ("a/**/*.sql", "a/1.sql", true),
            ("a/**/*.sql", "a/b/c/1.sql", true),
            ("**", "a/b", true),
            ("V?__*.sql", "V1__a__b.sql", true),
            ("V?__*.sql", "V12__a.sql", false),
            ("*", ".hidden", false),
            ("**/x", ".hidden/x", false),
            (".github/*.yml", ".github/ci.yml", true),
            ("a*b*c", "a-b-b-c", true),
            ("a", "a/b", false),
        ] {
            let glob = Glob::new(pattern).unwrap();
            assert_eq!(glob.matches(path), matches, "{pattern} {path}");
        }
    }
}
