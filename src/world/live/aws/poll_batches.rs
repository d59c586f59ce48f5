//! Threads that wait for different services or tasks of one cluster share their polls: what is asked
//! while a call is on its way goes together into the next one.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard};

use serde_json::Value;

use crate::sync::{Lock, unpoisoned};
use crate::text::arn::short_name;
use crate::vocabulary::{Fault, Retry};
use crate::world::AwsCall;

/// An operation that takes several names a call.
struct Batch {
    operation: &'static str,
    /// Input member with the names, and output member with what was found.
    member: &'static str,
    /// Names that one call may have.
    most: usize,
}

const BATCHES: [Batch; 2] = [
    Batch {
        operation: "DescribeServices",
        member: "services",
        most: 10,
    },
    Batch {
        operation: "DescribeTasks",
        member: "tasks",
        most: 100,
    },
];

/// The polls that wait for each other.
#[derive(Default)]
pub(super) struct PollBatcher {
    groups: Mutex<HashMap<String, Group>>,
    changed: Condvar,
}

/// Requests that differ in nothing but their names.
#[derive(Default)]
struct Group {
    last: u64,
    busy: bool,
    waiting: Vec<PollRequest>,
    /// By number; `None`: it must go alone, because the shared call failed.
    done: HashMap<u64, Option<Result<Value, Fault>>>,
}

#[derive(Clone)]
struct PollRequest {
    number: u64,
    names: Vec<String>,
}

impl PollBatcher {
    /// Makes a call, together with others of its kind where they come at the same time.
    pub fn read(
        &self,
        call: &AwsCall,
        make: impl Fn(&AwsCall) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let Some((batch, names)) = gathered(call) else {
            return make(call);
        };
        let key = key(call, batch);
        let mut groups = self.lock();
        let group = groups.entry(key.clone()).or_default();
        group.last += 1;
        let number = group.last;
        group.waiting.push(PollRequest { number, names });
        loop {
            let group = groups.entry(key.clone()).or_default();
            if let Some(outcome) = group.done.remove(&number) {
                if !group.busy && group.waiting.is_empty() && group.done.is_empty() {
                    groups.remove(&key);
                }
                drop(groups);
                return outcome.unwrap_or_else(|| make(call));
            }
            if group.busy {
                groups = unpoisoned(self.changed.wait(groups));
                continue;
            }
            group.busy = true;
            let together = group.board(number, batch.most);
            drop(groups);
            let mut landing = BatchCompletion {
                batcher: self,
                key: &key,
                together: &together,
                outcomes: None,
            };
            let outcome = make(&joint(call, batch, &together));
            landing.outcomes = Some(
                together
                    .iter()
                    .map(|one| part(&outcome, one, &together, batch))
                    .collect(),
            );
            drop(landing);
            groups = self.lock();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Group>> {
        self.groups.locked()
    }
}

impl Group {
    /// Takes the request with this number off the list, and as many others as fit with it.
    fn board(&mut self, number: u64, most: usize) -> Vec<PollRequest> {
        self.waiting.sort_by_key(|one| one.number != number);
        let mut room = most;
        let mut together = Vec::new();
        self.waiting.retain(|one| {
            let fits = one.number == number || one.names.len() <= room;
            if fits {
                room = room.saturating_sub(one.names.len());
                together.push(one.clone());
            }
            !fits
        });
        together
    }
}

/// Hands out what came of a shared call, and lets the next one go, even if making it panicked.
struct BatchCompletion<'a> {
    batcher: &'a PollBatcher,
    key: &'a str,
    together: &'a [PollRequest],
    outcomes: Option<Vec<Option<Result<Value, Fault>>>>,
}

impl Drop for BatchCompletion<'_> {
    fn drop(&mut self) {
        let outcomes = self.outcomes.take();
        let mut outcomes = outcomes.unwrap_or_default().into_iter();
        let mut groups = self.batcher.lock();
        let group = groups.entry(self.key.to_owned()).or_default();
        group.busy = false;
        for one in self.together {
            group.done.insert(one.number, outcomes.next().flatten());
        }
        drop(groups);
        self.batcher.changed.notify_all();
    }
}

/// Whether a call can be shared, and the names that it asks for.
fn gathered(call: &AwsCall) -> Option<(&'static Batch, Vec<String>)> {
    if call.service != "ecs" {
        return None;
    }
    let batch = BATCHES.iter().find(|b| b.operation == call.operation)?;
    let names = call.input.get(batch.member)?.as_array()?;
    let names: Option<Vec<_>> = names
        .iter()
        .map(|n| n.as_str().map(str::to_owned))
        .collect();
    let names = names.filter(|names| !names.is_empty() && names.len() < batch.most)?;
    Some((batch, names))
}

/// The key of a batch: equal for calls that differ only in the names that they ask for.
fn key(call: &AwsCall, batch: &Batch) -> String {
    let mut rest = call.input.clone();
    if let Some(rest) = rest.as_object_mut() {
        rest.remove(batch.member);
    }
    let AwsCall {
        operation,
        profile,
        region,
        ..
    } = call;
    format!("{operation}/{profile:?}/{region:?}/{rest}")
}

