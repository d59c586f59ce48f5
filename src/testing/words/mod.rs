//! What tests can say: `rehearse`, `assert`, and everything that can be asked of a rehearsal.
//!
//! Operations are AWS's (`UpdateService`), inputs are matched by the members that are given.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, Engine, ImmutableString, Map, NativeCallContext, Variant};
use serde_json::{Value, json};

use super::expect::{CheckResult, Violation};
use super::rehearsal::Rehearsal;
use super::test_context::TestContext;
use crate::primitive::api::check;
use crate::primitive::args::Span;
use crate::script::failure::Error;
use crate::script::words::Word;
use crate::script::{argument_errors, type_names, values};
use crate::vocabulary::{Fault, codes};
use crate::world::{AwsCall, ReadCall, ReadOnlyWorld, World};

/// Registers a demand with arguments of its own.
macro_rules! demand {
    ($engine:ident, $context:ident, $word:ident, |$run:ident $(, $arg:ident: $type:ty)*| $met:expr) => {{
        let own = Arc::clone($context);
        $engine.register_fn(
            $word.name,
            move |cx: NativeCallContext, run: &mut RehearsalHandle $(, $arg: $type)*| -> AssertionResult {
                fn met($run: &Rehearsal $(, $arg: $type)*) -> CheckResult {
                    $met
                }
                let met = met(&run.0 $(, $arg)*);
                own.judge(&cx, Some(&run.0), met)
            },
        );
    }};
}

mod assertions;
mod members;
mod outcomes;
mod reading;
mod side_effects;
mod writes;

/// The words of tests, for the reference.
pub static WORDS: &[Word] = &[
    REHEARSE,
    assertions::ASSERT,
    members::MEMBERS,
    outcomes::EXPECT_OUTCOME,
    outcomes::EXPECT_FAULT,
    outcomes::EXPECT_FAILED_IN,
    outcomes::EXPECT_CAUSE,
    outcomes::EXPECT_EVENT,
    outcomes::EXPECT_NOTE,
    outcomes::EXPECT_UNDONE,
    outcomes::EXPECT_LEFT,
    outcomes::EXPECT_NOTHING_LEFT,
    outcomes::EXPECT_ASKED,
    outcomes::EXPECT_WITHIN,
    outcomes::EXPECT_LASTING,
    writes::EXPECT_ORDER,
    writes::EXPECT_WRITE,
    writes::EXPECT_WRITES,
    writes::EXPECT_NEVER,
    writes::EXPECT_NO_WRITES,
    side_effects::PROCESSES,
    side_effects::EXPECT_PROCESS,
    side_effects::EXPECT_NO_PROCESS,
    side_effects::EXPECT_REQUEST,
    reading::CLOUD,
    reading::PASS,
];

const REHEARSE: Word = Word {
    name: "rehearse",
    also: &[],
    forms: &[
        r#"rehearse("PIPELINE")"#,
        r#"rehearse("PIPELINE", #{ params: …, faults: […], … })"#,
    ],
    doc: "Rehearses a pipeline on a fresh simulated cloud, and returns the result. The path is relative to the test's file. Options: \
          `params` (over those of the file), `params_file` (over those of the fixture), `cloud` (a fixture; default: `NAME.cloud.toml` or \
          `cloud.toml` beside the pipeline), `faults` (a list, as `--fault` takes them), `seed`, `start` (RFC 3339). A test is a \
          function `test_…` without parameters in a file `*.test.rhai`.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai", #{ params: #{ version: "1.3.0", watch: "5m" }, seed: 7 });
    run.expect_outcome("succeeded");
}"##,
};

/// A rehearsal, as a test holds it.
#[derive(Clone)]
struct RehearsalHandle(Arc<Rehearsal>);

type AssertionResult = Result<(), Error>;

/// Adds the words to a test's engine.
pub(super) fn register(engine: &mut Engine, context: &Arc<TestContext>) {
    engine.register_type_with_name::<RehearsalHandle>("rehearsal");
    rehearsing(engine, context);
    assertions::register(engine, context);
    members::register(engine);
    outcomes::register(engine, context);
    writes::register(engine, context);
    side_effects::register(engine, context);
    reading::register(engine, context);
    argument_errors::refuse_own(engine);
}

fn rehearsing(engine: &mut Engine, context: &Arc<TestContext>) {
    let own = Arc::clone(context);
    engine.register_fn(
        "rehearse",
        move |cx: NativeCallContext, path: &str| -> Result<RehearsalHandle, Error> {
            own.rehearse(&cx, path, Map::new()).map(RehearsalHandle)
        },
    );
    let own = Arc::clone(context);
    engine.register_fn(
        "rehearse",
        move |cx: NativeCallContext, path: &str, options: Map| -> Result<RehearsalHandle, Error> {
            own.rehearse(&cx, path, options).map(RehearsalHandle)
        },
    );
}

fn misuse(message: impl Into<String>) -> Violation {
    Violation::Misuse(Fault::new(codes::INVALID_INPUT, message))
}

fn data<T: Variant + Clone>(value: T) -> Result<Value, Violation> {
    values::to_json(&Dynamic::from(value)).map_err(|e| misuse(e.to_string()))
}

fn texts(array: Array) -> Result<Vec<String>, Violation> {
    let text = |item: Dynamic| {
        let text = item
            .into_immutable_string()
            .map(ImmutableString::into_owned);
        text.map_err(|kind| {
            misuse(format!(
                "a list of texts is expected, one of its items is {}",
                type_names::plain(kind)
            ))
        })
    };
    array.into_iter().map(text).collect()
}

fn length(text: &str) -> Result<Duration, Violation> {
    Span::parse(text).map(|span| span.0).map_err(misuse)
}

fn count(times: i64) -> Result<usize, Violation> {
    usize::try_from(times).map_err(|_| misuse(format!("{times} times is never: say expect_never")))
}
