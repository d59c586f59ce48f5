//! The services beside ECS: their operations and the members of their inputs, from AWS's published models.
//!
//! The tables are written by `models/generate.py`, which says how they are to be read.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::Problem;
use crate::suggest::suggest;

/// A service with its table.
pub(super) struct Service {
    /// In the AWS CLI's spelling.
    pub name: &'static str,
    /// As policies and metrics spell it, where that differs.
    pub alias: Option<&'static str>,
    /// Numbers and truth values are text on the wire: any scalar may stand for them.
    loose: bool,
    text: &'static str,
    table: OnceLock<Table>,
}

/// What a table says.
struct Table {
    operations: Vec<(&'static str, Members)>,
    structures: HashMap<&'static str, Members>,
    /// Names of the members of all answers.
    answered: HashSet<&'static str>,
}

type Members = Vec<Member>;

struct Member {
    name: &'static str,
    required: bool,
    kind: Kind,
}

enum Kind {
    Text,
    Integer,
    Number,
    Flag,
    Timestamp,
    Blob,
    List(Box<Kind>),
    Map(Box<Kind>),
    Structure(&'static str),
}

macro_rules! service {
    ($name:literal, $alias:expr, $loose:literal) => {
        Service {
            name: $name,
            alias: $alias,
            loose: $loose,
            text: include_str!(concat!("models/", $name, ".txt")),
            table: OnceLock::new(),
        }
    };
}

/// In alphabetical order.
pub(super) static SERVICES: [Service; 17] = [
    service!("application-autoscaling", None, false),
    service!("cloudwatch", Some("monitoring"), false),
    service!("codedeploy", None, false),
    service!("dynamodb", None, false),
    service!("ecr", None, false),
    service!("elbv2", Some("elasticloadbalancing"), true),
    service!("events", None, false),
    service!("kms", None, false),
    service!("logs", None, false),
    service!("rds", None, true),
    service!("secretsmanager", None, false),
    service!("servicediscovery", None, false),
    service!("sns", None, true),
    service!("sqs", None, false),
    service!("ssm", None, false),
    service!("stepfunctions", Some("states"), false),
    service!("sts", None, true),
];

/// The service of that name.
pub(super) fn find(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

impl Service {
    /// Names of its operations, in alphabetical order.
    pub fn operations(&self) -> Vec<&'static str> {
        let table = self.table();
        table.operations.iter().map(|(name, _)| *name).collect()
    }

    /// Names of an operation's top-level members; `None`: there is no such operation.
    pub fn members(&self, operation: &str) -> Option<Vec<&'static str>> {
        let members = self.input(operation)?;
        Some(members.iter().map(|member| member.name).collect())
    }

    /// Everything that is wrong with an input; `None`: there is no such operation.
    pub fn check(&self, operation: &str, input: &Value) -> Option<Vec<Problem>> {
        let mut checker = Checker {
            table: self.table(),
            loose: self.loose,
            found: Vec::new(),
            missing: Vec::new(),
        };
        checker.structure(self.input(operation)?, input, "");
        let mut problems = checker.found;
        // A misspelt member is said once, not also as missing.
        let misspelt: Vec<_> = problems.iter().filter_map(Problem::meant).collect();
        let missing = checker.missing.into_iter();
        problems.extend(missing.filter(|problem| !misspelt.contains(&problem.path)));
        Some(problems)
    }

