//! AWS's services, their operations and what these take and answer, in Markdown, from AWS's own models.

use std::collections::HashSet;

use serde_json::Value;

use crate::cli::error::{CommandError, CommandResult};
use crate::vocabulary::Effect;
use crate::world::AwsCall;
use crate::world::apis::aws::{self, Kind, Marks, Member, Operation, Service, Shape, ShapeKey};
use crate::world::shape::{self, Problem};

/// The page of all services, of one, or of an operation.
///
/// # Errors
/// `unknown_name`, with what was probably meant.
pub(super) fn page(service: Option<&str>, operation: Option<&str>) -> CommandResult<String> {
    let Some(name) = service else {
        return Ok(list());
    };
    let of = aws::service(name).ok_or_else(|| refused(shape::unknown_service(name)))?;
    let Some(operation) = operation else {
        return Ok(of_service(of));
    };
    match of.operation(operation) {
        Some(operation) => Ok(of_operation(of, operation)),
        None => Err(refused(shape::unknown_operation(name, operation))),
    }
}

fn refused(problem: Problem) -> CommandError {
    let hint = problem.hint().unwrap_or_default();
    CommandError::with_hint("unknown_name", problem.message, hint)
}

/// Every service, with the number of its operations.
fn list() -> String {
    let names = aws::services();
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let mut text = format!(
        "## Services of AWS\n\n`aws::call(SERVICE, OPERATION, INPUT)` calls any of these {}. `deployer reference services NAME` \
         lists the operations of one, `deployer reference services NAME OPERATION` the members of an input and an answer.\n\n```text\n",
        names.len()
    );
    for name in names {
        let count = aws::operations(name).len();
        text.push_str(&format!("{name:<width$}  {count:>4} operations\n"));
    }
    text.push_str("```\n");
    text
}

/// The operations of a service, with what each requires.
fn of_service(service: &Service) -> String {
    let width = service.operations().map(|one| one.name.len()).max();
    let width = width.unwrap_or(0);
    let mut text = format!(
        "## {}\n\n{}, version {} of its API.\n\n```text\n",
        service.name, service.full_name, service.api_version
    );
    for operation in service.operations() {
        let inputs = service.inputs(operation).iter();
        let required: Vec<_> = inputs
            .filter(|one| is_required(one))
            .map(|one| one.name)
            .collect();
        let effect = effect(service, operation).to_string();
        let line = format!(
            "{:<width$}  {effect:<5}  {}",
            operation.name,
            required.join(", ")
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str("```\n");
    text
}

fn effect(service: &Service, operation: &Operation) -> Effect {
    AwsCall::new(service.name, operation.name, Value::Null).effect()
}

/// What an operation takes and answers, and below it every structure that is a part of it.
fn of_operation(service: &Service, operation: &Operation) -> String {
    let mut text = format!(
        "## {} {}\n\n*{}.* {}",
        service.name,
        operation.name,
        effect(service, operation),
        service.full_name
    );
    match shape::why_uncallable(service, operation) {
        Some(why) => text.push_str(&format!(". It cannot be called: {why}.\n")),
        None => text.push_str(".\n"),
    }
    let mut tables = Tables {
        service,
        text,
        seen: HashSet::new(),
        open: Vec::new(),
    };
    for (title, shape) in [("Input", operation.input), ("Answer", operation.output)] {
        tables.text.push_str(&format!("\n### {title}\n\n"));
        match shape.map(|key| service.shape(key).members) {
            None | Some([]) => tables.text.push_str("Nothing.\n"),
            Some(members) => tables.table(members, title == "Input"),
        }
        tables.rest(title == "Input");
    }
    tables.text
}

fn is_required(member: &Member) -> bool {
    member.marks.has(Marks::REQUIRED) && !member.marks.has(Marks::IDEMPOTENCY_TOKEN)
}

struct Tables<'s> {
    service: &'s Service,
    text: String,
    seen: HashSet<ShapeKey>,
    /// Structures that were named and not shown yet.
    open: Vec<ShapeKey>,
}

impl Tables<'_> {
    /// Shows what is open until nothing is.
    fn rest(&mut self, is_input: bool) {
        let mut next = 0;
        while let Some(key) = self.open.get(next).copied() {
            next += 1;
            let shape = self.service.shape(key);
            let union = match shape.marks.has(Marks::UNION) {
                true => "Exactly one of these members.\n\n",
                false => "",
            };
            self.text
                .push_str(&format!("\n#### {}\n\n{union}", shape.name));
            self.table(shape.members, is_input);
        }
        self.open.clear();
    }

    fn table(&mut self, members: &[Member], is_input: bool) {
        self.text
            .push_str("| member | type | |\n| --- | --- | --- |\n");
        for member in members {
            let kind = self.kind(member.target);
            let mut notes = Vec::new();
            if is_input && is_required(member) {
                notes.push("required".to_owned());
            }
            if is_input && member.marks.has(Marks::IDEMPOTENCY_TOKEN) {
                notes.push("filled in if absent".to_owned());
            }
            notes.extend(shape::span(self.service.shape(member.target)).filter(|_| is_input));
            let notes = notes.join(", ");
            self.text
                .push_str(&format!("| `{}` | {kind} | {notes} |\n", member.name));
        }
    }

    /// `list of text`, `one of …`, the name of a structure.
    fn kind(&mut self, key: ShapeKey) -> String {
        let shape = self.service.shape(key);
        let parts: Vec<ShapeKey> = shape.members.iter().map(|one| one.target).collect();
        match (shape.kind, parts.as_slice()) {
            (Kind::List, [item]) => format!("list of {}", self.kind(*item)),
            (Kind::Map, [_, of]) => format!("map of {}", self.kind(*of)),
            (Kind::Structure, _) if shape.marks.has(Marks::DOCUMENT) => "anything".to_owned(),
            (Kind::Structure, _) => {
                if self.seen.insert(key) {
                    self.open.push(key);
                }
                format!("map `{}`", shape.name)
            }
            _ => self.scalar(shape),
        }
    }

    fn scalar(&self, shape: &Shape) -> String {
        let values = shape.values;
        if !values.is_empty() {
            let quoted: Vec<String> = values.iter().map(|one| format!("`{one}`")).collect();
            return format!("one of {}", quoted.join(", "));
        }
        let name = match shape.kind {
            Kind::Integer | Kind::Long => "integer",
            Kind::Float | Kind::Double => "number",
            Kind::Boolean => "boolean",
            Kind::Blob => "base64 text",
            Kind::Timestamp => "time (RFC 3339)",
            _ => "text",
        };
        name.to_owned()
    }
}
