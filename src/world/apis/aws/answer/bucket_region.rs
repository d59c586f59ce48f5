//! Where S3 says that a bucket is, when it is asked for it in another region.

use roxmltree::Document;
use serde_json::Value;

use super::{Answer, ErrorAnswer, text, xml};
use crate::world::apis::aws::model::Operation;

/// The region to which a call to S3 is to be sent again; `None`: the answer is no redirection. As `S3RegionRedirectorv2` of
/// botocore decides it (Amazon S3 User Guide, "Making requests", "Request redirection and the REST API").
pub fn bucket_region(
    operation: &Operation,
    input: &Value,
    answer: &Answer,
    error: &ErrorAnswer,
) -> Option<String> {
    let bucket = input.get("Bucket")?.as_str()?;
    // An ARN says itself where it is.
    if bucket.starts_with("arn:") {
        return None;
    }
    let header = answer.header("x-amz-bucket-region");
    let is_redirection = match error.code.as_str() {
        "AuthorizationHeaderMalformed" | "PermanentRedirect" => true,
        "IllegalLocationConstraintException" => operation.name != "CreateBucket",
        // Answers to HEAD have no body, and so no other code.
        "400" => ["HeadObject", "HeadBucket"].contains(&operation.name),
        _ => matches!(answer.status, 301 | 302 | 307),
    };
    let said = is_redirection.then(|| header.map(str::to_owned).or_else(|| in_body(answer)))?;
    said.filter(|region| !region.is_empty())
}

fn in_body(answer: &Answer) -> Option<String> {
    let document = Document::parse(text(&answer.body).ok()?).ok()?;
    let mut members = xml::children(document.root_element());
    let region = members.find(|child| child.tag_name().name() == "Region")?;
    Some(xml::text(region).trim().to_owned())
}
