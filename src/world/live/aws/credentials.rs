//! Credentials, as they are handed to a client: whoever must not say them learns them on the way.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use crate::scrub::{Kind, Secrets};

/// A copy of the configuration. Its credentials are known to `secrets` once they are used.
pub(super) fn known_to(secrets: &Arc<Secrets>, config: SdkConfig) -> SdkConfig {
    let Some(inner) = config.credentials_provider() else {
        return config;
    };
    let provider = LearningProvider {
        inner,
        secrets: Arc::clone(secrets),
    };
    let provider = SharedCredentialsProvider::new(provider);
    config.into_builder().credentials_provider(provider).build()
}

#[derive(Debug)]
struct LearningProvider {
    inner: SharedCredentialsProvider,
    secrets: Arc<Secrets>,
}

impl ProvideCredentials for LearningProvider {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        Provided::new(async {
            let given = self.inner.provide_credentials().await?;
            self.secrets
                .learn(given.secret_access_key(), "an AWS secret key", Kind::Sure);
            if let Some(token) = given.session_token() {
                self.secrets
                    .learn(token, "an AWS session token", Kind::Sure);
            }
            Ok(given)
        })
    }
}
