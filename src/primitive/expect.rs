//! What an endpoint is expected to answer, and what differs.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Context;
use super::secret_request::ResolvedRequest;
use crate::data;
use crate::vocabulary::{Fault, codes};
use crate::world::{Expected, HttpRequest, HttpResponse};

/// What an HTTP check asserts.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    /// Status code. Default 200.
    #[serde(default = "ok")]
    pub status: u16,
    /// Members that the JSON body must have, at least; of a list every item, in its order.
    #[serde(default)]
    pub json: Map<String, Value>,
    /// Headers that the answer must have, at least, and their values. Of `etag` the mark `W/` does not count.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

fn ok() -> u16 {
    200
}

impl Default for Expect {
    fn default() -> Self {
        Expect {
            status: ok(),
            json: Map::new(),
            headers: BTreeMap::new(),
        }
    }
}

impl Expect {
    /// What differs; empty: it holds.
    pub fn differences(&self, response: &HttpResponse) -> Vec<String> {
        let mut differences = Vec::new();
        if response.status != self.status {
            differences.push(format!(
                "status {} instead of {}",
                response.status, self.status
            ));
        }
        for (name, expected) in &self.headers {
            let mut found = response.headers.iter();
            let found = found.find(|(own, _)| own.eq_ignore_ascii_case(name));
            match found.map(|(_, value)| value) {
                Some(value) if is_header(name, value, expected) => {}
                Some(value) => {
                    differences.push(format!("header {name} is {value} instead of {expected}"))
                }
                None => differences.push(format!("header {name} is missing (expected {expected})")),
            }
        }
        if !self.json.is_empty() {
            match serde_json::from_str::<Value>(&response.body) {
                Ok(body) => compare(
                    "",
                    &Value::Object(self.json.clone()),
                    &body,
                    &mut differences,
                ),
                Err(error) => {
                    let wrong = data::json(&response.body).err();
                    let why = wrong.map_or_else(|| error.to_string(), |wrong| wrong.to_string());
                    differences.push(format!("the body is not JSON: {why}"));
                }
            }
        }
        differences
    }

    /// `status 200, status Healthy, version 1.3.0`.
    pub fn words(&self) -> String {
        let members = self.json.iter().map(|(k, v)| match v {
            Value::String(text) => format!("{k} {text}"),
            other => format!("{k} {other}"),
        });
        let headers = self.headers.iter().map(|(k, v)| format!("{k} {v}"));
        std::iter::once(self.status.to_string())
            .chain(members)
            .chain(headers)
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn expected(&self) -> Expected {
        let json = if self.json.is_empty() {
            Value::Null
        } else {
            Value::Object(self.json.clone())
        };
        Expected {
            status: self.status,
            json,
            headers: self.headers.clone().into_iter().collect(),
        }
    }
}

fn compare(path: &str, expected: &Value, found: &Value, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(members), Value::Object(_)) => {
            for (name, value) in members {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                compare(&path, value, &found[name], differences);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                compare(&format!("{path}[{index}]"), item, other, differences);
            }
        }
        _ if same(expected, found) => {}
        (_, Value::Null) => differences.push(format!("{path} is missing (expected {expected})")),
        _ => differences.push(format!("{path} is {found} instead of {expected}")),
    }
}

/// RFC 9110, section 8.8.3.2: whoever only asks whether it is the same content compares entity tags weakly.
fn is_header(name: &str, found: &str, expected: &str) -> bool {
    let bare = |value: &str| match name.eq_ignore_ascii_case("etag") {
        true => value.trim_start_matches("W/").trim_matches('"').to_owned(),
        false => value.to_owned(),
    };
    bare(found) == bare(expected)
}

fn same(a: &Value, b: &Value) -> bool {
    a == b || matches!((a.as_f64(), b.as_f64()), (Some(x), Some(y)) if x == y)
}

/// One probe of an endpoint.
pub(super) struct Probe<'a> {
    pub to: &'a ResolvedRequest,
    pub expect: &'a Expect,
    pub request_timeout: Duration,
}

