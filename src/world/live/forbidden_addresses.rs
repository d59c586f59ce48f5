//! Addresses that a script does not reach: where a machine hands its credentials to whoever asks.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::vocabulary::{Fault, codes};

/// Set to `1` by who runs deployer, it lets scripts reach them.
const ALLOW: &str = "DEPLOYER_ALLOW_METADATA";
/// Names of metadata services: what they stand for is not looked up where a proxy does that.
const NAMES: [&str; 4] = [
    "metadata",
    "metadata.google.internal",
    "instance-data",
    "instance-data.ec2.internal",
];

/// An address that hands out credentials.
#[derive(Debug)]
pub(super) struct NotAllowed(String);

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is where a machine hands out its credentials: scripts do not reach it",
            self.0
        )
    }
}

impl Error for NotAllowed {}

impl NotAllowed {
    /// The fault `address_not_allowed`, with the way to allow the address.
    pub fn fault(&self) -> Fault {
        Fault::new(codes::ADDRESS_NOT_ALLOWED, self.to_string()).hint(format!(
            "if it must, the person who runs deployer sets {ALLOW}=1"
        ))
    }
}

fn all_allowed() -> bool {
    std::env::var_os(ALLOW).is_some_and(|value| value == "1")
}

/// Demands that a host, as a URL or a script writes it, is none of them.
///
/// # Errors
/// [`NotAllowed`].
pub(super) fn host(host: &str) -> Result<(), NotAllowed> {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    let plain = plain.trim_end_matches('.').to_ascii_lowercase();
    let named = NAMES.contains(&plain.as_str());
    let is_address = plain.parse().is_ok_and(hands_out);
    match (named || is_address) && !all_allowed() {
        true => Err(NotAllowed(host.to_owned())),
        false => Ok(()),
    }
}

/// Demands that a URL leads to none of them.
///
/// # Errors
/// [`NotAllowed`].
pub(super) fn url(url: &Url) -> Result<(), NotAllowed> {
    url.host_str().map_or(Ok(()), host)
}

/// What a name stands for, without them.
///
/// # Errors
/// [`NotAllowed`] where nothing else is left; what the lookup says.
pub(super) async fn resolve(
    name: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
    host(name)?;
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, port)).await?.collect();
    let allowed = |address: &SocketAddr| all_allowed() || !hands_out(address.ip());
    let left: Vec<SocketAddr> = found.iter().copied().filter(allowed).collect();
    match left.is_empty() && !found.is_empty() {
        true => Err(NotAllowed(format!("{name} ({})", found[0].ip())).into()),
        false => Ok(left),
    }
}

/// Link-local addresses, and those of other clouds' metadata services, however they are written.
fn hands_out(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_link_local() || [[100, 100, 100, 200], [192, 0, 0, 192]].contains(&v4.octets())
        }
        IpAddr::V6(v6) => {
            let parts = v6.segments();
            let embedded = v6.to_ipv4_mapped().or_else(|| nat64(v6));
            parts[0] & 0xffc0 == 0xfe80
                || parts[..2] == [0xfd00, 0x0ec2]
                || parts[..2] == [0xfd20, 0x00ce]
                || embedded.is_some_and(|v4| hands_out(v4.into()))
        }
    }
}

/// The IPv4 address within one of `64:ff9b::/96`.
fn nat64(address: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    let bytes = address.octets();
    let prefix = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
    (bytes[..12] == prefix).then(|| [bytes[12], bytes[13], bytes[14], bytes[15]].into())
}

/// Looks names up for requests.
#[derive(Debug)]
pub(super) struct GuardedResolver;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = resolve(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_hand_out_credentials_are_known_in_every_spelling() {
        let written = [
            "http://169.254.169.254/latest",
            "http://2852039166/",
            "http://0xA9FEA9FE/",
            "http://0251.0376.0251.0376/",
            "http://169.254.43518/",
            "http://169.254.170.2/",
            "http://[::ffff:169.254.169.254]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://[fd00:ec2::254]/",
            "http://[fe80::1]/",
            "http://metadata.google.internal./x",
            "http://METADATA/x",
            "http://100.100.100.200/",
        ];
        for address in written {
            let parsed = Url::parse(address).expect(address);
            assert!(url(&parsed).is_err(), "{address}");
        }
        for address in [
            "http://127.0.0.1/",
            "http://10.0.0.254/",
            "http://[fd00::1]/",
            "https://example.com/",
        ] {
            let parsed = Url::parse(address).expect(address);
            assert!(url(&parsed).is_ok(), "{address}");
        }
    }
}
