//! Reads the live account, counts the reads, and remembers what could not be read.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::retry::{RetryPolicy, RetryState};
use crate::vocabulary::{Effect, Fault, codes};
use crate::world::live::LiveReader;
use crate::world::{AwsCall, HttpResponse, ReadCall, ReadOnlyWorld};

/// Most pages that are read of one listing; what is behind them is not captured.
const PAGES: usize = 50;

/// Reads the live cloud for a fixture; it cannot write.
pub(super) struct Reader {
    live: LiveReader,
    reads: Cell<usize>,
    left_out: RefCell<Vec<String>>,
    /// Members that fixtures have no place for, by what they belong to.
    lost: RefCell<BTreeMap<&'static str, BTreeSet<String>>>,
}

impl Reader {
    pub(super) fn new(live: LiveReader) -> Self {
        Reader {
            live,
            reads: Cell::new(0),
            left_out: RefCell::default(),
            lost: RefCell::default(),
        }
    }

    /// How many calls were made to AWS so far.
    pub(super) fn reads(&self) -> usize {
        self.reads.get()
    }

    /// What could not be read or has no place in a fixture, and why.
    pub(super) fn left_out(&self) -> Vec<String> {
        let mut all = self.left_out.borrow().clone();
        for (what, members) in self.lost.borrow().iter() {
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            all.push(format!("of {what}: {}", members.join(", ")));
        }
        all
    }

    /// Remembers the members of a description that say something and are neither `kept` nor made by AWS (`given`).
    pub(super) fn lose(
        &self,
        what: &'static str,
        described: &Value,
        kept: &[&str],
        given: &[&str],
    ) {
        let members = described.as_object().into_iter().flatten();
        let lost = members
            .filter(|(name, value)| {
                let name = name.as_str();
                !says_nothing(value) && !kept.contains(&name) && !given.contains(&name)
            })
            .map(|(name, _)| name.clone());
        let lost: Vec<String> = lost.collect();
        if !lost.is_empty() {
            self.lost.borrow_mut().entry(what).or_default().extend(lost);
        }
    }

    /// Remembers that several of a kind are left out, by their names.
    pub(super) fn leave_out_all(&self, what: &str, names: &[String], why: &str) {
        const NAMED: usize = 20;
        if names.is_empty() {
            return;
        }
        let mut shown = names
            .iter()
            .take(NAMED)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        if names.len() > NAMED {
            shown.push_str(&format!(" and {} more", names.len() - NAMED));
        }
        self.leave_out(format!("{what} {shown}: {why}"));
    }

    /// Remembers that something is left out, once.
    pub(super) fn leave_out(&self, what: impl Into<String>) {
        // What a service says may have several lines; a comment has one.
        let what = what.into().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut all = self.left_out.borrow_mut();
        if !all.contains(&what) {
            all.push(what);
        }
    }

    /// Makes a call that reads.
    ///
    /// # Errors
    /// AWS's own, after a few attempts where it may pass.
    pub(super) fn read(
        &self,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, Fault> {
        let call = AwsCall::new(service, operation, input);
        let call = ReadCall::new(call).ok_or_else(|| {
            Fault::new(codes::NOT_A_READ, format!("{operation} does not only read"))
        })?;
        let mut tries = RetryState::new(&RetryPolicy::OPTIONAL_READ, service, operation);
        loop {
            self.reads.set(self.reads.get() + 1);
            let answer = self.live.read(&call);
            let Err(fault) = &answer else {
                return answer;
            };
            match tries.after(fault, Effect::Read, Timestamp::now()) {
                Some(delay) => thread::sleep(delay),
                None => return answer,
            }
        }
    }

    /// As [`Reader::read`]; what cannot be read is left out, and says so as `what`.
    pub(super) fn try_read(
        &self,
        what: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Option<Value> {
        match self.read(service, operation, input) {
            Ok(answer) => Some(answer),
            Err(fault) => {
                self.leave_out(format!("{what}: {}: {}", fault.code, fault.message));
                None
            }
        }
    }

    /// The items of a listing, page by page; `token`: the name of the page's member in input and output.
    pub(super) fn list(
        &self,
        (service, operation): (&str, &str),
        mut input: Value,
        member: &str,
        (given, returned): (&str, &str),
    ) -> Result<Vec<Value>, Fault> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let answer = self.read(service, operation, input.clone())?;
            all.extend(items(&answer, member).iter().cloned());
            match answer.get(returned).and_then(Value::as_str) {
                Some(next) if !next.is_empty() => input[given] = json!(next),
                _ => break,
            }
        }
        Ok(all)
    }

    /// As [`Reader::list`]; what cannot be read is left out, and says so as `what`.
    pub(super) fn try_list(
        &self,
        what: &str,
        call: (&str, &str),
        input: Value,
        member: &str,
        token: (&str, &str),
    ) -> Vec<Value> {
        self.list(call, input, member, token)
            .unwrap_or_else(|fault| {
                self.leave_out(format!("{what}: {}: {}", fault.code, fault.message));
                Vec::new()
            })
    }

    /// Gets what an address answers with.
    pub(super) fn get(&self, url: &str) -> Option<HttpResponse> {
        self.reads.set(self.reads.get() + 1);
        match self.live.get(url) {
            Ok(answer) => Some(answer),
            Err(fault) => {
                self.leave_out(format!("endpoint {url}: {}: {}", fault.code, fault.message));
                None
            }
        }
    }
}

/// The elements of a list member; none where it is absent.
pub(super) fn items<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    let list = value.get(member).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// A text member; empty where it is absent.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Whether a value says nothing: null, or an empty text, list or object.
pub(super) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
