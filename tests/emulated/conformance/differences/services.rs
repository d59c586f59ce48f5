//! What differs of containers, what is around them, and stores.

use super::Differences;

/// The rows, by backend and reason.
#[rustfmt::skip] // A table: a row is a line.
pub const DIFFERENCES: &[Differences] = &[
    Differences {
        backend: "simulated",
        why: "fixtures may leave out the load balancers, so a registered target counts as being behind one",
        cases: &[
            ("balancers: a target group in no listener has no load balancer, and its targets are unused", ".TargetHealthDescriptions[0].TargetHealth.State is \"initial\""),
        ],
    },
    Differences {
        backend: "moto",
        why: "its alarms are set by hand: no data moves them",
        cases: &[
            ("alarms: go off when their data does", ".MetricAlarms[0].StateValue is \"OK\""),
            ("alarms: without data they do not know", ".MetricAlarms[0].StateValue is \"OK\""),
        ],
    },
    Differences {
        backend: "moto",
        why: "a target group of that name is refused, whatever its settings",
        cases: &[
            ("balancers: a target group that is created again as it is, is answered", "DuplicateTargetGroupName"),
        ],
    },
    Differences {
        backend: "moto",
        why: "it lists everything, oldest first, on one page",
        cases: &[
            ("definitions: listed a page at a time", ".taskDefinitionArns is "),
            ("definitions: listed newest first", ".taskDefinitionArns[0] is "),
        ],
    },
    Differences {
        backend: "moto",
        why: "it evaluates no expression on a metric's values",
        cases: &[
            ("metrics: expressions are evaluated", ".MetricDataResults is "),
        ],
    },
    Differences {
        backend: "moto",
        why: "it lists a metric once for each value",
        cases: &[
            ("metrics: listed by namespace", ".Metrics is "),
        ],
    },
    Differences {
        backend: "moto",
        why: "its scalable targets scale nothing",
        cases: &[
            ("scaling: a new minimum moves the service", ".services[0].desiredCount is 2"),
        ],
    },
    Differences {
        backend: "moto",
        why: "it answers with a page and status 500 where it lacks an operation or a check",
        cases: &[
            ("images: pushing to an unknown repository is refused", "code not_an_answer"),
            ("metrics: percentiles are known", "not_an_answer"),
            ("services: a rollout is listed with its revisions", "not_an_answer"),
            ("services: an unknown deployment cannot be stopped", "code not_an_answer"),
            ("services: an unknown deployment is MISSING", "not_an_answer"),
            ("tasks: an unknown one cannot be stopped", "code not_an_answer"),
        ],
    },
    Differences {
        backend: "moto",
        why: "it does not check this",
        cases: &[
            ("alarms: an unknown one cannot be deleted", "went well"),
            ("balancers: a second listener on a port is refused", "went well"),
            ("definitions: Fargate in bridge mode", "went well"),
            ("definitions: Fargate without cpu", "went well"),
            ("definitions: a container without image", "went well"),
            ("definitions: a family with blanks", "went well"),
            ("definitions: a mount of no volume", "went well"),
            ("definitions: no container", "went well"),
            ("definitions: no essential container", "went well"),
            ("definitions: two containers of one name", "went well"),
            ("scaling: a policy needs a target", "went well"),
            ("scaling: the minimum is no more than the maximum", "went well"),
            ("services: Fargate needs a network", "went well"),
            ("services: a deleted one cannot be updated", "went well"),
            ("services: a second one of that name is refused", "went well"),
            ("services: a target group that nothing forwards to is refused", "went well"),
            ("services: an unknown target group is refused", "went well"),
            ("services: updating to an INACTIVE task definition is refused", "went well"),
            ("tasks: an INACTIVE task definition is refused", "went well"),
            ("tasks: more than ten at once are refused", "went well"),
            ("tasks: of an unknown service cannot be listed", "went well"),
            ("tasks: overrides name containers of the task definition", "went well"),
            ("topics: an empty message is refused", "went well"),
        ],
    },
    Differences {
        backend: "moto",
        why: "it has a code of its own for this",
        cases: &[
            ("images: an immutable tag stays where it is", "code ImageAlreadyExistsException"),
            ("scaling: an unknown policy cannot be deleted", "code ValidationException"),
            ("scaling: an unknown target cannot be deregistered", "code ValidationException"),
        ],
    },
    Differences {
        backend: "moto",
        why: "it leaves this out",
        cases: &[
            ("task definitions: a web service with sidecars is kept whole", ".taskDefinition.enableFaultInjection is absent"),
            ("task definitions: a confidential task is kept whole", ".taskDefinition.trustedExecutionConfiguration is absent"),
            ("databases: a snapshot becomes available", ".DBSnapshots[0].PercentProgress is absent"),
            ("definitions: ECS fills in what a container does not say", ".taskDefinition.containerDefinitions[0].portMappings[0].hostPort is absent"),
            ("definitions: the first revision is 1 and ACTIVE", ".taskDefinition.registeredAt is absent"),
            ("scaling: a target has its bounds", ".ScalableTargets[0].SuspendedState is absent"),
            ("services: defaults of the deployment configuration are told", ".service.deploymentConfiguration is absent"),
            ("services: one that is created is ACTIVE with a PRIMARY deployment", ".service.createdAt is absent"),
            ("services: say that they are steady", ".services[0].events is []"),
            ("services: what is asked of a deployment is kept", ".services[0].deploymentConfiguration is absent"),
            ("tasks: one that is stopped says why", ".task.stopCode is absent"),
            ("tasks: unknown ones are MISSING", ".failures is []"),
        ],
    },
    Differences {
        backend: "moto",
        why: "it lists the tasks of the whole cluster, and its services have none",
        cases: &[
            ("tasks: a service's own are found by its name", ".taskArns is "),
            ("tasks: a service's own say whose they are", "set-up ListTasks: .taskArns is "),
        ],
    },
    Differences {
        backend: "moto",
        why: "its families stand for their latest revision, ACTIVE or not",
        cases: &[
            ("definitions: a family stands for its latest ACTIVE revision", ".taskDefinition.revision is 2"),
        ],
    },
    Differences {
        backend: "moto",
        why: "its services are static: nothing is ever rolled out",
        cases: &[
            ("services: a rollout completes, alone, with its tasks", ".services[0].deployments[0].taskDefinition is "),
            ("services: another revision is a new PRIMARY deployment", ".service.deployments is "),
            ("services: its deployment is IN_PROGRESS at first", ".service.deployments[0].rolloutState is \"COMPLETED\""),
            ("services: one with tasks is deleted by force", ".service.status is \"INACTIVE\""),
            ("services: the circuit breaker fails a deployment that cannot start", ".services[0].deployments is "),
            ("services: the circuit breaker rolls back", "set-up DescribeServices: .services[0].deployments is "),
            ("services: the old deployment is ACTIVE meanwhile", ".service.deployments is "),
            ("services: their first deployment completes", ".services[0].deployments[0].runningCount is 2"),
        ],
    },
    Differences {
        backend: "moto",
        why: "its snapshots take no time",
        cases: &[
            ("databases: a snapshot is being created at first", ".DBSnapshot.Status is \"available\""),
        ],
    },
    Differences {
        backend: "moto",
        why: "its targets are healthy at once, wherever they are",
        cases: &[
            ("balancers: a target group in no listener has no load balancer, and its targets are unused", ".TargetHealthDescriptions[0].TargetHealth.State is \"healthy\""),
        ],
    },
    Differences {
        backend: "moto",
        why: "its tasks go a state further with each look, run nothing, and exit with 0",
        cases: &[
            ("tasks: a job that ends well exits with 0", ".tasks[0].desiredStatus is \"RUNNING\""),
            ("tasks: a job that fails tells its exit code", ".tasks[0].stopCode is absent"),
            ("tasks: a server comes to RUNNING", ".tasks[0].lastStatus is \"STOPPED\""),
            ("tasks: an image that is not there stops the task", ".tasks[0].stopCode is absent"),
            ("tasks: one that is run is PROVISIONING", ".tasks[0].lastStatus is \"RUNNING\""),
            ("tasks: one that is stopped comes to STOPPED", "set-up DescribeTasks: .tasks[0].lastStatus is \"STOPPED\""),
            ("tasks: stopped ones are found apart", ".taskArns is []"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "a target group of that name is refused, whatever its settings",
        cases: &[
            ("balancers: a target group that is created again as it is, is answered", "DuplicateTargetGroupName"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "an alarm on a percentile has an average, too",
        cases: &[
            ("alarms: put again, they are changed", ".MetricAlarms[0].Statistic is \"Average\""),
        ],
    },
    Differences {
        backend: "ministack",
        why: "an image goes with any of its tags",
        cases: &[
            ("images: deleted by tag, they keep their other tags", ".imageDetails is []"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it evaluates no expression on a metric's values",
        cases: &[
            ("metrics: expressions are evaluated", ".MetricDataResults is "),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it gives every secret a value, if an empty one",
        cases: &[
            ("secrets: one without value cannot be read", "went well"),
            ("secrets: one without value has no version", ".VersionIdsToStages is "),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it lists no service deployments, and stops none",
        cases: &[
            ("services: an unknown deployment cannot be stopped", "code InvalidAction"),
            ("services: an unknown deployment is MISSING", ".failures is absent"),
            ("services: a rollout is listed with its revisions", ".serviceDeployments is []"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "a service's first deployment is COMPLETED before it has tasks",
        cases: &[
            ("services: its deployment is IN_PROGRESS at first", ".service.deployments[0].rolloutState is \"COMPLETED\""),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it deletes at once, without draining",
        cases: &[
            ("services: one with tasks is deleted by force", ".service.status is \"INACTIVE\""),
        ],
    },
    Differences {
        backend: "ministack",
        why: "its services tell no events",
        cases: &[
            ("services: say that they are steady", ".services[0].events is []"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it says it in words of its own",
        cases: &[
            ("tasks: a job that ends well exits with 0", ".tasks[0].stoppedReason is \"Essential container exited\""),
            ("tasks: an image that is not there stops the task", ".tasks[0].stoppedReason is "),
        ],
    },
    Differences {
        backend: "ministack",
        why: "its tasks name the service, not the deployment, and have no group unless one is asked for",
        cases: &[
            ("tasks: a service's own say whose they are", ".tasks[0].startedBy is "),
            ("tasks: one that is run is PROVISIONING", ".tasks[0].group is \"\""),
        ],
    },
    Differences {
        backend: "ministack",
        why: "after its rollback the failed deployment is listed as rolled back, without its failed tasks",
        cases: &[
            ("services: the circuit breaker fails a deployment that cannot start", ".services[0].deployments is "),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it does not check this",
        cases: &[
            ("alarms: an unknown one cannot be deleted", "went well"),
            ("balancers: a priority is given once", "went well"),
            ("balancers: a second listener on a port is refused", "went well"),
            ("balancers: a target group in use is not deleted", "went well"),
            ("balancers: a target group of an unknown name is refused", "went well"),
            ("balancers: an unknown listener is refused", "went well"),
            ("balancers: an unknown rule is refused", "went well"),
            ("definitions: Fargate in bridge mode", "went well"),
            ("definitions: Fargate without cpu", "went well"),
            ("definitions: a container without image", "went well"),
            ("definitions: a family with blanks", "went well"),
            ("definitions: a mount of no volume", "went well"),
            ("definitions: no essential container", "went well"),
            ("definitions: two containers of one name", "went well"),
            ("images: an unknown tag is refused", "went well"),
            ("images: the same push again is refused", "went well"),
            ("queues: an unknown attribute is refused", "went well"),
            ("services: Fargate needs a network", "went well"),
            ("services: a deleted one cannot be updated", "went well"),
            ("services: a target group that nothing forwards to is refused", "went well"),
            ("services: an unknown cluster is refused", "went well"),
            ("services: an unknown target group is refused", "went well"),
            ("services: an unknown task definition is refused", "went well"),
            ("services: listing an unknown cluster is refused", "went well"),
            ("services: updating to an INACTIVE task definition is refused", "went well"),
            ("services: updating to an unknown task definition is refused", "went well"),
            ("tasks: Fargate needs a network", "went well"),
            ("tasks: an INACTIVE task definition is refused", "went well"),
            ("tasks: an unknown cluster is refused", "went well"),
            ("tasks: describing in an unknown cluster is refused", "went well"),
            ("tasks: describing none is refused", "went well"),
            ("tasks: more than ten at once are refused", "went well"),
            ("tasks: of an unknown cluster cannot be listed", "went well"),
            ("tasks: of an unknown service cannot be listed", "went well"),
            ("tasks: overrides name containers of the task definition", "went well"),
            ("topics: an empty message is refused", "went well"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it has a code of its own for this",
        cases: &[
            ("services: a second one of that name is refused", "code ClientException"),
            ("services: updating in an unknown cluster is refused", "code ServiceNotFoundException"),
            ("tasks: stopping in an unknown cluster is refused", "code InvalidParameterException"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it has no Application Auto Scaling",
        cases: &[
            ("scaling: a new minimum moves the service", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: a deleted policy is gone", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: a deregistered target is gone", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: a policy has an ARN, and alarms of its own", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: a policy is kept", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: a policy is put again under its name", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: a policy needs a target", "code not_an_answer"),
            ("scaling: a target has its bounds", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: an unknown policy cannot be deleted", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: an unknown service cannot scale", "code not_an_answer"),
            ("scaling: an unknown target cannot be deregistered", "code not_an_answer"),
            ("scaling: can be suspended", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: the minimum is no more than the maximum", "set-up RegisterScalableTarget: not_an_answer"),
            ("scaling: what does not scale has no target", "not_an_answer"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it scans no images",
        cases: &[
            ("images: a scan comes to its findings", "set-up StartImageScan: InvalidAction"),
            ("images: a scan is started", "InvalidAction"),
            ("images: one that is not there is not scanned", "code InvalidAction"),
            ("images: findings of an unknown image are refused", "code InvalidAction"),
            ("images: one that was never scanned has no findings", "code InvalidAction"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "it leaves this out",
        cases: &[
            ("task definitions: volumes that are set at launch are kept whole", ".taskDefinition.inferenceAccelerators is absent"),
            ("task definitions: a web service with sidecars is kept whole", ".taskDefinition.enableFaultInjection is absent"),
            ("task definitions: a confidential task is kept whole", ".taskDefinition.trustedExecutionConfiguration is absent"),
            ("balancers: a rule's weights are kept", ".Rules[0].Actions[0].ForwardConfig is absent"),
            ("balancers: weights are kept", ".Listeners[0].DefaultActions[0].ForwardConfig is absent"),
            ("definitions: ECS fills in what a container does not say", ".taskDefinition.containerDefinitions[0].environment is absent"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "its families stand for their latest revision, ACTIVE or not",
        cases: &[
            ("definitions: a family stands for its latest ACTIVE revision", ".taskDefinition.revision is 2"),
        ],
    },
    Differences {
        backend: "ministack",
        why: "its snapshots take no time",
        cases: &[
            ("databases: a snapshot is being created at first", ".DBSnapshot.Status is \"available\""),
        ],
    },
    Differences {
        backend: "ministack",
        why: "its targets are healthy at once, wherever they are",
        cases: &[
            ("balancers: a target group in no listener has no load balancer, and its targets are unused", ".TargetHealthDescriptions[0].TargetHealth.State is \"healthy\""),
        ],
    },
];
