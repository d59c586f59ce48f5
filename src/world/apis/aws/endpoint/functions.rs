//! The functions of the rules: Smithy's own and those of AWS (Smithy 2.0, "Rules engine standard library" and "AWS rules
//! engine library functions"). A value that is not set is `None`; so is what a function cannot tell.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use super::partitions;

/// A function by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    IsSet,
    Not,
    Equals,
    GetAttribute,
    Coalesce,
    IfThenElse,
    Substring,
    Split,
    UriEncode,
    ParseUrl,
    IsHostLabel,
    Partition,
    ParseArn,
    IsVirtualHostableBucket,
}

impl Function {
    /// The function that rule sets call so.
    pub fn named(name: &str) -> Option<Function> {
        Some(match name {
            "isSet" => Function::IsSet,
            "not" => Function::Not,
            "stringEquals" | "booleanEquals" => Function::Equals,
            "getAttr" => Function::GetAttribute,
            "coalesce" => Function::Coalesce,
            "ite" => Function::IfThenElse,
            "substring" => Function::Substring,
            "split" => Function::Split,
            "uriEncode" => Function::UriEncode,
            "parseURL" => Function::ParseUrl,
            "isValidHostLabel" => Function::IsHostLabel,
            "aws.partition" => Function::Partition,
            "aws.parseArn" => Function::ParseArn,
            "aws.isVirtualHostableS3Bucket" => Function::IsVirtualHostableBucket,
            _ => return None,
        })
    }

    /// Its value for these arguments.
    pub fn call(self, arguments: &[Option<Value>]) -> Option<Value> {
        let argument = |index: usize| arguments.get(index).and_then(Option::as_ref);
        let text = |index| argument(index).and_then(Value::as_str);
        let number = |index| usize::try_from(argument(index)?.as_u64()?).ok();
        let is_true = |index| argument(index).is_some_and(|value| *value != false);
        Some(match self {
            Function::IsSet => argument(0).is_some().into(),
            Function::Not => (!is_true(0)).into(),
            Function::Equals => (argument(0)? == argument(1)?).into(),
            Function::GetAttribute => return attribute(argument(0)?, text(1)?),
            Function::Coalesce => return arguments.iter().flatten().next().cloned(),
            Function::IfThenElse => return argument(if is_true(0) { 1 } else { 2 }).cloned(),
            Function::Substring => substring(text(0)?, number(1)?, number(2)?, is_true(3))?.into(),
            Function::Split => match (text(0)?, text(1)?, number(2)?) {
                (text, separator, 0) => text.split(separator).collect::<Vec<_>>().into(),
                (text, separator, most) => text.splitn(most, separator).collect::<Vec<_>>().into(),
            },
            Function::UriEncode => uri_encoded(text(0)?).into(),
            Function::ParseUrl => return parsed_url(text(0)?),
            Function::IsHostLabel => {
                let may_have_dots = is_true(1);
                text(0)
                    .is_some_and(|text| is_host(text, may_have_dots))
                    .into()
            }
            Function::Partition => return partitions::of_region(text(0)?),
            Function::ParseArn => return parsed_arn(text(0)?),
            Function::IsVirtualHostableBucket => {
                let may_have_dots = is_true(1);
                let fits = |name| is_virtual_hostable(name, may_have_dots);
                text(0).is_some_and(fits).into()
            }
        })
    }
}

/// What is at a path such as `resourceId[2]` or `supportsFIPS`; `None` where nothing is.
pub(super) fn attribute(value: &Value, path: &str) -> Option<Value> {
    let mut at = value;
    for step in path.split('.') {
        let (name, index) = match step.split_once('[') {
            Some((name, index)) => (name, Some(index.strip_suffix(']')?.parse::<usize>().ok()?)),
            None => (step, None),
        };
        if !name.is_empty() {
            at = at.get(name)?;
        }
        if let Some(index) = index {
            at = at.get(index)?;
        }
    }
    Some(at.clone())
}

fn substring(text: &str, from: usize, to: usize, from_the_end: bool) -> Option<&str> {
    if !text.is_ascii() || from >= to || to > text.len() {
        return None;
    }
    match from_the_end {
        true => text.get(text.len() - to..text.len() - from),
        false => text.get(from..to),
    }
}

fn uri_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn parsed_url(url: &str) -> Option<Value> {
    let (scheme, behind) = url.split_once("://")?;
    let known = matches!(scheme, "http" | "https") && !url.contains(['?', '#']);
    let (authority, path) = match behind.find('/') {
        Some(at) => behind.split_at(at),
        None => (behind, ""),
    };
    if !known || authority.parse::<http::uri::Authority>().is_err() {
        return None;
    }
    let end = if path.ends_with('/') { "" } else { "/" };
    let host = match authority.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => authority.split(':').next(),
    };
    let host = host.unwrap_or_default();
    let is_ip = host.parse::<Ipv4Addr>().is_ok()
        || (authority.starts_with('[') && host.parse::<Ipv6Addr>().is_ok());
    Some(json!({
        "scheme": scheme,
        "authority": authority,
        "path": path,
        "normalizedPath": format!("{path}{end}"),
        "isIp": is_ip,
    }))
}

fn parsed_arn(arn: &str) -> Option<Value> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, resource] = parts[..] else {
        return None;
    };
    if partition.is_empty() || service.is_empty() || resource.is_empty() {
        return None;
    }
    Some(json!({
        "partition": partition,
        "service": service,
        "region": region,
        "accountId": account,
        "resourceId": resource.split([':', '/']).collect::<Vec<_>>(),
    }))
}

/// Whether a text can be a part of a host name (RFC 1123), or several with dots between them.
pub(super) fn is_host(text: &str, may_have_dots: bool) -> bool {
    let is_label = |label: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..64).contains(&label.len())
            && label.chars().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    match may_have_dots {
        true => text.split('.').all(is_label),
        false => is_label(text),
    }
}

/// Whether a bucket's name can be a part of the host name.
fn is_virtual_hostable(name: &str, may_have_dots: bool) -> bool {
    name.len() >= 3
        && !name.contains(|c: char| c.is_uppercase())
        && name.parse::<Ipv4Addr>().is_err()
        && is_host(name, may_have_dots)
}
