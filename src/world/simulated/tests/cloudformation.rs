//! Stacks and change sets.

use super::balancing::world_with;
use super::*;

const TEMPLATE: &str = "\
Parameters:
  Visibility:
    Type: Number
    Default: 30
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !Ref Visibility
  Topic:
    Type: AWS::SNS::Topic
";

/// The template with a subscription instead of the topic, and an attribute of the queue.
const OTHER: &str = "\
Parameters:
  Visibility:
    Type: Number
    Default: 30
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
      VisibilityTimeout: !Ref Visibility
  Table:
    Type: AWS::DynamoDB::Table
";

fn with_stack(more: &str, faults: &[&str]) -> Simulated {
    world_with(
        &format!("[[stacks]]\nname = \"orders\"\ntemplate = '''\n{TEMPLATE}'''\n{more}"),
        faults,
    )
}

fn call(world: &Simulated, operation: &str, input: Value) -> Result<Value, Fault> {
    aws(world, "cloudformation", operation, input)
}

fn must(world: &Simulated, operation: &str, input: Value) -> Value {
    call(world, operation, input).expect(operation)
}

fn refused(world: &Simulated, operation: &str, input: Value) -> (String, String) {
    let fault = call(world, operation, input).expect_err(operation);
    (fault.code, fault.message)
}

fn at() -> Value {
    json!({ "StackName": "orders", "ChangeSetName": "next" })
}

fn input(more: Value) -> Value {
    let mut input = at();
    let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) else {
        panic!("two objects");
    };
    input.extend(more);
    Value::Object(input.clone())
}

/// Creates the change set and waits until CloudFormation knows what it changes.
fn change_set(world: &Simulated, more: Value) -> Value {
    must(world, "CreateChangeSet", input(more));
    world.sleep(Duration::from_secs(10));
    must(world, "DescribeChangeSet", at())
}

fn status(world: &Simulated) -> String {
    let found = must(world, "DescribeStacks", json!({ "StackName": "orders" }));
    found["Stacks"][0]["StackStatus"]
        .as_str()
        .expect("a status")
        .to_owned()
}

/// The resources and their statuses.
fn resources(world: &Simulated) -> Vec<String> {
    let found = must(
        world,
        "DescribeStackResources",
        json!({ "StackName": "orders" }),
    );
    let all = found["StackResources"].as_array().expect("resources");
    let word = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|one| {
            format!(
                "{} {}",
                word(one, "LogicalResourceId"),
                word(one, "ResourceStatus")
            )
        })
        .collect()
}

/// CloudFormation User Guide, "View a change set for a CloudFormation stack", and API Reference, ResourceChange.
#[test]
fn a_change_set_says_what_a_template_changes() {
    let more = "[[stacks.resources]]\nname = \"Queue\"\nreplacement = \"True\"";
    let world = with_stack(more, &[]);
    must(
        &world,
        "CreateChangeSet",
        input(json!({ "TemplateBody": OTHER })),
    );
    let young = must(&world, "DescribeChangeSet", at());
    assert_eq!(young["ExecutionStatus"], "UNAVAILABLE");
    world.sleep(Duration::from_secs(10));
    let made = must(&world, "DescribeChangeSet", at());
    assert_eq!(made["ExecutionStatus"], "AVAILABLE");
    let changes: Vec<_> = made["Changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| {
            let change = &change["ResourceChange"];
            json!([
                change["Action"],
                change["LogicalResourceId"],
                change["Replacement"]
            ])
        })
        .collect();
    assert_eq!(
        changes,
        [
            json!(["Modify", "Queue", "True"]),
            json!(["Add", "Table", null]),
            json!(["Remove", "Topic", null]),
        ]
    );
    let target = &made["Changes"][0]["ResourceChange"]["Details"][0]["Target"];
    assert_eq!(target["Name"], "QueueName");
    assert_eq!(target["RequiresRecreation"], "Always");
    assert_eq!(status(&world), "CREATE_COMPLETE", "nothing has changed yet");
}

