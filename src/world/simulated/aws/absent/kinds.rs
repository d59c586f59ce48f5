//! Every kind of object that the simulated cloud looks up by name, and how those that are there are found.

use crate::world::simulated::cloud::Cloud;

/// A kind of object that a call may not find.
pub(super) struct Kind {
    pub(super) service: &'static str,
    /// AWS's code, and a part of its message that tells this kind from others with the same code.
    pub(super) code: &'static str,
    pub(super) says: &'static str,
    /// Name of the kind in messages to people.
    pub(super) name: &'static str,
    /// Members of the input that name it; `a.b`: the member `b` of `a`.
    pub(super) asked: &'static [&'static str],
    /// The member of the input that names what holds it, and what that is called.
    pub(super) within: Option<(&'static str, &'static str)>,
    pub(super) there: There,
}

/// How those that are there are found.
pub(super) enum There {
    /// An operation lists them in a member; each item is a name, or has it in one of `names`.
    Listed {
        operation: &'static str,
        items: &'static str,
        names: &'static [&'static str],
    },
    Names(fn(&Cloud) -> Vec<String>),
}

const fn listed(
    operation: &'static str,
    items: &'static str,
    names: &'static [&'static str],
) -> There {
    There::Listed {
        operation,
        items,
        names,
    }
}

const fn kind(
    service: &'static str,
    code: &'static str,
    name: &'static str,
    asked: &'static [&'static str],
    there: There,
) -> Kind {
    Kind {
        service,
        code,
        says: "",
        name,
        asked,
        within: None,
        there,
    }
}

impl Kind {
    const fn says(mut self, part: &'static str) -> Self {
        self.says = part;
        self
    }

    const fn within(mut self, member: &'static str, called: &'static str) -> Self {
        self.within = Some((member, called));
        self
    }
}

