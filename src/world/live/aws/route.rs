//! How a call is made, decided before anything is loaded: its service and operation in AWS's models, and its request.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use crate::suggest::did_you_mean;
use crate::vocabulary::{Fault, codes};
use crate::world::AwsCall;
use crate::world::apis::aws::{
    Marks, Operation, Protocol, Service, checksum, operations, request, service, services, spelt,
};

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
        let service = service(&call.service).ok_or_else(|| unknown_service(&call.service))?;
        let operation = service
            .operation(&call.operation)
            .ok_or_else(|| unknown_operation(call))?;
        let route = Route {
            service,
            operation,
            protocol: service.protocol(),
        };
        match route.unsupported() {
            None => Ok(route),
            Some(what) => {
                let message = format!("{} {} {what}", call.service, call.operation);
                let hint = "use another client for this operation, for example with `process::run`";
                Err(Fault::new(codes::NOT_SUPPORTED, message).hint(hint))
            }
        }
    }

    /// What cannot be done of this call.
    fn unsupported(self) -> Option<String> {
        let (service, operation) = (self.service, self.operation);
        let sends_events = service.inputs(operation).iter().any(|member| {
            let shape = service.shape(member.target);
            member.marks.has(Marks::EVENT_STREAM) || shape.marks.has(Marks::EVENT_STREAM)
        });
        if sends_events {
            return Some("sends a stream of events, which is not supported".to_owned());
        }
        let signed = match service.auth.as_slice() {
            [] => service.signature_version.starts_with("s3") || service.signature_version == "v4",
            schemes => schemes.contains(&"aws.auth#sigv4"),
        };
        if signed || operation.is_unsigned {
            return None;
        }
        let needed = match service.auth.as_slice() {
            [] => service.signature_version,
            [first, ..] => first.rsplit('#').next().unwrap_or(first),
        };
        let needed = match needed {
            "bearer" | "httpBearerAuth" => "a bearer token".to_owned(),
            other => format!("the signature {other}"),
        };
        Some(format!(
            "needs {needed}, which is not supported: only SigV4 is"
        ))
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

fn unknown_service(name: &str) -> Fault {
    let hint = match spelt(name) {
        [] => did_you_mean(name, services().iter().copied()),
        others => Some(format!("did you mean `{}`?", others.join("` or `"))),
    };
    let hint = hint.unwrap_or_else(|| {
        "services are spelt as in the AWS CLI: `deployer reference services` lists them".to_owned()
    });
    Fault::new(codes::UNKNOWN_SERVICE, format!("AWS has no service {name}")).hint(hint)
}

fn unknown_operation(call: &AwsCall) -> Fault {
    let (service, operation) = (&call.service, &call.operation);
    let message = format!("{service} has no operation {operation}");
    let fault = Fault::new(codes::UNKNOWN_OPERATION, message);
    match did_you_mean(operation, operations(service).iter().copied()) {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
            (
                "transcribe-streaming",
                "StartStreamTranscription",
                "a stream of events",
            ),
            ("codecatalyst", "ListSpaces", "a bearer token"),
            ("sdb", "ListDomains", "the signature v2"),
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
        assert!(can > 19_900 && cannot.len() < 100, "{can}: {cannot:#?}");
    }
}
