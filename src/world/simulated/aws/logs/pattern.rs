//! Filter patterns of CloudWatch Logs: terms, and JSON members.

use serde_json::Value;

use crate::vocabulary::Fault;

/// What a line must look like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pattern {
    Terms(Vec<Term>),
    Json(Test),
}

/// A word or a quoted phrase.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    /// `?`: any of those; `-`: none of those; otherwise all.
    kind: char,
    text: String,
}

/// A test of a JSON line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Member {
        path: Vec<String>,
        op: String,
        /// As it was written, quotes taken off; `*` stands for anything.
        value: String,
        quoted: bool,
    },
}

fn wrong(pattern: &str, why: &str) -> Fault {
    Fault::new(
        "InvalidParameterException",
        format!("Invalid filter pattern '{pattern}': {why}"),
    )
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// `InvalidParameterException`; `not_simulated` for regular expressions and columns.
    pub(crate) fn parse(text: &str) -> Result<Pattern, Fault> {
        let trimmed = text.trim();
        if trimmed.starts_with(['[', '%']) {
            return Err(crate::world::simulated::aws::json::not_simulated(
                "logs",
                "filter patterns of columns or regular expressions",
            ));
        }
        let Some(inner) = trimmed.strip_prefix('{') else {
            return terms(trimmed).map(Pattern::Terms);
        };
        let inner = inner
            .strip_suffix('}')
            .ok_or_else(|| wrong(text, "it has no closing brace"))?;
        let mut parser = Parser {
            rest: inner.trim(),
            whole: text,
        };
        let test = parser.any()?;
        if !parser.rest.is_empty() {
            return Err(wrong(text, &format!("unexpected '{}'", parser.rest)));
        }
        Ok(Pattern::Json(test))
    }

    /// Whether a log line matches the filter pattern.
    pub(crate) fn matches(&self, line: &str) -> bool {
        match self {
            Pattern::Terms(terms) => {
                let has = |t: &Term| line.contains(&t.text);
                let of = |kind| terms.iter().filter(move |t| t.kind == kind);
                let any = of('?').next().is_none() || of('?').any(has);
                // Where there are `?` terms and others, AWS looks at all of them.
                any && of(' ').all(has) && !of('-').any(has)
            }
            Pattern::Json(test) => {
                let json: Option<Value> = serde_json::from_str(line).ok();
                json.is_some_and(|json| test.holds(&json))
            }
        }
    }
}

/// Splits a pattern at blanks, outside of double quotes.
fn terms(pattern: &str) -> Result<Vec<Term>, Fault> {
    let mut out = Vec::new();
    let mut rest = pattern.trim_start();
    while !rest.is_empty() {
        let kind = rest.chars().next().filter(|c| ['?', '-'].contains(c));
        let from = rest.strip_prefix(['?', '-']).unwrap_or(rest);
        let (text, after) = match from.strip_prefix('"') {
            Some(quoted) => quoted
                .split_once('"')
                .ok_or_else(|| wrong(pattern, "a quote is not closed"))?,
            None => from.split_once(char::is_whitespace).unwrap_or((from, "")),
        };
        if text.is_empty() {
            return Err(wrong(pattern, "a term is empty"));
        }
        out.push(Term {
            kind: kind.unwrap_or(' '),
            text: text.to_owned(),
        });
        rest = after.trim_start();
    }
    Ok(out)
}

struct Parser<'a> {
    rest: &'a str,
    whole: &'a str,
}

