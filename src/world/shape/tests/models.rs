use serde_json::json;

use super::problems_of;
use crate::world::AwsCall;
use crate::world::apis::aws::{self, Marks};
use crate::world::shape::{
    Named, ProblemKind, callable, carries_unknown_fields, check, operations,
};

#[test]
fn a_service_or_an_operation_that_is_not_there_is_a_problem() {
    for (service, operation, said, meant) in [
        (
            "ecs",
            "DescribeService",
            ": ecs has no operation DescribeService",
            Some("DescribeServices"),
        ),
        (
            "sqs",
            "SendMesage",
            ": sqs has no operation SendMesage",
            Some("SendMessage"),
        ),
        ("rds", "NoSuchOp", ": rds has no operation NoSuchOp", None),
        (
            "sqss",
            "SendMessage",
            ": AWS has no service `sqss`",
            Some("sqs"),
        ),
        (
            "elasticloadbalancing",
            "ModifyRule",
            ": AWS has no service `elasticloadbalancing`",
            Some("elbv2"),
        ),
        ("quantum", "Leap", ": AWS has no service `quantum`", None),
    ] {
        let expected = vec![(said.to_owned(), meant.map(str::to_owned))];
        assert_eq!(problems_of(service, operation, &json!({})), expected);
    }
}

/// What `check` says of a member that no operation has: the member, or why the operation cannot be called.
#[test]
fn every_operation_of_every_service_is_checked() {
    let mut refused = Vec::new();
    for service in aws::services() {
        for operation in operations(service) {
            let problems = check(service, operation, &json!({"Nosuch": 1})).expect_err(operation);
            match problems[0].kind {
                ProblemKind::Call => refused.push(format!("{service} {operation}")),
                kind => assert_eq!(kind, ProblemKind::UnknownField, "{service} {operation}"),
            }
        }
    }
    let of = |name: &str| {
        let prefix = format!("{name} ");
        refused
            .iter()
            .filter(|one| one.starts_with(&prefix))
            .count()
    };
    // Services that take a bearer token, one of which every endpoint takes Signature Version 4A, and two old ones.
    for service in [
        "account-access-runtime",
        "codecatalyst",
        "cloudfront-keyvaluestore",
        "importexport",
        "sdb",
    ] {
        assert!(of(service) > 0, "{service}");
    }
    let streams: Vec<_> = refused
        .iter()
        .filter(|one| {
            let service = one.split(' ').next().unwrap_or_default();
            of(service) == 1
        })
        .collect();
    assert_eq!(
        streams,
        [
            "bedrock-runtime InvokeModelWithBidirectionalStream",
            "connecthealth StartMedicalScribeListeningSession",
            "lexv2-runtime StartConversation",
            "polly StartSpeechSynthesisStream",
            "qbusiness Chat",
        ]
    );
    let problem = &check("qbusiness", "Chat", &json!({})).expect_err("a stream")[0];
    assert_eq!(
        problem.message,
        "qbusiness Chat cannot be called: its input is a stream of events"
    );
}

/// Of every operation that requires members, leaving all of them out is refused for each of them.
#[test]
fn what_the_models_require_is_demanded_everywhere() {
    let mut demanded = 0;
    for name in aws::services() {
        let service = aws::service(name).expect("a service");
        for operation in service.operations() {
            if callable::obstacle(service, operation).is_some() {
                continue;
            }
            let wanted = service.inputs(operation).iter().filter(|member| {
                let required = member.marks.has(Marks::REQUIRED)
                    && !member.marks.has(Marks::IDEMPOTENCY_TOKEN);
                // Glacier gets the account of the caller.
                required && (*name, member.name) != ("glacier", "accountId")
            });
            let wanted: Vec<_> = wanted.map(|member| member.name).collect();
            let problems = check(name, operation.name, &json!({})).err();
            let problems = problems.unwrap_or_default();
            let missing: Vec<_> = problems.iter().map(|one| one.path.as_str()).collect();
            assert_eq!(missing, wanted, "{name} {}", operation.name);
            demanded += wanted.len();
        }
    }
    assert!(demanded > 20_000, "{demanded}");
}

#[test]
fn only_what_has_names_on_the_wire_carries_members_that_are_not_known() {
    for (service, carries) in [
        ("ecs", true),
        ("lambda", true),
        ("elbv2", false),
        ("s3", false),
    ] {
        assert_eq!(carries_unknown_fields(service), carries, "{service}");
    }
}

#[test]
fn operations_are_found_by_name_in_all_services() {
    let named = Named::find("UpdateService").expect("there");
    for service in ["ecs", "apprunner", "vpc-lattice"] {
        assert!(named.is_of(&AwsCall::new(service, "UpdateService", json!({}))));
    }
    assert!(!named.is_of(&AwsCall::new("lambda", "UpdateService", json!({}))));
    // Those that deployments call go first.
    assert_eq!(named.call().service, "ecs");
    let misfit = named.misfit(&json!({"desierdCount": 1})).expect("misspelt");
    assert_eq!(misfit.suggestion.as_deref(), Some("desiredCount"));
    assert_eq!(named.misfit(&json!({"desiredCount": 1})), None);
    let named = Named::find("apprunner:UpdateService").expect("there");
    assert_eq!(named.misfit(&json!({"ServiceArn": "a*"})), None);
    let named = Named::find("elasticloadbalancing:ModifyRule").expect("there");
    assert_eq!(named.call().service, "elbv2");
    let problem = Named::find("UpdateServise").expect_err("misspelt");
    assert_eq!(problem.suggestion.as_deref(), Some("UpdateService"));
    let problem = Named::find("UpdateFunctionCoed").expect_err("misspelt");
    assert_eq!(problem.suggestion.as_deref(), Some("UpdateFunctionCode"));
}
