//! Builds what is around the services.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{bad, service_of};
use crate::vocabulary::Fault;
use crate::world::simulated::clock::earlier;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::cloudwatch::Alarm;
use crate::world::simulated::elb::{self, Listener, LoadBalancer, Rule};
use crate::world::simulated::fixture::{self, Percentiles};
use crate::world::simulated::process::Described;
use crate::world::simulated::rds::{Instance, Snapshot};
use crate::world::simulated::sqs::Queue;
use crate::world::simulated::traffic::{self, Behaviour, Latency, Profile, Source, Timeline};

/// The end of an ARN that is made up from a name, so that it does not change with what is around it.
fn ending(name: &str) -> String {
    let hash = Sha256::digest(name);
    hash[..8].iter().map(|b| format!("{b:02x}")).collect()
}

pub(super) fn add_balancer(cloud: &mut Cloud, given: fixture::LoadBalancer) -> Result<(), Fault> {
    let name = given.name;
    let arn = given.arn.unwrap_or_else(|| {
        let rest = format!("loadbalancer/app/{name}/{}", ending(&name));
        cloud.arn("elasticloadbalancing", &rest)
    });
    let number: String = ending(&name).chars().filter(char::is_ascii_digit).collect();
    let balancer = LoadBalancer {
        dns: format!("{name}-{number}.{}.elb.amazonaws.com", cloud.region),
        name,
        hosts: given.hosts,
        created: cloud.began().to_string(),
    };
    cloud.elb.balancers.insert(arn.clone(), balancer);
    for listener in given.listeners {
        add_listener(cloud, &arn, listener)?;
    }
    Ok(())
}

fn add_listener(cloud: &mut Cloud, balancer: &str, given: fixture::Listener) -> Result<(), Fault> {
    let what = format!("listener on port {}", given.port);
    let arn = given.arn.unwrap_or_else(|| {
        let base = balancer.replacen(":loadbalancer/", ":listener/", 1);
        format!("{base}/{}", ending(&what))
    });
    let mut actions = given.default_actions;
    if actions.is_empty() {
        let answer = json!({ "StatusCode": "404", "ContentType": "text/plain" });
        actions.push(json!({ "Type": "fixed-response", "FixedResponseConfig": answer }));
    }
    let protocol = if given.port == 443 { "HTTPS" } else { "HTTP" };
    let known = Listener {
        balancer: balancer.to_owned(),
        port: given.port,
        protocol: given.protocol.unwrap_or_else(|| protocol.to_owned()),
        more: json!({}),
    };
    let base = arn.replacen(":listener/", ":listener-rule/", 1);
    let mut rules = vec![(None, None, Vec::new(), actions)];
    for rule in given.rules {
        rules.push((rule.arn, Some(rule.priority), rule.conditions, rule.actions));
    }
    for (own, priority, conditions, actions) in rules {
        let place = priority.map_or_else(|| "default".to_owned(), |p| p.to_string());
        let actions = elb::normal(cloud, balancer, &actions)
            .map_err(|f| bad(format!("{what}, rule {place}: {}", f.message)))?;
        let rule = Rule {
            listener: arn.clone(),
            priority,
            conditions,
            actions,
        };
        let own = own.unwrap_or_else(|| format!("{base}/{}", ending(&place)));
        cloud.elb.rules.insert(own, rule);
    }
    cloud.elb.listeners.insert(arn, known);
    Ok(())
}

fn latency(given: Percentiles) -> Latency {
    Latency {
        p50: given.p50.as_secs_f64(),
        p95: given.p95.as_secs_f64(),
        p99: given.p99.as_secs_f64(),
    }
}

