use std::collections::BTreeMap;

use super::*;
use crate::world::apis::aws::{Marks, operations, service, services};

fn class(of: &str, operation: &str) -> (String, Effect) {
    let verb = READS.iter().filter(|verb| has_verb(operation, verb));
    let verb = verb.max_by_key(|verb| verb.len());
    let effect = effect(of, operation);
    let named = match (verb, effect) {
        (Some(verb), Effect::Read) => (*verb).to_owned(),
        (Some(_), _) => "named like a read, writes".to_owned(),
        (None, Effect::Read) => "named otherwise, reads".to_owned(),
        (None, _) => "writes".to_owned(),
    };
    (named, effect)
}

#[test]
fn operations_of_every_verb_are_as_many_as_were_reviewed() {
    let mut counted = BTreeMap::new();
    for of in services() {
        for operation in operations(of) {
            *counted.entry(class(of, operation).0).or_insert(0) += 1;
        }
    }
    let counted: Vec<_> = counted
        .iter()
        .map(|(name, n)| (name.as_str(), *n))
        .collect();
    // Another number after new models: review what has come, then change it here.
    let reviewed = [
        ("AdminGet", 3),
        ("AdminList", 4),
        ("BatchCheck", 2),
        ("BatchDescribe", 6),
        ("BatchGet", 120),
        ("BatchIs", 2),
        ("BatchRead", 1),
        ("Check", 12),
        ("Count", 5),
        ("Describe", 1808),
        ("Estimate", 1),
        ("Filter", 1),
        ("Get", 2948),
        ("Head", 2),
        ("Is", 4),
        ("List", 3482),
        ("Lookup", 3),
        ("Query", 11),
        ("Scan", 3),
        ("Search", 132),
        ("Select", 4),
        ("Simulate", 2),
        ("TransactGet", 1),
        ("named like a read, writes", 42),
        ("named otherwise, reads", 62),
        ("writes", 11366),
    ];
    assert_eq!(counted, reviewed);
}

