//! A rule set: conditions in order, and what the first that hold lead to.
//!
//! The language is Smithy's "rules engine" (Smithy 2.0, additional specifications, "Endpoint rule set").

use serde_json::{Map, Value};

use super::functions::{self, Function};
use super::{Endpoint, EndpointError};

/// The rules of one service.
#[derive(Debug)]
pub(super) struct RuleSet {
    /// What the rules ask about.
    pub parameters: Vec<Parameter>,
    rules: Vec<Rule>,
}

/// Something that the rules ask about.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name in this rule set: `Region`.
    pub name: String,
    /// Its name in all rule sets, where it has one: `AWS::Region`.
    pub built_in: Option<String>,
    default: Option<Value>,
    required: bool,
}

#[derive(Debug)]
struct Rule {
    conditions: Vec<Condition>,
    then: Then,
}

#[derive(Debug)]
struct Condition {
    holds: Expression,
    /// Name under which the rules below know the value.
    assign: Option<String>,
}

#[derive(Debug)]
enum Then {
    Rules(Vec<Rule>),
    Error(Expression),
    Endpoint {
        url: Expression,
        headers: Vec<(String, Vec<Expression>)>,
        properties: Vec<(String, Expression)>,
    },
}

#[derive(Debug)]
enum Expression {
    Literal(Value),
    /// Text with values in it.
    Template(Vec<Part>),
    Reference(String),
    Call(Function, Vec<Expression>),
    List(Vec<Expression>),
    Record(Vec<(String, Expression)>),
}

#[derive(Debug)]
enum Part {
    Text(String),
    /// A name, and a path in its value.
    Value(String, Option<String>),
}

/// Parameters, and values that conditions have named, the innermost last.
struct Scope<'a>(Vec<(&'a str, Value)>);

impl Scope<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().rev().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }
}

impl RuleSet {
    /// Reads what AWS publishes; `None` if it is not such a thing.
    pub fn read(text: &Value) -> Option<RuleSet> {
        let parameters = text["parameters"].as_object()?.iter();
        let parameters = parameters.map(|(name, said)| Parameter {
            name: name.clone(),
            built_in: said["builtIn"].as_str().map(str::to_owned),
            default: said.get("default").cloned(),
            required: said["required"] == true,
        });
        Some(RuleSet {
            parameters: parameters.collect(),
            rules: all(&text["rules"], Rule::read)?,
        })
    }

    /// What these rules say; see [`super::resolve`].
    pub fn resolve(&self, given: &Map<String, Value>) -> Result<Endpoint, EndpointError> {
        let mut scope = Scope(Vec::new());
        for parameter in &self.parameters {
            let value = given.get(&parameter.name).filter(|value| !value.is_null());
            match value.or(parameter.default.as_ref()) {
                Some(value) => scope.0.push((&parameter.name, value.clone())),
                None if parameter.required => {
                    return Err(EndpointError::Missing(parameter.name.clone()));
                }
                None => {}
            }
        }
        first(&self.rules, &mut scope).unwrap_or(Err(EndpointError::NoRule))
    }
}

/// What the first rule says whose conditions hold.
fn first<'a>(rules: &'a [Rule], scope: &mut Scope<'a>) -> Option<Result<Endpoint, EndpointError>> {
    for rule in rules {
        let known = scope.0.len();
        if rule.conditions.iter().all(|one| one.holds(scope)) {
            let found = rule.then.outcome(scope);
            if found.is_some() {
                return found;
            }
        }
        scope.0.truncate(known);
    }
    None
}

impl Condition {
    fn read(text: &Value) -> Option<Condition> {
        Some(Condition {
            holds: Expression::read(text)?,
            assign: text["assign"].as_str().map(str::to_owned),
        })
    }

    /// Whether it has a value that is not false.
    fn holds<'a>(&'a self, scope: &mut Scope<'a>) -> bool {
        let value = self.holds.value(scope).filter(|value| *value != false);
        if let (Some(name), Some(value)) = (&self.assign, &value) {
            scope.0.push((name, value.clone()));
        }
        value.is_some()
    }
}

impl Rule {
    fn read(text: &Value) -> Option<Rule> {
        Some(Rule {
            conditions: all(&text["conditions"], Condition::read)?,
            then: Then::read(text)?,
        })
    }
}

