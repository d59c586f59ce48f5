//! CloudWatch Logs.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};

fn of(group: &str) -> Value {
    json!({"logGroupName": group})
}

fn group(name: &'static str) -> Case {
    case(name).call("logs", "CreateLogGroup", of("/{id}"))
}

/// A group with a stream of two lines.
fn lines(name: &'static str) -> Case {
    group(name)
        .call(
            "logs",
            "CreateLogStream",
            json!({"logGroupName": "/{id}", "logStreamName": "a"}),
        )
        .call(
            "logs",
            "PutLogEvents",
            json!({"logGroupName": "/{id}", "logStreamName": "a", "logEvents": [
                {"timestamp": "#{now}", "message": "info: started"},
                {"timestamp": "#{now}", "message": "error: no connection"},
            ]}),
        )
}

pub fn cases() -> Vec<Case> {
    vec![
        group("logs: groups are found by prefix")
            .call("logs", "DescribeLogGroups", json!({"logGroupNamePrefix": "/{id}"}))
            .gives(json!({"logGroups": [{"logGroupName": "/{id}", "arn": "$like arn:aws:logs:{region}:{account}:log-group:/{id}*"}]})),
        case("logs: an unknown prefix finds nothing")
            .call("logs", "DescribeLogGroups", json!({"logGroupNamePrefix": "/{id}-none"}))
            .gives(json!({"logGroups": []})),
        group("logs: a second group of that name is refused")
            .call("logs", "CreateLogGroup", of("/{id}"))
            .fails("ResourceAlreadyExistsException"),
        group("logs: a deleted group is gone")
            .call("logs", "DeleteLogGroup", of("/{id}"))
            .call("logs", "DescribeLogGroups", json!({"logGroupNamePrefix": "/{id}"}))
            .gives(json!({"logGroups": []})),
        case("logs: an unknown group cannot be deleted")
            .call("logs", "DeleteLogGroup", of("/{id}-none"))
            .fails("ResourceNotFoundException"),
        group("logs: retention is kept")
            .call("logs", "PutRetentionPolicy", json!({"logGroupName": "/{id}", "retentionInDays": 30}))
            .call("logs", "DescribeLogGroups", json!({"logGroupNamePrefix": "/{id}"}))
            .gives(json!({"logGroups": [{"retentionInDays": 30}]})),
        case("logs: streams of an unknown group are refused")
            .call("logs", "DescribeLogStreams", of("/{id}-none"))
            .fails("ResourceNotFoundException"),
        lines("logs: streams are listed")
            .call("logs", "DescribeLogStreams", of("/{id}"))
            .gives(json!({"logStreams": [{"logStreamName": "a"}]})),
        lines("logs: lines are read in order")
            .call("logs", "GetLogEvents", json!({"logGroupName": "/{id}", "logStreamName": "a", "startFromHead": true}))
            .gives(json!({"events": [
                {"message": "info: started", "timestamp": "#{now}"},
                {"message": "error: no connection"},
            ], "nextForwardToken": "$text"})),
        group("logs: lines of an unknown stream are refused")
            .call("logs", "GetLogEvents", json!({"logGroupName": "/{id}", "logStreamName": "none"}))
            .fails("ResourceNotFoundException"),
        case("logs: lines of an unknown group are refused")
            .call("logs", "GetLogEvents", json!({"logGroupName": "/{id}-none", "logStreamName": "a"}))
            .fails("ResourceNotFoundException"),
        lines("logs: lines are found by text")
            .call("logs", "FilterLogEvents", json!({"logGroupName": "/{id}", "filterPattern": "error"}))
            .gives(json!({"events": [{"message": "error: no connection", "logStreamName": "a"}]})),
        lines("logs: lines are found by time")
            .call("logs", "FilterLogEvents", json!({"logGroupName": "/{id}", "startTime": "#{now}"}))
            .gives(json!({"events": [{"message": "info: started"}, {}]})),
        lines("logs: lines before a time are left out")
            .call("logs", "FilterLogEvents", json!({"logGroupName": "/{id}", "startTime": "#{now}999"}))
            .gives(json!({"events": []})),
        case("logs: searching an unknown group is refused")
            .call("logs", "FilterLogEvents", of("/{id}-none"))
            .fails("ResourceNotFoundException"),
    ]
}
