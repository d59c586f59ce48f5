//! What a whole run knows that must not be shown.

use std::sync::RwLock;

use serde_json::Value;

use super::Scrub;
use super::revealing_parts::{ends_secret, parts, words};
use crate::sync::ReadWrite;
use crate::vocabulary::Fault;

/// A value that somebody calls a secret is looked for everywhere from this length.
const SHORTEST: usize = 4;
/// One that is only kept where secrets are kept, from this one.
const LIKELY: usize = 8;

/// How sure it is that a value is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It was asked for as one, or it is a credential.
    Sure,
    /// It is kept where secrets are kept: one that is a plain word (`production`) is not a secret.
    Likely,
}

/// The secrets of a run, of all its calls and of the program itself.
///
/// What is not a secret by itself (a user's name in the JSON of a secret) is left where other calls say it: it may be the
/// name of what is deployed.
#[derive(Debug, Default)]
pub struct Secrets(RwLock<Scrub>);

impl Secrets {
    /// What the environment of this process has: variables whose names say so, and passwords in URLs.
    pub fn of_environment(variables: impl Iterator<Item = (String, String)>) -> Secrets {
        let secrets = Secrets::default();
        for (name, value) in variables {
            let shown = format!("the secret in {name}");
            let is_plain = value.starts_with('/') || value.parse::<f64>().is_ok();
            let kind = named(&name).filter(|_| value.len() >= LIKELY && !is_plain);
            if let Some(kind) = kind {
                secrets.learn(&value, &shown, kind);
            } else {
                let parts = parts(&value)
                    .into_iter()
                    .filter(|part| part.sure && value.contains("://") && value.contains('@'));
                secrets.write().take(parts.map(|part| part.text), &shown);
            }
        }
        secrets
    }

    /// Learns a value, and those parts of it that are secrets wherever they stand.
    pub fn learn(&self, value: &str, shown: &str, kind: Kind) {
        let whole = value.trim();
        let plain = whole
            .chars()
            .all(|c| c.is_ascii_lowercase() || "-_. ".contains(c));
        let known = match kind {
            Kind::Sure => whole.len() >= SHORTEST,
            Kind::Likely => whole.len() >= LIKELY && !plain,
        };
        let parts = parts(value).into_iter().filter(|part| part.sure);
        let parts: Vec<String> = parts.map(|part| part.text).collect();
        self.write().take(
            known.then(|| whole.to_owned()).into_iter().chain(parts),
            shown,
        );
    }

    /// Whether it knows no secret value.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// A copy of a text in which secret values are masked.
    pub fn text(&self, text: &str) -> String {
        self.read().text(text)
    }

    /// JSON without the values, in its texts and its names.
    pub fn json(&self, value: &Value) -> Value {
        self.read().json(value)
    }

    /// A copy of a fault in which secret values are masked.
    pub fn fault(&self, fault: Fault) -> Fault {
        self.read().fault(fault)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Scrub> {
        self.0.reading()
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Scrub> {
        self.0.writing()
    }
}

/// How sure it is that a variable holds a secret, by its name: `GH_TOKEN`, `PGPASSWORD`, `API_KEY`; `None`: it does not
/// say so.
fn named(name: &str) -> Option<Kind> {
    let words = words(name);
    // `TOKEN_2`, `DB_PASS2`
    let bare = |word: &String| {
        word.trim_end_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    let last = words.iter().map(bare).rfind(|word| !word.is_empty())?;
    match last.as_str() {
        "pwd" | "oldpwd" if words.len() == 1 => None,
        "pass" | "pwd" | "pat" | "pin" | "secrets" | "credential" => Some(Kind::Sure),
        word if ends_secret(word) => Some(Kind::Sure),
        "key" => Some(Kind::Likely),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_call_fetched_is_known_to_all() {
        let secrets = Secrets::default();
        secrets.learn(
            r#"{"username":"orders-app","password":"hunter22"}"#,
            "secret db",
            Kind::Sure,
        );
        secrets.learn("production", "secret mode", Kind::Likely);
        secrets.learn("Tr0ub4dor&3", "secret key", Kind::Likely);
        secrets.learn("swordfish", "secret word", Kind::Sure);
        let said = secrets.text("orders-app in production: hunter22, TR0UB4DOR&3, swordfish");
        assert_eq!(
            said,
            "orders-app in production: (secret db), (secret key), (secret word)"
        );
    }

    #[test]
    fn the_program_knows_what_its_own_environment_holds() {
        let environment = [
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("GH_TOKEN", "ghp_abcdefgh"),
            ("HTTPS_PROXY", "http://robot:pr0xy-pass@proxy:3128"),
            ("GOOGLE_APPLICATION_CREDENTIALS", "/home/ci/key.json"),
            ("PWD", "/srv/keys/secret"),
            ("KEY_LENGTH", "20482048"),
            ("SORT_KEY", "created_at"),
            ("KEYCLOAK_REALM", "production"),
            ("OLDPWD", "previously"),
            ("DB_PASS2", "correcthorse"),
        ];
        let secrets = Secrets::of_environment(
            environment
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .into_iter(),
        );
        let said = secrets.text(
            "wJalrXUtnFEMI/K7MDENG AKIAIOSFODNN7EXAMPLE ghp_abcdefgh robot:pr0xy-pass@proxy /home/ci/key.json /srv/keys/secret 20482048 created_at in production previously correcthorse",
        );
        assert_eq!(
            said,
            "(the secret in AWS_SECRET_ACCESS_KEY) AKIAIOSFODNN7EXAMPLE (the secret in GH_TOKEN) robot:(the secret in HTTPS_PROXY)@proxy /home/ci/key.json /srv/keys/secret 20482048 created_at in production previously (the secret in DB_PASS2)"
        );
    }
}
