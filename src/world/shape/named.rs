//! Operations as people name them: `UpdateService`, or with their service, `ecs:UpdateService`.

use serde_json::Value;

use super::{Problem, alias, check, operations, services, unknown_service};
use crate::suggest::suggest;
use crate::world::AwsCall;

/// An operation that there is, of one service or of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
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
            None => (services(), text),
            Some((service, operation)) => {
                let name = alias(service).unwrap_or(service);
                let known = services().into_iter().find(|known| *known == name);
                (
                    vec![known.ok_or_else(|| unknown_service(service))?],
                    operation,
                )
            }
        };
        let has = |service: &&str| operations(service).contains(&operation);
        let found: Vec<_> = among.iter().copied().filter(has).collect();
        if found.is_empty() {
            let known: Vec<_> = among
                .iter()
                .flat_map(|service| operations(service))
                .collect();
            return Err(Problem {
                path: String::new(),
                message: format!("there is no operation `{text}`"),
                expected: "an operation in the API's spelling".to_owned(),
                suggestion: suggest(operation, known).map(str::to_owned),
            });
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
    pub fn misfit(&self, part: &Value) -> Option<Problem> {
        let mut of_each = self.services.iter().map(|service| {
            let problems = check(service, &self.operation, part).err();
            let mut problems = problems.into_iter().flatten();
            problems.find(|problem| problem.message != "required and missing")
        });
        let first = of_each.next()?;
        // Of an operation that several services have, any may be meant.
        if of_each.any(|problem| problem.is_none()) {
            return None;
        }
        first
    }
}
