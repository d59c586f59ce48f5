//! Any operation of a service that has no SDK crate here: one signed POST on the SDK's own runtime.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::SigningRegion;

use super::interceptor::CallInterceptor;
use super::sdk::{Modelled, Sent};
use super::services::{Protocol, Service};
use super::settings;

/// Sends what the carrier holds.
pub(super) async fn send(
    config: &SdkConfig,
    service: &'static Service,
    operation: &str,
    interceptor: CallInterceptor,
) -> Sent {
    let headers = headers(service, operation);
    let mut builder = Operation::builder()
        .service_name(service.id)
        .operation_name(operation.to_owned())
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&settings::endpoint(config, service))
        .no_retry()
        .with_connection_poisoning()
        .interceptor(interceptor)
        .runtime_plugin(signing(config, service));
    if let Some(http) = config.http_client() {
        builder = builder.http_client(http);
    }
    if let Some(timeouts) = config.timeout_config() {
        builder = builder.timeout_config(timeouts.clone());
    }
    if let Some(sleep) = config.sleep_impl() {
        builder = builder.sleep_impl(sleep);
    }
    if let Some(time) = config.time_source() {
        builder = builder.time_source(time);
    }
    builder
        .serializer(move |(): ()| {
            let mut request = HttpRequest::new(SdkBody::empty());
            request.set_method("POST")?;
            request.set_uri("/")?;
            for (name, value) in &headers {
                request.headers_mut().try_insert(*name, value.clone())?;
            }
            Ok(request)
        })
        // The carrier reads the answer, whatever it is.
        .deserializer(|_| Ok::<(), OrchestratorError<Modelled>>(()))
        .build()
        .invoke(())
        .await
}

fn headers(service: &Service, operation: &str) -> Vec<(&'static str, String)> {
    let agent = concat!("deployer/", env!("CARGO_PKG_VERSION")).to_owned();
    let mut headers = vec![("user-agent", agent)];
    match service.protocol {
        Protocol::Json {
            version, target, ..
        } => {
            headers.push(("content-type", format!("application/x-amz-json-{version}")));
            headers.push(("x-amz-target", format!("{target}.{operation}")));
        }
        Protocol::Query { .. } => {
            let form = "application/x-www-form-urlencoded; charset=utf-8";
            headers.push(("content-type", form.to_owned()));
        }
    }
    headers
}

/// SigV4 with the account's credentials, as the SDK crates configure it.
fn signing(config: &SdkConfig, service: &Service) -> StaticRuntimePlugin {
    let mut layer = Layer::new("signing");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: config.region().cloned().map(SigningRegion::from),
        name: Some(SigningName::from(service.signing)),
        ..SigV4OperationSigningConfig::default()
    });
    let mut components = RuntimeComponentsBuilder::new("signing");
    components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
        StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
    )));
    components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
    if let Some(credentials) = config.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, credentials);
    }
    components.set_identity_cache(config.identity_cache());
    StaticRuntimePlugin::new()
        .with_config(layer.freeze())
        .with_runtime_components(components)
}
