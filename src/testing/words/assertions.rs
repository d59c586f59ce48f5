//! `assert`, `assert_eq`, `assert_ne`.

use super::*;
use crate::testing::expect::Violation;
use crate::vocabulary::codes;

pub(super) const ASSERT: Word = Word {
    name: "assert",
    also: &["assert_eq", "assert_ne"],
    forms: &[
        r#"assert(CONDITION)"#,
        r#"assert(CONDITION, "WHAT")"#,
        r#"assert_eq(FOUND, EXPECTED)"#,
        r#"assert_eq(FOUND, EXPECTED, "WHAT")"#,
        r#"assert_ne(FOUND, OTHER)"#,
    ],
    doc: "Fails the test unless the condition is true, the values are equal, or (`assert_ne`) they differ. `WHAT` says what is checked.",
    example: r##"fn test_it() {
    let run = rehearse("prod.rhai");
    assert_eq(run.params.version, "1.3.0");
    assert(run.seconds < 3600, "it takes less than an hour");
}"##,
};

/// Registers the assertions on values: `assert`, `assert_eq` and so on.
pub(super) fn register(engine: &mut Engine, context: &Arc<TestContext>) {
    fn holds(condition: bool, what: &str) -> CheckResult {
        let unmet = || Violation::Not {
            what: what.to_owned(),
            expected: "true".into(),
            found: "false".into(),
        };
        condition.then_some(()).ok_or_else(unmet)
    }
    fn same(a: &Dynamic, b: &Dynamic, equal: bool, what: &str) -> CheckResult {
        let json = |value: &Dynamic| {
            values::to_json(value)
                .map_err(|e| Violation::Misuse(Fault::new(codes::INVALID_INPUT, e.to_string())))
        };
        let (a, b) = (json(a)?, json(b)?);
        if (a == b) == equal {
            return Ok(());
        }
        let not = if equal { "" } else { "anything but " };
        Err(Violation::Not {
            what: what.to_owned(),
            expected: format!("{not}{b}"),
            found: a.to_string(),
        })
    }
    let own = Arc::clone(context);
    engine.register_fn(
        "assert",
        move |cx: NativeCallContext, holds_: bool| -> AssertionResult {
            own.judge(&cx, None, holds(holds_, "assertion failed"))
        },
    );
    let own = Arc::clone(context);
    engine.register_fn(
        "assert",
        move |cx: NativeCallContext, holds_: bool, what: &str| -> AssertionResult {
            own.judge(
                &cx,
                None,
                holds(holds_, &format!("assertion failed: {what}")),
            )
        },
    );
    for (name, equal, default) in [
        ("assert_eq", true, "the values differ"),
        ("assert_ne", false, "the values are the same"),
    ] {
        let own = Arc::clone(context);
        engine.register_fn(
            name,
            move |cx: NativeCallContext, a: Dynamic, b: Dynamic| -> AssertionResult {
                own.judge(&cx, None, same(&a, &b, equal, default))
            },
        );
        let own = Arc::clone(context);
        engine.register_fn(
            name,
            move |cx: NativeCallContext, a: Dynamic, b: Dynamic, what: &str| -> AssertionResult {
                own.judge(
                    &cx,
                    None,
                    same(&a, &b, equal, &format!("{default}: {what}")),
                )
            },
        );
    }
}
