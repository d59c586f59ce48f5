//! Connections to AWS: plain ones, and TLS from the first `https` request on.
//!
//! An SDK client has its HTTP client load the system's certificates when it is built, the clients that only
//! fetch credentials included. That takes longer than a deployment against a local endpoint, so here
//! they are loaded when a request needs them.

use std::env;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder, Connector, ConnectorBuilder, tls};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// No answer of AWS is longer than this, in bytes; what is in its place would fill the memory.
const ANSWER: usize = 32 << 20;

/// The connection pool of all accounts: TLS by ring, proxies as the environment names them.
pub(super) fn http_client() -> SharedHttpClient {
    let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    SharedHttpClient::new(PoolByScheme {
        plain: pool(ConnectorBuilder::build_http),
        secure: pool(move |connector| connector.tls_provider(ring.clone()).build()),
        secure_proxy: secure_proxy(|name| env::var(name).ok()),
    })
}

/// A pool that makes its connectors with `build` on first use, one for each setting of timeouts.
fn pool(build: impl Fn(ConnectorBuilder) -> Connector + Send + Sync + 'static) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        build(connector)
    })
}

/// Whether plain requests go to a proxy that is itself reached over TLS.
fn secure_proxy(variable: impl Fn(&str) -> Option<String>) -> bool {
    ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .filter_map(variable)
        .any(|proxy| has_scheme(&proxy, "https"))
}

fn has_scheme(uri: &str, wanted: &str) -> bool {
    uri.split_once("://")
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(wanted))
}

/// Chooses the pool by what a request needs; it does without the validation that loads certificates.
#[derive(Debug, Clone)]
struct PoolByScheme {
    plain: SharedHttpClient,
    secure: SharedHttpClient,
    secure_proxy: bool,
}

impl HttpClient for PoolByScheme {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(PoolChoice {
            pools: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.plain.connector_metadata()
    }
}

/// The pools, and what a client asks of them.
#[derive(Debug)]
struct PoolChoice {
    pools: PoolByScheme,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for PoolChoice {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let plain = has_scheme(request.uri(), "http") && !self.pools.secure_proxy;
        let pool = if plain {
            &self.pools.plain
        } else {
            &self.pools.secure
        };
        let answer = pool
            .http_connector(&self.settings, &self.components)
            .call(request);
        HttpConnectorFuture::new(async move {
            let bounded = |body| SdkBody::from_body_1_x(Limited::new(body, ANSWER));
            Ok(answer.await?.map(bounded))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_config::retry::RetryConfig;
    use aws_config::{BehaviorVersion, Region};
    use aws_credential_types::Credentials;

    use super::*;

    /// How often the TLS side was built for a client and one call to `address`, which nobody answers.
    fn built_for(address: &str, secure_proxy: bool) -> usize {
        let built = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&built);
        let pools = PoolByScheme {
            plain: pool(ConnectorBuilder::build_http),
            secure: pool(move |connector| {
                counter.fetch_add(1, Ordering::Relaxed);
                connector.build_http()
            }),
            secure_proxy,
        };
        let config = aws_sdk_ecs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(address)
            .http_client(SharedHttpClient::new(pools))
            .build();
        let client = aws_sdk_ecs::Client::from_conf(config);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let sent = runtime.block_on(client.list_clusters().send());
        assert!(sent.is_err(), "nothing answers at {address}");
        built.load(Ordering::Relaxed)
    }

    #[test]
    fn tls_is_built_for_the_first_request_that_needs_it() {
        assert_eq!(built_for("http://127.0.0.1:1", false), 0);
        assert_eq!(built_for("http://127.0.0.1:1", true), 1);
        assert_eq!(built_for("https://127.0.0.1:1", false), 1);
    }

    #[test]
    fn a_proxy_may_need_tls_for_plain_requests() {
        let with = |name: &'static str, value: &'static str| {
            secure_proxy(|variable| (variable == name).then(|| value.to_owned()))
        };
        assert!(with("all_proxy", "HTTPS://proxy:3128"));
        assert!(!with("HTTP_PROXY", "http://proxy:3128"));
        assert!(!with("HTTP_PROXY", "proxy:3128"));
        assert!(!with("HTTPS_PROXY", "https://proxy:3128"));
    }
}
