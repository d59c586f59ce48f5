//! Reads what a template says of its resources and parameters, in JSON or in YAML.
//!
//! Of YAML it reads the block style in which templates are written: sections, and in them entries by indentation. The
//! text of an entry is compared and searched, never evaluated.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::vocabulary::Fault;

/// Longest template that may stand in a call, in bytes.
///
/// CloudFormation User Guide, "Understand CloudFormation quotas", template body size in a request.
const LONGEST: usize = 51_200;

/// Types of resources that need the consent `CAPABILITY_IAM`, and members that name them.
///
/// CloudFormation API Reference, CreateChangeSet, `Capabilities`.
const IAM_TYPES: [&str; 8] = [
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::UserToGroupAddition",
];
const IAM_NAMES: [&str; 5] = [
    "GroupName",
    "InstanceProfileName",
    "ManagedPolicyName",
    "RoleName",
    "UserName",
];

/// What a template says.
#[derive(Debug, Clone, Default)]
pub(super) struct Template {
    /// Its resources, in the order of the text.
    pub(super) resources: Vec<Resource>,
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// Whether macros or SAM change it before it is carried out.
    pub(super) transformed: bool,
}

/// A resource as a template declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    /// Logical ID of the resource in its template.
    pub(super) name: String,
    /// Type, such as `AWS::SQS::Queue`.
    pub(super) kind: String,
    /// The text of each property.
    pub(super) properties: BTreeMap<String, String>,
    /// The text of its other attributes, such as `DeletionPolicy`.
    pub(super) attributes: BTreeMap<String, String>,
}

/// A parameter as a template declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) default: Option<String>,
    /// Whether CloudFormation masks its value.
    pub(super) masked: bool,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// `ValidationError` as CloudFormation says it: too long, no JSON, no resources, a resource without a type.
    pub(super) fn read(text: &str) -> Result<Template, Fault> {
        if text.len() > LONGEST {
            return Err(invalid(format!(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {LONGEST}"
            )));
        }
        let json = text.trim_start().starts_with('{');
        let sections = match json {
            true => Entries::of_json(text)?,
            false => Entries::of_yaml(text),
        };
        let mut template = Template {
            transformed: sections.0.iter().any(|(name, _)| name == "Transform"),
            ..Template::default()
        };
        for (name, parameter) in sections.below("Parameters", json).0 {
            let own = Entries::inside(&parameter, json);
            let default = own.text("Default").map(|text| unquoted(text).to_owned());
            let masked = own.text("NoEcho").is_some_and(|t| unquoted(t) == "true");
            template
                .parameters
                .insert(name, Parameter { default, masked });
        }
        for (name, resource) in sections.below("Resources", json).0 {
            let own = Entries::inside(&resource, json);
            let Some(kind) = own.text("Type") else {
                return Err(invalid(format!(
                    "Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
                )));
            };
            let kind = unquoted(kind).to_owned();
            let properties = own.below("Properties", json).0.into_iter().collect();
            let attributes = own.0.into_iter();
            let attributes = attributes.filter(|(name, _)| name != "Type" && name != "Properties");
            template.resources.push(Resource {
                name,
                kind,
                properties,
                attributes: attributes.collect(),
            });
        }
        if template.resources.is_empty() {
            return Err(invalid(
                "Template format error: At least one Resources member must be defined.",
            ));
        }
        Ok(template)
    }

    /// The resource of that logical ID.
    pub(super) fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.name == name)
    }

    /// The consent that the template needs and `given` does not contain.
    pub(super) fn lacks_capability(&self, given: &[String]) -> Option<&'static str> {
        let has = |name: &str| given.iter().any(|capability| capability == name);
        let iam = self.resources.iter();
        let mut iam = iam.filter(|resource| IAM_TYPES.contains(&resource.kind.as_str()));
        let named = iam.clone().any(|r| {
            IAM_NAMES
                .iter()
                .any(|name| r.properties.contains_key(*name))
        });
        if named && !has("CAPABILITY_NAMED_IAM") {
            Some("CAPABILITY_NAMED_IAM")
        } else if iam.next().is_some() && !has("CAPABILITY_IAM") && !has("CAPABILITY_NAMED_IAM") {
            Some("CAPABILITY_IAM")
        } else if self.transformed && !has("CAPABILITY_AUTO_EXPAND") {
            Some("CAPABILITY_AUTO_EXPAND")
        } else {
            None
        }
    }
}