impl Probe<'_> {
    /// Asks once: the response if it holds, else why not.
    pub fn once(&self, cx: &Context<'_>) -> Result<HttpResponse, Fault> {
        let request = HttpRequest {
            expected: Some(self.expect.expected()),
            ..self.to.request("GET", &Value::Null, self.request_timeout)
        };
        let response = self.to.send(cx, &request)?;
        let differences = self.expect.differences(&response);
        if differences.is_empty() {
            return Ok(response);
        }
        Err(Fault::new(
            codes::HTTP_CHECK_FAILED,
            format!("{}: {}", self.to.shown(), differences.join(", ")),
        )
        .details(json!({
            "status": response.status,
            "body": body(&response),
            "differences": differences,
        })))
    }
}

/// A body as scripts see it: JSON where it is, else text; the journal keeps at most 16 KiB.
pub(super) fn body(response: &HttpResponse) -> Value {
    const KEPT: usize = 16 * 1024;
    if response.body.len() > KEPT {
        let end = (0..=KEPT)
            .rev()
            .find(|i| response.body.is_char_boundary(*i))
            .unwrap_or(0);
        return json!(response.body[..end]);
    }
    serde_json::from_str(&response.body).unwrap_or_else(|_| json!(response.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_the_member() {
        let expect = Expect {
            status: 200,
            headers: BTreeMap::new(),
            json: json!({ "status": "Healthy", "checks": { "db": true }, "n": 1 })
                .as_object()
                .unwrap()
                .clone(),
        };
        let answer = |status, body: Value| HttpResponse {
            status,
            headers: vec![],
            body: body.to_string(),
            latency_ms: 1,
        };
        let good = json!({ "status": "Healthy", "checks": { "db": true, "more": 1 }, "n": 1.0 });
        assert!(expect.differences(&answer(200, good)).is_empty());
        let bad = json!({ "status": "Down", "checks": {}, "n": 1 });
        assert_eq!(
            expect.differences(&answer(503, bad)),
            [
                "status 503 instead of 200",
                "status is \"Down\" instead of \"Healthy\"",
                "checks.db is missing (expected true)"
            ]
        );
        let checks = |statuses: [&str; 2]| {
            let check = |status| json!({ "status": status, "took": "00:00:01" });
            answer(200, json!({ "checks": statuses.map(check) }))
        };
        let all = json!({ "checks": [{ "status": "Healthy" }, { "status": "Healthy" }] });
        let expect = Expect {
            status: 200,
            headers: BTreeMap::new(),
            json: all.as_object().unwrap().clone(),
        };
        assert!(
            expect
                .differences(&checks(["Healthy", "Healthy"]))
                .is_empty()
        );
        assert_eq!(
            expect.differences(&checks(["Healthy", "Down"])),
            ["checks[1].status is \"Down\" instead of \"Healthy\""]
        );
        let one = answer(200, json!({ "checks": [{ "status": "Healthy" }] }));
        assert_eq!(expect.differences(&one).len(), 1);
    }

    /// RFC 9110, section 8.8.3.2.
    #[test]
    fn headers_are_compared_and_etags_weakly() {
        let expect = |etag: &str| Expect {
            headers: BTreeMap::from([("ETag".to_owned(), etag.to_owned())]),
            ..Expect::default()
        };
        let response = |etag: &str| HttpResponse {
            status: 200,
            headers: vec![("etag".to_owned(), etag.to_owned())],
            body: String::new(),
            latency_ms: 1,
        };
        assert!(expect("a").differences(&response("W/\"a\"")).is_empty());
        assert_eq!(
            expect("a").differences(&response("\"b\"")),
            ["header ETag is \"b\" instead of a"]
        );
        let other = HttpResponse {
            headers: Vec::new(),
            ..response("")
        };
        assert_eq!(
            expect("a").differences(&other),
            ["header ETag is missing (expected a)"]
        );
    }
}
