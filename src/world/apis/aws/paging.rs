//! How an operation's pages are followed: by the paginator that AWS publishes, or by the token that its model has.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Kind, Operation, Paginator, Service, service};

/// Tokens of operations without a published paginator: the member of an answer that says that there is more, and the
/// member of an input that asks for it.
const TOKENS: [(&str, &str); 6] = [
    ("nextToken", "nextToken"),
    ("NextToken", "NextToken"),
    ("NextMarker", "Marker"),
    ("Marker", "Marker"),
    ("nextMarker", "marker"),
    ("marker", "marker"),
];
/// Members of their inputs that say how much a page has.
const SIZES: [&str; 8] = [
    "maxResults",
    "MaxResults",
    "limit",
    "Limit",
    "MaxRecords",
    "maxItems",
    "MaxItems",
    "PageSize",
];

/// The pages of an operation.
#[derive(Debug, Clone)]
pub struct Pages {
    rules: Cow<'static, Paginator>,
}

/// Where the next page begins: members of the input and their values; null: a member is left out.
pub type NextPage = Vec<(&'static str, Value)>;

impl Pages {
    /// How the pages of an operation are followed; `None`: it has none.
    pub fn of(service_name: &str, operation: &str) -> Option<Pages> {
        let service = service(service_name)?;
        let operation = service.operation(operation)?;
        let rules = match &operation.paginator {
            Some(published) => Cow::Borrowed(published),
            None => Cow::Owned(by_token(service, operation)?),
        };
        Some(Pages { rules })
    }

    /// Members of an answer that have the items, the main one first: `Contents`, `DistributionList.Items`.
    pub fn results(&self) -> &[&'static str] {
        &self.rules.results
    }

    /// Whether an input asks for one page: by its size, or by where it begins.
    pub fn asks_for_one(&self, input: &Value) -> bool {
        let tokens = self.rules.input_tokens.iter().chain(&self.rules.limit);
        tokens.into_iter().any(|member| !input[*member].is_null())
    }

    /// Where the next page begins; `None`: this was the last.
    pub fn next(&self, answer: &Value) -> Option<NextPage> {
        if let Some(more) = self.rules.more_results
            && found(answer, more) != Value::Bool(true)
        {
            return None;
        }
        let tokens = self
            .rules
            .output_tokens
            .iter()
            .map(|path| found(answer, path));
        let tokens = tokens.map(|token| match token {
            Value::String(text) if text.is_empty() => Value::Null,
            token => token,
        });
        let next: NextPage = self
            .rules
            .input_tokens
            .iter()
            .copied()
            .zip(tokens)
            .collect();
        let is_there = next.iter().any(|(_, token)| !token.is_null());
        is_there.then_some(next)
    }

    /// Two pages as one: items are added to items, and of anything else the later page holds.
    pub fn join(&self, mut before: Value, mut page: Value) -> Value {
        self.forget_tokens(&mut before);
        for path in &self.rules.results {
            let items = taken(&mut before, path);
            add_before(&mut page, path, items);
        }
        let (Value::Object(before), Value::Object(now)) = (before, &mut page) else {
            return page;
        };
        for (name, value) in before {
            match (value, now.get_mut(&name)) {
                (value, None) => {
                    now.insert(name, value);
                }
                (Value::Array(items), Some(Value::Array(more))) if !self.is_done(&name) => {
                    let later = std::mem::replace(more, items);
                    more.extend(later);
                }
                _ => {}
            }
        }
        page
    }

    /// Whether a member is the same on every page, or its pages are put together already.
    fn is_done(&self, name: &str) -> bool {
        self.rules.constant.contains(&name) || self.rules.results.contains(&name)
    }

    /// Takes the tokens out of an answer: all its pages are there.
    pub fn forget_tokens(&self, answer: &mut Value) {
        for path in &self.rules.output_tokens {
            if !is_expression(path) {
                taken(answer, path);
            }
        }
    }

    /// The items of a page in one of its lists.
    pub fn items(answer: &mut Value, path: &str) -> Vec<Value> {
        match taken(answer, path) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        }
    }
}