/// Every kind of object that the simulated cloud looks up by name.
pub(super) const KINDS: &[Kind] = &[
    kind(
        "ecs",
        "ClusterNotFoundException",
        "cluster",
        &["cluster"],
        listed("ListClusters", "clusterArns", &[]),
    ),
    kind(
        "ecs",
        "ServiceNotFoundException",
        "service",
        &["service", "serviceName"],
        listed("ListServices", "serviceArns", &[]),
    )
    .within("cluster", "cluster"),
    kind(
        "ecs",
        "ClientException",
        "task definition",
        &["taskDefinition"],
        listed("ListTaskDefinitions", "taskDefinitionArns", &[]),
    )
    .says("TaskDefinition not found"),
    kind(
        "ecs",
        "ClientException",
        "task definition",
        &["taskDefinition"],
        listed("ListTaskDefinitions", "taskDefinitionArns", &[]),
    )
    .says("Unable to describe task definition"),
    kind(
        "elbv2",
        "LoadBalancerNotFound",
        "load balancer",
        &["LoadBalancerArn", "LoadBalancerArns", "Names"],
        listed(
            "DescribeLoadBalancers",
            "LoadBalancers",
            &["LoadBalancerName", "LoadBalancerArn"],
        ),
    ),
    kind(
        "elbv2",
        "TargetGroupNotFound",
        "target group",
        &["TargetGroupArn", "TargetGroupArns", "Names"],
        listed(
            "DescribeTargetGroups",
            "TargetGroups",
            &["TargetGroupName", "TargetGroupArn"],
        ),
    ),
    kind(
        "elbv2",
        "ListenerNotFound",
        "listener",
        &["ListenerArn", "ListenerArns"],
        There::Names(|cloud| cloud.elb.listeners().cloned().collect()),
    ),
    kind(
        "elbv2",
        "RuleNotFound",
        "rule",
        &["RuleArn", "RuleArns"],
        There::Names(|cloud| cloud.elb.rules().map(|(arn, _)| arn.clone()).collect()),
    ),
    kind(
        "ecr",
        "RepositoryNotFoundException",
        "repository",
        &["repositoryName", "repositoryNames"],
        listed("DescribeRepositories", "repositories", &["repositoryName"]),
    ),
    kind(
        "ecr",
        "ImageNotFoundException",
        "image",
        &[
            "imageIds.imageTag",
            "imageIds.imageDigest",
            "imageId.imageTag",
            "imageId.imageDigest",
        ],
        listed("ListImages", "imageIds", &["imageTag", "imageDigest"]),
    )
    .within("repositoryName", "repository"),
    kind(
        "secretsmanager",
        "ResourceNotFoundException",
        "secret",
        &["SecretId"],
        listed("ListSecrets", "SecretList", &["Name", "ARN"]),
    )
    .says("the specified secret."),
    kind(
        "ssm",
        "ParameterNotFound",
        "parameter",
        &["Name"],
        There::Names(|cloud| cloud.ssm.names().cloned().collect()),
    ),
    kind(
        "lambda",
        "ResourceNotFoundException",
        "function",
        &["FunctionName"],
        listed("ListFunctions", "Functions", &["FunctionName"]),
    )
    .says("Function not found"),
    kind(
        "logs",
        "ResourceNotFoundException",
        "log group",
        &["logGroupName"],
        listed("DescribeLogGroups", "logGroups", &["logGroupName"]),
    )
    .says("log group"),
    kind(
        "logs",
        "ResourceNotFoundException",
        "log stream",
        &["logStreamName"],
        listed("DescribeLogStreams", "logStreams", &["logStreamName"]),
    )
    .says("log stream")
    .within("logGroupName", "log group"),
    kind(
        "cloudwatch",
        "ResourceNotFound",
        "alarm",
        &["AlarmNames"],
        listed("DescribeAlarms", "MetricAlarms", &["AlarmName"]),
    ),
    kind(
        "sqs",
        "QueueDoesNotExist",
        "queue",
        &["QueueName", "QueueUrl"],
        listed("ListQueues", "QueueUrls", &[]),
    ),
    kind(
        "sns",
        "NotFound",
        "topic",
        &["TopicArn", "TargetArn"],
        listed("ListTopics", "Topics", &["TopicArn"]),
    ),
    kind(
        "events",
        "ResourceNotFoundException",
        "rule",
        &["Rule", "Name"],
        listed("ListRules", "Rules", &["Name"]),
    )
    .says("Rule "),
    kind(
        "scheduler",
        "ResourceNotFoundException",
        "schedule",
        &["Name"],
        listed("ListSchedules", "Schedules", &["Name"]),
    )
    .says("Schedule ")
    .within("GroupName", "schedule group"),
    kind(
        "rds",
        "DBInstanceNotFound",
        "database",
        &["DBInstanceIdentifier"],
        listed(
            "DescribeDBInstances",
            "DBInstances",
            &["DBInstanceIdentifier"],
        ),
    ),
    kind(
        "rds",
        "DBSnapshotNotFound",
        "snapshot",
        &["DBSnapshotIdentifier"],
        listed(
            "DescribeDBSnapshots",
            "DBSnapshots",
            &["DBSnapshotIdentifier"],
        ),
    ),
    kind(
        "cloudformation",
        "ValidationError",
        "stack",
        &["StackName"],
        listed("DescribeStacks", "Stacks", &["StackName", "StackId"]),
    )
    .says("does not exist"),
    kind(
        "application-autoscaling",
        "ObjectNotFoundException",
        "scaling policy",
        &["PolicyName"],
        listed(
            "DescribeScalingPolicies",
            "ScalingPolicies",
            &["PolicyName"],
        ),
    )
    .says("scaling policy")
    .within("ResourceId", "scalable target"),
    kind(
        "application-autoscaling",
        "ObjectNotFoundException",
        "scalable target",
        &["ResourceId"],
        listed(
            "DescribeScalableTargets",
            "ScalableTargets",
            &["ResourceId"],
        ),
    )
    .says("scalable target"),
    kind(
        "s3",
        "NoSuchBucket",
        "bucket",
        &["Bucket"],
        listed("ListBuckets", "Buckets", &["Name"]),
    ),
    kind(
        "cloudfront",
        "NoSuchDistribution",
        "distribution",
        &["DistributionId", "Id"],
        There::Names(|cloud| cloud.cloudfront.ids().cloned().collect()),
    ),
];
