//! CloudFormation: change sets and stacks.
//!
//! AWS CloudFormation API Reference: CreateChangeSet, DescribeChangeSet, ExecuteChangeSet, DescribeStacks, DescribeStackResources,
//! GetTemplateSummary, DeleteStack. AWS CloudFormation User Guide, "Stack status codes".

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

const TEMPLATE: &str = "AWSTemplateFormatVersion: '2010-09-09'\nDescription: a queue\nParameters:\n  Seconds:\n    Type: Number\n    Default: 30\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: stack-{id}\n      VisibilityTimeout: !Ref Seconds\n";

fn change_set(kind: &str, template: &str) -> Value {
    json!({
        "StackName": "s-{id}", "ChangeSetName": "first-{id}", "ChangeSetType": kind, "TemplateBody": template,
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut input = change_set("CREATE", TEMPLATE);
    input[name] = value;
    input
}

/// A change set by the first part of its name: an emulator may find it by its name alone.
fn of(name: &str) -> Value {
    json!({"StackName": "s-{id}", "ChangeSetName": format!("{name}-{{id}}")})
}

fn stack() -> Value {
    json!({"StackName": "s-{id}"})
}

/// A change set of a new stack, which can be carried out.
fn prepared(name: &'static str) -> Case {
    case(name)
        .call(
            "cloudformation",
            "CreateChangeSet",
            change_set("CREATE", TEMPLATE),
        )
        .keep("stack", "/StackId")
        .call("cloudformation", "DescribeChangeSet", of("first"))
        .until(json!({"Status": "CREATE_COMPLETE"}))
}

/// A stack that is there.
fn created(name: &'static str) -> Case {
    prepared(name)
        .call("cloudformation", "ExecuteChangeSet", of("first"))
        .call("cloudformation", "DescribeStacks", stack())
        .until(json!({"Stacks": [{"StackStatus": "CREATE_COMPLETE"}]}))
}

/// A change set of the stack, as `second`.
fn second(template: &str, seconds: &str) -> Value {
    json!({
        "StackName": "s-{id}", "ChangeSetName": "second-{id}", "ChangeSetType": "UPDATE", "TemplateBody": template,
        "Parameters": [{"ParameterKey": "Seconds", "ParameterValue": seconds}],
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        case("change sets: one of a new stack says what is added")
            .call("cloudformation", "CreateChangeSet", change_set("CREATE", TEMPLATE))
            .call("cloudformation", "DescribeChangeSet", of("first"))
            .comes_to(json!({
                "ChangeSetName": "first-{id}", "StackName": "s-{id}", "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE",
                "Changes": [{"Type": "Resource", "ResourceChange": {
                    "Action": "Add", "LogicalResourceId": "Queue", "ResourceType": "AWS::SQS::Queue",
                }}],
            })),
        prepared("change sets: its stack is in review")
            .call("cloudformation", "DescribeStacks", stack())
            .gives(json!({"Stacks": [{"StackName": "s-{id}", "StackStatus": "REVIEW_IN_PROGRESS"}]})),
        prepared("change sets: a second one of that name is refused")
            .call("cloudformation", "CreateChangeSet", change_set("CREATE", TEMPLATE))
            .fails("AlreadyExistsException"),
        case("change sets: one that updates an unknown stack is refused")
            .call("cloudformation", "CreateChangeSet", change_set("UPDATE", TEMPLATE))
            .fails("ValidationError"),
        created("change sets: one that creates a stack that is there is refused")
            .call("cloudformation", "CreateChangeSet", with("ChangeSetName", json!("second-{id}")))
            .fails("ValidationError"),
        prepared("change sets: an unknown one is refused")
            .call("cloudformation", "DescribeChangeSet", of("none"))
            .fails("ChangeSetNotFound"),
        prepared("change sets: an unknown one is not executed")
            .call("cloudformation", "ExecuteChangeSet", of("none"))
            .fails("ChangeSetNotFound"),
        case("change sets: without a template one is refused")
            .call("cloudformation", "CreateChangeSet", with("TemplateBody", Value::Null))
            .fails("ValidationError"),
        case("change sets: a template without resources is refused")
            .call("cloudformation", "CreateChangeSet", with("TemplateBody", json!("Description: nothing\n")))
            .fails("ValidationError"),
        case("change sets: a parameter that the template does not have is refused")
            .call("cloudformation", "CreateChangeSet", with("Parameters", json!([
                {"ParameterKey": "Minutes", "ParameterValue": "1"},
            ])))
            .fails("ValidationError"),
        case("change sets: a name that begins with a digit is refused")
            .call("cloudformation", "CreateChangeSet", with("ChangeSetName", json!("1st")))
            .fails("ValidationError"),
        case("change sets: a role with a name needs a capability")
            .call("cloudformation", "CreateChangeSet", with("TemplateBody", json!(
                "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: stack-{id}\n      AssumeRolePolicyDocument: {}\n"
            )))
            .fails("InsufficientCapabilitiesException"),
        created("change sets: one without changes fails")
            .call("cloudformation", "CreateChangeSet", second(TEMPLATE, "30"))
            .call("cloudformation", "DescribeChangeSet", of("second"))
            .comes_to(json!({"Status": "FAILED", "ExecutionStatus": "UNAVAILABLE", "StatusReason": "$text"})),
        created("change sets: a changed parameter modifies what refers to it")
            .call("cloudformation", "CreateChangeSet", second(TEMPLATE, "60"))
            .call("cloudformation", "DescribeChangeSet", of("second"))
            .comes_to(json!({"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": {
                "Action": "Modify", "LogicalResourceId": "Queue",
            }}]})),
        prepared("change sets: a deleted one is gone")
            .call("cloudformation", "DeleteChangeSet", of("first"))
            .call("cloudformation", "DescribeChangeSet", of("first"))
            .fails("ChangeSetNotFound"),
        created("stacks: one comes to CREATE_COMPLETE")
            .call("cloudformation", "DescribeStacks", stack())
            .gives(json!({"Stacks": [{
                "StackId": "{stack}", "StackName": "s-{id}", "CreationTime": "$time",
                "Parameters": [{"ParameterKey": "Seconds", "ParameterValue": "30"}],
            }]})),
        created("stacks: one has its resources")
            .call("cloudformation", "DescribeStackResources", stack())
            .gives(json!({"StackResources": [{
                "LogicalResourceId": "Queue", "ResourceType": "AWS::SQS::Queue", "ResourceStatus": "CREATE_COMPLETE",
                "PhysicalResourceId": "$text", "StackId": "{stack}",
            }]})),
        created("stacks: one tells its events, the newest first")
            .call("cloudformation", "DescribeStackEvents", stack())
            .gives(json!({"StackEvents": {"$has": {
                "LogicalResourceId": "Queue", "ResourceStatus": "CREATE_COMPLETE", "EventId": "$text", "Timestamp": "$time",
            }}})),
        created("stacks: one keeps its template")
            .call("cloudformation", "GetTemplate", stack())
            .gives(json!({"TemplateBody": TEMPLATE})),
        created("stacks: an update comes to UPDATE_COMPLETE")
            .call("cloudformation", "CreateChangeSet", second(TEMPLATE, "60"))
            .call("cloudformation", "DescribeChangeSet", of("second"))
            .until(json!({"Status": "CREATE_COMPLETE"}))
            .call("cloudformation", "ExecuteChangeSet", of("second"))
            .call("cloudformation", "DescribeStacks", stack())
            .comes_to(json!({"Stacks": [{
                "StackStatus": "UPDATE_COMPLETE", "Parameters": [{"ParameterKey": "Seconds", "ParameterValue": "60"}],
            }]})),
        created("stacks: one that is not updated cannot be cancelled")
            .call("cloudformation", "CancelUpdateStack", stack())
            .fails("ValidationError"),
        case("stacks: an unknown one is refused")
            .call("cloudformation", "DescribeStacks", stack())
            .fails("ValidationError"),
        case("stacks: an unknown one has no resources")
            .call("cloudformation", "DescribeStackResources", stack())
            .fails("ValidationError"),
        case("stacks: deleting an unknown one does nothing")
            .call("cloudformation", "DeleteStack", stack())
            .gives(json!({})),
        created("stacks: a deleted one is found by its ARN alone")
            .call("cloudformation", "DeleteStack", stack())
            .call("cloudformation", "DescribeStacks", json!({"StackName": "{stack}"}))
            .until(json!({"Stacks": [{"StackStatus": "DELETE_COMPLETE"}]}))
            .call("cloudformation", "DescribeStacks", stack())
            .fails("ValidationError"),
        case("templates: one says what it declares")
            .call("cloudformation", "GetTemplateSummary", json!({"TemplateBody": TEMPLATE}))
            .gives(json!({
                "Parameters": [{"ParameterKey": "Seconds", "DefaultValue": "30"}], "ResourceTypes": ["AWS::SQS::Queue"],
            })),
    ]
}
