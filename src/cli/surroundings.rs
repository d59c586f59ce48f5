//! Which AWS a run acts upon, as the environment names it: a resumed run stays with the one it was started on.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::{Everywhere, called, problem};
use crate::script::Sources;
use crate::scrub::Secrets;

const PROFILE: &str = "AWS_PROFILE";
const REGION: &str = "AWS_REGION";
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// What this process itself holds that must not be shown.
pub(super) fn secrets() -> Secrets {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    Secrets::of_environment(std::env::vars_os().filter_map(text))
}

/// Profile, region and endpoint by the variables that name them, as far as they do.
pub(super) fn here() -> BTreeMap<String, String> {
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

/// The endpoint in the place of AWS, if there is one.
pub(super) fn endpoint() -> Option<String> {
    here().remove(ENDPOINT)
}

/// Demands that they are what they were when the run was started.
///
/// # Errors
/// The exit code, after saying what differs.
pub(super) fn same(
    then: &BTreeMap<String, String>,
    run: &str,
    everywhere: &Everywhere,
) -> Result<(), u8> {
    let keys = std::env::var_os("AWS_ACCESS_KEY_ID").is_some();
    let now = here();
    let Some((name, was, is)) = moved(then, &now, keys) else {
        return Ok(());
    };
    let said = |value: Option<&String>| value.map_or("not set".to_owned(), |v| format!("`{v}`"));
    let message = format!(
        "run {run} was started with {name} {}, and here it is {}: its calls would go somewhere else",
        said(was),
        said(is)
    );
    let resume = format!("{} resume {run}", called(everywhere));
    let hint = match was {
        Some(value) => format!("set {name} to `{value}`, and then: {resume}"),
        None => format!("unset {name}, and then: {resume}"),
    };
    let problem = problem::plain("other_surroundings", message, Some(hint));
    Err(problem::nothing_ran(
        &[problem],
        &Sources::new(),
        everywhere,
    ))
}

type Moved<'a> = (&'static str, Option<&'a String>, Option<&'a String>);

/// The first that differs, as it was and as it is. A profile may give way to `keys` in the environment; what was not
/// named then may have come from a file.
fn moved<'a>(
    then: &'a BTreeMap<String, String>,
    now: &'a BTreeMap<String, String>,
    keys: bool,
) -> Option<Moved<'a>> {
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
        let name = |now: &[(&str, &str)], keys| moved(&then, &named(now), keys).map(|m| m.0);
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
        assert_eq!(moved(&named(&[]), &then, false), None);
    }
}