#[test]
fn lists_of_exceptions_name_operations_of_aws_in_alphabetical_order() {
    for list in [&exceptions::WRITES[..], &exceptions::READS] {
        assert!(list.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        for (of, operation, reason) in list {
            assert!(operations(of).contains(operation), "{of} {operation}");
            assert!(!reason.is_empty(), "{of} {operation}");
        }
    }
    assert!(credentials::HAND_OUT.is_sorted_by(|a, b| a.0 < b.0));
    for (of, names) in &credentials::HAND_OUT {
        let missing = names.iter().find(|name| !operations(of).contains(*name));
        assert_eq!(missing, None, "{of}");
    }
}

/// What a read takes and how it is sent would show that it writes.
#[test]
fn no_read_has_a_token_for_repetitions_or_the_method_of_a_write() {
    // They ask for what was made with that token: AWS CodePipeline API Reference, GetThirdPartyJobDetails; Amazon FSx
    // API Reference, DescribeFileSystemAliases.
    const REVIEWED: [(&str, &str); 2] = [
        ("codepipeline", "GetThirdPartyJobDetails"),
        ("fsx", "DescribeFileSystemAliases"),
    ];
    let names = ["clienttoken", "clientrequesttoken", "idempotencytoken"];
    for of in services() {
        let of = service(of).expect("a service");
        for operation in of.operations() {
            let known = REVIEWED.contains(&(of.name, operation.name));
            if known || effect(of.name, operation.name) == Effect::Write {
                continue;
            }
            assert!(
                matches!(operation.method, "GET" | "POST" | "HEAD"),
                "{} {} {}",
                of.name,
                operation.name,
                operation.method
            );
            let token = of.inputs(operation).iter().find(|member| {
                // A session's token of its own accord says nothing.
                let is_session = of.name == "bedrock-agentcore";
                let named = names.contains(&member.name.to_ascii_lowercase().as_str());
                named || (member.marks.has(Marks::IDEMPOTENCY_TOKEN) && !is_session)
            });
            let token = token.map(|member| member.name);
            assert_eq!(token, None, "{} {}", of.name, operation.name);
        }
    }
}

/// Judged by hand on the API reference of each service, not by their names.
#[test]
fn effects_are_what_the_api_references_say() {
    let reads = "ecs DescribeServices,ecs ListTasks,ecr BatchGetImage,ecr BatchCheckLayerAvailability,elbv2 DescribeTargetHealth,\
        rds DescribeDBInstances,rds DownloadDBLogFilePortion,s3 GetObject,s3 HeadObject,s3 ListObjectsV2,s3 SelectObjectContent,\
        dynamodb GetItem,dynamodb Query,dynamodb Scan,dynamodb TransactGetItems,dynamodb BatchGetItem,kinesis GetShardIterator,\
        kinesis GetRecords,logs FilterLogEvents,logs GetQueryResults,logs TestMetricFilter,cloudtrail LookupEvents,\
        sts GetCallerIdentity,sts DecodeAuthorizationMessage,iam GetRole,iam SimulatePrincipalPolicy,iam GetCredentialReport,\
        kms DescribeKey,kms Verify,lambda GetFunction,route53 TestDNSAnswer,sqs GetQueueAttributes,sqs GetQueueUrl,\
        cloudformation ValidateTemplate,cloudformation EstimateTemplateCost,ssm DescribeParameters,servicediscovery DiscoverInstances,\
        secretsmanager DescribeSecret,cognito-idp AdminGetUser,wafv2 CheckCapacity,swf CountOpenWorkflowExecutions";
    let writes = "sqs ReceiveMessage,sqs PurgeQueue,sts AssumeRole,sts GetSessionToken,sts GetFederationToken,iam GenerateCredentialReport,\
        codeartifact GetAuthorizationToken,stepfunctions GetActivityTask,swf PollForDecisionTask,codepipeline PollForJobs,\
        license-manager CheckInLicense,license-manager CheckoutLicense,lambda Invoke,rds ModifyDBInstance,ecs RunTask,\
        cloudformation DetectStackDrift,dms TestConnection,elasticache TestFailover,apigateway TestInvokeMethod,\
        dynamodb ExecuteStatement,athena StartQueryExecution,timestream-query Query,logs StartQuery,kms GetParametersForImport,\
        redshift GetClusterCredentials,cognito-identity GetId,xray GetSamplingTargets,appconfigdata GetLatestConfiguration,\
        rds-data ExecuteStatement,s3 RestoreObject,storagegateway RetrieveTapeArchive,support ResolveCase,ds VerifyTrust";
    for (list, wanted) in [(reads, Effect::Read), (writes, Effect::Write)] {
        for one in list.split(',') {
            let (of, operation) = one.trim().split_once(' ').expect("two words");
            assert!(operations(of).contains(&operation), "{one}");
            assert_eq!(effect(of, operation), wanted, "{one}");
        }
    }
    assert_eq!(effect("sts", "Getaway"), Effect::Write);
    assert_eq!(effect("nosuch", "GetThing"), Effect::Read);
    assert_eq!(effect("nosuch", "Ponder"), Effect::Write);
}

#[test]
fn what_hands_out_secrets_is_known() {
    for (of, operation) in [
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetParametersByPath"),
        ("sts", "assumerolewithwebidentity"),
        ("lightsail", "GetInstanceAccessDetails"),
        ("codeartifact", "GetAuthorizationToken"),
    ] {
        assert!(hands_out_secrets(of, operation), "{of} {operation}");
    }
    for (of, operation) in [
        ("secretsmanager", "DescribeSecret"),
        ("kms", "DescribeKey"),
        ("nosuch", "GetSecretValue"),
    ] {
        assert!(!hands_out_secrets(of, operation), "{of} {operation}");
    }
}
