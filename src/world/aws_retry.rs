//! Which errors of AWS pass: one table for the live world and for what a fixture answers.

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};

use crate::vocabulary::Retry;

/// Returns whether a call that AWS answered with this error code and HTTP status may be made again.
pub(super) fn retry_of(code: &str, status: u16) -> Retry {
    if THROTTLING_ERRORS.contains(&code) || status == 429 {
        Retry::Throttled
    } else if TRANSIENT_ERRORS.contains(&code) {
        Retry::Transient
    } else if status >= 500 {
        Retry::InDoubt
    } else {
        Retry::Never
    }
}
