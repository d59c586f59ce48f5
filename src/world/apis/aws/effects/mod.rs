//! Which operations of AWS only read, and which hand out secrets: known by name, without opening a model.
//!
//! AWS names most operations by a verb. Those verbs under which every operation only reads are listed here; the
//! operations that differ from their verb are listed one by one, with the reason. All others write: a write that is taken
//! for a read would be made by a plan.

mod credentials;
mod exceptions;
#[cfg(test)]
mod tests;

use crate::vocabulary::Effect;

/// Verbs under which operations only read, but for [`exceptions::WRITES`]. Reviewed on the names and the documentation of
/// every operation that begins with one of them.
const READS: [&str; 23] = [
    "Describe",
    "List",
    "Get",
    "BatchGet",
    "Search",
    "Lookup",
    "Query",
    "Scan",
    "Head",
    "Filter",
    "Select",
    "Check",
    "BatchCheck",
    "BatchDescribe",
    "BatchIs",
    "BatchRead",
    "Is",
    "Count",
    "Simulate",
    "Estimate",
    "TransactGet",
    "AdminGet",
    "AdminList",
];

/// Whether an operation reads or writes. What is not known to read writes.
pub fn effect(service: &str, operation: &str) -> Effect {
    let by_verb = READS.iter().any(|verb| has_verb(operation, verb));
    let exceptions: &[(&str, &str, &str)] = match by_verb {
        true => &exceptions::WRITES,
        false => &exceptions::READS,
    };
    let found =
        exceptions.binary_search_by(|(of, name, _)| (*of, *name).cmp(&(service, operation)));
    match by_verb != found.is_ok() {
        true => Effect::Read,
        false => Effect::Write,
    }
}

/// Whether an operation begins with a verb: `GetItem` with `Get`, `Getaway` not.
fn has_verb(operation: &str, verb: &str) -> bool {
    let rest = operation.strip_prefix(verb);
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Whether the purpose of an operation is to hand out secrets, credentials, or addresses that sign their reader in.
/// Letters may be of any case.
pub fn hands_out_secrets(service: &str, operation: &str) -> bool {
    let found = credentials::HAND_OUT.binary_search_by(|(of, _)| (*of).cmp(service));
    found.is_ok_and(|index| {
        let (_, operations) = credentials::HAND_OUT[index];
        operations
            .iter()
            .any(|known| known.eq_ignore_ascii_case(operation))
    })
}