impl Then {
    fn read(text: &Value) -> Option<Then> {
        Some(match text["type"].as_str()? {
            "tree" => Then::Rules(all(&text["rules"], Rule::read)?),
            "error" => Then::Error(Expression::read(&text["error"])?),
            "endpoint" => {
                let said = &text["endpoint"];
                let headers = said["headers"].as_object().into_iter().flatten();
                let headers = headers
                    .map(|(name, values)| Some((name.clone(), all(values, Expression::read)?)));
                Then::Endpoint {
                    url: Expression::read(&said["url"])?,
                    headers: headers.collect::<Option<_>>()?,
                    properties: record(said["properties"].as_object().unwrap_or(&Map::new()))?,
                }
            }
            _ => return None,
        })
    }

    fn outcome<'a>(&'a self, scope: &mut Scope<'a>) -> Option<Result<Endpoint, EndpointError>> {
        match self {
            Then::Rules(rules) => first(rules, scope),
            Then::Error(why) => Some(Err(EndpointError::Refused(why.text(scope)?))),
            Then::Endpoint {
                url,
                headers,
                properties,
            } => {
                let headers = headers.iter().map(|(name, values)| {
                    let values = values.iter().filter_map(|value| value.text(scope));
                    (name.clone(), values.collect())
                });
                Some(Ok(Endpoint {
                    headers: headers.collect(),
                    properties: values(properties, scope),
                    url: url.text(scope)?,
                }))
            }
        }
    }
}

impl Expression {
    fn read(text: &Value) -> Option<Expression> {
        Some(match text {
            Value::String(text) => template(text)?,
            Value::Array(_) => Expression::List(all(text, Expression::read)?),
            Value::Object(members) => match (members.get("ref"), members.get("fn")) {
                (Some(Value::String(name)), _) => Expression::Reference(name.clone()),
                (_, Some(Value::String(name))) => Expression::Call(
                    Function::named(name)?,
                    all(&text["argv"], Expression::read)?,
                ),
                _ => Expression::Record(record(members)?),
            },
            other => Expression::Literal(other.clone()),
        })
    }

    /// Its value; `None`: it has none.
    fn value(&self, scope: &Scope<'_>) -> Option<Value> {
        match self {
            Expression::Literal(value) => Some(value.clone()),
            Expression::Template(parts) => {
                let mut out = String::new();
                for part in parts {
                    match part {
                        Part::Text(text) => out.push_str(text),
                        Part::Value(name, path) => {
                            let value = scope.get(name)?;
                            let value = match path {
                                Some(path) => functions::attribute(value, path)?,
                                None => value.clone(),
                            };
                            match value {
                                Value::String(text) => out.push_str(&text),
                                other => out.push_str(&other.to_string()),
                            }
                        }
                    }
                }
                Some(Value::String(out))
            }
            Expression::Reference(name) => scope.get(name).cloned(),
            Expression::Call(function, arguments) => {
                let arguments = arguments.iter().map(|one| one.value(scope));
                function.call(&arguments.collect::<Vec<_>>())
            }
            Expression::List(items) => {
                Some(items.iter().filter_map(|item| item.value(scope)).collect())
            }
            Expression::Record(members) => Some(Value::Object(values(members, scope))),
        }
        .filter(|value| !value.is_null())
    }

    fn text(&self, scope: &Scope<'_>) -> Option<String> {
        match self.value(scope)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

fn values(members: &[(String, Expression)], scope: &Scope<'_>) -> Map<String, Value> {
    let members = members.iter();
    let members = members.filter_map(|(name, member)| Some((name.clone(), member.value(scope)?)));
    members.collect()
}

fn record(members: &Map<String, Value>) -> Option<Vec<(String, Expression)>> {
    let members = members.iter();
    let members = members.map(|(name, member)| Some((name.clone(), Expression::read(member)?)));
    members.collect()
}

fn all<T>(list: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    list.as_array()?.iter().map(read).collect()
}

/// A text with `{name}` and `{name#path}` in it; `{{` and `}}` are braces.
fn template(text: &str) -> Option<Expression> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut left = text;
    while let Some(at) = left.find(['{', '}']) {
        plain.push_str(&left[..at]);
        let brace = &left[at..];
        if brace.starts_with("{{") || brace.starts_with("}}") {
            plain.push_str(&brace[..1]);
            left = &brace[2..];
            continue;
        }
        let (name, behind) = brace.strip_prefix('{')?.split_once('}')?;
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(match name.split_once('#') {
            Some((name, path)) => Part::Value(name.to_owned(), Some(path.to_owned())),
            None => Part::Value(name.to_owned(), None),
        });
        left = behind;
    }
    plain.push_str(left);
    if parts.is_empty() {
        return Some(Expression::Literal(Value::String(plain)));
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Some(Expression::Template(parts))
}
