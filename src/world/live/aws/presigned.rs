//! Copies from another region. AWS asks for them with the address of the same call in the region of the source, signed by
//! the caller, and the AWS CLI makes that address itself.
//!
//! Amazon RDS API Reference, "CopyDBSnapshot", `PreSignedUrl`; Amazon EC2 API Reference, "CopySnapshot", `PresignedUrl`.
//! botocore: `inject_presigned_url_rds`, `inject_presigned_url_ec2`.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::Identity;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::route::Route;
use super::settings;
use crate::world::apis::aws::{endpoint, request};

/// How long the address holds: as long as botocore's.
const EXPIRES: Duration = Duration::from_secs(3600);

/// What stays as it is in a query (RFC 3986, "Unreserved characters").
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The input of a copy with the signed address in it; `None`: the call is no copy from another region.
///
/// # Errors
/// There are no credentials, or the source's region has no endpoint.
pub(super) async fn input(
    config: &SdkConfig,
    route: Route,
    input: &Value,
) -> Result<Option<Value>, BoxError> {
    let members = route.service.inputs(route.operation);
    let member = |name: &str| {
        let mut members = members.iter();
        members.find(|one| one.name.eq_ignore_ascii_case(name))
    };
    let source = input.get("SourceRegion").and_then(Value::as_str);
    let (Some(address), Some(source), Some(given)) =
        (member("PresignedUrl"), source, input.as_object())
    else {
        return Ok(None);
    };
    let mut given = given.clone();
    let here = config.region().map(ToString::to_string).unwrap_or_default();
    let knows_destination = member("DestinationRegion").is_some();
    if !knows_destination {
        // Only the AWS CLI and the SDKs know this member: the service does not.
        given.remove("SourceRegion");
    }
    if given.get(address.name).is_some_and(|it| !it.is_null()) {
        return Ok(Some(given.into()));
    }
    if knows_destination {
        given.insert("DestinationRegion".to_owned(), here.as_str().into());
    }
    let copy = Value::Object(given.clone());
    let mut query = form(route, &copy)?;
    if !knows_destination {
        query.push_str(&format!("&DestinationRegion={here}"));
    }
    let signed = signed(config, route, &copy, source, &query).await?;
    given.insert(address.name.to_owned(), signed.into());
    Ok(Some(given.into()))
}

/// The body of a request, as the query of an address.
fn form(route: Route, input: &Value) -> Result<String, BoxError> {
    let request = request::write(route.service, route.protocol, route.operation, input)?;
    let body = std::str::from_utf8(request.body().bytes().unwrap_or_default())?;
    Ok(body.replace('+', "%20"))
}

