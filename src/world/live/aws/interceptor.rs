//! Carries our own JSON through the SDK's machinery: a body in, the raw answer out.
//!
//! The SDK signs, resolves endpoints and credentials, and talks to the network; what is sent and what
//! comes back stays as the script and AWS wrote it, so that nothing is lost in translation.

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

/// What a service answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RawAnswer {
    /// HTTP status.
    pub status: u16,
    /// `x-amzn-errortype`.
    pub error_type: Option<String>,
    /// `x-amzn-requestid`.
    pub request_id: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// The interceptor of one call.
#[derive(Debug, Clone)]
pub(super) struct CallInterceptor(Arc<CallState>);

#[derive(Debug)]
struct CallState {
    body: String,
    address: OnceLock<String>,
    answer: Mutex<Option<RawAnswer>>,
}

impl CallInterceptor {
    /// Carries `body`.
    pub fn new(body: String) -> Self {
        CallInterceptor(Arc::new(CallState {
            body,
            address: OnceLock::new(),
            answer: Mutex::new(None),
        }))
    }

    /// Where the request was handed to the network, if it got that far.
    pub fn address(&self) -> Option<&str> {
        self.0.address.get().map(String::as_str)
    }

    /// The answer, if one came.
    pub fn answer(&self) -> Option<RawAnswer> {
        let mut answer = self.0.answer.locked();
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
        let request = context.request_mut();
        let length = self.0.body.len().to_string();
        request.headers_mut().insert("content-length", length);
        *request.body_mut() = SdkBody::from(self.0.body.clone());
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let uri = context.request().uri();
        self.0
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
            let header = |name| response.headers().get(name).map(str::to_owned);
            let answer = RawAnswer {
                status: response.status().as_u16(),
                error_type: header("x-amzn-errortype"),
                request_id: header("x-amzn-requestid"),
                body: body.to_vec(),
            };
            *self.0.answer.locked() = Some(answer);
        }
        Ok(())
    }
}
