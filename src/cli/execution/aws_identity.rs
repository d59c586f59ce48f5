//! Which AWS account, region and endpoint the environment names. A resumed run must use those of its start.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::cli::error::{CommandError, CommandResult};
use crate::cli::global::GlobalArgs;
use crate::scrub::Secrets;

const PROFILE: &str = "AWS_PROFILE";
const REGION: &str = "AWS_REGION";
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// The secrets in the environment of this process: they are never shown.
pub(in crate::cli) fn secrets() -> Secrets {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    Secrets::of_environment(std::env::vars_os().filter_map(text))
}

/// Profile, region and endpoint by the variables that name them. What no variable names is left out.
pub(in crate::cli) fn current() -> BTreeMap<String, String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let found = [
        (PROFILE, set(PROFILE)),
        (REGION, set(REGION).or_else(|| set("AWS_DEFAULT_REGION"))),
        (ENDPOINT, set(ENDPOINT)),
    ];
    // A password in an endpoint is none of the journal's business.
    let secrets = secrets();
    let named = found.into_iter();
    named
        .filter_map(|(name, value)| Some((name.to_owned(), secrets.text(&value?))))
        .collect()
}

/// The endpoint that replaces AWS, if `AWS_ENDPOINT_URL` names one.
pub(in crate::cli) fn endpoint() -> Option<String> {
    current().remove(ENDPOINT)
}

/// Checks that they are the same as when the run was started.
///
/// # Errors
/// `other_surroundings` names what differs.
pub(in crate::cli) fn require_same(
    started_with: &BTreeMap<String, String>,
    run: &str,
    global: &GlobalArgs,
) -> CommandResult<()> {
    let keys = std::env::var_os("AWS_ACCESS_KEY_ID").is_some();
    let now = current();
    let Some((name, was, is)) = first_difference(started_with, &now, keys) else {
        return Ok(());
    };
    let shown = |value: Option<&String>| value.map_or("not set".to_owned(), |v| format!("`{v}`"));
    let message = format!(
        "run {run} was started with {name} {}, and here it is {}: its calls would go somewhere else",
        shown(was),
        shown(is)
    );
    let resume = format!("{} resume {run}", global.program());
    let hint = match was {
        Some(value) => format!("set {name} to `{value}`, and then: {resume}"),
        None => format!("unset {name}, and then: {resume}"),
    };
    Err(CommandError::with_hint("other_surroundings", message, hint))
}

/// Name, value at the start of the run, value now.
type Difference<'a> = (&'static str, Option<&'a String>, Option<&'a String>);

/// The first variable that differs. `keys` (in the environment) may replace a profile. A variable that was not set
/// at the start may have come from a file.
fn first_difference<'a>(
    then: &'a BTreeMap<String, String>,
    now: &'a BTreeMap<String, String>,
    keys: bool,
) -> Option<Difference<'a>> {
    let all = [PROFILE, REGION, ENDPOINT].into_iter();
    all.map(|name| (name, then.get(name), now.get(name)))
        .find(|(name, was, is)| match *name {
            _ if was == is => false,
            ENDPOINT => true,
            PROFILE if is.is_none() && keys => false,
            _ => was.is_some(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(named: &[(&str, &str)]) -> BTreeMap<String, String> {
        let named = named.iter();
        named
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn another_region_profile_or_endpoint_is_another_place() {
        let then = named(&[(PROFILE, "prod"), (REGION, "eu-west-1")]);
        let name =
            |now: &[(&str, &str)], keys| first_difference(&then, &named(now), keys).map(|m| m.0);
        assert_eq!(
            name(&[(PROFILE, "prod"), (REGION, "eu-west-1")], false),
            None
        );
        assert_eq!(name(&[(REGION, "eu-west-1")], true), None);
        assert_eq!(name(&[(REGION, "eu-west-1")], false), Some(PROFILE));
        let other = [(PROFILE, "prod"), (REGION, "us-east-1")];
        assert_eq!(name(&other, true), Some(REGION));
        let local = [
            (PROFILE, "prod"),
            (REGION, "eu-west-1"),
            (ENDPOINT, "http://x"),
        ];
        assert_eq!(name(&local, true), Some(ENDPOINT));
        assert_eq!(first_difference(&named(&[]), &then, false), None);
    }
}