/// The rules that the members of an operation give, where AWS publishes none.
fn by_token(service: &Service, operation: &Operation) -> Option<Paginator> {
    let output = service.shape(operation.output?).members;
    let inputs = service.inputs(operation);
    let has = |name: &str| inputs.iter().any(|member| member.name == name);
    let is_text = |name: &str| {
        let member = output.iter().find(|member| member.name == name);
        member.is_some_and(|member| service.shape(member.target).kind == Kind::String)
    };
    let mut pairs = TOKENS.iter();
    let (answered, asked) = pairs.find(|(answered, asked)| is_text(answered) && has(asked))?;
    let lists = output
        .iter()
        .filter(|member| service.shape(member.target).kind == Kind::List);
    let results: Vec<_> = lists.map(|member| member.name).collect();
    (!results.is_empty()).then(|| Paginator {
        input_tokens: vec![asked],
        output_tokens: vec![answered],
        results,
        limit: SIZES.into_iter().find(|size| has(size)),
        ..Paginator::default()
    })
}

/// Whether a path is more than names and dots.
fn is_expression(path: &str) -> bool {
    path.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-'))
}

/// What a JMESPath finds in an answer.
fn found(answer: &Value, path: &str) -> Value {
    if is_expression(path) {
        return super::jmespath::search(path, answer).unwrap_or_default();
    }
    let at = path.split('.').try_fold(answer, |at, name| at.get(name));
    at.cloned().unwrap_or_default()
}

/// Takes out what is at a path.
fn taken(answer: &mut Value, path: &str) -> Option<Value> {
    let (above, name) = match path.rsplit_once('.') {
        Some((above, name)) => (at_mut(answer, above)?, name),
        None => (answer, path),
    };
    above.as_object_mut()?.remove(name)
}

fn at_mut<'a>(answer: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    path.split('.')
        .try_fold(answer, |at, name| at.get_mut(name))
}

