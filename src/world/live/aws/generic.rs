//! Any operation of any service: a request that its model has written, sent on the SDK's own runtime.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_sigv4::http_request::SignableBody;
use aws_smithy_runtime::client::orchestrator::operation::{Operation, OperationBuilder};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::endpoint::{
    EndpointPrefix, EndpointResolverParams, SharedEndpointResolver,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::{FrozenLayer, Layer};
use aws_types::SigningName;
use aws_types::region::SigningRegion;

use super::endpoint_resolver::RuleSetResolver;
use super::interceptor::CallInterceptor;
use super::route::{Route, Written};
use super::sdk::{Modelled, Sent};

/// Sends a request to where `endpoint` finds it; what is answered is with the interceptor.
pub(super) async fn send(
    config: &SdkConfig,
    route: Route,
    written: Written,
    endpoint: RuleSetResolver,
    interceptor: CallInterceptor,
) -> Sent {
    let mut layer = Layer::new("endpoint");
    layer.store_put(EndpointResolverParams::new(()));
    // An address of one's own is the whole address.
    if let Some(prefix) = written.host_prefix.filter(|_| !endpoint.is_overridden()) {
        let prefix = EndpointPrefix::new(prefix).map_err(SdkError::construction_failure)?;
        layer.store_put(prefix);
    }
    let mut components = RuntimeComponentsBuilder::new("endpoint");
    components.set_endpoint_resolver(Some(SharedEndpointResolver::new(endpoint)));
    let mut builder = Operation::builder()
        .service_name(route.service.id)
        .operation_name(route.operation.name)
        .behavior_version(BehaviorVersion::latest())
        .no_retry()
        .with_connection_poisoning()
        .interceptor(interceptor)
        .runtime_plugin(plugin(layer.freeze(), components));
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
    signed(builder, config, route)
        .serializer(|mut request: HttpRequest| {
            let agent = concat!("deployer/", env!("CARGO_PKG_VERSION"));
            request.headers_mut().insert("user-agent", agent);
            Ok(request)
        })
        // The carrier reads the answer, whatever it is.
        .deserializer(|_| Ok::<(), OrchestratorError<Modelled>>(()))
        .build()
        .invoke(written.request)
        .await
}

/// Signed by SigV4 with the account's credentials, as the SDK crates configure it, or not at all where nobody has
/// credentials yet.
fn signed(builder: OperationBuilder, config: &SdkConfig, route: Route) -> OperationBuilder {
    if route.operation.is_unsigned {
        return builder.no_auth();
    }
    let mut layer = Layer::new("signing");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(signing(config, route));
    let mut components = RuntimeComponentsBuilder::new("signing");
    components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
        StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
    )));
    components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
    if let Some(credentials) = config.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, credentials);
    }
    components.set_identity_cache(config.identity_cache());
    builder.runtime_plugin(plugin(layer.freeze(), components))
}

/// What is signed where the endpoint's rules say nothing else.
fn signing(config: &SdkConfig, route: Route) -> SigV4OperationSigningConfig {
    let mut signing = SigV4OperationSigningConfig {
        region: config.region().cloned().map(SigningRegion::from),
        name: Some(SigningName::from(route.service.signing_name)),
        ..SigV4OperationSigningConfig::default()
    };
    let options = &mut signing.signing_options;
    // Amazon S3 API Reference, "Signature calculations for the authorization header": a key is what it is, with `//` and
    // `..` in it, and the hash of the body is a header.
    if route.service.signature_version.starts_with("s3") {
        options.double_uri_encode = false;
        options.normalize_uri_path = false;
        options.content_sha256_header = true;
    }
    if route.operation.has_unsigned_payload {
        options.payload_override = Some(SignableBody::UnsignedPayload);
        options.content_sha256_header = true;
    }
    signing
}

fn plugin(config: FrozenLayer, components: RuntimeComponentsBuilder) -> StaticRuntimePlugin {
    StaticRuntimePlugin::new()
        .with_config(config)
        .with_runtime_components(components)
}