    /// Members of an answer that are not known here.
    pub fn strangers(&self, output: &Value, found: &mut Vec<String>) {
        match output {
            Value::Object(members) => {
                for (name, value) in members {
                    if !self.table().answered.contains(name.as_str()) {
                        found.push(name.clone());
                    }
                    self.strangers(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.strangers(item, found)),
            _ => {}
        }
    }

    fn input(&self, operation: &str) -> Option<&Members> {
        let operations = &self.table().operations;
        let found = operations.iter().find(|(name, _)| *name == operation);
        found.map(|(_, members)| members)
    }

    fn table(&self) -> &Table {
        self.table.get_or_init(|| Table::read(self.text))
    }
}

impl Table {
    fn read(text: &'static str) -> Table {
        let (mut operations, mut structures) = (Vec::new(), HashMap::new());
        let mut answered = HashSet::new();
        for line in text.lines() {
            if let Some(names) = line.strip_prefix('~') {
                answered.extend(names.split(' '));
                continue;
            }
            let mut words = line.split(' ');
            let Some(name) = words.next() else { continue };
            let members = words.filter_map(member).collect();
            match name.strip_prefix('+') {
                Some(operation) => operations.push((operation, members)),
                None => drop(structures.insert(name, members)),
            }
        }
        Table {
            operations,
            structures,
            answered,
        }
    }
}

/// `QueueUrl*:s`.
fn member(word: &'static str) -> Option<Member> {
    let (name, of) = word.split_once(':')?;
    Some(Member {
        name: name.trim_end_matches('*'),
        required: name.ends_with('*'),
        kind: kind(of),
    })
}

fn kind(of: &'static str) -> Kind {
    let inside = |open, close| of.strip_prefix(open)?.strip_suffix(close).map(kind);
    match of {
        "s" => Kind::Text,
        "i" => Kind::Integer,
        "n" => Kind::Number,
        "f" => Kind::Flag,
        "t" => Kind::Timestamp,
        "b" => Kind::Blob,
        _ => match (inside('[', ']'), inside('{', '}')) {
            (Some(item), _) => Kind::List(Box::new(item)),
            (_, Some(value)) => Kind::Map(Box::new(value)),
            _ => Kind::Structure(of),
        },
    }
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Flag => "boolean",
            Kind::Timestamp => "timestamp (RFC 3339)",
            Kind::Blob => "base64 text",
            Kind::List(_) => "list",
            Kind::Map(_) | Kind::Structure(_) => "map",
        }
    }

    /// Whether a value that is neither list nor map is of this kind.
    fn fits(&self, value: &Value, loose: bool) -> bool {
        match self {
            Kind::List(_) | Kind::Map(_) | Kind::Structure(_) => false,
            _ if loose => true,
            Kind::Text | Kind::Blob => value.is_string(),
            Kind::Integer => value.is_i64() || value.is_u64(),
            Kind::Number => value.is_number(),
            Kind::Flag => value.is_boolean(),
            Kind::Timestamp => match value {
                Value::String(text) => text.parse::<jiff::Timestamp>().is_ok(),
                other => other.is_number(),
            },
        }
    }
}

struct Checker<'a> {
    table: &'a Table,
    loose: bool,
    found: Vec<Problem>,
    missing: Vec<Problem>,
}

impl<'a> Checker<'a> {
    fn value(&mut self, kind: &'a Kind, value: &Value, path: &str) {
        match (kind, value) {
            (_, Value::Null) => {}
            (Kind::List(item), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.value(item, value, &format!("{path}[{index}]"));
                }
            }
            (Kind::Map(of), Value::Object(entries)) => {
                for (name, value) in entries {
                    self.value(of, value, &format!("{path}.{name}"));
                }
            }
            (Kind::Structure(name), Value::Object(_)) => {
                if let Some(members) = self.table.structures.get(name) {
                    self.structure(members, value, path);
                }
            }
            (kind, scalar) if !scalar.is_array() && !scalar.is_object() => {
                if !kind.fits(scalar, self.loose) {
                    self.misfit(kind, value, path);
                }
            }
            (kind, _) => self.misfit(kind, value, path),
        }
    }

    fn structure(&mut self, members: &'a Members, value: &Value, path: &str) {
        let inside = |name: &str| match path {
            "" => name.to_owned(),
            _ => format!("{path}.{name}"),
        };
        let nothing = Map::new();
        let given = value.as_object().unwrap_or(&nothing);
        for (name, value) in given {
            let path = inside(name);
            match members.iter().find(|member| member.name == name) {
                Some(member) => self.value(&member.kind, value, &path),
                None => {
                    let known = members.iter().map(|member| member.name);
                    self.found.push(Problem {
                        path,
                        message: super::UNKNOWN_FIELD.to_owned(),
                        expected: known.clone().collect::<Vec<_>>().join(", "),
                        suggestion: suggest(name, known).map(str::to_owned),
                    });
                }
            }
        }
        for member in members.iter().filter(|member| member.required) {
            if given.get(member.name).is_none_or(Value::is_null) {
                self.missing.push(Problem {
                    path: inside(member.name),
                    message: "required and missing".to_owned(),
                    expected: member.kind.name().to_owned(),
                    suggestion: None,
                });
            }
        }
    }

    fn misfit(&mut self, kind: &Kind, value: &Value, path: &str) {
        let expected = kind.name();
        self.found.push(Problem {
            path: path.to_owned(),
            message: format!("expected {expected}, found {}", super::reader::kind(value)),
            expected: expected.to_owned(),
            suggestion: super::reader::meant(expected, value),
        });
    }
}
