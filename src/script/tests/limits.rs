use super::*;

#[test]
fn an_endless_loop_ends() {
    let begun = std::time::Instant::now();
    let (stop, _) = ends(run("let x = 0; loop { x += 1; }").1);
    assert!(
        stop.starts_with("limit_exceeded: too many operations"),
        "{stop}"
    );
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    let (stop, _) = ends(run("loop { try { loop {} } catch (e) { } }").1);
    assert!(stop.starts_with("limit_exceeded"), "{stop}");
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