/// Puts items of earlier pages before those at a path: lists grow, maps too, texts are joined, numbers are added.
fn add_before(page: &mut Value, path: &str, items: Option<Value>) {
    let Some(items) = items else { return };
    let mut at = page;
    for name in path.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[name];
    }
    let later = std::mem::take(at);
    *at = match (items, later) {
        (Value::Array(mut items), Value::Array(more)) => {
            items.extend(more);
            Value::Array(items)
        }
        (Value::Object(mut items), Value::Object(more)) => {
            items.extend(more);
            Value::Object(items)
        }
        (Value::String(text), Value::String(more)) => Value::String(text + more.as_str()),
        (Value::Number(one), Value::Number(other)) => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => Value::from(one.saturating_add(other)),
            _ => Value::Number(other),
        },
        (items, Value::Null) => items,
        (_, later) => later,
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::apis::aws::{operations, services};

    fn pages(of: &str, operation: &str) -> Pages {
        Pages::of(of, operation).unwrap_or_else(|| panic!("{of} {operation}"))
    }

    #[test]
    fn pages_become_one_list() {
        let list = pages("ecs", "ListServices");
        let first = json!({ "serviceArns": ["a", "b"], "nextToken": "2" });
        let next = list.next(&first);
        assert_eq!(next, Some(vec![("nextToken", json!("2"))]));
        let whole = list.join(first, json!({ "serviceArns": ["c"], "nextToken": null }));
        assert_eq!(list.next(&whole), None);
        assert_eq!(whole["serviceArns"], json!(["a", "b", "c"]));
        assert!(list.asks_for_one(&json!({ "maxResults": 5 })));
        assert!(!list.asks_for_one(&json!({ "cluster": "prod", "nextToken": null })));
        assert!(Pages::of("ecs", "DescribeServices").is_none());
        assert!(Pages::of("ecs", "ListNothing").is_none());
    }

    /// Amazon Route 53 API Reference, ListResourceRecordSets: three members say where the next page begins; Amazon S3 API
    /// Reference, ListObjects: without a delimiter, the last key says it.
    #[test]
    fn a_page_may_begin_at_several_members_or_at_its_last_item() {
        let records = pages("route53", "ListResourceRecordSets");
        let page = json!({ "IsTruncated": true, "NextRecordName": "a.", "NextRecordType": "A", "ResourceRecordSets": [] });
        let next = vec![
            ("StartRecordName", json!("a.")),
            ("StartRecordType", json!("A")),
            ("StartRecordIdentifier", Value::Null),
        ];
        assert_eq!(records.next(&page), Some(next));
        let last =
            json!({ "IsTruncated": false, "NextRecordName": "a.", "ResourceRecordSets": [] });
        assert_eq!(records.next(&last), None);
        let objects = pages("s3", "ListObjects");
        let page = json!({ "IsTruncated": true, "Contents": [{ "Key": "a" }, { "Key": "b" }] });
        assert_eq!(objects.next(&page), Some(vec![("Marker", json!("b"))]));
        let named = json!({ "IsTruncated": true, "NextMarker": "n", "Contents": [{ "Key": "a" }] });
        assert_eq!(objects.next(&named), Some(vec![("Marker", json!("n"))]));
    }

    #[test]
    fn items_may_be_deep_several_and_other_than_lists() {
        let findings = pages("ecr", "DescribeImageScanFindings");
        let first = json!({ "imageScanFindings": { "findings": [1], "scanned": "then" }, "nextToken": "2" });
        let second = json!({ "imageScanFindings": { "findings": [2], "scanned": "now" }, "repositoryName": "web" });
        let whole = findings.join(first, second);
        let wanted = json!({ "imageScanFindings": { "findings": [1, 2], "scanned": "now" }, "repositoryName": "web" });
        assert_eq!(whole, wanted);
        let query = pages("dynamodb", "Query");
        let first = json!({ "Items": [1], "Count": 1, "ScannedCount": 4, "LastEvaluatedKey": { "id": { "S": "1" } } });
        let next = query.next(&first);
        assert_eq!(
            next,
            Some(vec![("ExclusiveStartKey", json!({ "id": { "S": "1" } }))])
        );
        let whole = query.join(
            first,
            json!({ "Items": [2], "Count": 1, "ScannedCount": 3 }),
        );
        assert_eq!(
            whole,
            json!({ "Items": [1, 2], "Count": 2, "ScannedCount": 7 })
        );
        // What is on the first page only stays.
        let group = pages("iam", "GetGroup");
        let first = json!({ "Group": { "GroupName": "g" }, "Users": [1], "IsTruncated": true, "Marker": "m" });
        let whole = group.join(first, json!({ "Users": [2], "IsTruncated": false }));
        let wanted =
            json!({ "Users": [1, 2], "IsTruncated": false, "Group": { "GroupName": "g" } });
        assert_eq!(whole, wanted);
    }

    #[test]
    fn an_operation_without_a_published_paginator_is_followed_by_its_token() {
        let list = pages("ecs", "ListServiceDeployments");
        assert_eq!(list.results(), ["serviceDeployments"]);
        let page = json!({ "serviceDeployments": [], "nextToken": "t" });
        assert_eq!(list.next(&page), Some(vec![("nextToken", json!("t"))]));
        assert!(list.asks_for_one(&json!({ "maxResults": 1 })));
    }

    /// Every path of every paginator can be read, and every member that it sets is one of the input.
    #[test]
    fn every_paginator_is_understood() {
        let mut counted = (0, 0);
        for of in services() {
            let service = service(of).expect("a service");
            for name in operations(of) {
                let Some(pages) = Pages::of(of, name) else {
                    continue;
                };
                let operation = service.operation(name).expect("an operation");
                let rules = &pages.rules;
                match operation.paginator {
                    Some(_) => counted.0 += 1,
                    None => counted.1 += 1,
                }
                let (asked, answered) = (&rules.input_tokens, &rules.output_tokens);
                assert_eq!(asked.len(), answered.len(), "{of} {name}");
                assert!(!rules.results.is_empty(), "{of} {name}");
                for member in asked.iter().chain(&rules.limit) {
                    let inputs = service.inputs(operation);
                    let known = inputs.iter().any(|input| input.name == *member);
                    assert!(known, "{of} {name}: {member}");
                }
                for path in answered.iter().filter(|path| is_expression(path)) {
                    super::super::jmespath::search(path, &json!({})).expect(path);
                }
                assert!(rules.results.iter().all(|path| !is_expression(path)));
            }
        }
        assert_eq!(counted.0, 3507);
        assert!(counted.1 > 800, "{counted:?}");
    }
}