fn joint(call: &AwsCall, batch: &Batch, together: &[PollRequest]) -> AwsCall {
    let mut names: Vec<&str> = Vec::new();
    for name in together.iter().flat_map(|one| &one.names) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut call = call.clone();
    if let Some(input) = call.input.as_object_mut() {
        input.insert(batch.member.to_owned(), names.into());
    }
    call
}

/// What of a shared answer belongs to one request; `None`: it must ask alone.
fn part(
    outcome: &Result<Value, Fault>,
    one: &PollRequest,
    together: &[PollRequest],
    batch: &Batch,
) -> Option<Result<Value, Fault>> {
    if together.len() == 1 {
        return Some(outcome.clone());
    }
    match outcome {
        // Another's name may be to blame for an answer that is final.
        Err(fault) if fault.retry == Retry::Never => None,
        Err(fault) => Some(Err(fault.clone())),
        Ok(output) => {
            let mut output = output.clone();
            for list in [batch.member, "failures"] {
                if let Some(Value::Array(items)) = output.get_mut(list) {
                    items.retain(|item| concerns(item, &one.names));
                }
            }
            Some(Ok(output))
        }
    }
}

/// Whether a service, task or failure is one of those asked for. In one cluster the last part of the
/// ARN tells.
fn concerns(item: &Value, names: &[String]) -> bool {
    let arn = ["serviceArn", "taskArn", "arn"]
        .iter()
        .find_map(|member| item.get(member)?.as_str());
    // What does not say whom it concerns concerns everyone.
    arn.is_none_or(|arn| names.iter().any(|name| short_name(name) == short_name(arn)))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn describe(names: &[&str]) -> AwsCall {
        let input = json!({"cluster": "c", "services": names});
        AwsCall::new("ecs", "DescribeServices", input)
    }

    /// Answers as ECS does; `gone` is missing.
    fn answer(call: &AwsCall) -> Value {
        let names = call.input["services"].as_array().expect("a list");
        let arn =
            |name: &Value| format!("arn:aws:ecs:r:1:service/c/{}", name.as_str().expect("text"));
        let (gone, there): (Vec<_>, Vec<_>) = names.iter().partition(|name| *name == "gone");
        let there: Vec<_> = there
            .iter()
            .map(|n| json!({"serviceArn": arn(n)}))
            .collect();
        let gone: Vec<_> = gone
            .iter()
            .map(|n| json!({"arn": arn(n), "reason": "MISSING"}))
            .collect();
        json!({"services": there, "failures": gone})
    }

    #[test]
    fn many_waits_share_a_few_calls_and_each_gets_its_own() {
        let batcher = PollBatcher::default();
        let calls = AtomicUsize::new(0);
        let names: Vec<String> = (0..12)
            .map(|n| format!("s{n}"))
            .chain(["gone".to_owned()])
            .collect();
        thread::scope(|scope| {
            for name in &names {
                let (batcher, calls) = (&batcher, &calls);
                scope.spawn(move || {
                    let asked = describe(&[name]);
                    let output = batcher.read(&asked, |call| {
                        calls.fetch_add(1, Ordering::SeqCst);
                        assert!(
                            call.input["services"]
                                .as_array()
                                .is_some_and(|n| n.len() <= 10)
                        );
                        thread::sleep(Duration::from_millis(50));
                        Ok(answer(call))
                    });
                    assert_eq!(output, Ok(answer(&asked)), "{name}");
                });
            }
        });
        assert!(calls.load(Ordering::SeqCst) < 6, "{calls:?}");
        assert!(batcher.lock().is_empty(), "nothing is kept");
    }

    #[test]
    fn a_final_fault_of_a_shared_call_hits_only_the_one_to_blame() {
        let batcher = PollBatcher::default();
        thread::scope(|scope| {
            for name in ["first", "good", "bad"] {
                let batcher = &batcher;
                scope.spawn(move || {
                    let asked = describe(&[name]);
                    let output = batcher.read(&asked, |call| {
                        thread::sleep(Duration::from_millis(50));
                        if call.input.to_string().contains("bad") {
                            return Err(Fault::new("InvalidParameterException", "bad"));
                        }
                        Ok(answer(call))
                    });
                    assert_eq!(output.is_err(), name == "bad", "{name}");
                });
            }
        });
    }

    #[test]
    fn what_differs_otherwise_is_not_shared() {
        let plain = describe(&["a"]);
        let mut tags = describe(&["b"]);
        tags.input["include"] = json!(["TAGS"]);
        let (batch, _) = gathered(&plain).expect("shared");
        assert_ne!(key(&plain, batch), key(&tags, batch));
        assert_eq!(key(&plain, batch), key(&describe(&["b"]), batch));
        assert!(gathered(&AwsCall::new("ecs", "ListTasks", json!({}))).is_none());
    }
}
