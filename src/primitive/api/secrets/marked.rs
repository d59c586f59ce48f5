//! Secrets that the model of a service marks: what is sensitive, and has the name of a secret.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use serde_json::Value;

use super::names::{is_answered, is_taken, says_secret};
use super::take as take_text;
use crate::sync::Lock as _;
use crate::world::AwsCall;
use crate::world::apis::aws::{Kind, Marks, Member, Service, ShapeKey, service};

/// Takes out of an answer what the model marks.
pub(super) fn take(call: &AwsCall, answer: &mut Value, found: &mut Vec<String>) {
    let Some(service) = service(&call.service) else {
        return;
    };
    let output = service.operation(&call.operation).and_then(|op| op.output);
    if let Some(output) = output
        && may_have_secrets(service, output)
    {
        take_from(service, Place::whole(output), answer, found);
    }
}

/// The member of an input that the model marks, and that is a secret.
///
/// A token that stands for a piece of work (`taskToken`) is given back to AWS and is none.
pub(super) fn given(of: &str, operation: &str, input: &Value) -> Option<String> {
    let service = service(of)?;
    let shape = service.operation(operation)?.input?;
    if !may_have_secrets(service, shape) {
        return None;
    }
    given_in(service, Place::whole(shape), input)
}

/// A place in a document: what is there, in which member, and whether the model marks it.
#[derive(Clone, Copy)]
struct Place {
    shape: ShapeKey,
    name: &'static str,
    is_sensitive: bool,
}

impl Place {
    fn whole(shape: ShapeKey) -> Place {
        Place {
            shape,
            name: "",
            is_sensitive: false,
        }
    }

    /// A member of it; an element of a list has the list's name.
    fn at(self, service: &Service, member: &Member) -> Place {
        let target = service.shape(member.target);
        let is_structure = service.shape(self.shape).kind == Kind::Structure;
        let marks = member.marks.has(Marks::SENSITIVE) || target.marks.has(Marks::SENSITIVE);
        Place {
            shape: member.target,
            name: if is_structure { member.name } else { self.name },
            is_sensitive: self.is_sensitive || marks,
        }
    }

    /// Whether a text here is a secret: one of a few values is none.
    fn is_secret(self, service: &Service) -> bool {
        let shape = service.shape(self.shape);
        let is_text = matches!(shape.kind, Kind::String | Kind::Blob);
        let is_free = shape.values.is_empty();
        self.is_sensitive && is_text && is_free && says_secret(self.name)
    }
}

/// What is below a place of a document: places, and how they are called there.
fn below(service: &'static Service, place: Place) -> impl Iterator<Item = (&'static str, Place)> {
    let members = service.shape(place.shape).members.iter();
    members.map(move |member| (member.name, place.at(service, member)))
}

fn take_from(service: &'static Service, place: Place, value: &mut Value, found: &mut Vec<String>) {
    let kind = service.shape(place.shape).kind;
    match value {
        Value::String(text) if place.is_secret(service) => take_text(text, found),
        Value::Object(members) if kind == Kind::Structure => {
            for (name, place) in below(service, place) {
                if let Some(value) = members.get_mut(name) {
                    take_from(service, place, value, found);
                }
            }
        }
        Value::Object(members) => {
            if let Some((_, place)) = below(service, place).last() {
                let values = members.values_mut();
                values.for_each(|value| take_from(service, place, value, found));
            }
        }
        Value::Array(items) => {
            if let Some((_, place)) = below(service, place).last() {
                items
                    .iter_mut()
                    .for_each(|item| take_from(service, place, item, found));
            }
        }
        _ => {}
    }
}

fn given_in(service: &'static Service, place: Place, value: &Value) -> Option<String> {
    let kind = service.shape(place.shape).kind;
    match value {
        Value::String(text) => {
            let is_handle = place.name.to_ascii_lowercase().ends_with("token")
                && !is_answered(place.name)
                && !is_taken(place.name);
            let is_given = !text.is_empty() && !text.starts_with("arn:") && !is_handle;
            (is_given && place.is_secret(service)).then(|| place.name.to_owned())
        }
        Value::Object(members) if kind == Kind::Structure => below(service, place)
            .find_map(|(name, place)| given_in(service, place, members.get(name)?)),
        Value::Object(members) => {
            let (_, place) = below(service, place).last()?;
            members
                .values()
                .find_map(|value| given_in(service, place, value))
        }
        Value::Array(items) => {
            let (_, place) = below(service, place).last()?;
            items.iter().find_map(|item| given_in(service, place, item))
        }
        _ => None,
    }
}

