//! Task definitions.

use serde_json::{Value, json};

use super::{ECS, read};
use crate::primitive::api::reconcile::is_since_call;
use crate::primitive::api::{Api, left, send};
use crate::primitive::{Context, LineKind, Reconciled, diff};
use crate::text::arn::{self, short_name};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

/// Operations that register and deregister.
pub(super) fn all() -> [Api; 2] {
    [
        read(
            "register_task_definition",
            "RegisterTaskDefinition",
            "family",
            "Registers a new revision of a task definition, given as the JSON that `aws ecs register-task-definition --cli-input-json` takes. If its answer is lost, the family's newest revisions show whether it was registered.",
            r#"let made = ecs::register_task_definition(#{
    family: "hello",
    requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc", cpu: "256", memory: "512",
    executionRoleArn: "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    containerDefinitions: [#{ name: "hello", image: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/hello:1", essential: true }],
});
print(made.taskDefinition.revision);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(find_registration)
        .changes(|input, seen| {
            let live = input["family"]
                .as_str()
                .and_then(|f| seen.task_definition(f));
            live.map(|live| diff::task_definition(live, input))
                .unwrap_or_default()
        })
        .summary(|_, output| {
            Some(short_name(output["taskDefinition"]["taskDefinitionArn"].as_str()?).to_owned())
        })
        .residue(|_, output| {
            let arn = output["taskDefinition"]["taskDefinitionArn"].as_str()?;
            left(format!("task definition {}", short_name(arn)), true)
        }),
        read(
            "deregister_task_definition",
            "DeregisterTaskDefinition",
            "taskDefinition",
            "Makes a revision of a task definition INACTIVE: it can no longer be deployed.",
            r#"ecs::deregister_task_definition(#{ taskDefinition: "realserv-catalog-service:39" });"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(find_deregistration),
    ]
}

fn find_registration(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let family = input["family"].as_str().unwrap_or_default();
    let list = json!({ "familyPrefix": family, "sort": "DESC", "maxResults": 10 });
    let listed = send(cx, &AwsCall::new(ECS, "ListTaskDefinitions", list))?;
    let revisions = listed["taskDefinitionArns"]
        .as_array()
        .into_iter()
        .flatten();
    let revisions = revisions
        .filter_map(Value::as_str)
        // The prefix may match longer names too.
        .filter(|arn| arn::family(arn) == family);
    // Whoever registered meanwhile has made the newest; one that says the same serves as well as ours.
    for revision in revisions {
        let ask = json!({ "taskDefinition": revision });
        let output = send(cx, &AwsCall::new(ECS, "DescribeTaskDefinition", ask))?;
        let found = &output["taskDefinition"];
        if !is_since_call(cx, &found["registeredAt"]) {
            break;
        }
        if diff::task_definition(found, input).is_empty() {
            return Ok(Reconciled::Happened {
                how: format!("{} is what was to be registered", short_name(revision)),
                output: json!({ "taskDefinition": found }),
            });
        }
    }
    Ok(Reconciled::DidNot {
        how: format!("{family} has no such revision"),
    })
}

fn find_deregistration(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let describe = json!({ "taskDefinition": input["taskDefinition"] });
    let output = send(cx, &AwsCall::new(ECS, "DescribeTaskDefinition", describe))?;
    let found = &output["taskDefinition"];
    if found["status"] == json!("ACTIVE") {
        return Ok(Reconciled::DidNot {
            how: "the revision is ACTIVE".into(),
        });
    }
    Ok(Reconciled::Happened {
        how: "the revision is INACTIVE".into(),
        output: json!({ "taskDefinition": found }),
    })
}
