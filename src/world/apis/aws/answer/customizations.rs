//! What the AWS CLI does to answers of single services beyond their models. Each is in `botocore/handlers.py`, under the
//! name that is given here.

use aws_smithy_types::base64;
use percent_encoding::percent_decode_str;
use roxmltree::Node;
use serde_json::{Map, Value};

use super::{Answer, xml};
use crate::world::apis::aws::model::{Kind, Marks, Operation, Service};

/// `_handle_200_error`: S3 may find out that a call failed after it has begun to answer. A body that is an object's content
/// is not looked at.
pub(super) fn may_hide_an_error(service: &Service, operation: &Operation) -> bool {
    let Some(output) = operation.output.filter(|_| service.name == "s3") else {
        return false;
    };
    let mut members = service.shape(output).members.iter();
    members.all(|member| {
        let shape = service.shape(member.target);
        let is_content = matches!(shape.kind, Kind::Blob | Kind::String);
        let is_raw = is_content || shape.marks.has(Marks::EVENT_STREAM);
        !(member.marks.has(Marks::PAYLOAD) && is_raw)
    })
}

/// `parse_get_bucket_location`: the answer is the text of the root element itself; none is `us-east-1`.
pub(super) fn root(
    service: &Service,
    operation: &Operation,
    root: Node<'_, '_>,
) -> Option<Map<String, Value>> {
    if (service.name, operation.name) != ("s3", "GetBucketLocation") {
        return None;
    }
    let region = Some(xml::text(root)).filter(|region| !region.is_empty());
    Some(Map::from_iter([(
        "LocationConstraint".to_owned(),
        region.into(),
    )]))
}

/// What is changed in a result that has been read.
pub(super) fn result(
    service: &Service,
    operation: &Operation,
    input: &Value,
    answer: &Answer,
    result: &mut Map<String, Value>,
) {
    match (service.name, operation.name) {
        // `decode_console_output`.
        ("ec2", "GetConsoleOutput") => change(result, "Output", |text| {
            let bytes = base64::decode(text).ok()?;
            Some(String::from_utf8_lossy(&bytes).into())
        }),
        // `json_decode_template_body`: a template in YAML stays a text.
        ("cloudformation", "GetTemplate") => {
            change(result, "TemplateBody", |text| {
                serde_json::from_str(text).ok()
            });
        }
        ("s3", "ListObjects" | "ListObjectsV2" | "ListObjectVersions") => {
            let is_asked = input
                .get("EncodingType")
                .is_some_and(|asked| !asked.is_null());
            if !is_asked
                && result
                    .get("EncodingType")
                    .is_some_and(|given| given == "url")
            {
                decode_keys(result);
            }
        }
        // `handle_expires_header`: any text may be given as the time when an object expires.
        ("s3", "GetObject" | "HeadObject") => {
            if let Some(expires) = answer.header("expires") {
                let is_time = result.get("Expires").is_some_and(|time| time != expires);
                if !is_time {
                    result.shift_remove("Expires");
                }
                result.insert("ExpiresString".to_owned(), expires.into());
            }
        }
        _ => {}
    }
}

/// Changes a member that is a text.
fn change(result: &mut Map<String, Value>, member: &str, change: impl Fn(&str) -> Option<Value>) {
    if let Some(value) = result.get_mut(member)
        && let Some(changed) = value.as_str().and_then(change)
    {
        *value = changed;
    }
}

/// `decode_list_object`, `decode_list_object_v2`, `decode_list_object_versions`: requests ask for keys as in a URL, because
/// XML cannot hold all that a key may have.
fn decode_keys(result: &mut Map<String, Value>) {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        Some(percent_decode_str(&spaced).decode_utf8_lossy().into())
    };
    for member in [
        "Delimiter",
        "Marker",
        "NextMarker",
        "Prefix",
        "StartAfter",
        "KeyMarker",
        "NextKeyMarker",
    ] {
        change(result, member, decoded);
    }
    for (list, member) in [
        ("Contents", "Key"),
        ("Versions", "Key"),
        ("DeleteMarkers", "Key"),
        ("CommonPrefixes", "Prefix"),
    ] {
        let items = result.get_mut(list).and_then(Value::as_array_mut);
        for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
            change(item, member, decoded);
        }
    }
}
