//! Values that only the real run can know, in the hands of scripts.

use super::*;
use crate::call::unknown;

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
