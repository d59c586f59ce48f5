//! What AWS learns after this program was built.

use std::sync::{Arc, Mutex, PoisonError};

use hyper::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::support::deployer::Deployer;
use crate::support::http::{self, Reply, Server};

const SCRIPT: &str = r#"
import "std/task_definition" as task_definition;
step "Register" {
    let next = task_definition::as_new_revision(task_definition::find("web"));
    next.cpu = "512";
    ecs::register_task_definition(next);
}
"#;

/// ECS as it may be: its task definitions have members, and values, that nobody knew of.
fn tomorrow() -> Value {
    json!({
        "taskDefinitionArn": "arn:aws:ecs:ap-south-1:123456789012:task-definition/web:1",
        "family": "web", "revision": 1, "status": "ACTIVE", "cpu": "256", "memory": "512",
        "networkMode": "awsvpc2", "futureThing": { "depth": 2 },
        "containerDefinitions": [{ "name": "web", "image": "nginx", "essential": true, "futureFlag": false }],
    })
}

#[test]
fn a_member_that_aws_adds_is_passed_on() {
    let sent: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
    let heard = Arc::clone(&sent);
    let server = Server::start(move |request: Request<Bytes>| {
        let target = request.headers().get("x-amz-target");
        let target = target.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let input: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let answer = match operation.as_str() {
            "DescribeTaskDefinition" => json!({ "taskDefinition": tomorrow() }),
            _ => {
                let mut made = input.clone();
                made["revision"] = json!(2);
                made["taskDefinitionArn"] =
                    json!("arn:aws:ecs:ap-south-1:123456789012:task-definition/web:2");
                json!({ "taskDefinition": made })
            }
        };
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push((operation, input));
        async move {
            Reply::With(http::response(
                200,
                "application/x-amz-json-1.1",
                answer.to_string(),
            ))
        }
    });
    let mut deployer = Deployer::at(&server.url());
    deployer.write("team.rhai", SCRIPT);
    deployer
        .run(&["plan", "team.rhai"])
        .expect(0)
        .says("RegisterTaskDefinition web");
    let run = deployer.run(&["run", "team.rhai"]);
    run.expect(0).says("passed on as AWS gave it: ");
    for name in ["futureFlag", "futureThing"] {
        run.says(name);
    }
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let registered = sent
        .iter()
        .find(|(operation, _)| operation == "RegisterTaskDefinition");
    let (_, input) = registered.expect("it was registered");
    assert_eq!(input["futureThing"], json!({ "depth": 2 }));
    assert_eq!(input["networkMode"], "awsvpc2");
    assert_eq!(input["containerDefinitions"][0]["futureFlag"], json!(false));
    assert_eq!(input["cpu"], "512");

    // What nobody but the script says is a slip.
    let misspelt = SCRIPT.replace("next.cpu", "next.cpuu");
    drop(sent);
    deployer.put("team.rhai", &misspelt);
    let refused = deployer.json(&["run", "team.rhai"]);
    let fault = refused.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "invalid_input");
    assert_eq!(fault["hint"], "did you mean `cpu`?");
}

/// Calls that AWS's models do not take are not sent, whatever the service.
#[test]
fn what_aws_does_not_take_is_not_sent() {
    let sent: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&sent);
    let server = Server::start(move |request: Request<Bytes>| {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(request.uri().to_string());
        async move { Reply::With(http::response(200, "application/json", "{}".to_owned())) }
    });
    let mut deployer = Deployer::at(&server.url());
    for (call, said) in [
        (
            "secrets::delete_secret(given)",
            "RecoveryWindowInDay: unknown field",
        ),
        (
            "aws::call(\"lambda\", \"UpdateAlias\", given)",
            "FunctionName: required and missing",
        ),
        (
            "aws::call(\"ec2\", \"DescribeVpcs\", given)",
            "SecretId: unknown field",
        ),
    ] {
        let given = "let given = #{ SecretId: \"db\", RecoveryWindowInDay: 7 };";
        let script = format!("{given}\nstep \"Call\" {{ {call}; }}\n");
        deployer.write("team.rhai", &script);
        let refused = deployer.json(&["run", "team.rhai"]);
        let fault = refused.expect(1).ending()["fault"].clone();
        assert_eq!(fault["code"], "invalid_input", "{call}");
        let message = fault["message"].as_str().unwrap_or_default();
        assert!(message.contains(said), "{call}: {message}");
    }
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let calls = sent.iter().filter(|uri| uri.contains("aliases"));
    assert_eq!(calls.count(), 0, "{sent:?}");
}
