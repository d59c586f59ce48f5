//! What daemons and their parts are called by.

use crate::text::arn::Arn;
use crate::world::simulated::kernel::Kernel;

/// A daemon by cluster and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DaemonKey {
    pub(crate) cluster: String,
    pub(crate) name: String,
}

impl DaemonKey {
    /// The ARN of the daemon.
    pub(super) fn arn(&self, kernel: &Kernel) -> String {
        kernel.arn("ecs", &format!("daemon/{}/{}", self.cluster, self.name))
    }

    /// The ARN of one of its deployments (`daemon-deployment`) or revisions (`daemon-revision`).
    pub(super) fn part(&self, kernel: &Kernel, kind: &str, id: &str) -> String {
        kernel.arn(
            "ecs",
            &format!("{kind}/{}/{}/{id}", self.cluster, self.name),
        )
    }
}

/// The daemon that an ARN names.
pub(crate) fn daemon_of(arn: &str) -> Option<DaemonKey> {
    let ("daemon", rest) = Arn::parse(arn)?.type_and_rest() else {
        return None;
    };
    let (cluster, name) = rest.split_once('/')?;
    Some(DaemonKey {
        cluster: cluster.to_owned(),
        name: name.to_owned(),
    })
}

/// The daemon and the id of its deployment or revision.
pub(crate) fn part_of<'a>(arn: &'a str, kind: &str) -> Option<(DaemonKey, &'a str)> {
    let (of, rest) = Arn::parse(arn)?.type_and_rest();
    let mut parts = rest.split('/');
    let (cluster, name, id) = (parts.next()?, parts.next()?, parts.next()?);
    let key = DaemonKey {
        cluster: cluster.to_owned(),
        name: name.to_owned(),
    };
    (of == kind).then_some((key, id))
}