/// Whether there may be a secret in a document of that shape; it is found out once.
fn may_have_secrets(service: &'static Service, shape: ShapeKey) -> bool {
    static KNOWN: Mutex<Option<HashMap<(&str, ShapeKey), bool>>> = Mutex::new(None);
    let key = (service.name, shape);
    let known = KNOWN
        .locked()
        .as_ref()
        .and_then(|known| known.get(&key).copied());
    known.unwrap_or_else(|| {
        let found = search(service, shape);
        let mut known = KNOWN.locked();
        known.get_or_insert_default().insert(key, found);
        found
    })
}

fn search(service: &'static Service, shape: ShapeKey) -> bool {
    let mut seen = HashSet::new();
    let mut left = vec![Place::whole(shape)];
    while let Some(place) = left.pop() {
        if place.is_secret(service) {
            return true;
        }
        if seen.insert((place.shape, place.is_sensitive)) {
            left.extend(below(service, place).map(|(_, place)| place));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(of: &str, operation: &str, mut answer: Value) -> (Value, Vec<String>) {
        let mut found = Vec::new();
        take(
            &AwsCall::new(of, operation, json!({})),
            &mut answer,
            &mut found,
        );
        (answer, found)
    }

    #[test]
    fn what_a_model_marks_and_names_as_a_secret_is_taken_out() {
        let hidden = "(a secret)";
        for (of, operation, answer, path) in [
            (
                "redshift",
                "GetClusterCredentials",
                json!({ "DbUser": "IAM:ana", "DbPassword": "hunter2" }),
                "/DbPassword",
            ),
            (
                "storagegateway",
                "DescribeChapCredentials",
                json!({ "ChapCredentials": [{ "TargetARN": "t", "SecretToAuthenticateInitiator": "111111111111" }] }),
                "/ChapCredentials/0/SecretToAuthenticateInitiator",
            ),
            (
                "ds",
                "DescribeDirectories",
                json!({ "DirectoryDescriptions": [{ "Name": "corp", "RadiusSettings": { "SharedSecret": "radius-1" } }] }),
                "/DirectoryDescriptions/0/RadiusSettings/SharedSecret",
            ),
            (
                "ec2",
                "DescribeVpnConnections",
                json!({ "VpnConnections": [{ "Options": { "TunnelOptions": [{ "PreSharedKey": "psk-1234" }] } }] }),
                "/VpnConnections/0/Options/TunnelOptions/0/PreSharedKey",
            ),
            (
                "lambda-microvms",
                "CreateMicrovmAuthToken",
                json!({ "authToken": { "header": "bearer x" } }),
                "/authToken/header",
            ),
        ] {
            let before = answer
                .pointer(path)
                .and_then(Value::as_str)
                .expect(path)
                .to_owned();
            let (after, found) = taken(of, operation, answer);
            assert_eq!(after.pointer(path), Some(&json!(hidden)), "{operation}");
            assert_eq!(found, [before], "{operation}");
        }
    }

    /// Amazon ECS marks the environment of containers, Step Functions its inputs: a script passes them on.
    #[test]
    fn what_is_marked_and_is_no_secret_stays() {
        let definition = json!({ "taskDefinition": { "containerDefinitions": [{
            "environment": [{ "name": "LOG_LEVEL", "value": "debug" }],
            "repositoryCredentials": { "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:1:secret:hub" },
        }] } });
        for (of, operation, answer) in [
            ("ecs", "DescribeTaskDefinition", definition),
            (
                "stepfunctions",
                "DescribeExecution",
                json!({ "input": "{}", "output": "{}" }),
            ),
            (
                "chime-sdk-messaging",
                "ListChannels",
                json!({ "NextToken": "page-2" }),
            ),
            (
                "rds",
                "DescribeDBInstances",
                json!({ "DBInstances": [{ "PendingModifiedValues": { "MasterUserPassword": "****" } }] }),
            ),
        ] {
            assert_eq!(
                taken(of, operation, answer.clone()),
                (answer, Vec::new()),
                "{operation}"
            );
        }
    }

    #[test]
    fn a_secret_that_a_model_marks_is_not_given() {
        let fsx = json!({ "FileSystemId": "fs-1", "OntapConfiguration": { "FsxAdminPassword": "hunter2" } });
        assert_eq!(
            given("fsx", "UpdateFileSystem", &fsx).as_deref(),
            Some("FsxAdminPassword")
        );
        let task = json!({ "taskToken": "AAAA", "output": "{}" });
        assert_eq!(given("stepfunctions", "SendTaskSuccess", &task), None);
        let register = json!({ "family": "web", "containerDefinitions": [{
            "name": "web", "environment": [{ "name": "API_KEY", "value": "x" }],
        }] });
        assert_eq!(given("ecs", "RegisterTaskDefinition", &register), None);
    }
}
