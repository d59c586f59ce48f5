//! Whether an input is the planned one, where the plan could only predict some of its names.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::text::arn::short_name;
use crate::vocabulary::around_unknown;

/// Names that the plan predicted, and what they turned out to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// A predicted name has got its real one; so has its last part (`catalog:42` of an ARN).
    pub(super) fn learn(&mut self, predicted: &str, real: &str) {
        self.0.retain(|(known, _)| known != predicted);
        self.0.push((predicted.to_owned(), real.to_owned()));
        let (tail, real_tail) = (short_name(predicted), short_name(real));
        if tail != predicted && is_name(tail) {
            self.0.retain(|(known, _)| known != tail);
            self.0.push((tail.to_owned(), real_tail.to_owned()));
        }
        // An ARN must be replaced before a part of it is.
        self.0
            .sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
    }

    /// A planned text with its real names; `None`: none of them is known in it.
    fn real(&self, planned: &str) -> Option<String> {
        let mut rest = planned;
        let (mut real, mut known) = (String::new(), false);
        'text: while let Some(next) = rest.chars().next() {
            for (predicted, name) in &self.0 {
                if let Some(behind) = rest.strip_prefix(predicted.as_str()) {
                    real.push_str(name);
                    (rest, known) = (behind, true);
                    continue 'text;
                }
            }
            real.push(next);
            rest = &rest[next.len_utf8()..];
        }
        known.then_some(real)
    }
}

/// A value in which a call differs from the planned one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    /// Path of the value in the call's input: `containerDefinitions[0].image`.
    pub(super) path: String,
    pub(super) planned: Value,
    pub(super) found: Value,
}

/// Every difference of `found` from `planned`. `predicted`: the paths whose text the plan could only predict.
pub(super) fn differences(
    planned: &Value,
    found: &Value,
    predicted: &[String],
    names: &Names,
    holes: UnknownTexts<'_>,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let judge = CallMatcher {
        predicted,
        names,
        holes,
    };
    judge.compare(planned, found, String::new(), &mut differences);
    differences
}

struct CallMatcher<'a> {
    predicted: &'a [String],
    names: &'a Names,
    holes: UnknownTexts<'a>,
}

/// Texts of which the plan knew nothing: those that a script had it assume, and those that only the run knows.
#[derive(Clone, Copy)]
pub(super) struct UnknownTexts<'a>(pub(super) &'a BTreeSet<String>);

impl UnknownTexts<'_> {
    /// Whether `found` is `planned` with anything in place of such texts.
    fn fit(self, planned: &str, found: &str) -> bool {
        let mut pieces: Vec<String> = vec![planned.to_owned()];
        // The longest first: one may be a part of another.
        let mut assumed: Vec<&String> = self.0.iter().collect();
        assumed.sort_by_key(|text| std::cmp::Reverse(text.len()));
        for hole in assumed {
            let split = pieces.iter().flat_map(|piece| piece.split(hole.as_str()));
            pieces = split.map(str::to_owned).collect();
        }
        let split = pieces.iter().flat_map(|piece| around_unknown(piece));
        pieces = split.map(str::to_owned).collect();
        let [first, .., last] = pieces.as_slice() else {
            return false;
        };
        let Some(mut rest) = found.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in &pieces[1..pieces.len() - 1] {
            let Some((_, behind)) = rest.split_once(piece.as_str()) else {
                return false;
            };
            rest = behind;
        }
        rest.ends_with(last.as_str())
    }
}

impl CallMatcher<'_> {
    fn compare(&self, planned: &Value, found: &Value, path: String, out: &mut Vec<Difference>) {
        let missing = &Value::Null;
        match (planned, found) {
            (Value::Object(a), Value::Object(b)) => {
                let more = b.keys().filter(|key| !a.contains_key(*key));
                for key in a.keys().chain(more) {
                    let [a, b] = [a, b].map(|map| map.get(key).unwrap_or(missing));
                    self.compare(a, b, member(&path, key), out);
                }
            }
            (Value::Array(a), Value::Array(b)) => {
                for n in 0..a.len().max(b.len()) {
                    let [a, b] = [a, b].map(|list| list.get(n).unwrap_or(missing));
                    self.compare(a, b, format!("{path}[{n}]"), out);
                }
            }
            (Value::String(a), Value::String(b)) if self.same_text(a, b, &path) => {}
            (a, b) if !a.is_string() && a == b => {}
            (a, b) => out.push(Difference {
                path,
                planned: a.clone(),
                found: b.clone(),
            }),
        }
    }

    fn same_text(&self, planned: &str, found: &str, path: &str) -> bool {
        if !self.predicted.iter().any(|p| p == path) {
            return planned == found;
        }
        match self.names.real(planned) {
            Some(real) => real == found,
            None => same_shape(planned, found) || self.holes.fit(planned, found),
        }
    }
}

