//! Literal options of calls, checked before anything runs.

use super::checks::wrong;

const LIB: &str = r#"
import "./deep" as deep;
fn roll(name, given) {
    let o = options(given, #{
        minimum: integer("how many at least").or(2),
        title: text("how it is called"),
        every: duration("between two looks").or("30s"),
        how: choice(["fast", "slow"], "how it goes").or("fast"),
        rules: list("what must hold").or([]),
        act: closure("what to do").or(()),
        of: any("anything").or(name),
    });
    o
}
fn through(given) { deep::down(1, given) }
fn changed(given) { given.x = 1; deep::down(1, given) }
fn alone(given) { options(given, #{ on: flag("whether").or(true) }) }
"#;
const DEEP: &str = r#"
fn down(x, given) { if x > 1 { own(x, given) } else { own(1, given) } }
fn own(x, given) { let o = options(given, #{ on: flag("whether").or(false) }); o.onn }
"#;

fn found(call: &str) -> Vec<String> {
    let script = format!("import \"./lib\" as lib;\nlet x = 1; {call};");
    let found = wrong(&[("p.rhai", &script), ("lib.rhai", LIB), ("deep.rhai", DEEP)]);
    // The member that is misspelt inside deep.rhai itself.
    let (own, deep): (Vec<_>, Vec<_>) = found.into_iter().partition(|d| !d.starts_with("deep"));
    let inside = "deep.rhai:3:82+3 there is no option `onn` | did you mean `on`?";
    assert_eq!(deep, [inside]);
    own
}

#[test]
fn what_is_right_passes() {
    for call in [
        "lib::roll(\"a\", #{ title: \"T\" })",
        "lib::roll(\"a\", #{ title: `T${x}`, minimum: x, every: `${x}s`, how: `f${x}`, act: || x, of: || 1 })",
        "lib::roll(\"a\", #{ title: \"T\", minimum: (), rules: [|y| y], act: |y| y, of: #{ a: 1 } })",
        "lib::roll(\"a\", x)",
        "lib::through(())",
        "lib::changed(#{ anything: 1 })",
        "lib::alone(#{ on: false })",
    ] {
        assert_eq!(found(call), [""; 0], "{call}");
    }
}

#[test]
fn the_callers_place_is_shown() {
    for (call, expected) in [
        (
            "lib::roll(\"a\", #{ title: \"T\", minmum: 3 })",
            "2:42+6 `lib::roll` has no option `minmum` | did you mean `minimum`?",
        ),
        (
            "lib::roll(\"a\", #{ title: \"T\", minimum: \"3\" })",
            "2:42+7 `lib::roll`: option `minimum` must be a whole number, not \"3\" | how many at least",
        ),
        (
            "lib::roll(\"a\", #{ title: \"T\", minimum: `${x}` })",
            "2:42+7 `lib::roll`: option `minimum` must be a whole number, not a text | how many at least",
        ),
        (
            "lib::roll(\"a\", #{ title: |y| y })",
            "2:30+5 `lib::roll`: option `title` must be text, not a closure | how it is called",
        ),
        (
            "lib::roll(\"a\", #{ title: \"T\", how: \"fats\" })",
            "2:42+3 `lib::roll`: option `how` must be one of fast, slow, not \"fats\" | how it goes",
        ),
        (
            "lib::roll(\"a\", #{ title: \"T\", every: \"soon\" })",
            "2:42+5 `lib::roll`: option `every` must be a duration such as \"15m\" or \"1h 30m\", not \"soon\" | between two looks",
        ),
        (
            "lib::roll(\"a\", #{ title: \"T\", rules: #{} })",
            "2:42+5 `lib::roll`: option `rules` must be a list such as [\"lead\"], not a map | what must hold",
        ),
        (
            "lib::roll(\"a\", #{})",
            "2:17+4 `lib::roll` needs the option `title`: how it is called | is missing here",
        ),
        (
            "lib::roll(\"a\", \"T\")",
            "2:27+0 `lib::roll` takes its options as a map | not a map | write them as #{ name: value }",
        ),
        (
            "lib::through(#{ off: true })",
            "2:28+3 `lib::through` has no option `off` | it has on",
        ),
        (
            "lib::alone(#{ on: 1 })",
            "2:26+2 `lib::alone`: option `on` must be true or false, not 1 | whether",
        ),
    ] {
        assert_eq!(found(call), [expected], "{call}");
    }
}

#[test]
fn a_function_of_the_pipeline_itself_is_no_different() {
    let script =
        "fn f(o) { options(o, #{ on: flag(\"whether\").or(false) }).on }\nf(#{ onn: true });";
    let expected = "2:6+3 `f` has no option `onn` | did you mean `on`?";
    assert_eq!(wrong(&[("p.rhai", script)]), [expected]);
}
