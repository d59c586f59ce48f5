//! What no simulated cloud can be built from is left out, with the reason, so that it does not stop the rest.

use serde_json::{Map, Value, json};

use super::captured::Captured;
use super::reader::{Reader, text};
use super::text::document;
use crate::vocabulary::{Fault, codes};
use crate::world::simulated::{Fixture, Simulated};

/// Takes out one by one what does not fit.
pub(super) fn only_what_fits(captured: &mut Captured, reader: &Reader) {
    if trial(captured).is_ok() {
        return;
    }
    let whole = std::mem::take(captured);
    *captured = Captured {
        cluster_arn: whole.cluster_arn,
        cluster: whole.cluster,
        definitions: whole.definitions,
        repositories: whole.repositories,
        secrets: whole.secrets,
        parameters: whole.parameters,
        target_groups: whole.target_groups,
        topics: whole.topics,
        ..Captured::default()
    };
    let named = |object: &Map<String, Value>, name: &str| {
        let name = object.get(name).and_then(Value::as_str);
        name.unwrap_or_default().to_owned()
    };
    for service in whole.services {
        let what = format!("service {}", named(&service, "serviceName"));
        add(captured, reader, &what, |c| &mut c.services, service);
    }
    for balancer in whole.load_balancers {
        add_balancer(captured, reader, balancer);
    }
    for queue in whole.queues {
        let what = format!("queue {}", text(&queue, "name"));
        add(captured, reader, &what, |c| &mut c.queues, queue);
    }
    for database in whole.databases {
        let what = format!("database {}", text(&database, "name"));
        add(captured, reader, &what, |c| &mut c.databases, database);
    }
    for target in whole.scaling {
        let what = format!("scaling of {}", text(&target, "service"));
        add(captured, reader, &what, |c| &mut c.scaling, target);
    }
    for alarm in whole.alarms {
        let what = format!("alarm {}", named(&alarm, "AlarmName"));
        add(captured, reader, &what, |c| &mut c.alarms, alarm);
    }
    for endpoint in whole.endpoints {
        let what = format!("endpoint {}", text(&endpoint, "url"));
        add(captured, reader, &what, |c| &mut c.endpoints, endpoint);
    }
}

/// A load balancer without its listeners, then these, then their rules.
fn add_balancer(captured: &mut Captured, reader: &Reader, mut balancer: Value) {
    let name = text(&balancer, "name").to_owned();
    let listeners = taken(&mut balancer, "listeners");
    let what = format!("load balancer {name}");
    if !add(captured, reader, &what, |c| &mut c.load_balancers, balancer) {
        return;
    }
    for mut listener in listeners {
        let port = listener.get("port").cloned().unwrap_or_default();
        let rules = taken(&mut listener, "rules");
        let what = format!("port {port} of load balancer {name}");
        if !change(captured, reader, &what, |b| push(b, "listeners", listener)) {
            continue;
        }
        for rule in rules {
            let priority = rule.get("priority").cloned().unwrap_or_default();
            let what = format!("rule {priority} of port {port} of load balancer {name}");
            change(captured, reader, &what, |balancer| {
                let listeners = balancer.get_mut("listeners").and_then(Value::as_array_mut);
                if let Some(listener) = listeners.and_then(|all| all.last_mut()) {
                    push(listener, "rules", rule);
                }
            });
        }
    }
}

/// Takes a list out of an object.
fn taken(object: &mut Value, name: &str) -> Vec<Value> {
    match object.get_mut(name).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// Adds to a list of an object.
fn push(object: &mut Value, name: &str, item: Value) {
    match object.get_mut(name) {
        Some(Value::Array(items)) => items.push(item),
        _ => object[name] = json!([item]),
    }
}

/// Changes the last load balancer where that fits; else says why not.
fn change(
    captured: &mut Captured,
    reader: &Reader,
    what: &str,
    change: impl FnOnce(&mut Value),
) -> bool {
    let Some(mut balancer) = captured.load_balancers.pop() else {
        return false;
    };
    let before = balancer.clone();
    change(&mut balancer);
    let fits = add(captured, reader, what, |c| &mut c.load_balancers, balancer);
    if !fits {
        captured.load_balancers.push(before);
    }
    fits
}

/// Adds something where it fits; else says why not.
fn add<T>(
    captured: &mut Captured,
    reader: &Reader,
    what: &str,
    place: impl Fn(&mut Captured) -> &mut Vec<T>,
    item: T,
) -> bool {
    place(captured).push(item);
    match trial(captured) {
        Ok(()) => true,
        Err(fault) => {
            place(captured).pop();
            reader.leave_out(format!(
                "{what}: a fixture cannot hold it: {}",
                fault.message
            ));
            false
        }
    }
}

fn trial(captured: &Captured) -> Result<(), Fault> {
    let fixture: Fixture = serde_json::from_value(document(captured))
        .map_err(|error| Fault::new(codes::BAD_FIXTURE, error.to_string()))?;
    Simulated::from_fixture(fixture, &[], 1).map(|_| ())
}
