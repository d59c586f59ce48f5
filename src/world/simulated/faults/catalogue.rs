//! The faults, as they are documented.

/// A fault that a rehearsal can inject, with its documentation.
#[derive(Debug, Clone, Copy)]
pub struct FaultInfo {
    /// Name of the fault, as on the command line.
    pub name: &'static str,
    /// What goes wrong, in one line.
    pub summary: &'static str,
    /// The argument and its default, and what is seen of it.
    pub detail: &'static str,
    /// What it strikes: "it strikes …, and there was none".
    pub strikes: &'static str,
}

/// How faults are written, for the reference.
pub const SYNTAX: &str = "\
A fault is written `NAME`, `NAME:ARGUMENT`, `NAME@TIME` or `NAME:ARGUMENT@TIME`. With `@5m` it begins five minutes \
after the start of the run, in virtual time; with `@12` it begins with the twelfth AWS call; otherwise it begins \
at the start. The object that a fault names must exist: a secret, a tag or a role that neither the fixture nor the pipeline \
has is refused before anything is rehearsed. A fault that had no effect is an error, too: `rehearse` \
says so and exits with 2, and in a `*.test.rhai` the test fails. \"New\" is a version that is new to its service, \
whoever registered it: not the one that the service ran when the run began, nor one before it.";

/// Every fault that can be injected, in the order of the reference.
pub fn catalogue() -> &'static [FaultInfo] {
    CATALOGUE
}

