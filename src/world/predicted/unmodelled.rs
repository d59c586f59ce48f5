//! Writes that the simulated cloud does not model: each is predicted to do what it should, its answer is one
//! that only the real run can know, and so is what a read then says of anything that it named.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::plan_state::PlanState;
use crate::vocabulary::unknown;
use crate::world::AwsCall;
use crate::world::simulated::model::json::collect_texts;

/// Texts that are shorter name nothing.
const SHORTEST: usize = 4;

impl PlanState {
    /// Predicts a write that is not modelled.
    pub(super) fn predict_unmodelled(&mut self, call: &AwsCall) -> Value {
        self.unmodelled.push(call.clone());
        json!(unknown(format!(
            "what {} {} answers",
            call.service, call.operation
        )))
    }

    /// The answer of a read that asks for something that such a write named.
    pub(super) fn after_unmodelled(&self, call: &AwsCall) -> Option<Value> {
        let asked = names(&call.input);
        let mut writes = self.unmodelled.iter().rev();
        let write = writes.find(|write| {
            let there = (&write.service, &write.region, &write.profile);
            there == (&call.service, &call.region, &call.profile)
                && !names(&write.input).is_disjoint(&asked)
        })?;
        let what = format!("{} after {}", call.operation, write.operation);
        Some(json!(unknown(what)))
    }
}

fn names(input: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_texts(input, &mut found);
    found.retain(|text| text.len() >= SHORTEST);
    found
}
