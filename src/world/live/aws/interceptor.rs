//! Carries a body that the model has written through the machinery of the SDK crates, and takes the answer out as it came.
//!
//! The SDK signs, resolves endpoints and credentials, and talks to the network; what is sent and what comes back is as the
//! script and AWS wrote it, so that nothing is lost in translation.

use std::sync::{Arc, Mutex, OnceLock};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
    BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use crate::sync::Lock;
use crate::world::apis::aws::answer::Answer;

/// The interceptor of one call.
#[derive(Debug, Clone, Default)]
pub(super) struct CallInterceptor {
    /// What is sent in the place of what the SDK wrote.
    body: Option<Arc<[u8]>>,
    state: Arc<CallState>,
}

#[derive(Debug, Default)]
struct CallState {
    address: OnceLock<String>,
    answer: Mutex<Option<Answer>>,
}

impl CallInterceptor {
    /// An interceptor of the call that puts `body` in the place of an SDK crate's own.
    pub fn carrying(&self, body: &[u8]) -> CallInterceptor {
        CallInterceptor {
            body: Some(body.into()),
            state: Arc::clone(&self.state),
        }
    }

    /// Where the request was handed to the network, if it got that far.
    pub fn address(&self) -> Option<&str> {
        self.state.address.get().map(String::as_str)
    }

    /// The answer, if one came.
    pub fn answer(&self) -> Option<Answer> {
        let mut answer = self.state.answer.locked();
        answer.take()
    }
}

impl Intercept for CallInterceptor {
    fn name(&self) -> &'static str {
        "Carrier"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(body) = &self.body {
            let request = context.request_mut();
            let length = body.len().to_string();
            request.headers_mut().insert("content-length", length);
            *request.body_mut() = SdkBody::from(body.to_vec());
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let uri = context.request().uri();
        self.state
            .address
            .get_or_init(|| uri.trim_end_matches('/').to_owned());
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        // Without bytes the body broke off: the call has no answer.
        if let Some(body) = response.body().bytes() {
            let headers = response.headers().iter();
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let answer = Answer {
                status: response.status().as_u16(),
                headers: headers.collect(),
                body: body.to_vec(),
            };
            *self.state.answer.locked() = Some(answer);
        }
        Ok(())
    }
}