const OPERATORS: [&str; 6] = ["!=", ">=", "<=", "=", ">", "<"];

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Result<Test, Fault> {
        let mut all = vec![self.all()?];
        while self.take("||") {
            all.push(self.all()?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Test::Any(all)
        })
    }

    fn all(&mut self) -> Result<Test, Fault> {
        let mut all = vec![self.one()?];
        while self.take("&&") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Test::All(all)
        })
    }

    fn one(&mut self) -> Result<Test, Fault> {
        if self.take("(") {
            let inner = self.any()?;
            if !self.take(")") {
                return Err(wrong(self.whole, "a bracket is not closed"));
            }
            return Ok(inner);
        }
        let end = |text: &str, stop: &dyn Fn(char) -> bool| text.find(stop).unwrap_or(text.len());
        let at = end(self.rest, &|c| c.is_whitespace() || "=!<>".contains(c));
        let path = self.rest[..at]
            .strip_prefix("$.")
            .ok_or_else(|| wrong(self.whole, "a member begins with `$.`"))?;
        let path = path.split('.').map(str::to_owned).collect();
        self.rest = self.rest[at..].trim_start();
        let op = OPERATORS.into_iter().find(|op| self.rest.starts_with(op));
        let op = op
            .or(self.rest.starts_with("IS ").then_some("IS "))
            .or(self.rest.starts_with("NOT EXISTS").then_some("NOT EXISTS"))
            .ok_or_else(|| wrong(self.whole, "a comparison is missing"))?;
        self.rest = self.rest[op.len()..].trim_start();
        let (value, quoted) = if op == "NOT EXISTS" {
            (String::new(), false)
        } else if let Some(from) = self.rest.strip_prefix('"') {
            let (value, rest) = from
                .split_once('"')
                .ok_or_else(|| wrong(self.whole, "a quote is not closed"))?;
            self.rest = rest.trim_start();
            (value.to_owned(), true)
        } else {
            let at = end(self.rest, &|c| c.is_whitespace() || ")&|".contains(c));
            let value = self.rest[..at].to_owned();
            self.rest = self.rest[at..].trim_start();
            (value, false)
        };
        if value.is_empty() && !quoted && op != "NOT EXISTS" {
            return Err(wrong(self.whole, "a value is missing"));
        }
        Ok(Test::Member {
            path,
            op: op.trim().to_owned(),
            value,
            quoted,
        })
    }
}

impl Test {
    fn holds(&self, json: &Value) -> bool {
        match self {
            Test::All(tests) => tests.iter().all(|t| t.holds(json)),
            Test::Any(tests) => tests.iter().any(|t| t.holds(json)),
            Test::Member {
                path,
                op,
                value,
                quoted,
            } => {
                let found = path.iter().try_fold(json, |at, name| at.get(name));
                compare(found, op, value, *quoted)
            }
        }
    }
}

fn compare(found: Option<&Value>, op: &str, value: &str, quoted: bool) -> bool {
    if op == "NOT EXISTS" {
        return found.is_none();
    }
    let Some(found) = found else {
        return false;
    };
    if op == "IS" {
        return found.to_string().eq_ignore_ascii_case(value);
    }
    let given = value.parse::<f64>().ok().filter(|_| !quoted);
    if let (Some(own), Some(given)) = (found.as_f64(), given) {
        return match op {
            "=" => own == given,
            "!=" => own != given,
            ">" => own > given,
            "<" => own < given,
            ">=" => own >= given,
            _ => own <= given,
        };
    }
    let text = found
        .as_str()
        .map_or_else(|| found.to_string(), str::to_owned);
    let same = crate::text::wildcard::fits(value, &text, true);
    match op {
        "=" => same,
        "!=" => !same,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, line: &str) -> bool {
        Pattern::parse(pattern).expect(pattern).matches(line)
    }

    #[test]
    fn patterns_are_terms() {
        assert!(matches("", "anything"));
        assert!(matches("\"not found\" error", "error: relation not found"));
        assert!(!matches("error fatal", "error: relation not found"));
        assert!(matches("?fatal ?error", "an error"));
        assert!(!matches("?fatal ?error", "all is well"));
        assert!(!matches("error -expected", "an expected error"));
        assert!(!matches("error -\"as expected\"", "an error as expected"));
    }

    #[test]
    fn patterns_look_into_json() {
        let line = r#"{"level":"error","status":503,"http":{"path":"/x"},"user":null}"#;
        for (pattern, fits) in [
            ("{ $.level = \"error\" }", true),
            ("{ $.level = error }", true),
            ("{ $.level = \"err*\" }", true),
            ("{ $.level != \"error\" }", false),
            ("{ $.status >= 500 && $.http.path = \"/x\" }", true),
            ("{ $.status < 500 || $.status = 503 }", true),
            (
                "{ ($.status = 1 || $.status = 2) && $.level = error }",
                false,
            ),
            ("{ $.missing = 1 }", false),
            ("{ $.missing NOT EXISTS }", true),
            ("{ $.user IS NULL }", true),
        ] {
            assert_eq!(matches(pattern, line), fits, "{pattern}");
        }
        assert!(!matches("{ $.level = error }", "level error"));
        for bad in ["{ $.level = }", "{ level = 1 }", "{ $.a = 1", "\"open"] {
            let fault = Pattern::parse(bad).expect_err(bad);
            assert_eq!(fault.code, "InvalidParameterException");
        }
        let columns = Pattern::parse("[ip, user]").expect_err("columns");
        assert_eq!(columns.code, "not_simulated");
    }
}
