//! `cloudformation::` — stacks, and change sets that show what an update does before it is done.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{did_not_happen, happened_if_created, happened_if_gone, is_not_found};
use super::api::{Api, left, name_of, primitives, send};
use super::{Context, LineKind, Primitive, Reconciled};
use crate::text::shell::quote;
use crate::vocabulary::{Fault, Stop};
use crate::world::AwsCall;

const CLOUDFORMATION: &str = "cloudformation";

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    primitives([
        Api::read(
            "cloudformation",
            "describe_stacks",
            (CLOUDFORMATION, "DescribeStacks"),
            "StackName",
            "Describes stacks, all of them or one by its name or ARN. A stack that does not exist is the fault `ValidationError`.",
            r#"print(cloudformation::describe_stacks(#{ StackName: "catalog-data" }).Stacks[0].StackStatus);"#,
        ),
        Api::read(
            "cloudformation",
            "describe_change_set",
            (CLOUDFORMATION, "DescribeChangeSet"),
            "ChangeSetName",
            "Describes a change set: its status, and what it changes.",
            r#"cloudformation::create_change_set(#{
    StackName: "catalog-data", ChangeSetName: "longer-visibility", UsePreviousTemplate: true,
    Parameters: [#{ ParameterKey: "VisibilityTimeout", ParameterValue: "60" }],
});
print(cloudformation::describe_change_set(#{ StackName: "catalog-data", ChangeSetName: "longer-visibility" }).Status);"#,
        ),
        Api::read(
            "cloudformation",
            "create_change_set",
            (CLOUDFORMATION, "CreateChangeSet"),
            "StackName",
            "Starts to create a change set, which changes nothing by itself. It can be executed when its status is `CREATE_COMPLETE`; it is `FAILED` if there is nothing to change.",
            r#"let at = #{ StackName: "catalog-data", ChangeSetName: "longer-visibility" };
cloudformation::create_change_set(at + #{
    UsePreviousTemplate: true, Parameters: [#{ ParameterKey: "VisibilityTimeout", ParameterValue: "60" }],
});
let made = aws::wait(#{
    service: "cloudformation", operation: "DescribeChangeSet", input: at,
    path: "Status", becomes: ["CREATE_COMPLETE"], fails: ["FAILED"],
});
for change in made.Changes { print(change.ResourceChange.LogicalResourceId); }"#,
        )
        .writes(LineKind::Creates)
        .prepared_by(|input, cx| with_token(input, cx, "ClientToken"))
        .reconciled_by(|input, cx| {
            let live = change_set(cx, input)?;
            let output = |set: Value| json!({ "Id": set["ChangeSetId"], "StackId": set["StackId"] });
            Ok(happened_if_created(live, "CreationTime", cx, output))
        })
        .residue(|input, _| {
            let name = name_of(&input["ChangeSetName"]);
            left(format!("change set {name} of stack {}", name_of(&input["StackName"])), true)
        }),
        Api::read(
            "cloudformation",
            "execute_change_set",
            (CLOUDFORMATION, "ExecuteChangeSet"),
            "StackName",
            "Starts to carry out a change set. Other change sets of the stack are deleted. The status of the stack says how it ends: if a resource fails, CloudFormation rolls the stack back.",
            r#"let at = #{ StackName: "catalog-data", ChangeSetName: "longer-visibility" };
cloudformation::create_change_set(at + #{
    UsePreviousTemplate: true, Parameters: [#{ ParameterKey: "VisibilityTimeout", ParameterValue: "60" }],
});
aws::wait(#{
    service: "cloudformation", operation: "DescribeChangeSet", input: at,
    path: "Status", becomes: ["CREATE_COMPLETE"], fails: ["FAILED"],
});
cloudformation::execute_change_set(at);
print(aws::wait_for("cloudformation", "StackUpdateComplete", #{ StackName: "catalog-data" }).Stacks[0].StackStatus);"#,
        )
        .writes(LineKind::Changes)
        .prepared_by(|input, cx| with_token(input, cx, "ClientRequestToken"))
        .reconciled_by(|input, cx| Ok(execution(change_set(cx, input)?)))
        .residue(|input, _| left(format!("stack {} as changed", name_of(&input["StackName"])), false))
        .in_flight(|input| Some(format!("stack {} is being changed", name_of(&input["StackName"]))))
        .stop_command(|input, _| {
            let name = quote(input["StackName"].as_str()?);
            Some(format!("aws cloudformation cancel-update-stack --stack-name {name}"))
        }),
        Api::read(
            "cloudformation",
            "delete_change_set",
            (CLOUDFORMATION, "DeleteChangeSet"),
            "ChangeSetName",
            "Deletes a change set that is not being carried out.",
            r#"let at = #{ StackName: "catalog-data", ChangeSetName: "longer-visibility" };
cloudformation::create_change_set(at + #{
    UsePreviousTemplate: true, Parameters: [#{ ParameterKey: "VisibilityTimeout", ParameterValue: "60" }],
});
cloudformation::delete_change_set(at);"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            Ok(happened_if_gone(change_set(cx, input)?.as_ref(), json!({})))
        }),
        Api::read(
            "cloudformation",
            "cancel_update_stack",
            (CLOUDFORMATION, "CancelUpdateStack"),
            "StackName",
            "Cancels a running update of a stack. CloudFormation then rolls it back to `UPDATE_ROLLBACK_COMPLETE`.",
            r#"let at = #{ StackName: "catalog-data", ChangeSetName: "longer-visibility" };
cloudformation::create_change_set(at + #{
    UsePreviousTemplate: true, Parameters: [#{ ParameterKey: "VisibilityTimeout", ParameterValue: "60" }],
});
aws::wait(#{
    service: "cloudformation", operation: "DescribeChangeSet", input: at,
    path: "Status", becomes: ["CREATE_COMPLETE"], fails: ["FAILED"],
});
cloudformation::execute_change_set(at);
cloudformation::cancel_update_stack(#{ StackName: "catalog-data" });
aws::wait_for("cloudformation", "StackRollbackComplete", #{ StackName: "catalog-data" });"#,
        )
        .writes(LineKind::Changes)
        .prepared_by(|input, cx| with_token(input, cx, "ClientRequestToken"))
        .reconciled_by(|input, cx| {
            let status = status(cx, input)?.unwrap_or_default();
            Ok(match status.starts_with("UPDATE_ROLLBACK") {
                true => happened(format!("the stack is {status}")),
                false => did_not_happen(format!("the stack is {status}")),
            })
        })
        .in_flight(|input| Some(format!("stack {} is rolled back", name_of(&input["StackName"])))),
        Api::read(
            "cloudformation",
            "delete_stack",
            (CLOUDFORMATION, "DeleteStack"),
            "StackName",
            "Starts to delete a stack and its resources. It is deleted when its status is `DELETE_COMPLETE`, and then it is only found by its ARN.",
            r#"cloudformation::delete_stack(#{ StackName: "catalog-data" });
aws::wait_for("cloudformation", "StackDeleteComplete", #{ StackName: "catalog-data" });"#,
        )
        .writes(LineKind::Removes)
        .prepared_by(|input, cx| with_token(input, cx, "ClientRequestToken"))
        .reconciled_by(|input, cx| {
            Ok(match status(cx, input)? {
                None => happened("it is gone".to_owned()),
                Some(status) if status.starts_with("DELETE_") => happened(format!("the stack is {status}")),
                Some(status) => did_not_happen(format!("the stack is {status}")),
            })
        })
        .in_flight(|input| Some(format!("stack {} is being deleted", name_of(&input["StackName"])))),
    ])
}

/// The input with a token by which CloudFormation recognises the same call; one that is given stays.
fn with_token(input: &Value, cx: &Context<'_>, member: &str) -> Value {
    let mut input = input.clone();
    if input[member].is_null() {
        input[member] = json!(cx.token());
    }
    input
}

fn happened(how: String) -> Reconciled {
    Reconciled::Happened {
        output: json!({}),
        how,
    }
}

/// Whether a change set has been carried out: its status of execution says so.
fn execution(change_set: Option<Value>) -> Reconciled {
    let Some(found) = change_set else {
        // Executing another change set deletes it, and so does a person: nothing shows which of them was.
        return Reconciled::Unknown;
    };
    let status = found["ExecutionStatus"].as_str().unwrap_or_default();
    match status.starts_with("EXECUTE_") {
        true => happened(format!("its execution is {status}")),
        false => did_not_happen(format!("its execution is {status}")),
    }
}

/// Whether CloudFormation says that a stack or a change set is not there.
fn is_gone(fault: &Fault) -> bool {
    is_not_found(&fault.code)
        || (fault.code == "ValidationError" && fault.message.contains("does not exist"))
}

fn read(cx: &Context<'_>, operation: &str, input: Value) -> Result<Option<Value>, Stop> {
    match send(cx, &AwsCall::new(CLOUDFORMATION, operation, input)) {
        Ok(answer) => Ok(Some(answer)),
        Err(Stop::Fault(fault)) if is_gone(&fault) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// The change set that a call is about, as it is.
fn change_set(cx: &Context<'_>, input: &Value) -> Result<Option<Value>, Stop> {
    let mut asked = json!({ "ChangeSetName": input["ChangeSetName"] });
    if !input["StackName"].is_null() {
        asked["StackName"] = input["StackName"].clone();
    }
    read(cx, "DescribeChangeSet", asked)
}

/// The status of the stack that a call is about.
fn status(cx: &Context<'_>, input: &Value) -> Result<Option<String>, Stop> {
    let asked = json!({ "StackName": input["StackName"] });
    let found = read(cx, "DescribeStacks", asked)?;
    let status = |found: Value| {
        found["Stacks"][0]["StackStatus"]
            .as_str()
            .map(str::to_owned)
    };
    Ok(found.and_then(status))
}
