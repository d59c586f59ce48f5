//! `version::` — release numbers.

use std::cmp::Ordering;

use serde_json::json;

use super::Pure;

pub(super) const COMPARE: Pure = Pure {
    module: "version",
    name: "compare",
    parameters: &["a", "b"],
    doc: "Compares two versions as semantic versioning orders them: -1 if the first is older, 0 if they are equal, 1 if it is newer. A leading `v` and what follows `+` do not count; parts that are missing are 0.",
    example: r#"print(version::compare("1.2.10", "v1.3"));   // -1"#,
    call: |function, given| {
        let read = |index: usize| {
            let text = function.text(given, index)?;
            Version::parse(text).ok_or_else(|| {
                let why =
                    format!("`{text}` is not a version; write it like \"1.2.3\" or \"1.2.3-rc.1\"");
                function.refuses(function.parameters[index], &why)
            })
        };
        Ok(json!(read(0)?.cmp(&read(1)?) as i8))
    },
};

/// Numbers, and what comes before the release of those numbers.
#[derive(Debug, PartialEq, Eq)]
struct Version<'a> {
    numbers: Vec<u64>,
    before: Vec<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(text, _)| text);
        let (core, before) = match text.split_once('-') {
            Some((core, before)) => (core, before.split('.').collect()),
            None => (text, Vec::new()),
        };
        let mut numbers = core
            .split('.')
            .map(|part| {
                let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
                digits.then(|| part.parse().ok())?
            })
            .collect::<Option<Vec<u64>>>()?;
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        let fine = |part: &&str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        before
            .iter()
            .all(fine)
            .then_some(Version { numbers, before })
    }
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let identifier = |a: &str, b: &str| match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(x), Ok(y)) => x.cmp(&y),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => a.cmp(b),
        };
        // The release itself is newer than everything before it.
        let released = self.before.is_empty().cmp(&other.before.is_empty());
        let shared = self.before.iter().zip(&other.before);
        let before = shared
            .map(|(a, b)| identifier(a, b))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| self.before.len().cmp(&other.before.len()));
        self.numbers.cmp(&other.numbers).then(released).then(before)
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::super::called;
    use serde_json::json;

    #[test]
    fn as_semantic_versioning_orders_them() {
        let ordered = [
            "0.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.9",
            "1.2.10",
            "2",
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                let order = called("version::compare", &[json!(a), json!(b)]).unwrap();
                assert_eq!(order, json!(i.cmp(&j) as i8), "{a} {b}");
            }
        }
        let same = called("version::compare", &[json!("v1.2.0+build.7"), json!("1.2")]);
        assert_eq!(same.unwrap(), 0);
        for wrong in ["", "v", "latest", "1.x", "1..2", "1.2.3-", "1.2.3-ü"] {
            let fault = called("version::compare", &[json!("1"), json!(wrong)]).unwrap_err();
            assert_eq!(fault.code, "invalid_input", "{wrong}");
        }
    }
}
