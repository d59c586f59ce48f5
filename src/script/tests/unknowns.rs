//! Values that only the real run can know, in the hands of scripts.

use super::*;
use crate::vocabulary::unknown;

/// Runs a script in which `x` is unknown; what it ended in.
fn with_unknown(script: &str) -> (Arc<Notes>, Result<Value, Failure>) {
    let x = unknown("what `git describe` prints");
    run(&format!(
        "let x = test::echo(#{{ x: \"{x}\" }}).x;\n{script}"
    ))
}

#[test]
fn it_is_passed_on_and_printed() {
    for script in [
        "print(x)",
        "print(`v${x}`)",
        "test::echo(#{ tag: \"v\" + x, list: [x, x.trim()] })",
        "let y = x.split('.')[0].name; test::echo(#{ y: y })",
        "test::echo(#{ a: json::parse(x).version, b: x + 1 })",
        "let m = #{ x: x }; m.x = x; m",
    ] {
        let (_, result) = with_unknown(script);
        assert!(result.is_ok(), "{script}: {result:?}");
    }
}

#[test]
fn who_decides_by_it_ends_the_plan() {
    for script in [
        "if x == \"1\" { print(1) }",
        "if \"1\" != x { print(1) }",
        "if x > 3 { print(1) }",
        "if x { print(1) }",
        "if x.version { print(1) }",
        "if x.contains(\"1\") || x.is_empty() { print(1) }",
        "if x in [\"1\"] { print(1) }",
        "while x.len() < 3 { }",
        "for part in x.split(',') { print(part) }",
        "let n = 1 + x.parse_int(); if n == 2 { }",
        "switch x { \"1\" => print(1), _ => print(2) }",
        "let y = switch `v${x}` { \"v1\" => 1, _ => 2 }; print(y)",
        "switch [x, 1] { _ => print(1) }",
        "switch if true { x } else { 1 } { _ => print(1) }",
        "switch x\n{ 1 => print(1), _ => print(2) }",
        "switch 1 { 1 => switch (x) { 2 => print(1), _ => print(2) }, _ => print(3) }",
        "if `v${x}` == \"v1\" { print(1) } else { print(2) }",
        "let s = \"v\"; s += x; if s != \"v1\" { print(1) }",
        "if `v${x}`.len() > 3 { print(1) } else { print(2) }",
        "if `v${x}` in [\"v1\"] { print(1) } else { print(2) }",
        "for i in 0..x { print(i) }",
        "for i in 0..x.parse_int() { print(i) }",
        "if x in 0..3 { print(1) } else { print(2) }",
        "if x in #{ a: 1 } { print(1) } else { print(2) }",
        "if !x { print(1) }",
        "if \"abc\".starts_with(x) { print(1) } else { print(2) }",
        "if \"abc\".index_of(x) >= 0 { print(1) }",
        "print(max(x, 1))",
        "print([\"a\", \"b\"].filter(|v| x).len())",
        "if [\"a\"].some(|v| x) { print(1) } else { print(2) }",
        "if [\"a\"].all(|v| x) { print(1) } else { print(2) }",
        "if [\"a\"].find(|v| x) == () { print(1) }",
        "let l = [\"a\"]; l.retain(|v| x); print(l.len())",
        "let l = [\"a\"]; l.drain(|v| x); print(l.len())",
        "let l = [x, \"b\"]; l.sort(); print(l[1])",
        "print([\"b\", x].order()[0])",
        "let l = [\"b\", \"a\"]; l.sort(|a, b| x); print(l[0])",
        "try { if x { } } catch (e) { print(e.code) }",
        "try { if x == 1 { } } catch { print(1) }",
    ] {
        let (notes, result) = with_unknown(script);
        let (said, _) = ends(result);
        assert!(
            said.starts_with("halt: what follows depends on "),
            "{script}: {said}"
        );
        assert!(
            !notes.lines().iter().any(|l| l.starts_with("print")),
            "{script}"
        );
    }
}

#[test]
fn a_switch_and_a_choice_on_what_is_known_are_as_ever() {
    let script = r#"
let kind = "b";
print(switch kind { "a" => 1, "b" if true => 2, _ => 3 });
print(switch `${kind}${1}` { "b1" => `one ${switch 2 { 2 => "two", _ => "none" }}`, _ => "other" });
print(switch if kind == "a" { 1 } else if kind == "b" { 2 } else { 3 }
{ 2 => "b", _ => "no" });
print(switch #{ a: [1] }.a[0] { 1 => "map", _ => "no" });
print(switch [1, 2].map(|x| { x + 1 })[0] { 2 => "closure", _ => "no" });
switch 7 { 0..5 => print("low"), 5..=9 => print("high"), _ => () }
let l = [1, 2, 3, 4];
print(l.filter(|v, i| i > 1));
print(l.filter(|| this > 2));
print(l.retain(|v| v > 1));
print(l.drain(|v| v == 3));
print(`${l} ${l.some(|v| v == 2)} ${l.all(|v| v > 2)} ${l.find(|v| v > 2)} ${l.index_of(|v| v == 4)} ${l.index_of(2)}`);
"#;
    let (notes, result) = run(script);
    assert!(result.is_ok(), "{result:?}");
    let printed: Vec<String> = notes
        .lines()
        .into_iter()
        .filter(|l| l.starts_with("print"))
        .collect();
    let said = printed.join("\n");
    for part in [
        "2",
        "one two",
        "b",
        "map",
        "closure",
        "high",
        "[3,4]",
        "[1]",
        "[3]",
        "[2, 4] true false 4 1 0",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