/// The address of the call in the source's region, signed.
async fn signed(
    config: &SdkConfig,
    route: Route,
    input: &Value,
    source: &str,
    query: &str,
) -> Result<String, BoxError> {
    let mut there = settings::endpoint(config, route.service);
    there.region = source.to_owned();
    let parameters = endpoint::parameters(route.service, route.operation, input, &there);
    let found = endpoint::resolve(route.service, &parameters)?;
    let address = format!("{}/?{query}", found.url.trim_end_matches('/'));
    let provider = config.credentials_provider().ok_or("no credentials")?;
    let identity: Identity = provider.provide_credentials().await?.into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let now = config
        .time_source()
        .map_or_else(SystemTime::now, |time| time.now());
    let how = v4::SigningParams::builder()
        .identity(&identity)
        .region(source)
        .name(route.service.signing_name)
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let request = SignableRequest::new(
        "GET",
        &*address,
        std::iter::empty(),
        SignableBody::Bytes(b""),
    )?;
    let (instructions, _) = sign(request, &how)?.into_parts();
    let mut out = address;
    for (name, value) in instructions.params() {
        let value = utf8_percent_encode(value, UNRESERVED);
        out.push_str(&format!("&{name}={value}"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_config::{BehaviorVersion, Region};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_smithy_async::time::StaticTimeSource;
    use percent_encoding::percent_decode_str;
    use serde_json::json;

    use super::*;
    use crate::world::AwsCall;

    fn presigned(service: &str, operation: &str, given: Value) -> Option<Value> {
        let key = Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            Some("session+token".to_owned()),
            None,
            "test",
        );
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(key))
            .time_source(StaticTimeSource::from_secs(1_795_192_200))
            .build();
        let route = Route::of(&AwsCall::new(service, operation, given.clone())).expect("known");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let made = runtime.block_on(input(&config, route, &given));
        made.expect("credentials and an endpoint")
    }

    fn parts(address: &str) -> (&str, BTreeMap<&str, String>) {
        let (place, query) = address.split_once('?').expect("a query");
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        (
            place,
            pairs.map(|(name, text)| (name, decoded(text))).collect(),
        )
    }

    /// The addresses that botocore 1.44.8 makes of the same calls at the same moment.
    #[test]
    fn copies_have_the_address_that_botocore_makes() {
        const SIGNED: &str = "&X-Amz-Date=20261120T163000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host\
            &X-Amz-Security-Token=session%2Btoken&X-Amz-Algorithm=AWS4-HMAC-SHA256";
        let snapshot = "arn:aws:rds:eu-west-1:123456789012:snapshot:s";
        let copy = json!({
            "SourceDBSnapshotIdentifier": snapshot, "TargetDBSnapshotIdentifier": "t", "KmsKeyId": "k",
            "SourceRegion": "eu-west-1",
        });
        let made = presigned("rds", "CopyDBSnapshot", copy).expect("a copy");
        let expected = format!(
            "https://rds.eu-west-1.amazonaws.com/?Action=CopyDBSnapshot&Version=2014-10-31\
             &SourceDBSnapshotIdentifier={snapshot}&TargetDBSnapshotIdentifier=t&KmsKeyId=k\
             &DestinationRegion=us-east-1{SIGNED}\
             &X-Amz-Credential=AKIDEXAMPLE%2F20261120%2Feu-west-1%2Frds%2Faws4_request\
             &X-Amz-Signature=203bae7e576b1603336934e42eb4624740bddf889bca9a38075da2b787c871f9"
        );
        let address = made["PreSignedUrl"].as_str().expect("an address");
        assert_eq!(parts(address), parts(&expected));
        assert_eq!(
            made.get("SourceRegion"),
            None,
            "the service does not know it"
        );

        let copy = json!({
            "SourceSnapshotId": "snap-1", "SourceRegion": "eu-west-1", "Description": "a b",
        });
        let made = presigned("ec2", "CopySnapshot", copy).expect("a copy");
        let expected = format!(
            "https://ec2.eu-west-1.amazonaws.com/?Action=CopySnapshot&Version=2016-11-15\
             &SourceSnapshotId=snap-1&SourceRegion=eu-west-1&Description=a%20b\
             &DestinationRegion=us-east-1{SIGNED}\
             &X-Amz-Credential=AKIDEXAMPLE%2F20261120%2Feu-west-1%2Fec2%2Faws4_request\
             &X-Amz-Signature=f4de61b74597164f15d97670f01dceb00451b10ce845fbd3622202b022d7aa40"
        );
        let address = made["PresignedUrl"].as_str().expect("an address");
        assert_eq!(parts(address), parts(&expected));
        assert_eq!(
            (&made["SourceRegion"], &made["DestinationRegion"]),
            (&json!("eu-west-1"), &json!("us-east-1"))
        );
    }

    #[test]
    fn an_address_is_made_only_where_none_is_given() {
        let given = json!({"SourceRegion": "eu-west-1", "PreSignedUrl": "https://own"});
        let made = presigned("rds", "CopyDBClusterSnapshot", given).expect("a copy");
        assert_eq!(made, json!({"PreSignedUrl": "https://own"}));
        let here = json!({"SourceDBSnapshotIdentifier": "s"});
        assert_eq!(presigned("rds", "CopyDBSnapshot", here), None);
        let image = json!({"SourceRegion": "eu-west-1"});
        assert_eq!(presigned("ec2", "CopyImage", image), None);
    }
}
