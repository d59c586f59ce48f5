//! Credentials that are no longer accepted: no verdict on anything, and a run that goes on when somebody has logged in.

use crate::vocabulary::{Fault, Halt, Stop, codes};

use super::Run;

/// Codes by which AWS, or the way to its credentials, says that they have had their time.
const EXPIRED: [&str; 5] = [
    codes::CREDENTIALS_EXPIRED,
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "TokenRefreshRequired",
];

/// Codes that say the same of a run that they were accepted from before; of another, that they are wrong.
const REFUSED: [&str; 6] = [
    codes::NO_CREDENTIALS,
    "AuthFailure",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

impl Run {
    /// Halts a run that can be resumed where its credentials are no longer accepted; any other fault passes.
    pub(super) fn unless_logged_out(&self, stop: Stop) -> Stop {
        let Stop::Fault(fault) = &stop else {
            return stop;
        };
        let code = fault.code.as_str();
        let logged_out = EXPIRED.contains(&code)
            || (REFUSED.contains(&code) && self.state().ledger.has_written());
        // A plan or a rehearsal is made again.
        if self.program.is_none() || !logged_out {
            return stop;
        }
        self.halt(Halt::Unavailable {
            message: self.said(fault),
        })
    }

    fn said(&self, fault: &Fault) -> String {
        let login = match self.profile.as_deref() {
            Some(profile) => format!("aws sso login --profile {profile}"),
            None => "aws sso login".to_owned(),
        };
        format!(
            "AWS does not accept the credentials any more ({fault}); log in again (`{login}`, or renew the keys), then resume"
        )
    }
}
