//! Where an operation is called and how it is signed: AWS's published endpoint rule sets, interpreted.
//!
//! A service's rules are read from its model when they are first asked for, and stay for the life of the process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use serde_json::{Map, Value};

use super::model::Service;
use crate::sync::Lock as _;

mod functions;
mod parameters;
mod partitions;
mod rule_set;
#[cfg(test)]
mod tests;

pub use parameters::{Settings, parameters, set_account};
use rule_set::RuleSet;

/// What the rules say of a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Endpoint {
    /// Scheme, host and what goes before the operation's path.
    pub url: String,
    /// Headers that the request must have: names and values.
    pub headers: Vec<(String, Vec<String>)>,
    /// What else the rule set says, as it says it: `authSchemes` above all.
    pub properties: Map<String, Value>,
}

/// How a request is signed, as the rules say it; what they leave open is the service's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuthScheme<'a> {
    /// Name of the scheme: `sigv4`, `sigv4a`, `sigv4-s3express`.
    pub name: &'a str,
    /// Name of the service in the signature.
    pub signing_name: Option<&'a str>,
    /// Region in the signature; `None`: that of the service.
    pub signing_region: Option<&'a str>,
    /// Whether the path is signed as it is sent, not escaped once more.
    pub disables_double_encoding: bool,
}

impl Endpoint {
    /// The schemes of authentication, by preference; none where the service's own holds.
    pub fn auth_schemes(&self) -> Vec<AuthScheme<'_>> {
        let schemes = self.properties.get("authSchemes").and_then(Value::as_array);
        schemes
            .into_iter()
            .flatten()
            .map(|scheme| AuthScheme {
                name: scheme["name"].as_str().unwrap_or_default(),
                signing_name: scheme["signingName"].as_str(),
                signing_region: scheme["signingRegion"].as_str(),
                disables_double_encoding: scheme["disableDoubleEncoding"] == true,
            })
            .collect()
    }

    /// How a request is signed: by the first scheme that can be done here; `None`: as the service says.
    ///
    /// # Errors
    /// Where all of them are of another kind than SigV4.
    pub fn signature(&self) -> Result<Option<AuthScheme<'_>>, EndpointError> {
        let schemes = self.auth_schemes();
        let first = schemes.first().map(|scheme| scheme.name.to_owned());
        let known = schemes.into_iter().find(|scheme| scheme.name == "sigv4");
        match (known, first) {
            (None, Some(first)) => Err(EndpointError::OtherSignature(first)),
            (known, _) => Ok(known),
        }
    }
}

/// Why a call has no endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointError {
    /// The rules refuse this combination; the text is theirs.
    Refused(String),
    /// A parameter that the rules need has no value.
    Missing(String),
    /// Requests to this endpoint are signed in a way that is not supported: its name.
    OtherSignature(String),
    /// No rule applies, or the rules cannot be read.
    NoRule,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndpointError::Refused(why) => f.write_str(why),
            EndpointError::Missing(name) => {
                write!(f, "the endpoint rules need a value for {name}")
            }
            EndpointError::OtherSignature(name) => {
                write!(
                    f,
                    "needs the signature {name}, which is not supported: only SigV4 is"
                )
            }
            EndpointError::NoRule => f.write_str("no endpoint rule applies to this call"),
        }
    }
}

impl std::error::Error for EndpointError {}

/// The endpoint that a service's rules give for these parameters, by the rules' own names of them ([`parameters`] finds
/// their values).
///
/// # Errors
/// What the rules refuse, such as a bucket's ARN of another partition, or a parameter without a value.
pub fn resolve(
    service: &'static Service,
    parameters: &Map<String, Value>,
) -> Result<Endpoint, EndpointError> {
    let rules = rules_of(service).ok_or(EndpointError::NoRule)?;
    rules.resolve(parameters)
}

fn rules_of(service: &'static Service) -> Option<&'static RuleSet> {
    static READ: Mutex<BTreeMap<&str, Option<&'static RuleSet>>> = Mutex::new(BTreeMap::new());
    let mut read = READ.locked();
    *read.entry(service.name).or_insert_with(|| {
        let text: Value = serde_json::from_str(service.endpoint_rules).ok()?;
        let rules: &'static RuleSet = Box::leak(Box::new(RuleSet::read(&text)?));
        Some(rules)
    })
}