/// What a fixture says of how requests fare, over what holds otherwise.
fn behaviour(
    usual: Behaviour,
    (errors, client_errors): (Option<f64>, Option<f64>),
    percentiles: Option<Percentiles>,
    (cpu, memory): (Option<f64>, Option<f64>),
) -> Behaviour {
    let share = |percent: Option<f64>| percent.map(|p| (p / 100.0).clamp(0.0, 1.0));
    Behaviour {
        errors: share(errors).unwrap_or(usual.errors),
        client_errors: share(client_errors).unwrap_or(usual.client_errors),
        latency: percentiles.map_or(usual.latency, latency),
        cpu: cpu.unwrap_or(usual.cpu),
        memory: memory.unwrap_or(usual.memory),
    }
}

pub(super) fn add_traffic(cloud: &mut Cloud, given: fixture::Traffic) -> Result<(), Fault> {
    if given.service.is_none() && given.url.is_none() {
        return Err(bad("traffic needs a service or a url".to_owned()));
    }
    if !(0.0..=1e7).contains(&given.requests_per_second) {
        return Err(bad(
            "traffic: requests_per_second is out of range".to_owned()
        ));
    }
    if given.log_every < Duration::from_secs(1) {
        return Err(bad("traffic: log_every is shorter than a second".to_owned()));
    }
    let service = service_of(cloud, given.service.as_deref(), "traffic")?;
    let entry = traffic::entry(cloud, given.url.as_deref(), service.as_ref()).ok_or_else(|| {
        let url = given.url.as_deref().unwrap_or_default();
        bad(format!("traffic: no load balancer has the host of {url}"))
    })?;
    let usual = behaviour(
        Behaviour::default(),
        (given.errors, given.client_errors),
        given.latency,
        (given.cpu, given.memory),
    );
    let versions = given.versions.into_iter().map(|v| {
        let own = behaviour(
            usual,
            (v.errors, v.client_errors),
            v.latency,
            (v.cpu, v.memory),
        );
        (v.version, own)
    });
    let every = given.log_every.as_secs_f64();
    let profile = Profile {
        requests_per_second: given.requests_per_second,
        usual,
        versions: versions.collect(),
        log: given.log_line.map(|line| (line, every)),
        error_line: given.error_line,
    };
    cloud.traffic.sources.push(Source {
        service,
        entry,
        profile,
        route: Timeline::default(),
    });
    Ok(())
}

pub(super) fn add_queue(cloud: &mut Cloud, given: fixture::Queue) -> Result<(), Fault> {
    let what = format!("queue {}", given.name);
    let depth = i64::try_from(given.depth).map_err(|_| bad(format!("{what}: too deep")))?;
    let queue = Queue {
        changes: vec![(cloud.began(), depth)],
        dead_letters: given.dead_letters,
        service: service_of(cloud, given.service.as_deref(), &what)?,
        ..Queue::default()
    };
    cloud.queues.insert(given.name, queue);
    Ok(())
}

pub(super) fn add_database(cloud: &mut Cloud, given: fixture::Database) {
    let began = cloud.began();
    for name in given.snapshots {
        let snapshot = Snapshot {
            instance: given.name.clone(),
            engine: given.engine.clone(),
            created: began,
            ready: began,
            restore_takes: given.restore_takes,
        };
        cloud.rds.snapshots.insert(name, snapshot);
    }
    let instance = Instance {
        engine: given.engine,
        class: "db.t4g.medium".to_owned(),
        created: began,
        ready: began,
        snapshot_takes: given.snapshot_takes,
        restore_takes: given.restore_takes,
    };
    cloud.rds.instances.insert(given.name, instance);
}

pub(super) fn processes(given: Vec<fixture::Process>) -> Vec<Described> {
    let described = given.into_iter().map(|what| Described { what, applied: 0 });
    described.collect()
}

pub(super) fn add_alarm(cloud: &mut Cloud, given: fixture::Alarm) -> Result<(), Fault> {
    let raw = Value::Object(given);
    let name = raw["AlarmName"].as_str().unwrap_or_default().to_owned();
    let hour = Duration::from_secs(3600);
    let alarm = Alarm::described(raw, earlier(cloud.start, hour))
        .map_err(|f| bad(format!("alarm {name}: {}", f.message)))?;
    cloud.cloudwatch.alarms.insert(name, alarm);
    Ok(())
}
