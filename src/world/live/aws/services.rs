//! The services that the generic call knows, with what AWS publishes about their protocols.
//!
//! Names of timestamp members stand here because JSON itself cannot tell a time from a number.

use super::hints::{self, Hints};
use super::timestamp_members::*;

/// One service.
#[derive(Debug)]
pub(super) struct Service {
    /// In the AWS CLI's spelling.
    pub name: &'static str,
    /// AWS's service id, for `AWS_ENDPOINT_URL_…` and `endpoint_url` in a profile's services.
    pub id: &'static str,
    /// First part of the host name.
    pub host: &'static str,
    /// Name in the signature.
    pub signing: &'static str,
    /// How requests and answers are written.
    pub protocol: Protocol,
}

/// How a service writes requests and answers.
#[derive(Debug)]
pub(super) enum Protocol {
    /// awsJson.
    Json {
        /// `1.0` or `1.1`.
        version: &'static str,
        /// Prefix of `X-Amz-Target`.
        target: &'static str,
        /// Members that are timestamps: epoch seconds on the wire, RFC 3339 with us.
        timestamps: &'static [&'static str],
    },
    /// Form in, XML out.
    Query {
        /// API version.
        version: &'static str,
        /// What the XML does not say about types.
        hints: &'static Hints,
    },
}

/// The service of that name.
pub(super) fn find(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// Names of all services of the generic call, in alphabetical order.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().map(|service| service.name)
}

static SERVICES: [Service; 17] = [
    Service {
        name: "application-autoscaling",
        id: "Application Auto Scaling",
        host: "application-autoscaling",
        signing: "application-autoscaling",
        protocol: Protocol::Json {
            version: "1.1",
            target: "AnyScaleFrontendService",
            timestamps: &APPLICATION_AUTOSCALING_TIMESTAMPS,
        },
    },
    Service {
        name: "cloudwatch",
        id: "CloudWatch",
        host: "monitoring",
        signing: "monitoring",
        protocol: Protocol::Json {
            version: "1.0",
            target: "GraniteServiceVersion20100801",
            timestamps: &CLOUDWATCH_TIMESTAMPS,
        },
    },
    Service {
        name: "codedeploy",
        id: "CodeDeploy",
        host: "codedeploy",
        signing: "codedeploy",
        protocol: Protocol::Json {
            version: "1.1",
            target: "CodeDeploy_20141006",
            timestamps: &CODEDEPLOY_TIMESTAMPS,
        },
    },
    Service {
        name: "dynamodb",
        id: "DynamoDB",
        host: "dynamodb",
        signing: "dynamodb",
        protocol: Protocol::Json {
            version: "1.0",
            target: "DynamoDB_20120810",
            timestamps: &DYNAMODB_TIMESTAMPS,
        },
    },
    Service {
        name: "ecr",
        id: "ECR",
        host: "api.ecr",
        signing: "ecr",
        protocol: Protocol::Json {
            version: "1.1",
            target: "AmazonEC2ContainerRegistry_V20150921",
            timestamps: &ECR_TIMESTAMPS,
        },
    },
    Service {
        name: "elbv2",
        id: "Elastic Load Balancing v2",
        host: "elasticloadbalancing",
        signing: "elasticloadbalancing",
        protocol: Protocol::Query {
            version: "2015-12-01",
            hints: &hints::ELBV2,
        },
    },
    Service {
        name: "events",
        id: "EventBridge",
        host: "events",
        signing: "events",
        protocol: Protocol::Json {
            version: "1.1",
            target: "AWSEvents",
            timestamps: &EVENTS_TIMESTAMPS,
        },
    },
    Service {
        name: "kms",
        id: "KMS",
        host: "kms",
        signing: "kms",
        protocol: Protocol::Json {
            version: "1.1",
            target: "TrentService",
            timestamps: &KMS_TIMESTAMPS,
        },
    },
    Service {
        name: "logs",
        id: "CloudWatch Logs",
        host: "logs",
        signing: "logs",
        protocol: Protocol::Json {
            version: "1.1",
            target: "Logs_20140328",
            timestamps: &LOGS_TIMESTAMPS,
        },
    },
    Service {
        name: "rds",
        id: "RDS",
        host: "rds",
        signing: "rds",
        protocol: Protocol::Query {
            version: "2014-10-31",
            hints: &hints::RDS,
        },
    },
    Service {
        name: "secretsmanager",
        id: "Secrets Manager",
        host: "secretsmanager",
        signing: "secretsmanager",
        protocol: Protocol::Json {
            version: "1.1",
            target: "secretsmanager",
            timestamps: &SECRETSMANAGER_TIMESTAMPS,
        },
    },
    Service {
        name: "servicediscovery",
        id: "ServiceDiscovery",
        host: "servicediscovery",
        signing: "servicediscovery",
        protocol: Protocol::Json {
            version: "1.1",
            target: "Route53AutoNaming_v20170314",
            timestamps: &SERVICEDISCOVERY_TIMESTAMPS,
        },
    },
    Service {
        name: "sns",
        id: "SNS",
        host: "sns",
        signing: "sns",
        protocol: Protocol::Query {
            version: "2010-03-31",
            hints: &hints::SNS,
        },
    },
    Service {
        name: "sqs",
        id: "SQS",
        host: "sqs",
        signing: "sqs",
        protocol: Protocol::Json {
            version: "1.0",
            target: "AmazonSQS",
            timestamps: &SQS_TIMESTAMPS,
        },
    },
    Service {
        name: "ssm",
        id: "SSM",
        host: "ssm",
        signing: "ssm",
        protocol: Protocol::Json {
            version: "1.1",
            target: "AmazonSSM",
            timestamps: &SSM_TIMESTAMPS,
        },
    },
    Service {
        name: "stepfunctions",
        id: "SFN",
        host: "states",
        signing: "states",
        protocol: Protocol::Json {
            version: "1.0",
            target: "AWSStepFunctions",
            timestamps: &STEPFUNCTIONS_TIMESTAMPS,
        },
    },
    Service {
        name: "sts",
        id: "STS",
        host: "sts",
        signing: "sts",
        protocol: Protocol::Query {
            version: "2011-06-15",
            hints: &hints::STS,
        },
    },
];
