//! What tests can say: `rehearse`, `assert`, and everything that can be asked of a rehearsal.
//!
//! Operations are AWS's (`UpdateService`), inputs are matched by the members that are given.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, Engine, ImmutableString, Map, NativeCallContext, Variant};
use serde_json::{Value, json};

use super::bench::Bench;
use super::expect::{self, Met, Unmet};
use super::rehearsal::Rehearsal;
use crate::primitive::api::check;
use crate::primitive::args::Span;
use crate::script::failure::Error;
use crate::script::{takes, values};
use crate::vocabulary::Fault;
use crate::world::{AwsCall, Look, ReadCall, World};

/// Registers a demand with arguments of its own.
macro_rules! demand {
    ($engine:ident, $bench:ident, $name:literal, |$run:ident $(, $arg:ident: $type:ty)*| $met:expr) => {{
        let own = Arc::clone($bench);
        $engine.register_fn(
            $name,
            move |cx: NativeCallContext, run: &mut Run $(, $arg: $type)*| -> Judged {
                fn met($run: &Rehearsal $(, $arg: $type)*) -> Met {
                    $met
                }
                let met = met(&run.0 $(, $arg)*);
                own.judge(&cx, Some(&run.0), met)
            },
        );
    }};
}

mod beside;

/// A rehearsal, as a test holds it.
#[derive(Clone)]
struct Run(Arc<Rehearsal>);

type Judged = Result<(), Error>;

/// Adds the words to a test's engine.
pub(super) fn register(engine: &mut Engine, bench: &Arc<Bench>) {
    engine.register_type_with_name::<Run>("rehearsal");
    rehearsing(engine, bench);
    asserting(engine, bench);
    members(engine);
    demands(engine, bench);
    beside::register(engine, bench);
    reading(engine, bench);
    takes::refuse_own(engine);
}

fn rehearsing(engine: &mut Engine, bench: &Arc<Bench>) {
    let own = Arc::clone(bench);
    engine.register_fn(
        "rehearse",
        move |cx: NativeCallContext, path: &str| -> Result<Run, Error> {
            own.rehearse(&cx, path, Map::new()).map(Run)
        },
    );
    let own = Arc::clone(bench);
    engine.register_fn(
        "rehearse",
        move |cx: NativeCallContext, path: &str, options: Map| -> Result<Run, Error> {
            own.rehearse(&cx, path, options).map(Run)
        },
    );
}

fn asserting(engine: &mut Engine, bench: &Arc<Bench>) {
    fn holds(condition: bool, what: &str) -> Met {
        let unmet = || Unmet::Not {
            what: what.to_owned(),
            expected: "true".into(),
            found: "false".into(),
        };
        condition.then_some(()).ok_or_else(unmet)
    }
    fn same(a: &Dynamic, b: &Dynamic, equal: bool, what: &str) -> Met {
        let json = |value: &Dynamic| {
            values::to_json(value)
                .map_err(|e| Unmet::Misuse(Fault::new("invalid_input", e.to_string())))
        };
        let (a, b) = (json(a)?, json(b)?);
        if (a == b) == equal {
            return Ok(());
        }
        let not = if equal { "" } else { "anything but " };
        Err(Unmet::Not {
            what: what.to_owned(),
            expected: format!("{not}{b}"),
            found: a.to_string(),
        })
    }
    let own = Arc::clone(bench);
    engine.register_fn(
        "assert",
        move |cx: NativeCallContext, holds_: bool| -> Judged {
            own.judge(&cx, None, holds(holds_, "it does not hold"))
        },
    );
    let own = Arc::clone(bench);
    engine.register_fn(
        "assert",
        move |cx: NativeCallContext, holds_: bool, what: &str| -> Judged {
            own.judge(
                &cx,
                None,
                holds(holds_, &format!("it does not hold: {what}")),
            )
        },
    );
    for (name, equal, default) in [
        ("assert_eq", true, "the values differ"),
        ("assert_ne", false, "the values are the same"),
    ] {
        let own = Arc::clone(bench);
        engine.register_fn(
            name,
            move |cx: NativeCallContext, a: Dynamic, b: Dynamic| -> Judged {
                own.judge(&cx, None, same(&a, &b, equal, default))
            },
        );
        let own = Arc::clone(bench);
        engine.register_fn(
            name,
            move |cx: NativeCallContext, a: Dynamic, b: Dynamic, what: &str| -> Judged {
                own.judge(
                    &cx,
                    None,
                    same(&a, &b, equal, &format!("{default}: {what}")),
                )
            },
        );
    }
}

/// `run.outcome`, `run.params.version`, `run.writes[0].input` …
fn members(engine: &mut Engine) {
    let mut member = |name: &str, get: fn(&Rehearsal) -> Value| {
        engine.register_get(name, move |run: &mut Run| values::from_json(&get(&run.0)));
    };
    member("outcome", |run| json!(run.ending.outcome.name()));
    member("exit_code", |run| json!(run.ending.exit_code));
    member("params", |run| run.scenario.params.clone());
    member("fault", |run| json!(run.ending.fault));
    member("failed_in", |run| json!(run.ending.step));
    member("causes", |run| json!(run.ending.causes));
    member("undone", |run| json!(run.ending.undone));
    member("left", |run| json!(run.ending.left));
    member("asked", |run| json!(run.asked()));
    member("notes", |run| json!(run.notes()));
    member("events", |run| json!(run.news()));
    member("seconds", |run| json!(run.ending.elapsed_ms / 1_000));
    member("writes", |run| {
        let write = |w: &crate::world::simulated::Request| json!({ "at": w.at, "service": w.call.service, "operation": w.call.operation, "input": w.call.input });
        run.writes.iter().map(write).collect()
    });
}

