//! The endpoint rules of a service, asked when the SDK's runtime knows whose credentials a call is made with.

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::endpoint::{
    EndpointFuture, EndpointResolverParams, ResolveEndpoint,
};
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_types::Document;
use aws_smithy_types::endpoint::{Endpoint, EndpointAuthScheme};
use serde_json::{Map, Value};

use super::route::Route;
use super::settings;
use crate::world::apis::aws::endpoint::{self, EndpointError};

/// Finds the endpoint of one call.
#[derive(Debug)]
pub(super) struct RuleSetResolver {
    route: Route,
    parameters: Map<String, Value>,
    is_overridden: bool,
}

impl RuleSetResolver {
    /// For a call with that input, as it is configured.
    pub fn new(config: &SdkConfig, route: Route, input: &Value) -> RuleSetResolver {
        let settings = settings::endpoint(config, route.service);
        RuleSetResolver {
            route,
            parameters: endpoint::parameters(route.service, route.operation, input, &settings),
            is_overridden: settings.endpoint.is_some(),
        }
    }

    /// Whether the configuration names an address in the place of AWS's own.
    pub fn is_overridden(&self) -> bool {
        self.is_overridden
    }

    fn endpoint(&self, account: Option<&str>) -> Result<Endpoint, EndpointError> {
        let service = self.route.service;
        let mut parameters = self.parameters.clone();
        if let Some(account) = account {
            endpoint::set_account(service, &mut parameters, account);
        }
        let found = endpoint::resolve(service, &parameters)?;
        let mut out = Endpoint::builder().url(found.url.clone());
        for (name, values) in &found.headers {
            for value in values {
                out = out.header(name.clone(), value.clone());
            }
        }
        if let Some(scheme) = found.signature()? {
            let said = [
                ("signingName", scheme.signing_name),
                ("signingRegion", scheme.signing_region),
            ];
            let mut signature = EndpointAuthScheme::with_capacity(scheme.name.to_owned(), 3);
            for (name, value) in said {
                if let Some(value) = value {
                    signature = signature.put(name, Document::from(value.to_owned()));
                }
            }
            if scheme.disables_double_encoding {
                signature = signature.put("disableDoubleEncoding", Document::from(true));
            }
            out = out.auth_scheme(signature);
        }
        Ok(out.build())
    }
}

impl ResolveEndpoint for RuleSetResolver {
    fn resolve_endpoint<'a>(&'a self, params: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        let identity = params.get_property::<Identity>();
        let credentials = identity.and_then(|identity| identity.data::<Credentials>());
        let account = credentials.and_then(Credentials::account_id);
        let found = self.endpoint(account.map(|account| account.as_str()));
        EndpointFuture::ready(found.map_err(Into::into))
    }
}
