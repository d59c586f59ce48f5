//! `sts::` — who the run is to AWS.

use std::sync::Arc;

use super::Primitive;
use super::api::{Api, primitives};

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([Api::read(
        "sts",
        "get_caller_identity",
        ("sts", "GetCallerIdentity"),
        "",
        "Tells which account and role the run acts as.",
        r#"print(sts::get_caller_identity(#{}).Account);"#,
    )])
}
