//! Whose account, which region, how long a call may take: everything that AWS tools read from the
//! environment and the profile files.

use std::ffi::OsString;
use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::service_config::ServiceConfigKey;

use crate::vocabulary::{Fault, codes};
use crate::world::apis::aws::Service;
use crate::world::apis::aws::endpoint::Settings;

mod valid;

/// Names the setting for how long one attempt may take (`10s`).
pub(crate) const CALL_TIMEOUT: &str = "DEPLOYER_CALL_TIMEOUT";

const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(15);
/// The metadata service answers within milliseconds where there is one.
const METADATA: Duration = Duration::from_millis(500);

/// How long one attempt may take, from the setting's text.
///
/// # Errors
/// `invalid_setting` for what is not a positive duration.
pub(super) fn attempt_limit(setting: Option<&str>) -> Result<Duration, Fault> {
    let Some(text) = setting else {
        return Ok(ATTEMPT);
    };
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| {
            Fault::new(
                codes::INVALID_SETTING,
                format!("{CALL_TIMEOUT} is not a duration: {text}"),
            )
            .hint("write it like 10s or 1m")
        })
}

/// Loads the configuration for a profile and region; `None`: the configured ones.
///
/// # Errors
/// `no_region`, `invalid_setting`, `invalid_endpoint`, `no_credentials` for a profile that is not there.
pub(super) async fn load(
    profile: Option<&str>,
    region: Option<&str>,
    http: SharedHttpClient,
) -> Result<SdkConfig, Fault> {
    valid::environment(std::env::vars_os().filter_map(text))?;
    let attempt = attempt_limit(std::env::var(CALL_TIMEOUT).ok().as_deref())?;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT.min(attempt))
        .operation_attempt_timeout(attempt)
        .build();
    let provider = ProviderConfig::without_region()
        .with_http_client(http.clone())
        .with_timeout_config(timeouts.clone());
    let metadata = imds::Client::builder()
        .configure(&provider)
        .connect_timeout(METADATA)
        .read_timeout(METADATA)
        .max_attempts(1)
        .build();
    let region = match region {
        Some(region) => Some(Region::new(region.to_owned())),
        None => configured_region(profile, &provider, metadata.clone()).await,
    };
    let Some(region) = region else {
        return Err(no_region(profile));
    };
    valid::region(region.as_ref())?;

    let provider = provider.with_region(Some(region.clone()));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(region.clone())
        .timeout_config(timeouts)
        // One attempt a call: whoever calls decides about another.
        .retry_config(RetryConfig::disabled());
    if let Some(profile) = profile {
        valid::profile(profile).await?;
        // A profile that is named outright wins over keys in the environment, as in the AWS CLI.
        let credentials = ProfileFileCredentialsProvider::builder()
            .configure(&provider)
            .profile_name(profile)
            .build();
        loader = loader
            .credentials_provider(credentials)
            .profile_name(profile);
    } else if keys_in_environment().await {
        // Where the chain begins, and ends as well: its other links are whole clients, built for nothing.
        loader = loader.credentials_provider(EnvironmentVariableCredentialsProvider::new());
    } else {
        if let Some(profile) = variable("AWS_PROFILE") {
            valid::profile(&profile).await?;
        }
        let credentials = DefaultCredentialsChain::builder()
            .configure(provider)
            .region(region)
            .imds_client(metadata)
            .build()
            .await;
        loader = loader.credentials_provider(credentials);
    }
    let config = loader.load().await;
    if let Some(url) = config.endpoint_url() {
        valid::endpoint("endpoint_url in ~/.aws/config", url)?;
    }
    Ok(config)
}

/// A variable of the environment, if both its name and its value are text.
fn text((name, value): (OsString, OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

/// A variable that is set; an empty one is not, as for the AWS CLI.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the environment names keys outright; what is wrong with those that it names, the chain says.
async fn keys_in_environment() -> bool {
    let environment = EnvironmentVariableCredentialsProvider::new();
    environment.provide_credentials().await.is_ok()
}

async fn configured_region(
    profile: Option<&str>,
    provider: &ProviderConfig,
    metadata: imds::Client,
) -> Option<Region> {
    let mut file = ProfileFileRegionProvider::builder().configure(provider);
    if let Some(profile) = profile {
        file = file.profile_name(profile);
    }
    let metadata = imds::region::ImdsRegionProvider::builder()
        .configure(provider)
        .imds_client(metadata)
        .build();
    let named = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    RegionProviderChain::first_try(named.map(Region::new))
        .or_else(file.build())
        .or_else(metadata)
        .region()
        .await
}

fn no_region(profile: Option<&str>) -> Fault {
    let whose = profile.map_or_else(String::new, |profile| format!(" for profile {profile}"));
    Fault::new(
        codes::NO_REGION,
        format!("no AWS region is configured{whose}"),
    )
    .hint("set AWS_REGION, or region in ~/.aws/config; `deployer rehearse` needs no AWS account")
}

/// What the configuration says of a service's endpoint.
pub(super) fn endpoint(config: &SdkConfig, service: &Service) -> Settings {
    // Looks for AWS_ENDPOINT_URL_<ID> and the profile's services section before AWS_ENDPOINT_URL.
    let special = of_service(config, service, "AWS_ENDPOINT_URL", "endpoint_url");
    let endpoint = special.or_else(|| config.endpoint_url().map(str::to_owned));
    // The profile's `s3` is a section of its own: a line for each setting.
    let s3 = (service.name == "s3").then(|| of_service(config, service, "AWS_S3", "s3"));
    let s3 = s3.flatten().unwrap_or_default();
    let mut lines = s3.lines().filter_map(|line| line.split_once('='));
    let style = lines.find(|(name, _)| name.trim() == "addressing_style");
    Settings {
        region: config
            .region()
            .map_or("us-east-1", AsRef::as_ref)
            .to_owned(),
        endpoint,
        use_fips: config.use_fips() == Some(true),
        use_dual_stack: config.use_dual_stack() == Some(true),
        account_mode: config.account_id_endpoint_mode().map(ToString::to_string),
        path_style: match style.map(|(_, style)| style.trim()) {
            Some("path") => Some(true),
            Some("virtual") => Some(false),
            _ => None,
        },
    }
}

/// A setting of one service: from the environment, or from the profile.
fn of_service(config: &SdkConfig, service: &Service, env: &str, profile: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service.id)
        .env(env)
        .profile(profile)
        .build();
    config.service_config()?.load_config(key.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_an_attempt_is_a_duration() {
        assert_eq!(attempt_limit(None), Ok(ATTEMPT));
        assert_eq!(attempt_limit(Some("1m 30s")), Ok(Duration::from_secs(90)));
        for text in ["abc", "", "0s", "-5s"] {
            let fault = attempt_limit(Some(text)).expect_err("no duration");
            assert_eq!(fault.code, "invalid_setting");
        }
    }

    #[test]
    fn what_is_configured_of_endpoints_is_known() {
        let ssm = crate::world::apis::aws::service("ssm").expect("known");
        let config = SdkConfig::builder()
            .region(Region::new("cn-north-1"))
            .use_fips(true)
            .build();
        let found = endpoint(&config, ssm);
        assert_eq!(
            (found.region.as_str(), found.use_fips),
            ("cn-north-1", true)
        );
        assert_eq!(found.endpoint, None);
        let local = SdkConfig::builder()
            .endpoint_url("http://127.0.0.1:1")
            .build();
        let found = endpoint(&local, ssm);
        assert_eq!(found.endpoint.as_deref(), Some("http://127.0.0.1:1"));
    }
}
