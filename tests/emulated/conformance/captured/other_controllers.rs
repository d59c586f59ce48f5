//! Services whose deployments another controller makes.

use super::*;

/// ECS with a service of its own, and one whose deployments somebody else makes.
fn external(request: &Request<Bytes>) -> (u16, Value) {
    const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:";
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    let operation = target
        .and_then(|target| target.rsplit('.').next())
        .unwrap_or_default();
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let definition = json!({
        "family": "web", "revision": 1, "taskDefinitionArn": format!("{ARN}task-definition/web:1"), "status": "ACTIVE",
        "tomorrow": {"aws": "adds this"},
        "containerDefinitions": [{"name": "web", "image": "nginx", "memory": 128, "essential": true}],
    });
    let service = |name: &str| {
        let mut service = json!({
            "serviceName": name, "serviceArn": format!("{ARN}service/prod/{name}"), "status": "ACTIVE",
            "clusterArn": format!("{ARN}cluster/prod"), "desiredCount": 1, "launchType": "EC2",
        });
        match name {
            "ext" => service["deploymentController"] = json!({"type": "EXTERNAL"}),
            _ => service["taskDefinition"] = definition["taskDefinitionArn"].clone(),
        }
        if name == "cd" {
            service["deploymentController"] = json!({"type": "CODE_DEPLOY"});
            service["taskSets"] = json!([{"id": "ecs-svc/1", "status": "PRIMARY"}]);
        }
        service
    };
    match operation {
        "ListServices" => {
            let arns = ["web", "ext", "cd"].map(|name| format!("{ARN}service/prod/{name}"));
            (200, json!({"serviceArns": arns}))
        }
        "DescribeServices" => {
            let names = body["services"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let services: Vec<Value> = names.map(service).collect();
            (200, json!({"services": services, "failures": []}))
        }
        "DescribeTaskDefinition" if body["taskDefinition"] == "web:1" => {
            (200, json!({"taskDefinition": definition}))
        }
        _ => (
            400,
            json!({"__type": "AccessDeniedException", "message": "no"}),
        ),
    }
}

#[test]
fn a_service_with_another_controller_does_not_stop_it() {
    let server = Server::start(|request| async move {
        let (status, body) = external(&request);
        let answer = Response::builder()
            .status(status)
            .header("content-type", "application/x-amz-json-1.1")
            .body(Bytes::from(body.to_string()).into())
            .expect("an answer");
        Reply::With(answer)
    });
    let deployer = Deployer::at(&server.url());
    let (finished, text, file) = captured(&deployer);
    finished
        .expect(0)
        .says("left out: service ext: its deployments are made by EXTERNAL")
        .says("deployments of service cd, which CODE_DEPLOY makes")
        .says("of task definitions: tomorrow");
    let fixture = Fixture::parse(&text, &file).unwrap_or_else(|f| panic!("{f}\n{text}"));
    let names: Vec<_> = fixture
        .services
        .iter()
        .map(|s| s.raw["serviceName"].clone())
        .collect();
    assert_eq!(names, [json!("web"), json!("cd")], "{text}");
    fs::remove_file(&file).expect("a file of our own");
    let only = deployer.run(&[
        "capture",
        "--cluster",
        "prod",
        "--service",
        "ext",
        "--out",
        &file,
    ]);
    only.expect(2)
        .says("service ext: its deployments are made by EXTERNAL");
}
