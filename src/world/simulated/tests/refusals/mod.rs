//! What AWS refuses is refused, with its code and its sentence. Each table names the page and the section that its
//! rules rest on.

use super::*;

mod balancers;
mod databases;
mod definitions;
mod deployments;
mod instances;
mod secrets;
mod services;
mod stores;

/// A change of an input that is accepted as it is; the code, and words of the sentence.
type Row = (fn(&mut Value), &'static str, &'static str);

const ROLE: &str = "arn:aws:iam::123456789012:role/execution";

/// Checks that the input is accepted as it is, and refused with each of the changes.
fn table(service: &str, operation: &str, input: &Value, rows: &[Row]) {
    let accepted = aws(&world(&[]), service, operation, input.clone());
    assert!(accepted.is_ok(), "{operation} as it is: {accepted:?}");
    for (change, code, words) in rows {
        let mut input = input.clone();
        change(&mut input);
        let world = world(&[]);
        let Err(fault) = aws(&world, service, operation, input.clone()) else {
            panic!("{operation} is accepted where {code} was expected: {words}\n{input:#}");
        };
        assert_eq!(&fault.code, code, "{operation}: {}", fault.message);
        assert!(
            fault.message.contains(words),
            "{operation}: {words} is not in: {}",
            fault.message
        );
    }
}

/// A task definition for Fargate that is accepted.
fn definition() -> Value {
    json!({
        "family": "orders", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
        "cpu": "256", "memory": "512", "executionRoleArn": ROLE,
        "containerDefinitions": [{
            "name": "app", "essential": true, "portMappings": [{ "containerPort": 8080 }],
            "image": "123456789012.dkr.ecr.ap-south-1.amazonaws.com/shop/orders:1",
        }],
    })
}

fn network() -> Value {
    json!({ "awsvpcConfiguration": { "subnets": ["subnet-1"] } })
}

fn call(world: &dyn World, service: &str, operation: &str, input: Value) -> Value {
    aws(world, service, operation, input).expect(operation)
}
