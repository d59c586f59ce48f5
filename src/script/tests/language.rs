use super::*;

#[test]
fn a_step_has_a_value_and_lets_return_and_break_through() {
    let (notes, result) = run(r#"
        let a = 1;
        let b = step "One" { let c = 40; a += c; a + 1 };
        fn f() { step "Two" { return 7; } 8 }
        for i in 0..3 { step `Loop ${i}` { if i == 1 { break; } } }
        [a, b, f()]
    "#);
    assert_eq!(result.unwrap(), json!([41, 42, 7]));
    assert_eq!(
        notes.lines(),
        [
            "> One", "< Done", "> Loop 0", "< Done", "> Loop 1", "< Done", "> Two", "< Done"
        ]
    );
}

#[test]
fn a_fault_fails_the_step_and_names_its_place() {
    let (notes, result) =
        run("step \"A\" {\n  step \"B\" {\n    test::echo(#{ fault: \"boom\" });\n  }\n}");
    let (stop, frames) = ends(result);
    assert_eq!(stop, "boom: it went wrong");
    assert_eq!(frames, ["p.rhai:3:11"]);
    assert_eq!(notes.sites(), ["p.rhai:3:11"]);
    assert_eq!(notes.lines()[3..], ["< Failed", "< Failed"]);
}

#[test]
fn what_is_caught_is_always_a_map_with_code_and_message() {
    let (_, result) = run(r#"
        fn caught(f) { try { f.call() } catch (e) { return [e.code, e.message, e.hint]; } }
        [
            caught(|| test::echo(#{ fault: "boom" })),
            caught(|| { throw "text"; }),
            caught(|| { throw #{ code: "mine", message: "m", hint: "h" }; }),
            caught(|| fail(#{ code: "failed", message: "f" })),
            caught(|| [1][7]),
        ]
    "#);
    assert_eq!(
        result.unwrap(),
        json!([
            ["boom", "it went wrong", "look"],
            ["thrown", "text", null],
            ["mine", "m", "h"],
            ["failed", "f", null],
            [
                "script_error",
                "Array index 7 out of bounds: only 1 element in array",
                null
            ],
        ])
    );
}

#[test]
fn errors_end_the_script_with_their_code() {
    for (script, expected) in [
        ("throw \"text\"", "thrown: text"),
        ("throw #{ code: \"mine\", message: \"m\" }", "mine: m"),
        ("fail(\"text\")", "thrown: text"),
        (
            "let a = [1]; a[7]",
            "script_error: Array index 7 out of bounds: only 1 element in array",
        ),
        ("try { throw \"a\" } catch (e) { throw }", "thrown: a"),
        (
            "try { throw #{code: \"c\", message: \"m\"} } catch (e) { throw e }",
            "c: m",
        ),
    ] {
        let (stop, frames) = ends(run(script).1);
        assert_eq!(stop, expected, "{script}");
        assert_eq!(frames.len(), 1, "{script}");
    }
}

#[test]
fn arguments_by_map_or_by_position() {
    let (notes, result) = run(r#"
        test::echo();
        test::echo(#{ a: 1 });
        http::get("u");
        http::get("u", 200);
        http::get("u", #{ timeout: "1s" });
        http::get("u", 200, #{ timeout: "1s" });
    "#);
    result.unwrap();
    assert_eq!(
        notes.lines(),
        [
            "0 test::echo {}",
            "0 test::echo {\"a\":1}",
            "0 http::get {\"url\":\"u\"}",
            "0 http::get {\"url\":\"u\",\"status\":200}",
            "0 http::get {\"timeout\":\"1s\",\"url\":\"u\"}",
            "0 http::get {\"timeout\":\"1s\",\"url\":\"u\",\"status\":200}",
        ]
    );
    let (stop, _) = ends(run("http::get(\"u\", #{ url: \"v\" })").1);
    assert_eq!(stop, "invalid_input: http::get: `url` is given twice");
    let (stop, _) = ends(run("test::echo(#{ f: || 1 })").1);
    assert_eq!(
        stop,
        "invalid_input: test::echo: `f` is a closure, which cannot be passed on as data"
    );
}

#[test]
fn what_would_pass_the_run_by_says_what_to_use() {
    for script in [
        "sleep(1)",
        "sleep(0.1)",
        "timestamp()",
        "exit()",
        "exit(1)",
        "Fn(\"sleep\").call(1)",
        "call(Fn(\"exit\"))",
    ] {
        let failure = run(script).1.expect_err(script);
        let Stop::Fault(fault) = failure.stop else {
            panic!("{script}")
        };
        assert!(
            fault.message.ends_with("is not available in scripts"),
            "{script}: {fault}"
        );
        assert!(fault.hint.is_some());
    }
    let sources = [("p.rhai".to_owned(), "eval(\"1\")".to_owned())].into();
    assert!(Program::recorded(sources, "p.rhai", &primitives()).is_err());
    assert!(run("Fn(\"eval\").call(\"1\")").1.is_err());
}

#[test]
fn words_reach_the_door() {
    let (notes, result) = run(
        "title(\"api 1.3\");\nnote(\"n\");\n  print(\"p\"); print(42); print(#{ a: [1] }); debug(\"d\"); print(());",
    );
    result.unwrap();
    assert_eq!(
        notes.lines(),
        [
            "title api 1.3",
            "note n",
            "print p at 3:3",
            "print 42 at 3:15",
            "print {\"a\":[1]} at 3:26",
            "print d at 3:46",
            "print null at 3:58",
        ]
    );
}