pub(super) const CATALOGUE: &[FaultInfo] = &[
    FaultInfo {
        name: "version-unhealthy",
        summary: "the new version runs, but fails its health checks",
        detail: "Services' tasks of a version that is new to the service fail the load balancer's and the container's check, and answer 503. No argument.",
        strikes: "tasks of a version that is new to its service",
    },
    FaultInfo {
        name: "version-degraded",
        summary: "the new version passes its health checks, but its endpoints answer 503",
        detail: "The deployment completes; only a check of the endpoint shows it. No argument.",
        strikes: "answers and metrics of a version that is new to its service",
    },
    FaultInfo {
        name: "crash-loop",
        summary: "the new version exits soon after it has started",
        detail: "Services' tasks of a version that is new to the service exit within seconds. Argument: the exit code (1).",
        strikes: "tasks of a version that is new to its service",
    },
    FaultInfo {
        name: "slow-start",
        summary: "tasks take longer to start",
        detail: "Argument: how much longer (3m).",
        strikes: "tasks that are started",
    },
    FaultInfo {
        name: "image-missing",
        summary: "the image to deploy is not in ECR",
        detail: "Argument: its tag (the version in the fixture's parameters, and every image that no task definition uses). Its tags and its digest are unknown.",
        strikes: "an image that is looked for in ECR",
    },
    FaultInfo {
        name: "image-unpullable",
        summary: "the image to deploy is in ECR, but tasks cannot pull it",
        detail: "Argument: its tag (the version in the fixture's parameters, and every image that no task definition uses).",
        strikes: "an image that a task pulls from ECR",
    },
    FaultInfo {
        name: "secret-empty",
        summary: "a secret exists, but has no value",
        detail: "Argument: its name (every secret).",
        strikes: "a secret that is looked at, or that a task needs",
    },
    FaultInfo {
        name: "migration-fails",
        summary: "one-off tasks exit with an error",
        detail: "Argument: the exit code (1). The last log line says why.",
        strikes: "one-off tasks",
    },
    FaultInfo {
        name: "process-fails",
        summary: "a process exits with 1",
        detail: "Argument: how its command line begins, `npx prisma migrate deploy` (every process that does not only read).",
        strikes: "a process that does not only read, or that begins like this",
    },
    FaultInfo {
        name: "errors-after-shift",
        summary: "the new version answers a share of its requests with 500",
        detail: "Its health checks pass; metrics, log lines and endpoints show it, as far as traffic reaches the new version. Argument: the share in percent (10).",
        strikes: "answers and metrics of a version that is new to its service",
    },
    FaultInfo {
        name: "latency-after-shift",
        summary: "the new version answers slowly",
        detail: "Metrics and endpoints show it, as far as traffic reaches the new version. Argument: by what factor (5).",
        strikes: "answers and metrics of a version that is new to its service",
    },
    FaultInfo {
        name: "dead-letters",
        summary: "dead-letter queues grow once the new version serves",
        detail: "Argument: messages in a minute (5).",
        strikes: "a dead-letter queue that is looked at while a new version serves",
    },
    FaultInfo {
        name: "alarm-fires",
        summary: "alarms go into ALARM once the new version serves",
        detail: "Argument: the alarm's name (every alarm).",
        strikes: "an alarm that is looked at while a new version serves",
    },
    FaultInfo {
        name: "no-capacity",
        summary: "no task can be placed",
        detail: "Services say that they are unable to place a task and try again; RunTask answers failures. No argument.",
        strikes: "tasks that are to be placed",
    },
    FaultInfo {
        name: "slow-placement",
        summary: "tasks wait longer for a place to run",
        detail: "Argument: how much longer a task is PROVISIONING (1m).",
        strikes: "tasks that are to be placed",
    },
    FaultInfo {
        name: "load",
        summary: "the load on services changes",
        detail: "The CPU of their tasks shows it, and scaling policies follow that. Argument: percent of what is usual (200).",
        strikes: "services whose CPU is looked at, by scaling policies, alarms or calls",
    },
    FaultInfo {
        name: "hook-fails",
        summary: "a lifecycle hook of a deployment answers FAILED",
        detail: "Argument: the name of its function (every function).",
        strikes: "lifecycle hooks of that function",
    },
    FaultInfo {
        name: "configuration-degrades",
        summary: "an alarm of an AppConfig environment goes into ALARM while a configuration is deployed",
        detail: "AppConfig rolls the deployment back. Argument: the name of the environment (every environment with monitors).",
        strikes: "deployments of AppConfig to an environment with monitors",
    },
    FaultInfo {
        name: "resource-fails",
        summary: "a resource of a CloudFormation stack cannot be created or updated",
        detail: "CloudFormation rolls the stack back. Argument: the logical ID of the resource (the first that a change set creates or updates).",
        strikes: "resources that an executed change set creates or updates",
    },
    FaultInfo {
        name: "throttling",
        summary: "a share of the calls is refused with ThrottlingException",
        detail: "Argument: the share in percent (20). Never more than two refusals in a row.",
        strikes: "by chance a share of the calls",
    },
    FaultInfo {
        name: "access-denied",
        summary: "an operation is refused with AccessDeniedException, as if the role lacked the permission",
        detail: "Argument: the operation, `ModifyRule` or `elasticloadbalancing:ModifyRule` (every operation that writes).",
        strikes: "calls of that operation",
    },
    FaultInfo {
        name: "server-errors",
        summary: "a share of the calls is answered with a 5xx, though half of them were carried out",
        detail: "Argument: the share in percent (10). Never more than two in a row.",
        strikes: "by chance a share of the calls",
    },
    FaultInfo {
        name: "read-lag",
        summary: "for a while after a write, reads may answer what was true before it",
        detail: "Those of ECS, of load balancers and of Application Auto Scaling, which are eventually consistent; by chance, each. Argument: for how long (1s).",
        strikes: "by chance reads soon after a write",
    },
    FaultInfo {
        name: "approval-rejected",
        summary: "people reject what they are asked",
        detail: "Argument: the role (every role).",
        strikes: "questions to that role",
    },
    FaultInfo {
        name: "approval-unanswered",
        summary: "people do not answer",
        detail: "Argument: the role (every role).",
        strikes: "questions to that role",
    },
    FaultInfo {
        name: "confirmation-mistyped",
        summary: "people mistype the word of a confirmation",
        detail: "Only `approval::confirm` asks for a word. No argument.",
        strikes: "questions that have a word typed",
    },
    FaultInfo {
        name: "invalidation-hangs",
        summary: "an invalidation of CloudFront never completes",
        detail: "It stays InProgress, and the edges keep what they have cached. Argument: the id of the distribution (every one).",
        strikes: "an invalidation that is waited for",
    },
    FaultInfo {
        name: "stale-cache",
        summary: "CloudFront serves an old page although its invalidation has completed",
        detail: "The edges answer with what they had cached before. Argument: the id of the distribution (every one).",
        strikes: "a page that was invalidated and is asked for",
    },
];