/// Members and places, as they are shown: `containerDefinitions[0].image`.
pub(super) fn member(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

/// Every text in a value, with its path.
pub(super) fn texts(value: &Value, path: String, out: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => out.push((path, text.clone())),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                texts(item, format!("{path}[{n}]"), out);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                texts(value, member(&path, key), out);
            }
        }
        _ => {}
    }
}

/// Whether a text can be a name that AWS gives: an id, an ARN, a revision.
pub(super) fn is_name(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && (text.len() >= 8 || text.contains(':'))
}

/// The parts of a text that are numbers or ids, and long enough to be told from others.
pub(super) fn ids(text: &str) -> impl Iterator<Item = &str> {
    const SHORTEST: usize = 6;
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| {
        let digits = part.contains(|c: char| c.is_ascii_digit());
        part.len() >= SHORTEST && digits && part.chars().all(|c| c.is_ascii_hexdigit())
    })
}

/// Two names of one kind: equal but for the parts that are numbers and ids.
fn same_shape(a: &str, b: &str) -> bool {
    let is_id = |part: &str| {
        let hex = part.len() >= 4 && part.chars().all(|c| c.is_ascii_hexdigit());
        hex || part.contains(|c: char| c.is_ascii_digit())
    };
    let parts = |text: &str| -> Vec<String> {
        let split = text.split(|c: char| !c.is_alphanumeric());
        split.map(str::to_owned).collect()
    };
    let (a, b) = (parts(a), parts(b));
    let same = |(a, b): (&String, &String)| a == b || (is_id(a) && is_id(b));
    a.len() == b.len() && a.iter().zip(&b).all(same)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::vocabulary::unknown;

    const PLANNED: &str = "arn:aws:ecs:eu-west-1:1:task-definition/api:11";
    const REAL: &str = "arn:aws:ecs:eu-west-1:1:task-definition/api:12";

    fn same(planned: &Value, found: &Value, predicted: &[&str], names: &Names) -> bool {
        let predicted: Vec<String> = predicted.iter().map(|p| (*p).to_owned()).collect();
        let nothing = BTreeSet::new();
        differences(planned, found, &predicted, names, UnknownTexts(&nothing)).is_empty()
    }

    #[test]
    fn a_predicted_name_is_the_real_one_or_of_its_shape() {
        let mut names = Names::default();
        let planned = json!({ "taskDefinition": PLANNED, "reason": "to api:11" });
        let real = json!({ "taskDefinition": REAL, "reason": "to api:12" });
        let both = ["taskDefinition", "reason"];
        assert!(!same(&planned, &real, &[], &names), "nothing is predicted");
        assert!(same(&planned, &real, &both, &names));
        let other = json!({ "taskDefinition": REAL.replace("api", "web"), "reason": "to api:12" });
        assert!(!same(&planned, &other, &both, &names), "another family");
        names.learn(PLANNED, REAL);
        assert!(same(&planned, &real, &both, &names));
        assert!(
            !same(&planned, &planned, &both, &names),
            "the real one is known, and it is another"
        );
    }

    #[test]
    fn what_was_assumed_or_unknown_may_be_anything() {
        let assumed = BTreeSet::from(["<token>".to_owned(), "{user}".to_owned()]);
        let unknown = unknown("what `git describe` prints");
        for (planned, found, fits) in [
            ("Bearer <token>".to_owned(), "Bearer x", true),
            ("Bearer <token>".to_owned(), "Basic x", false),
            ("/users/{user}/<token>".to_owned(), "/users/7/abc", true),
            ("/users/{user}/posts".to_owned(), "/users/7/likes", false),
            (format!("tag {unknown}!"), "tag v1.2.0!", true),
            (format!("tag {unknown}!"), "tag v1.2.0", false),
            ("nothing open".to_owned(), "nothing shut", false),
        ] {
            assert_eq!(
                UnknownTexts(&assumed).fit(&planned, found),
                fits,
                "{planned} {found}"
            );
        }
    }

    #[test]
    fn everything_else_is_literal() {
        let planned = json!({ "image": "a@sha256:1c05", "counts": [1, 2] });
        let found = json!({ "image": "a@sha256:1c06", "counts": [1], "force": true });
        let nothing = BTreeSet::new();
        let found = differences(
            &planned,
            &found,
            &[],
            &Names::default(),
            UnknownTexts(&nothing),
        );
        let paths: Vec<&str> = found.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["image", "counts[1]", "force"]);
    }
}
