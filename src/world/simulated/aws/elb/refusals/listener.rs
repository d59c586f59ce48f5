//! What is refused of a listener's protocol and its certificates.

use serde_json::Value;

use super::super::validation;
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::{list, text};

/// Protocols of listeners: of application load balancers, and of network load balancers.
const APPLICATION: [&str; 2] = ["HTTPS", "HTTP"];
const NETWORK: [&str; 6] = ["TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"];

/// Checks a listener of the load balancer `balancer` as it is to be; `listener` has its `Protocol` and
/// `Certificates`.
pub(in super::super) fn listener(balancer: &str, listener: &Value) -> Result<(), Fault> {
    let protocol = text(listener, "Protocol").unwrap_or_default();
    let protocols = match balancer.contains(":loadbalancer/net/") {
        true => &NETWORK[..],
        false => &APPLICATION[..],
    };
    if !protocols.contains(&protocol) {
        return Err(validation(format!(
            "Listener protocol '{protocol}' must be one of '{}'",
            protocols.join(", ")
        )));
    }
    let certificates = list(listener, "Certificates");
    if !["HTTPS", "TLS"].contains(&protocol) {
        for (member, given) in [
            ("Certificates", !certificates.is_empty()),
            ("SslPolicy", text(listener, "SslPolicy").is_some()),
        ] {
            if given {
                return Err(validation(format!(
                    "{member} cannot be specified for {protocol} listeners"
                )));
            }
        }
        return Ok(());
    }
    let [certificate] = certificates else {
        return Err(match certificates.is_empty() {
            true => validation(format!(
                "A certificate must be specified for {protocol} listeners"
            )),
            false => Fault::new(
                "TooManyCertificates",
                "Up to one certificate per listener can be set",
            ),
        });
    };
    let arn = text(certificate, "CertificateArn").unwrap_or_default();
    let kept = [":acm:", ":iam:"].iter().any(|by| arn.contains(by));
    match arn.starts_with("arn:") && kept {
        true => Ok(()),
        false => Err(validation(format!("Certificate ARN '{arn}' is not valid"))),
    }
}
