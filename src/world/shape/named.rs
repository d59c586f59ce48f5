//! Operations as people name them: `UpdateService`, or with their service, `ecs:UpdateService`.

use serde_json::Value;

use super::callable::{USUAL, operations, services_spelt, unknown_service};
use super::check;
use super::problem::{Problem, ProblemKind};
use crate::suggest::suggest;
use crate::world::AwsCall;
use crate::world::apis::aws::services;

/// An operation that exists, of one service or of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// All services that have it, those that deployments call first.
    services: Vec<&'static str>,
    operation: String,
}

impl Named {
    /// Finds what `text` names. A service may be spelt as policies do: `elasticloadbalancing:ModifyRule`.
    ///
    /// # Errors
    /// There is no such service or operation, with what was probably meant.
    pub fn find(text: &str) -> Result<Named, Problem> {
        let (among, operation) = match text.rsplit_once(':') {
            None => (usual_first(), text),
            Some((service, operation)) => (spelt(service)?, operation),
        };
        let has = |service: &&str| operations(service).binary_search(&operation).is_ok();
        let found: Vec<_> = among.iter().copied().filter(has).collect();
        if found.is_empty() {
            return Err(unknown(text, operation, &among));
        }
        Ok(Named {
            services: found,
            operation: operation.to_owned(),
        })
    }

    /// Whether a call is one of this operation.
    pub fn is_of(&self, call: &AwsCall) -> bool {
        call.operation == self.operation && self.services.contains(&call.service.as_str())
    }

    /// A call of it, without an input.
    pub fn call(&self) -> AwsCall {
        let service = self.services.first().copied().unwrap_or_default();
        AwsCall::new(service, &self.operation, Value::Null)
    }

    /// The first thing that keeps `part` from ever being a part of its input; what is missing is none.
    ///
    /// Of an operation that several services have, any may be meant; but where one that deployments call has it, no
    /// other is: write its service before it.
    pub fn misfit(&self, part: &Value) -> Option<Problem> {
        let is_usual = |service: &&&str| USUAL.contains(service);
        let usual: Vec<_> = self.services.iter().filter(is_usual).collect();
        let meant = match usual.is_empty() {
            true => self.services.iter().collect(),
            false => usual,
        };
        let mut of_each = meant.into_iter().map(|service| {
            let problems = check(service, &self.operation, part).err();
            let mut problems = problems.into_iter().flatten();
            problems.find(|problem| !problem.passes_in_a_part())
        });
        let first = of_each.next()?;
        if of_each.any(|problem| problem.is_none()) {
            return None;
        }
        first
    }
}

/// All services, those that deployments call first.
fn usual_first() -> Vec<&'static str> {
    let others = services().iter().filter(|name| !USUAL.contains(name));
    USUAL.iter().chain(others).copied().collect()
}

/// The services of that name.
fn spelt(service: &str) -> Result<Vec<&'static str>, Problem> {
    let known = services().iter().find(|known| **known == service);
    let found = match known {
        Some(known) => vec![*known],
        None => services_spelt(service),
    };
    match found.is_empty() {
        true => Err(unknown_service(service)),
        false => Ok(found),
    }
}

fn unknown(text: &str, operation: &str, among: &[&'static str]) -> Problem {
    let of = |services: &[&'static str]| -> Vec<&'static str> {
        let all = services.iter().flat_map(|service| operations(service));
        all.copied().collect()
    };
    let usual = &among[..among.len().min(USUAL.len())];
    let meant = suggest(operation, of(usual)).or_else(|| suggest(operation, of(among)));
    let problem = Problem::new(
        ProblemKind::Call,
        "",
        format!("there is no operation `{text}`"),
        "an operation in the API's spelling",
    );
    problem.suggesting(meant)
}
