//! The faults, as they are documented.

/// A fault, for the reference.
#[derive(Debug, Clone, Copy)]
pub struct FaultInfo {
    /// As on the command line.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The argument and its default, and what is seen of it.
    pub detail: &'static str,
}

/// Every fault that can be injected, in the order of the reference.
pub fn catalogue() -> &'static [FaultInfo] {
    &CATALOGUE
}

pub(super) const CATALOGUE: [FaultInfo; 24] = [
    FaultInfo {
        name: "version-unhealthy",
        summary: "the new version runs, but fails its health checks",
        detail: "Services' tasks of revisions that the run registers fail the load balancer's and the container's check, and answer 503. No argument.",
    },
    FaultInfo {
        name: "version-degraded",
        summary: "the new version passes its health checks, but its endpoints answer 503",
        detail: "The deployment completes; only a check of the endpoint shows it. No argument.",
    },
    FaultInfo {
        name: "crash-loop",
        summary: "the new version exits soon after it has started",
        detail: "Services' tasks of revisions that the run registers exit within seconds. Argument: the exit code (1).",
    },
    FaultInfo {
        name: "slow-start",
        summary: "tasks take longer to start",
        detail: "Argument: how much longer (3m).",
    },
    FaultInfo {
        name: "image-missing",
        summary: "the image to deploy is not in ECR",
        detail: "Argument: its tag (the version in the fixture's parameters, and every image that no task definition uses). Its tags and its digest are unknown.",
    },
    FaultInfo {
        name: "image-unpullable",
        summary: "the image to deploy is in ECR, but tasks cannot pull it",
        detail: "Argument: its tag (the version in the fixture's parameters, and every image that no task definition uses).",
    },
    FaultInfo {
        name: "secret-empty",
        summary: "a secret exists, but has no value",
        detail: "Argument: its name (every secret).",
    },
    FaultInfo {
        name: "migration-fails",
        summary: "one-off tasks exit with an error",
        detail: "Argument: the exit code (1). The last log line says why.",
    },
    FaultInfo {
        name: "process-fails",
        summary: "a process exits with 1",
        detail: "Argument: how its command line begins, `npx prisma migrate deploy` (every process that does not only read).",
    },
    FaultInfo {
        name: "errors-after-shift",
        summary: "the new version answers a share of its requests with 500",
        detail: "Its health checks pass; metrics, log lines and endpoints show it, as far as traffic reaches the new version. Argument: the share in percent (10).",
    },
    FaultInfo {
        name: "latency-after-shift",
        summary: "the new version answers slowly",
        detail: "Metrics and endpoints show it, as far as traffic reaches the new version. Argument: by what factor (5).",
    },
    FaultInfo {
        name: "dead-letters",
        summary: "dead-letter queues grow once the new version serves",
        detail: "Argument: messages in a minute (5).",
    },
    FaultInfo {
        name: "alarm-fires",
        summary: "alarms go into ALARM once the new version serves",
        detail: "Argument: the alarm's name (every alarm).",
    },
    FaultInfo {
        name: "no-capacity",
        summary: "no task can be placed",
        detail: "Services say that they are unable to place a task and try again; RunTask answers failures. No argument.",
    },
    FaultInfo {
        name: "slow-placement",
        summary: "tasks wait longer for a place to run",
        detail: "Argument: how much longer a task is PROVISIONING (1m).",
    },
    FaultInfo {
        name: "load",
        summary: "services get more to do, or less",
        detail: "Policies of Application Auto Scaling see it in the CPU of the tasks. Argument: percent of what is usual (200).",
    },
    FaultInfo {
        name: "hook-fails",
        summary: "a lifecycle hook of a deployment answers FAILED",
        detail: "Argument: the name of its function (every function).",
    },
    FaultInfo {
        name: "throttling",
        summary: "a share of the calls is refused with ThrottlingException",
        detail: "Argument: the share in percent (20). Never more than two refusals in a row.",
    },
    FaultInfo {
        name: "access-denied",
        summary: "an operation is refused with AccessDeniedException, as where the role lacks its permission",
        detail: "Argument: the operation, `ModifyRule` (every operation that writes).",
    },
    FaultInfo {
        name: "server-errors",
        summary: "a share of the calls is answered with a 5xx, though half of them were carried out",
        detail: "Argument: the share in percent (10). Never more than two in a row.",
    },
    FaultInfo {
        name: "read-lag",
        summary: "for a while after a write, reads may answer what was true before it",
        detail: "Those of ECS, of load balancers and of Application Auto Scaling, which are eventually consistent; by chance, each. Argument: for how long (1s).",
    },
    FaultInfo {
        name: "approval-rejected",
        summary: "people reject what they are asked",
        detail: "Argument: the role (every role).",
    },
    FaultInfo {
        name: "approval-unanswered",
        summary: "people do not answer",
        detail: "Argument: the role (every role).",
    },
    FaultInfo {
        name: "confirmation-mistyped",
        summary: "people mistype the word that confirms",
        detail: "Only `approval::confirm` has them type one. No argument.",
    },
];