/// CloudFormation's error for what it cannot accept.
pub(super) fn invalid(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}

/// Whether `text` has `word`, and not as a part of a longer one.
pub(super) fn mentions(text: &str, word: &str) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

/// The entries of a mapping, each with its text.
struct Entries(Vec<(String, String)>);

impl Entries {
    fn of_json(text: &str) -> Result<Entries, Fault> {
        let Ok(Value::Object(members)) = serde_json::from_str(text) else {
            let why = "Template format error: JSON not well-formed.";
            return Err(invalid(why));
        };
        let members = members.into_iter();
        Ok(Entries(
            members.map(|(name, v)| (name, v.to_string())).collect(),
        ))
    }

    fn of_yaml(text: &str) -> Entries {
        let mut found: Vec<(String, String)> = Vec::new();
        let mut depth = None;
        let lines = text.lines().map(str::trim_end);
        let lines = lines.filter(|line| {
            let text = line.trim_start();
            !text.is_empty() && !text.starts_with('#') && text != "---"
        });
        for line in lines {
            let indent = line.len() - line.trim_start().len();
            let own = *depth.get_or_insert(indent);
            match (line.trim_start().split_once(':'), found.last_mut()) {
                (Some((name, rest)), _) if indent == own && !name.starts_with('-') => {
                    found.push((unquoted(name).to_owned(), rest.trim().to_owned()));
                }
                (_, Some((_, text))) => {
                    text.push('\n');
                    text.push_str(line);
                }
                _ => {}
            }
        }
        Entries(found)
    }

    /// The entries of an entry's text; none where it is a scalar.
    fn inside(text: &str, json: bool) -> Entries {
        match json {
            true => Entries::of_json(text).unwrap_or(Entries(Vec::new())),
            false => Entries::of_yaml(text),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|(own, _)| own == name)
            .map(|(_, text)| text.as_str())
    }

    fn below(&self, name: &str, json: bool) -> Entries {
        Entries::inside(self.text(name).unwrap_or_default(), json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "\
# What the orders need.
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage:
    Type: String
    Default: prod
  Password: { Type: String }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
      QueueName: !Sub 'orders-${Stage}'
  Role:
    Type: \"AWS::IAM::Role\"
    DeletionPolicy: Retain
    Properties:
      RoleName: orders
";

    #[test]
    fn yaml_and_json_say_the_same() {
        let json = r#"{ "Parameters": { "Stage": { "Type": "String", "Default": "prod" } }, "Resources": {
            "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "VisibilityTimeout": 30 } } } }"#;
        let yaml = Template::read(YAML).expect("a template");
        let json = Template::read(json).expect("a template");
        assert_eq!(yaml.parameters["Stage"], json.parameters["Stage"]);
        let names: Vec<&str> = yaml.resources.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["Queue", "Role"]);
        let queue = |template: &Template| template.resource("Queue").cloned().expect("a queue");
        assert_eq!(queue(&yaml).kind, "AWS::SQS::Queue");
        assert_eq!(queue(&json).properties["VisibilityTimeout"], "30");
        assert_eq!(queue(&yaml).properties["VisibilityTimeout"], "30");
        assert!(mentions(&queue(&yaml).properties["QueueName"], "Stage"));
        assert!(!mentions("${StageName}", "Stage"));
        let role = yaml.resource("Role").expect("a role");
        assert_eq!(role.attributes["DeletionPolicy"], "Retain");
    }

    /// CloudFormation API Reference, CreateChangeSet, `Capabilities`.
    #[test]
    fn roles_need_consent() {
        let template = Template::read(YAML).expect("a template");
        let lacks = |given: &[&str]| {
            let given: Vec<String> = given.iter().map(|name| (*name).to_owned()).collect();
            template.lacks_capability(&given)
        };
        assert_eq!(lacks(&["CAPABILITY_IAM"]), Some("CAPABILITY_NAMED_IAM"));
        assert_eq!(lacks(&["CAPABILITY_NAMED_IAM"]), None);
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in ["{", "Resources:\n", "Resources:\n  Queue:\n    Foo: bar\n"] {
            let refused = Template::read(text).expect_err(text);
            assert_eq!(refused.code, "ValidationError", "{text}");
        }
    }
}
