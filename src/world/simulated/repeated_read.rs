//! A description of services that is asked for again: who waits for a deployment, or watches what it has done, asks
//! every few seconds, and mostly nothing has changed. The answer is made once, and handed out as long as it holds.

use std::sync::Arc;

use serde_json::Value;

use super::cloud::Cloud;
use crate::vocabulary::Effect;
use crate::world::AwsCall;

/// The latest such answer, with the call and the state of the cloud that it belongs to.
#[derive(Debug, Default)]
pub(super) struct RepeatedRead(Option<(u64, AwsCall, Arc<Value>)>);

impl RepeatedRead {
    /// The answer to `call`, if it was given before and still holds.
    pub(super) fn answer(&self, cloud: &Cloud, call: &AwsCall) -> Option<Arc<Value>> {
        let (changes, asked, answer) = self.0.as_ref()?;
        (*changes == cloud.changes && asked == call && is_plain(cloud, call))
            .then(|| Arc::clone(answer))
    }

    /// Remembers an answer that depends on the state of the cloud alone, neither on the time nor on chance.
    pub(super) fn remember(&mut self, cloud: &Cloud, call: &AwsCall, answer: &Arc<Value>) {
        let describes = call.service == "ecs" && call.operation == "DescribeServices";
        if describes && is_plain(cloud, call) {
            self.0 = Some((cloud.changes, call.clone(), Arc::clone(answer)));
        } else if call.effect() != Effect::Read {
            self.forget();
        }
    }

    /// Forgets it: something may have changed.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}

/// Whether the model answers `call`, from what is true now.
fn is_plain(cloud: &Cloud, call: &AwsCall) -> bool {
    cloud.lag.is_over(cloud.now())
        && cloud.kernel.fault_begun("read-lag").is_none()
        && !cloud.answers.are_for(call)
}
