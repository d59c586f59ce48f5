//! Which services and operations there are, and which of them cannot be called.

use serde_json::Value;

use super::problem::{Problem, ProblemKind};
use crate::suggest::suggest;
use crate::world::apis::aws::{self, Marks, Operation, Service};

/// The services that deployments call: an operation that is named without its service is one of theirs, if they have it.
pub(super) const USUAL: [&str; 18] = [
    "application-autoscaling",
    "cloudwatch",
    "codedeploy",
    "dynamodb",
    "ecr",
    "ecs",
    "elbv2",
    "events",
    "kms",
    "logs",
    "rds",
    "secretsmanager",
    "servicediscovery",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
];

/// The operation, if it can be called.
///
/// # Errors
/// The service or the operation does not exist, with what was probably meant; or what keeps it from being called.
pub(super) fn find(
    service: &str,
    operation: &str,
) -> Result<(&'static Service, &'static Operation), Problem> {
    let found = aws::service(service).ok_or_else(|| unknown_service_of(service, operation))?;
    let known = found.operation(operation);
    let known = known.ok_or_else(|| unknown_operation(service, operation))?;
    match obstacle(found, known) {
        Some(why) => Err(Problem::new(
            ProblemKind::Call,
            "",
            format!("{service} {operation} cannot be called: {why}"),
            "a call that is signed with keys (Signature Version 4) and whose input is sent at once",
        )),
        None => Ok((found, known)),
    }
}

/// Whether AWS has a service of that name, in the AWS CLI's spelling.
pub fn is_service(name: &str) -> bool {
    aws::services().binary_search(&name).is_ok()
}

/// The service that people call `name`, in the AWS CLI's spelling: `eventbridge` is `events`.
pub fn service_called(name: &str) -> Option<&'static str> {
    let known = aws::services().iter().copied().find(|known| *known == name);
    known.or_else(|| services_spelt(name).first().copied())
}

/// The operations of a service, in alphabetical order; none of an unknown one.
pub fn operations(service: &str) -> &'static [&'static str] {
    aws::operations(service)
}

/// The problem of a service that does not exist.
pub fn unknown_service(service: &str) -> Problem {
    unknown_service_of(service, "")
}

/// `operation`: helps to choose between services that are spelt alike.
fn unknown_service_of(service: &str, operation: &str) -> Problem {
    let spelt = services_spelt(service);
    let has = |name: &&str| operations(name).binary_search(&operation).is_ok();
    let meant = match spelt.iter().copied().find(has) {
        Some(one) => Some(one),
        None => spelt.first().copied(),
    };
    let close = || suggest(service, aws::services().iter().copied());
    let problem = Problem::new(
        ProblemKind::Call,
        "",
        format!("AWS has no service `{service}`"),
        "a service in the AWS CLI's spelling: `deployer reference services` lists them",
    );
    problem.suggesting(meant.or_else(close))
}

/// The problem of an operation that a service does not have.
pub fn unknown_operation(service: &str, operation: &str) -> Problem {
    let known = operations(service).iter().copied();
    let problem = Problem::new(
        ProblemKind::Call,
        "",
        format!("{service} has no operation {operation}"),
        format!("an operation of {service}: `deployer reference services {service}` lists them"),
    );
    problem.suggesting(suggest(operation, known))
}

/// The services that policies, metrics, host names, SDKs or the AWS CLI call `name`, those that deployments call first:
/// `elasticloadbalancing` is `elbv2` and `elb`.
pub(super) fn services_spelt(name: &str) -> Vec<&'static str> {
    let folded: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect();
    let mut found = aws::spelt(name).to_vec();
    found.extend(
        COMMANDS
            .iter()
            .filter(|(command, _)| *command == folded)
            .map(|(_, name)| *name),
    );
    found.sort_by_key(|name| !USUAL.contains(name));
    found
}

/// Names that AWS's tools have for services, beside those that the models know: as folded, and the service.
const COMMANDS: [(&str, &str); 12] = [
    ("applicationautoscaling", "application-autoscaling"),
    ("cloudmap", "servicediscovery"),
    ("cloudwatchlogs", "logs"),
    ("configservice", "config"),
    ("deploy", "codedeploy"),
    ("elasticloadbalancingv2", "elbv2"),
    ("eventbridge", "events"),
    ("parameterstore", "ssm"),
    ("s3api", "s3"),
    ("sfn", "stepfunctions"),
    ("systemsmanager", "ssm"),
    ("cognitoidentityprovider", "cognito-idp"),
];

/// What keeps an operation from being called: a clause such as `its input is a stream of events`. `None`: nothing does.
pub fn obstacle(service: &Service, operation: &Operation) -> Option<&'static str> {
    let is_stream = |mark| {
        service
            .inputs(operation)
            .iter()
            .any(|member| member.marks.has(mark) || service.shape(member.target).marks.has(mark))
    };
    if is_stream(Marks::EVENT_STREAM) {
        return Some("its input is a stream of events");
    }
    if operation.is_unsigned {
        return None;
    }
    let bearer_only = service.signature_version == "bearer"
        || service
            .auth
            .iter()
            .any(|scheme| scheme.ends_with("httpBearerAuth"))
            && !service.auth.iter().any(|scheme| scheme.ends_with("#sigv4"));
    if bearer_only {
        return Some("it takes a bearer token, not a signature");
    }
    if service.signature_version == "v2" {
        return Some("it takes Signature Version 2, which AWS has replaced");
    }
    is_signed_asymmetrically(service)
        .then_some("it takes signatures for several regions (Signature Version 4A)")
}

/// Whether every endpoint of a service takes Signature Version 4A only.
fn is_signed_asymmetrically(service: &Service) -> bool {
    const SCHEME: &str = "sigv4a";
    // Few rule sets speak of it: the others need not be read.
    if !service.endpoint_rules.contains(SCHEME) {
        return false;
    }
    let rules: Value = serde_json::from_str(service.endpoint_rules).unwrap_or_default();
    let mut endpoints = Vec::new();
    collect_endpoints(&rules, &mut endpoints);
    !endpoints.is_empty()
        && endpoints.iter().all(|endpoint| {
            let schemes = endpoint["properties"]["authSchemes"].as_array();
            schemes.is_some_and(|schemes| schemes.iter().all(|one| one["name"] == SCHEME))
        })
}

/// The endpoints of all rules, at every depth.
fn collect_endpoints<'r>(rules: &'r Value, found: &mut Vec<&'r Value>) {
    for rule in rules["rules"].as_array().into_iter().flatten() {
        match rule["type"].as_str() {
            Some("endpoint") => found.push(&rule["endpoint"]),
            _ => collect_endpoints(rule, found),
        }
    }
}
