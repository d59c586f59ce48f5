use super::*;

const LIB: &str = r#"
fn roll(name, given) {
    let o = options(given, #{
        minimum: integer("how many at least").or(2),
        title: text("how it is called"),
        every: duration("between two looks").or("30s"),
        how: choice(["fast", "slow"], "how it goes").or("fast"),
        rules: list("what must hold").or([]),
        act: closure("what to do").or(()),
        seed: any("anything").or(()),
    });
    if o.act != () { o.act.call(); }
    o.remove("act");
    o.rules = o.rules.len();
    o
}
fn through(given) { roll("x", given) }
"#;

fn rolled(call: &str) -> (Arc<Notes>, Result<Value, Failure>) {
    let script = format!("import \"./lib\" as lib;\n{call}");
    run_with(&[("p.rhai", &script), ("lib.rhai", LIB)])
}

#[test]
fn what_is_left_out_is_filled_in() {
    let (_, result) = rolled("lib::roll(\"a\", #{ title: \"T\", minimum: (), every: \"1m\" })");
    assert_eq!(
        result.unwrap(),
        json!({"minimum": 2, "title": "T", "every": "1m", "how": "fast", "rules": 0, "seed": null})
    );
    let (_, result) = run("options((), #{ a: text(\"a\").or(\"x\") })");
    assert_eq!(result.unwrap(), json!({"a": "x"}));
}

#[test]
fn closures_and_lists_of_them_pass() {
    let (notes, result) = rolled(
        "lib::roll(\"a\", #{ title: \"T\", rules: [|x| x], seed: || 1, act: bind(|| test::echo(#{})) }).rules",
    );
    assert_eq!(result.unwrap(), json!(1));
    assert_eq!(notes.lines(), ["0 test::echo {}"]);
}

#[test]
fn the_caller_is_blamed() {
    for (given, said, hint) in [
        (
            "#{ title: \"T\", minmum: 3 }",
            "there is no option `minmum`",
            "did you mean `minimum`?",
        ),
        (
            "#{ title: \"T\", colour: 3 }",
            "there is no option `colour`",
            "it has act, every, how, minimum, rules, seed, title",
        ),
        (
            "#{ title: \"T\", minimum: \"3\" }",
            "option `minimum` must be a whole number, not \"3\"",
            "`minimum` is how many at least",
        ),
        (
            "#{ title: 3 }",
            "option `title` must be text, not 3: put it in quotes",
            "`title` is how it is called",
        ),
        (
            "#{ title: || 3 }",
            "option `title` must be text, not a closure",
            "`title` is how it is called",
        ),
        (
            "#{ title: \"T\", act: 3 }",
            "option `act` must be a closure, not 3",
            "`act` is what to do",
        ),
        (
            "#{ title: \"T\", rules: #{} }",
            "option `rules` must be a list such as [\"lead\"], not {}",
            "`rules` is what must hold",
        ),
        (
            "#{}",
            "option `title` is missing: how it is called",
            "it must be text",
        ),
        (
            "[]",
            "options are given as a map, not as a value of type array",
            "write them as #{ name: value }",
        ),
    ] {
        let (_, result) = rolled(&format!("lib::roll(\"a\", {given})"));
        let failure = result.expect_err(given);
        let Stop::Fault(fault) = failure.stop else {
            panic!("{given}")
        };
        assert_eq!(fault.to_string(), format!("invalid_input: {said}"));
        assert_eq!(fault.hint.as_deref(), Some(hint), "{given}");
        let frames: Vec<_> = failure.frames.iter().map(Site::to_string).collect();
        assert_eq!(frames, ["p.rhai:2:6"], "{given}");
    }
}

#[test]
fn a_module_that_misuses_another_is_blamed_itself() {
    let (stop, frames) = ends(rolled("lib::through(#{})").1);
    assert_eq!(
        stop,
        "invalid_input: option `title` is missing: how it is called"
    );
    assert_eq!(frames, ["lib.rhai:17:21", "p.rhai:2:6"]);
}

#[test]
fn it_can_be_caught() {
    let (_, result) = rolled(
        "let said; try { lib::roll(\"a\", #{}) } catch (e) { said = `${e.code}: ${e.message}`; } said",
    );
    let said = "invalid_input: option `title` is missing: how it is called";
    assert_eq!(result.unwrap(), json!(said));
}

#[test]
fn a_parameter_is_no_closure() {
    let (stop, _) = ends(run("params(#{ f: closure(\"f\") })").1);
    assert_eq!(
        stop,
        "script_error: `f` cannot be a closure: parameters are data"
    );
}
