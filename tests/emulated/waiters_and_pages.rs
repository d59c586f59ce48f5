//! `aws::wait_for` and `aws::pages` over sockets, against moto, which nobody here wrote.

use serde_json::json;

use crate::support::catalog;
use crate::support::cloud;
use crate::support::deployer::Deployer;
use crate::support::emulators::Moto;

/// Amazon DynamoDB API Reference, DescribeTable: `ResourceNotFoundException` where there is no such table.
#[test]
fn a_wait_that_was_killed_goes_on_when_it_is_resumed() {
    let moto = Moto::start();
    let mut deployer = Deployer::at(&moto.endpoint());
    deployer.write(
        "team.rhai",
        r#"let found = aws::wait_for("dynamodb", "TableExists", #{ TableName: "orders" }, #{ every: "1s" });
note(`it is ${found.Table.TableStatus}`);"#,
    );
    let mut live = deployer.spawn_json(&["run", "team.rhai"]);
    let waits = |line: &str| line.contains("\"progress\"") && line.contains("ResourceNotFound");
    live.line(waits).expect("it waits");
    live.kill();
    let mut other = Deployer::at(&moto.endpoint());
    other.write(
        "create.rhai",
        r#"aws::call("dynamodb", "CreateTable", #{
    TableName: "orders", BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [#{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [#{ AttributeName: "id", KeyType: "HASH" }],
});"#,
    );
    other.json(&["run", "create.rhai"]).expect(0);
    let resumed = deployer.json(&["resume", &deployer.newest_run()]);
    assert_eq!(resumed.expect(0).ending()["outcome"], "succeeded");
    resumed.says("it is ACTIVE");
}

/// Amazon ECS API Reference, DescribeServices: `MISSING` in `failures`.
#[test]
fn a_failure_ends_a_wait_and_a_plan_lists_the_wait() {
    let moto = Moto::start();
    let names = catalog::seed_moto(&moto);
    let mut deployer = Deployer::at(&moto.endpoint());
    let mut waits_for = |service: &str| {
        let script = format!(
            r#"aws::wait_for("ecs", "ServicesStable", #{{ cluster: "{}", services: ["{service}"] }});"#,
            names.cluster
        );
        deployer.write("team.rhai", &script);
        (
            deployer.run(&["plan", "team.rhai"]),
            deployer.json(&["run", "team.rhai"]),
        )
    };
    let (_, run) = waits_for("nobody");
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "wait_failed");
    let said = "ecs ServicesStable: failures[].reason is MISSING";
    assert_eq!(fault["message"], said);
    let (plan, run) = waits_for(&names.service);
    plan.expect(0)
        .says("waits for ecs ServicesStable, at most 10m");
    run.expect(0);
}

#[test]
fn every_page_of_a_list_is_read() {
    let moto = Moto::start();
    let endpoint = moto.endpoint();
    for number in 0..7 {
        let name = format!("page-{number}");
        cloud::must(
            &endpoint,
            "secretsmanager",
            "CreateSecret",
            json!({ "Name": name }),
        );
    }
    let mut deployer = Deployer::at(&endpoint);
    deployer.write(
        "team.rhai",
        r#"let all = aws::pages("secretsmanager", "ListSecrets", #{ MaxResults: 2 });
let some = aws::pages("secretsmanager", "ListSecrets", #{ MaxResults: 2 }, #{ max_items: 5 });
let one = aws::call("secretsmanager", "ListSecrets", #{ MaxResults: 2 });
let whole = aws::call("secretsmanager", "ListSecrets");
note(`${all.len()} ${some.len()} ${one.SecretList.len()} ${whole.SecretList.len()}`);
note(`first ${all[0].Name}, last ${all[6].Name}`);"#,
    );
    let run = deployer.json(&["run", "team.rhai"]);
    run.expect(0)
        .says("7 5 2 7")
        .says("first page-0, last page-6");
}
