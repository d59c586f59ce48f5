//! What differs from AWS, where, and why.

use super::performance::Answers;

/// A row that a backend cannot run to its end.
pub struct Difference {
    /// Name of the backend that differs.
    pub backend: &'static str,
    /// The row: the name of its script.
    pub row: &'static str,
    /// Whether it is so only when answers arrive, or are lost; `None`: always.
    pub answers: Option<Answers>,
    /// A part of what is said.
    pub what: &'static str,
    /// Why it is left so.
    pub why: &'static str,
}

/// Everything that differs. One that no longer applies fails the suite.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        backend: "ministack",
        row: "r03_scans",
        answers: None,
        what: "InvalidAction",
        why: "it scans no images",
    },
    Difference {
        backend: "ministack",
        row: "r09_load_balancer",
        answers: None,
        what: "Data type incorrect",
        why: "it loses the weights of forward actions, and with them where they forward to",
    },
    Difference {
        backend: "ministack",
        row: "r10_scaling",
        answers: None,
        what: "not_an_answer",
        why: "it has no Application Auto Scaling",
    },
    Difference {
        backend: "ministack",
        row: "r12_blue_green",
        answers: None,
        what: "interrupted",
        why: "it lists no service deployments: the new one is looked for in vain",
    },
    Difference {
        backend: "ministack",
        row: "r13_blue_green_by_hand",
        answers: None,
        what: "Data type incorrect",
        why: "it loses the weights of forward actions, and with them where they forward to",
    },
    Difference {
        backend: "ministack",
        row: "r14_canary",
        answers: None,
        what: "Data type incorrect",
        why: "it loses the weights of forward actions, and with them where they forward to",
    },
    Difference {
        backend: "ministack",
        row: "r39_undeploy",
        answers: Some(Answers::AreLost),
        what: "elb::create_rule was sent again",
        why: "it loses the weights of forward actions: the rule is not what was asked for",
    },
    Difference {
        backend: "moto",
        row: "r08_service_created_or_updated",
        answers: None,
        what: "the next revision: false",
        why: "its services are static: an update changes the service, and no deployment",
    },
    Difference {
        backend: "moto",
        row: "r12_blue_green",
        answers: None,
        what: "not_an_answer",
        why: "it has no service deployments",
    },
    Difference {
        backend: "moto",
        row: "r13_blue_green_by_hand",
        answers: None,
        what: "interrupted",
        why: "its services are static: no target is ever registered",
    },
];