#[test]
fn a_parameter_changes_what_refers_to_it() {
    let world = with_stack("", &[]);
    let parameters = json!([{ "ParameterKey": "Visibility", "ParameterValue": "60" }]);
    let made = change_set(
        &world,
        json!({ "UsePreviousTemplate": true, "Parameters": parameters }),
    );
    let changes = made["Changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 1, "{made}");
    let detail = &changes[0]["ResourceChange"]["Details"][0];
    assert_eq!(detail["ChangeSource"], "ParameterReference");
    assert_eq!(detail["CausingEntity"], "Visibility");
}

/// CloudFormation User Guide, "Update behaviors of stack resources": what is removed or replaced goes after the update.
#[test]
fn an_executed_change_set_changes_the_stack() {
    let world = with_stack("", &[]);
    change_set(&world, json!({ "TemplateBody": OTHER }));
    must(&world, "ExecuteChangeSet", at());
    assert_eq!(status(&world), "UPDATE_IN_PROGRESS");
    world.sleep(Duration::from_secs(50));
    assert_eq!(status(&world), "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
    world.sleep(Duration::from_secs(60));
    assert_eq!(status(&world), "UPDATE_COMPLETE");
    assert_eq!(
        resources(&world),
        ["Queue UPDATE_COMPLETE", "Table CREATE_COMPLETE"]
    );
    let set = must(&world, "DescribeChangeSet", at());
    assert_eq!(set["ExecutionStatus"], "EXECUTE_COMPLETE");
    let template = must(&world, "GetTemplate", json!({ "StackName": "orders" }));
    assert_eq!(template["TemplateBody"], OTHER);
    let events = must(
        &world,
        "DescribeStackEvents",
        json!({ "StackName": "orders" }),
    );
    assert_eq!(
        events["StackEvents"][0]["ResourceStatus"],
        "UPDATE_COMPLETE"
    );
}

/// CloudFormation User Guide, "Stack status codes", UPDATE_ROLLBACK_COMPLETE.
#[test]
fn a_failed_resource_rolls_the_stack_back() {
    for (fault, failing) in [
        ("resource-fails", "Queue"),
        ("resource-fails:Table", "Table"),
    ] {
        let world = with_stack("", &[fault]);
        change_set(&world, json!({ "TemplateBody": OTHER }));
        must(&world, "ExecuteChangeSet", at());
        world.sleep(Duration::from_secs(300));
        assert_eq!(status(&world), "UPDATE_ROLLBACK_COMPLETE");
        let there = resources(&world);
        assert_eq!(there.len(), 2, "{there:?}");
        assert!(there[1].starts_with("Topic "), "{there:?}");
        let template = must(&world, "GetTemplate", json!({ "StackName": "orders" }));
        assert_ne!(template["TemplateBody"], OTHER);
        let set = must(&world, "DescribeChangeSet", at());
        assert_eq!(set["ExecutionStatus"], "EXECUTE_FAILED");
        let events = must(
            &world,
            "DescribeStackEvents",
            json!({ "StackName": "orders" }),
        );
        let events = events["StackEvents"].as_array().expect("events");
        let status = |event: &Value| {
            event["ResourceStatus"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let failed: Vec<_> = events
            .iter()
            .filter(|event| status(event).ends_with("_FAILED"))
            .collect();
        assert_eq!(failed.len(), 1, "{events:#?}");
        assert_eq!(failed[0]["LogicalResourceId"], failing);
        let begun = events
            .iter()
            .find(|event| status(event) == "UPDATE_ROLLBACK_IN_PROGRESS");
        let reason = begun.expect("a rollback")["ResourceStatusReason"].to_string();
        assert!(reason.contains(&format!("[{failing}]")), "{reason}");
    }
}

/// CloudFormation User Guide, "Stack status codes", UPDATE_ROLLBACK_FAILED: the stack cannot be updated then.
#[test]
fn a_rollback_may_fail_too() {
    let more =
        "[[stacks.resources]]\nname = \"Queue\"\nfails = \"taken\"\nrollback_fails = \"locked\"";
    let world = with_stack(more, &[]);
    change_set(&world, json!({ "TemplateBody": OTHER }));
    must(&world, "ExecuteChangeSet", at());
    world.sleep(Duration::from_secs(300));
    assert_eq!(status(&world), "UPDATE_ROLLBACK_FAILED");
    let again = json!({ "ChangeSetName": "again", "StackName": "orders", "TemplateBody": OTHER });
    let (_, message) = refused(&world, "CreateChangeSet", again);
    assert!(
        message.contains("UPDATE_ROLLBACK_FAILED state"),
        "{message}"
    );
}

/// CloudFormation API Reference, CancelUpdateStack.
#[test]
fn a_running_update_is_cancelled() {
    let world = with_stack("", &[]);
    let (code, _) = refused(
        &world,
        "CancelUpdateStack",
        json!({ "StackName": "orders" }),
    );
    assert_eq!(code, "ValidationError");
    change_set(&world, json!({ "TemplateBody": OTHER }));
    must(&world, "ExecuteChangeSet", at());
    world.sleep(Duration::from_secs(10));
    must(
        &world,
        "CancelUpdateStack",
        json!({ "StackName": "orders" }),
    );
    assert_eq!(status(&world), "UPDATE_ROLLBACK_IN_PROGRESS");
    world.sleep(Duration::from_secs(300));
    assert_eq!(status(&world), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(
        resources(&world),
        ["Queue UPDATE_COMPLETE", "Topic CREATE_COMPLETE"]
    );
}

/// CloudFormation API Reference, CreateChangeSet, `ChangeSetType`.
#[test]
fn a_stack_is_created_by_a_change_set() {
    let world = world_with("", &[]);
    let creates = json!({ "TemplateBody": TEMPLATE, "ChangeSetType": "CREATE" });
    change_set(&world, creates);
    assert_eq!(status(&world), "REVIEW_IN_PROGRESS");
    must(&world, "ExecuteChangeSet", at());
    world.sleep(Duration::from_secs(120));
    assert_eq!(status(&world), "CREATE_COMPLETE");
    must(&world, "DeleteStack", json!({ "StackName": "orders" }));
    world.sleep(Duration::from_secs(120));
    let (code, message) = refused(&world, "DescribeStacks", json!({ "StackName": "orders" }));
    assert_eq!(code, "ValidationError");
    assert!(message.contains("orders does not exist"), "{message}");

    let world = world_with("", &["resource-fails:Topic"]);
    change_set(
        &world,
        json!({ "TemplateBody": TEMPLATE, "ChangeSetType": "CREATE" }),
    );
    must(&world, "ExecuteChangeSet", at());
    world.sleep(Duration::from_secs(300));
    assert_eq!(status(&world), "ROLLBACK_COMPLETE");
    assert_eq!(resources(&world), [""; 0]);
}

/// CloudFormation API Reference, CreateChangeSet, ExecuteChangeSet and DeleteChangeSet, "Errors"; User Guide, "Create a
/// change set for a CloudFormation stack": one without changes fails.
#[test]
fn what_cannot_be_is_refused() {
    let world = with_stack("", &[]);
    let empty = change_set(&world, json!({ "UsePreviousTemplate": true }));
    assert_eq!(empty["Status"], "FAILED");
    let reason = empty["StatusReason"].to_string();
    assert!(reason.contains("didn't contain changes"), "{reason}");
    assert_eq!(
        refused(&world, "ExecuteChangeSet", at()).0,
        "InvalidChangeSetStatus"
    );
    let again = input(json!({ "TemplateBody": OTHER }));
    assert_eq!(
        refused(&world, "CreateChangeSet", again).0,
        "AlreadyExistsException"
    );
    must(&world, "DeleteChangeSet", at());
    assert_eq!(
        refused(&world, "DescribeChangeSet", at()).0,
        "ChangeSetNotFound"
    );

    let role = "Resources:\n  Role:\n    Type: AWS::IAM::Role\n";
    let cases = [
        (
            json!({ "TemplateBody": role }),
            "InsufficientCapabilitiesException",
            "CAPABILITY_IAM",
        ),
        (
            json!({ "TemplateBody": "{" }),
            "ValidationError",
            "not well-formed",
        ),
        (
            json!({}),
            "ValidationError",
            "Template Body must be specified",
        ),
        (
            json!({ "TemplateBody": TEMPLATE, "ChangeSetType": "CREATE" }),
            "ValidationError",
            "already exists",
        ),
        (
            json!({ "TemplateBody": TEMPLATE, "Parameters": [{ "ParameterKey": "Size", "ParameterValue": "1" }] }),
            "ValidationError",
            "[Size] do not exist in the template",
        ),
        (
            json!({ "TemplateBody": TEMPLATE.replace("    Default: 30\n", "") }),
            "ValidationError",
            "[Visibility] must have values",
        ),
        (
            json!({ "StackName": "nothing", "TemplateBody": TEMPLATE }),
            "ValidationError",
            "does not exist",
        ),
        (
            json!({ "ChangeSetName": "1st", "TemplateBody": TEMPLATE }),
            "ValidationError",
            "regular expression",
        ),
    ];
    for (more, code, words) in cases {
        let (found, message) = refused(&world, "CreateChangeSet", input(more.clone()));
        assert_eq!(found, code, "{more}: {message}");
        assert!(message.contains(words), "{more}: {message}");
    }

    // While a stack is updated, nothing else changes it.
    change_set(&world, json!({ "TemplateBody": OTHER }));
    must(&world, "ExecuteChangeSet", at());
    assert_eq!(
        refused(&world, "ExecuteChangeSet", at()).0,
        "InvalidChangeSetStatus"
    );
    assert_eq!(
        refused(&world, "DeleteChangeSet", at()).0,
        "InvalidChangeSetStatus"
    );
    let other =
        json!({ "StackName": "orders", "ChangeSetName": "other", "TemplateBody": TEMPLATE });
    let (code, message) = refused(&world, "CreateChangeSet", other);
    assert_eq!(code, "ValidationError");
    assert!(message.contains("UPDATE_IN_PROGRESS state"), "{message}");
    refused(&world, "DeleteStack", json!({ "StackName": "orders" }));
}
