use super::*;

#[test]
fn an_endless_loop_ends() {
    let (stop, _) = ends(run("let x = 0; loop { x += 1; }").1);
    assert!(
        stop.starts_with("limit_exceeded: too many operations"),
        "{stop}"
    );
    let (stop, _) = ends(run("loop { try { loop {} } catch (e) { } }").1);
    assert!(stop.starts_with("limit_exceeded"), "{stop}");
}

/// Rhai counts by closure and by thread, and takes what a comparison throws for "equal".
#[test]
fn operations_count_wherever_they_are_done() {
    let long = "let i = 0; while i < 300000 { i += 1; }";
    for script in [
        format!("let a = []; a.pad(50, 1); a.map(|x| {{ {long} }});"),
        format!("let a = []; a.pad(50, |_| {{ {long} }}); parallel(a);").replace("|_|", "||"),
        format!("let a = []; a.pad(50, 1); a.sort(|x, y| {{ {long} 1 }});"),
        format!("let a = []; a.pad(50, 1); a.dedup(|x, y| {{ {long} false }});"),
    ] {
        let (stop, _) = ends(run(&script).1);
        assert!(stop.starts_with("limit_exceeded"), "{script}: {stop}");
    }
}

#[test]
fn a_comparison_that_fails_fails() {
    for name in ["sort", "sort_by", "order", "order_by", "dedup"] {
        let script = format!(
            "let a = [3, 1, 2]; a.{name}(|x, y| throw #{{ code: \"bad\", message: \"no\" }});"
        );
        assert_eq!(ends(run(&script).1).0, "bad: no", "{name}");
        let script = format!("let a = [3, 1, 2]; a.{name}(|x, y| \"text\");");
        let (stop, _) = ends(run(&script).1);
        assert!(stop.starts_with("script_error: the closure of"), "{stop}");
    }
    let sorted = r#"
        let a = [#{ n: 2, s: "a" }, #{ n: 1, s: "b" }, #{ n: 2, s: "c" }, #{ n: 1, s: "d" }];
        a.sort(|x, y| x.n - y.n);
        let b = [3, 1, 2];
        b.sort();
        let c = ["b", "a", "b"].order_desc();
        let d = [1, 1, 2, 1];
        d.dedup();
        [a.map(|x| x.s), b, c, d, [2, 3, 1].order(|x, y| x > y)]
    "#;
    assert_eq!(
        run(sorted).1.unwrap(),
        json!([
            ["b", "d", "a", "c"],
            [1, 2, 3],
            ["b", "b", "a"],
            [1, 2, 1],
            [3, 2, 1]
        ])
    );
}

#[test]
fn everything_that_grows_is_bounded() {
    for script in [
        "fn f(n) { f(n + 1) } f(0)",
        "let s = \"0123456789abcdef\"; loop { s += s; }",
        "let a = [1]; loop { a += a; }",
        "let m = #{}; let i = 0; loop { m[`k${i}`] = [1,2,3,4,5,6,7,8,9,0]; i += 1; }",
    ] {
        let (stop, _) = ends(run(script).1);
        assert!(stop.starts_with("limit_exceeded"), "{script}: {stop}");
    }
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    let sources = [("p.rhai".to_owned(), deep)].into();
    assert!(Program::recorded(sources, "p.rhai", &primitives()).is_err());
}

/// Each value is within its limit, and all of them together are not.
#[test]
fn what_a_script_holds_is_bounded() {
    let big = "let big = \"0123456789abcdef\"; while big.len() < 8000000 { big += big; }";
    let variables: String = (0..200)
        .map(|i| format!("let v{i} = big + \"x\"; "))
        .collect();
    for script in [
        format!("{big} {variables}"),
        format!("{big} let held = []; loop {{ let x = big + \"x\"; held.push(|| x); }}"),
        format!(
            "{big} let held = []; loop {{ try {{ let x = big + \"x\"; held.push(|| x); }} catch (e) {{ }} }}"
        ),
    ] {
        let (stop, _) = ends(run(&script).1);
        assert!(
            stop.starts_with("limit_exceeded: too much memory"),
            "{stop}"
        );
    }
}

#[test]
fn sixty_levels_of_calls_fit_the_stack() {
    let script = "fn f(n) { if n == 0 { 0 } else { let x = step \"s\" { [f(n - 1)].map(|x| x)[0] }; x + 1 } } f(60)";
    assert_eq!(run(script).1.unwrap(), json!(60));
}

#[test]
fn a_halt_cannot_be_swallowed() {
    let halt = "test::echo(#{ halt: true })";
    for script in [
        format!("try {{ {halt} }} catch (e) {{ }} test::echo(#{{ after: 1 }});"),
        format!(
            "[1, 2].map(|x| {{ try {{ {halt} }} catch (e) {{ 1 }} }}); test::echo(#{{ after: 1 }});"
        ),
        format!("[1, 2].filter(|x| {halt} == 1); test::echo(#{{ after: 1 }});"),
        format!("[2, 1].sort(|x, y| {halt}); test::echo(#{{ after: 1 }});"),
        format!("let a = [2, 1]; a.sort(|x, y| {halt}); loop {{ }}"),
        format!("let a = [2, 1]; a.sort(|x, y| {halt}); 1"),
        format!("parallel([|| {halt}, || 1]); test::echo(#{{ after: 1 }});"),
        format!("step \"s\" {{ {halt} }}"),
    ] {
        let (notes, result) = run(&script);
        let (stop, frames) = ends(result);
        assert_eq!(stop, "halt: interrupted", "{script}");
        let calls = notes.lines();
        assert!(calls.iter().all(|line| !line.contains("after")), "{script}");
        assert!(frames[0].starts_with("p.rhai:1:"), "{script}: {frames:?}");
    }
    let (notes, _) = run(&format!("step \"s\" {{ {halt} }}"));
    assert_eq!(notes.lines().last().map(String::as_str), Some("< Halted"));
    let (notes, _) = run(&format!(
        "step \"s\" {{ let a = [2, 1]; a.sort(|x, y| {halt}); 3 }}"
    ));
    assert_eq!(notes.lines().last().map(String::as_str), Some("< Halted"));
}
