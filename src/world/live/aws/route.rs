//! How a call is made, decided before anything is loaded: its service and operation in AWS's models, and its request.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use crate::vocabulary::{Fault, codes};
use crate::world::apis::aws::{Operation, Protocol, Service, checksum, request, service};
use crate::world::{AwsCall, shape};

/// What a call is in AWS's models.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    pub service: &'static Service,
    pub operation: &'static Operation,
    pub protocol: Protocol,
}

/// A request, without host and signature.
#[derive(Debug)]
pub(super) struct Written {
    pub request: HttpRequest,
    /// What goes before the host name.
    pub host_prefix: Option<String>,
}

impl Route {
    /// Finds the way of a call.
    ///
    /// # Errors
    /// `unknown_service`, `unknown_operation`; `not_supported` for what can only be called in a way that is not written
    /// here: with a stream of events going out, or with another kind of signature than SigV4.
    pub fn of(call: &AwsCall) -> Result<Route, Fault> {
        let (name, operation) = (call.service.as_str(), call.operation.as_str());
        let service = service(name)
            .ok_or_else(|| refused(codes::UNKNOWN_SERVICE, &shape::unknown_service(name)))?;
        let operation = service.operation(operation).ok_or_else(|| {
            let problem = shape::unknown_operation(name, operation);
            refused(codes::UNKNOWN_OPERATION, &problem)
        })?;
        match shape::why_uncallable(service, operation) {
            None => Ok(Route {
                service,
                operation,
                protocol: service.protocol(),
            }),
            Some(why) => {
                let message = format!("{name} {} cannot be called: {why}", operation.name);
                let hint = "use another client for this operation, for example with `process::run`";
                Err(Fault::new(codes::NOT_SUPPORTED, message).hint(hint))
            }
        }
    }

    /// The request of a call.
    ///
    /// # Errors
    /// `invalid_input` for what the protocol cannot carry.
    pub fn write(self, input: &Value) -> Result<Written, Fault> {
        let Route {
            service, operation, ..
        } = self;
        let invalid = |problem: String| {
            let message = format!("{} {}: {problem}", service.name, operation.name);
            Fault::new(codes::INVALID_INPUT, message)
        };
        let mut request = request::write(service, self.protocol, operation, input)
            .map_err(|problem| invalid(problem.to_string()))?;
        checksum::add(service, operation, input, &mut request)
            .map_err(|problem| invalid(problem.to_string()))?;
        let host_prefix = request::host_prefix(service, operation, input)
            .map_err(|problem| invalid(problem.to_string()))?;
        Ok(Written {
            request,
            host_prefix,
        })
    }
}

fn refused(code: &'static str, problem: &shape::Problem) -> Fault {
    let fault = Fault::new(code, problem.message.clone());
    match problem.hint() {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::apis::aws::{operations, services};

    fn refused(service: &str, operation: &str) -> Fault {
        let call = AwsCall::new(service, operation, json!({}));
        Route::of(&call).expect_err("should be refused")
    }

    #[test]
    fn unknown_names_are_refused_with_what_was_meant() {
        let fault = refused("ecs", "DescribeService");
        assert_eq!(fault.code, "unknown_operation");
        assert_eq!(
            fault.hint.as_deref(),
            Some("did you mean `DescribeServices`?")
        );
        let fault = refused("secretmanager", "GetSecretValue");
        assert_eq!(fault.code, "unknown_service");
        assert_eq!(
            fault.hint.as_deref(),
            Some("did you mean `secretsmanager`?")
        );
        let fault = refused("states", "StartExecution");
        assert_eq!(fault.hint.as_deref(), Some("did you mean `stepfunctions`?"));
    }

    #[test]
    fn what_cannot_be_sent_is_refused_by_name() {
        for (service, operation, what) in [
            ("qbusiness", "Chat", "stream of events"),
            ("codecatalyst", "ListSpaces", "bearer token"),
            ("sdb", "ListDomains", "Signature Version 2"),
        ] {
            let fault = refused(service, operation);
            assert_eq!(fault.code, "not_supported");
            assert!(fault.message.contains(what), "{}", fault.message);
        }
    }

    #[test]
    fn nearly_every_operation_can_be_called() {
        let (mut can, mut cannot) = (0, Vec::new());
        for name in services() {
            for operation in operations(name) {
                match Route::of(&AwsCall::new(*name, *operation, json!({}))) {
                    Ok(_) => can += 1,
                    Err(fault) => cannot.push(fault.message),
                }
            }
        }
        assert!(can > 19_800 && cannot.len() < 150, "{can}: {cannot:#?}");
    }
}
