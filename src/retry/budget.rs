//! A budget of repeated calls per service.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::sync::Lock;

/// Tokens for retries, shared by every call of a run to the same service: a service that keeps failing
/// is not hammered.
#[derive(Debug, Default)]
pub struct RetryBudget(Mutex<HashMap<String, u32>>);

impl RetryBudget {
    const FULL: u32 = 500;
    const COST: u32 = 5;

    /// Takes a retry's worth of tokens for `service`; `false`: they are used up.
    pub fn spend(&self, service: &str) -> bool {
        let mut budgets = self.0.locked();
        let left = budgets.entry(service.to_owned()).or_insert(Self::FULL);
        if *left < Self::COST {
            return false;
        }
        *left -= Self::COST;
        true
    }

    /// Gives a token back after a success.
    pub fn refund(&self, service: &str) {
        let mut budgets = self.0.locked();
        if let Some(left) = budgets.get_mut(service) {
            *left = (*left + 1).min(Self::FULL);
        }
    }
}