fn demands(engine: &mut Engine, bench: &Arc<Bench>) {
    demand!(engine, bench, "expect_outcome", |run, name: &str| {
        expect::outcome(run, name)
    });
    demand!(engine, bench, "expect_fault", |run, code: &str| {
        expect::fault(run, code)
    });
    demand!(engine, bench, "expect_failed_in", |run, step: &str| {
        expect::failed_in(run, step)
    });
    demand!(engine, bench, "expect_cause", |run, text: &str| {
        expect::cause(run, text)
    });
    demand!(engine, bench, "expect_event", |run, text: &str| {
        expect::event(run, text)
    });
    demand!(
        engine,
        bench,
        "expect_note",
        |run, text: &str| expect::note(run, text)
    );
    demand!(engine, bench, "expect_undone", |run, text: &str| {
        expect::undone(run, text)
    });
    demand!(
        engine,
        bench,
        "expect_left",
        |run, text: &str| expect::left(run, text)
    );
    demand!(engine, bench, "expect_nothing_left", |run| {
        expect::nothing_left(run)
    });
    demand!(engine, bench, "expect_asked", |run, roles: Array| {
        expect::asked(run, &texts(roles)?)
    });
    demand!(engine, bench, "expect_within", |run, limit: &str| {
        expect::within(run, length(limit)?)
    });
    demand!(engine, bench, "expect_lasting", |run, least: &str| {
        expect::lasting(run, length(least)?)
    });
    demand!(engine, bench, "expect_order", |run, operations: Array| {
        expect::order(run, &texts(operations)?)
    });
    demand!(engine, bench, "expect_write", |run, operation: &str| {
        expect::write(run, operation, &json!({}))
    });
    demand!(
        engine,
        bench,
        "expect_write",
        |run, operation: &str, input: Map| expect::write(run, operation, &data(input)?)
    );
    demand!(
        engine,
        bench,
        "expect_writes",
        |run, operation: &str, times: i64| {
            expect::writes(run, operation, &json!({}), count(times)?)
        }
    );
    demand!(
        engine,
        bench,
        "expect_writes",
        |run, operation: &str, input: Map, times: i64| {
            expect::writes(run, operation, &data(input)?, count(times)?)
        }
    );
    demand!(engine, bench, "expect_never", |run, operation: &str| {
        expect::never(run, operation, &json!({}))
    });
    demand!(
        engine,
        bench,
        "expect_never",
        |run, operation: &str, input: Map| expect::never(run, operation, &data(input)?)
    );
    demand!(engine, bench, "expect_no_writes", |run| expect::no_writes(
        run
    ));
}

/// `run.cloud("ecs", "DescribeServices", #{ … })`, and letting time pass before.
fn reading(engine: &mut Engine, bench: &Arc<Bench>) {
    let own = Arc::clone(bench);
    engine.register_fn(
        "cloud",
        move |cx: NativeCallContext,
              run: &mut Run,
              service: &str,
              operation: &str,
              input: Map|
              -> Result<Dynamic, Error> {
            let answer = look(&run.0, service, operation, input);
            own.fetched(&cx, &run.0, answer)
        },
    );
    let own = Arc::clone(bench);
    engine.register_fn(
        "pass",
        move |cx: NativeCallContext, run: &mut Run, duration: &str| -> Result<Dynamic, Error> {
            let passed = length(duration).map(|duration| {
                run.0.cloud.sleep(duration);
                Value::Null
            });
            own.fetched(&cx, &run.0, passed)
        },
    );
}

fn look(run: &Rehearsal, service: &str, operation: &str, input: Map) -> Result<Value, Unmet> {
    let call = AwsCall::new(service, operation, data(input)?);
    check("cloud", service, operation, &call.input).map_err(Unmet::Misuse)?;
    let read = ReadCall::new(call).ok_or_else(|| {
        let message = format!("{operation} is not known to be a read");
        let hint = "a test only reads; what changes the cloud belongs into the pipeline";
        Unmet::Misuse(Fault::new("not_a_read", message).hint(hint))
    })?;
    run.cloud.look(&read).map_err(Unmet::Misuse)
}

fn misuse(message: impl Into<String>) -> Unmet {
    Unmet::Misuse(Fault::new("invalid_input", message))
}

fn data<T: Variant + Clone>(value: T) -> Result<Value, Unmet> {
    values::to_json(&Dynamic::from(value)).map_err(|e| misuse(e.to_string()))
}

fn texts(array: Array) -> Result<Vec<String>, Unmet> {
    let text = |item: Dynamic| {
        let text = item
            .into_immutable_string()
            .map(ImmutableString::into_owned);
        text.map_err(|kind| {
            misuse(format!(
                "a list of texts is expected, one of its items is {}",
                takes::plain(kind)
            ))
        })
    };
    array.into_iter().map(text).collect()
}

fn length(text: &str) -> Result<Duration, Unmet> {
    Span::parse(text).map(|span| span.0).map_err(misuse)
}

fn count(times: i64) -> Result<usize, Unmet> {
    usize::try_from(times).map_err(|_| misuse(format!("{times} times is never: say expect_never")))
}
