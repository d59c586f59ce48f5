//! What can be reached over TCP: what the fixture lists, and the hosts of its endpoints.

use std::time::Duration;

use crate::vocabulary::{Fault, Retry, codes};
use crate::world::simulated::aws::elb;
use crate::world::simulated::cloud::Cloud;

/// Tries to connect to a port, which takes some milliseconds of virtual time. Fails as the live world does.
pub(crate) fn connect(
    cloud: &mut Cloud,
    host: &str,
    port: u16,
    timeout: Duration,
) -> Result<(), Fault> {
    let takes = cloud.kernel.rng.millis(1, 20);
    cloud.pass(takes.min(timeout));
    let now = cloud.now();
    let listed = cloud
        .net
        .listeners
        .iter()
        .find(|l| l.host == host && l.port == port);
    let open = match listed {
        Some(listener) => listener.from <= now,
        None => {
            let mut urls = cloud.http.urls();
            urls.any(|url| authority(url) == Some((host, port)))
                || (matches!(port, 80 | 443) && elb::balancer_at(&cloud.elb, host).is_some())
        }
    };
    if open {
        return Ok(());
    }
    let fault = Fault::new(
        codes::CONNECTION_FAILED,
        format!("{host}:{port}: connection refused"),
    )
    .retry(Retry::Transient);
    Err(match listed {
        Some(_) => fault,
        None => fault.hint("the fixture lists nothing [[reachable]] with that host and port"),
    })
}

/// Host and port of a URL.
fn authority(url: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    match authority.rsplit_once(':') {
        Some((host, port)) => Some((host, port.parse().ok()?)),
        None => Some((authority, if scheme == "https" { 443 } else { 80 })),
    }
}
