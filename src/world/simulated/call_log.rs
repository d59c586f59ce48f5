//! What a world was asked to do, in order, and what faults did to it on the way.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::aws::json;
use super::cloud::Cloud;
use super::kernel::fault_injection::{InjectedFault, injected, server_error};
use crate::vocabulary::{Effect, Fault};
use crate::world::{AwsCall, HttpRequest, HttpResponse, ProcessCommand};

/// One call that a simulated world was asked to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// When the call was made, in virtual time.
    pub at: Timestamp,
    /// The call as it was sent.
    pub call: AwsCall,
    /// The code of the fault that it was answered with, if it was.
    pub fault: Option<String>,
    /// Whether it was carried out; an injected server error may say it was not.
    pub carried_out: bool,
}

/// One HTTP request that a simulated world was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpSeen {
    /// When the request was sent, in virtual time.
    pub at: Timestamp,
    /// The request that was sent, with its body.
    pub request: HttpRequest,
    /// The status that it was answered with; `None`: there was no answer.
    pub status: Option<u16>,
}

/// The calls, requests and processes of one world.
#[derive(Debug, Default)]
pub(in crate::world) struct CallLog {
    pub(in crate::world) requests: Vec<Request>,
    pub(in crate::world) http: Vec<HttpSeen>,
    pub(in crate::world) processes: Vec<ProcessCommand>,
}

impl CallLog {
    /// Has `carry_out` answer a call, unless a fault meets it before. Members that are null are not there.
    pub(in crate::world) fn call(
        &mut self,
        cloud: &mut Cloud,
        call: &AwsCall,
        carry_out: impl FnOnce(&mut Cloud, &AwsCall) -> Result<Arc<Value>, Fault>,
    ) -> Result<Arc<Value>, Fault> {
        cloud.kernel.calls += 1;
        let at = cloud.now();
        cloud.kernel.faults.called(cloud.kernel.calls, at);
        let mut whole = Cow::Borrowed(call);
        if call.input.is_object() && json::has_nulls(&call.input) {
            json::without_nulls(&mut whole.to_mut().input);
        }
        let (answer, carried_out) = match injected(&mut cloud.kernel, call) {
            Some(InjectedFault::Refused(fault)) => (Err(fault), false),
            Some(InjectedFault::Lost { carried_out }) => {
                // What it answers is lost on the way.
                let carried_out = carried_out && carry_out(cloud, &whole).is_ok();
                (Err(server_error(call.effect())), carried_out)
            }
            None => {
                let answer = carry_out(cloud, &whole);
                let done = answer.is_ok();
                (answer, done)
            }
        };
        self.requests.push(Request {
            at,
            call: call.clone(),
            fault: answer.as_ref().err().map(|f| f.code.clone()),
            carried_out,
        });
        answer
    }

    /// Notes an HTTP request with what it was answered.
    pub(in crate::world) fn sent(
        &mut self,
        at: Timestamp,
        request: &HttpRequest,
        answer: &Result<HttpResponse, Fault>,
    ) {
        self.http.push(HttpSeen {
            at,
            request: request.clone(),
            status: answer.as_ref().ok().map(|a| a.status),
        });
    }

    /// The calls that write, and were carried out.
    pub(in crate::world) fn writes(&self) -> Vec<Request> {
        let writes = |r: &&Request| r.call.effect() == Effect::Write && r.carried_out;
        self.requests.iter().filter(writes).cloned().collect()
    }
}
