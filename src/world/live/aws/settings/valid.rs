//! Settings that the SDK takes unseen and falls over later: said here, by name, before anything is sent.

use aws_types::os_shim_internal::{Env, Fs};

use crate::vocabulary::{Fault, codes};

/// Variables with a part of the keys.
const KEYS: [&str; 3] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

/// Demands that what the environment sets can be used.
///
/// # Errors
/// `invalid_setting`, `invalid_endpoint`; values of keys are not in it.
pub(super) fn environment(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<(), Fault> {
    for (name, value) in variables {
        if name.starts_with("AWS_ENDPOINT_URL") {
            endpoint(&name, &value)?;
        }
        let odd = |byte: u8| !(0x21..=0x7e).contains(&byte);
        if KEYS.contains(&name.as_str()) && value.bytes().any(odd) {
            let message =
                format!("{name} holds a space, a line break or another character that no key has");
            return Err(
                Fault::new(codes::INVALID_SETTING, message).hint("set it anew, without that")
            );
        }
    }
    Ok(())
}

/// Demands an URL.
///
/// # Errors
/// `invalid_endpoint`.
pub(super) fn endpoint(name: &str, value: &str) -> Result<(), Fault> {
    let uri = value.parse::<http::Uri>().ok();
    let scheme = uri.as_ref().and_then(|uri| uri.scheme_str());
    if matches!(scheme, Some("http" | "https")) {
        return Ok(());
    }
    let what = match value.is_empty() {
        true => "is empty".to_owned(),
        false => format!("is not a URL: {value}"),
    };
    Err(
        Fault::new(codes::INVALID_ENDPOINT, format!("{name} {what}"))
            .hint("write it like http://127.0.0.1:5000, or unset it: then AWS itself is meant"),
    )
}

/// Demands a name that can be part of AWS's addresses.
///
/// # Errors
/// `invalid_setting`.
pub(super) fn region(region: &str) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !region.is_empty() && region.len() < 64 && region.chars().all(fits) {
        return Ok(());
    }
    Err(Fault::new(
        codes::INVALID_SETTING,
        format!("`{region}` is not an AWS region"),
    )
    .hint("a region is written like eu-west-1: check AWS_REGION and ~/.aws/config"))
}

/// Demands that a profile is in the files.
///
/// # Errors
/// `no_credentials`, with the profiles that are.
pub(super) async fn profile(name: &str) -> Result<(), Fault> {
    let known = aws_config::profile::load(
        &Fs::real(),
        &Env::real(),
        &aws_runtime::env_config::file::EnvConfigFiles::default(),
        None,
    )
    .await;
    // What is wrong with the files themselves, the chain says.
    let Ok(known) = known else {
        return Ok(());
    };
    if known.get_profile(name).is_some() {
        return Ok(());
    }
    let mut names: Vec<&str> = known.profiles().collect();
    names.sort_unstable();
    let hint = match names.as_slice() {
        [] => "the files name no profile: `aws configure` makes one".to_owned(),
        names => format!("set AWS_PROFILE to one of {}", names.join(", ")),
    };
    let message = format!("there is no profile {name} in ~/.aws/config, nor in ~/.aws/credentials");
    Err(Fault::new(codes::NO_CREDENTIALS, message).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sdk_would_fall_over_is_said() {
        let with = |name: &str, value: &str| {
            let fault = environment([(name.to_owned(), value.to_owned())]).err();
            fault.map(|fault| (fault.code, fault.message))
        };
        for (name, value) in [
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000"),
            ("AWS_ENDPOINT_URL_ECS", "https://ecs.example.com/base"),
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("HOME", "a b\n"),
        ] {
            assert_eq!(with(name, value), None);
        }
        for value in [
            "",
            "localhost:5000",
            "127.0.0.1:5000",
            "http://[::1",
            "ftp://a",
        ] {
            let (code, message) = with("AWS_ENDPOINT_URL_ECS", value).expect(value);
            assert_eq!(code, "invalid_endpoint");
            assert!(message.contains("AWS_ENDPOINT_URL_ECS"), "{message}");
        }
        let (code, message) = with("AWS_SECRET_ACCESS_KEY", "hunter2\n").expect("a line break");
        assert_eq!(code, "invalid_setting");
        assert!(!message.contains("hunter2"), "{message}");
        assert!(region("eu-west-1").is_ok());
        assert!(region("eu west").is_err() && region("").is_err());
    }
}
