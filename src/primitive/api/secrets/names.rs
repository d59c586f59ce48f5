//! Names of members that are secrets themselves.

use crate::scrub::{ends_secret, words};

/// Members of inputs that are secrets themselves, in any service.
const TAKEN: [&str; 12] = [
    "SecretString",
    "SecretBinary",
    "MasterUserPassword",
    "Password",
    "NewPassword",
    "OldPassword",
    "PreviousPassword",
    "ProposedPassword",
    "TemporaryPassword",
    "AuthToken",
    "SecretAccessKey",
    "ClientSecret",
];

/// Members of answers that are secrets themselves, in any service: what makes something may hand out its key.
const ANSWERED: [&str; 39] = [
    // Sessions: `ecs:ExecuteCommand`, `ssm:StartSession`, of Cognito, SSO, CodeArtifact and others.
    "tokenValue",
    "AccessToken",
    "RefreshToken",
    "IdToken",
    "BearerToken",
    "WebIdentityToken",
    "AuthorizationCode",
    "AuthCode",
    "ActivationCode",
    "ActivationKey",
    "Password",
    "PasswordData",
    "ClientSecret",
    "ApiKey",
    "ApiKeyValue",
    "Base32StringSeed",
    "QRCodePNG",
    "GeneratedPassword",
    "TemporaryPassword",
    "SecretString",
    "SecretBinary",
    "SecretAccessKey",
    "SecretToAuthenticateInitiator",
    "SecretToAuthenticateTarget",
    "SessionToken",
    "HECToken",
    "Plaintext",
    "KeyMaterial",
    "PrivateKey",
    "PrivateKeyBase64",
    "PrivateKeyPlaintext",
    "MasterUserPassword",
    "AuthToken",
    "authorizationToken",
    "ServicePassword",
    // They have the shared keys of a VPN in them.
    "CustomerGatewayConfiguration",
    "VpnConnectionDeviceSampleConfiguration",
    "autonomousDatabaseWalletFile",
    "AuthenticationMaterial",
];

/// Whether a member of an input is a secret in any service.
pub(super) fn is_taken(name: &str) -> bool {
    TAKEN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a member of an answer is a secret in any service.
pub(super) fn is_answered(name: &str) -> bool {
    ANSWERED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether the name of a member that a model marks as sensitive says that it is a secret: `DbPassword`, `MacKey`.
///
/// The mark alone does not: models mark names, addresses, descriptions and the environment of containers with it, too.
pub(super) fn says_secret(name: &str) -> bool {
    // What the secret is in: `PasswordData`, `SecretValue`.
    const WRAPPERS: [&str; 5] = ["value", "string", "binary", "data", "code"];
    const LAST: [&str; 5] = ["credential", "credentials", "passcode", "seed", "signature"];
    const KEYS: [&str; 10] = [
        "private",
        "secret",
        "api",
        "mac",
        "shared",
        "stream",
        "specific",
        "activation",
        "solution",
        "vsan",
    ];
    if is_answered(name) {
        return true;
    }
    let words = words(name);
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    while words.len() > 1 && words.last().is_some_and(|last| WRAPPERS.contains(last)) {
        words.pop();
    }
    match words[..] {
        [.., "token"] if is_place_or_repetition(&words) => false,
        [.., before, "key"] => KEYS.contains(&before),
        [.., last] => LAST.contains(&last) || ends_secret(last),
        [] => false,
    }
}

/// Whether a token says where a list goes on, or by what a repetition of a call is recognised.
fn is_place_or_repetition(words: &[&str]) -> bool {
    const FIRST: [&str; 6] = [
        "next",
        "pagination",
        "continuation",
        "client",
        "request",
        "idempotency",
    ];
    words.first().is_some_and(|first| FIRST.contains(first))
}
