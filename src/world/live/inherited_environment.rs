//! What a process gets of deployer's own environment: what programs need to work at all, and what it was given by name.

use std::ffi::OsString;

/// Variables that every process gets: where things are, how to speak, how to reach the network, where a service for its
/// work listens. None of them is a credential.
const ALWAYS: [&str; 42] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "FORCE_COLOR",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "TMPDIR",
    "TEMP",
    "TMP",
    "XDG_*",
    "CI",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "DOCKER_*",
    "BUILDKIT_*",
    "BUILDX_*",
    "DOTNET_ROOT",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "JAVA_HOME",
];

/// Whether a process gets a variable; `given`: names, or beginnings of names.
fn passes(name: &str, given: &[String]) -> bool {
    let fits = |wanted: &str| match wanted.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == wanted,
    };
    ALWAYS.iter().any(|wanted| fits(wanted)) || given.iter().any(|wanted| fits(wanted))
}

/// The variables of this process that another one gets.
pub(super) fn environment(given: &[String]) -> impl Iterator<Item = (OsString, OsString)> {
    let passes = |name: &OsString| name.to_str().is_some_and(|name| passes(name, given));
    std::env::vars_os().filter(move |(name, _)| passes(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_given_by_name_only() {
        for name in ["PATH", "LC_ALL", "DOCKER_HOST", "https_proxy"] {
            assert!(passes(name, &[]), "{name}");
        }
        let secret = [
            "AWS_SECRET_ACCESS_KEY",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "GH_TOKEN",
            "NPM_TOKEN",
            "PGPASSWORD",
            "PATHS",
        ];
        for name in secret {
            assert!(!passes(name, &[]), "{name}");
        }
        let given = ["AWS_*".to_owned(), "GH_TOKEN".to_owned()];
        assert!(passes("AWS_SECRET_ACCESS_KEY", &given) && passes("GH_TOKEN", &given));
        assert!(!passes("GH_TOKEN_2", &given));
    }
}
