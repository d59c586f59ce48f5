use super::*;

const SERVICE: &str = r#"
const NAME = "module";
private fn put_back(what) { test::echo(#{ back: what, name: global::NAME }); }
fn roll_out(what) {
    let previous = what + ":1";
    undo(`back to ${previous}`, || put_back(previous));
    test::echo(#{ to: what });
}
fn broken() { undo("broken", || {
    [1][7]
}); }
fn maker(x) { bind(|y| put_back(`${x}${y}`)) }
fn apply(f) { f.call() }
fn put(x) { test::echo(#{ wrong: x }) }
"#;

#[test]
fn an_undo_runs_later_at_home() {
    let script = "import \"./s\" as s;\nfn put_back(x) { throw \"the wrong one\" }\nconst NAME = \"pipeline\";\ns::roll_out(\"api\");\nthrow \"now\"";
    let (notes, result) = run_with(&[("p.rhai", script), ("s.rhai", SERVICE)]);
    assert_eq!(ends(result).0, "thrown: now");
    notes.undo().unwrap().unwrap();
    assert_eq!(
        notes.lines(),
        [
            "undo back to api:1",
            "0 test::echo {\"to\":\"api\"}",
            "0 test::echo {\"back\":\"api:1\",\"name\":\"module\"}",
        ]
    );
    assert_eq!(notes.sites()[1], "s.rhai:3:35");
}

#[test]
fn an_undo_that_fails_blames_its_own_file() {
    let (notes, result) = run_with(&[
        ("p.rhai", "import \"./s\" as s; s::broken();"),
        ("s.rhai", SERVICE),
    ]);
    result.unwrap();
    let failure = notes.undo().unwrap().unwrap_err();
    let frames: Vec<_> = failure.frames.iter().map(Site::to_string).collect();
    assert_eq!(frames, ["s.rhai:10:9", "s.rhai:9:15"]);
}

#[test]
fn a_bound_closure_crosses_out_of_its_module() {
    let (notes, result) = run_with(&[
        (
            "p.rhai",
            "import \"./s\" as s; let f = s::maker(\"a\"); f.call(\"b\"); call(f, \"c\");",
        ),
        ("s.rhai", SERVICE),
    ]);
    result.unwrap();
    assert_eq!(
        notes.lines(),
        [
            "0 test::echo {\"back\":\"ab\",\"name\":\"module\"}",
            "0 test::echo {\"back\":\"ac\",\"name\":\"module\"}",
        ]
    );
}

#[test]
fn a_closure_crosses_into_a_module() {
    let script =
        "import \"./s\" as s;\nfn put(x) { test::echo(#{ right: x }) }\ns::apply(bind(|| put(1)));";
    let (notes, result) = run_with(&[("p.rhai", script), ("s.rhai", SERVICE)]);
    result.unwrap();
    assert_eq!(notes.lines(), ["0 test::echo {\"right\":1}"]);
    assert_eq!(notes.sites(), ["p.rhai:2:19"]);
}

#[test]
fn branches_have_paths_and_results_in_order() {
    let (notes, result) = run(r#"
        fn ask(x) { test::echo(#{ x: x }).x }
        let first = parallel([|| ask(1), || parallel([|| ask(2), || ask(3)])]);
        [first, parallel([|| ask(4)])]
    "#);
    assert_eq!(result.unwrap(), json!([[1, [2, 3]], [4]]));
    let mut lines = notes.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "0/1.1 test::echo {\"x\":1}",
            "0/1.2/1.1 test::echo {\"x\":2}",
            "0/1.2/1.2 test::echo {\"x\":3}",
            "0/2.1 test::echo {\"x\":4}",
        ]
    );
}

#[test]
fn the_first_fault_of_parallel_wins_when_all_have_ended() {
    let (notes, result) = run(
        "parallel([\n || test::echo(#{ fault: \"one\" }),\n || test::echo(#{ fault: \"two\" }),\n || test::echo(#{})\n])",
    );
    let (stop, frames) = ends(result);
    assert_eq!(stop, "one: it went wrong");
    assert_eq!(frames, ["p.rhai:2:11", "p.rhai:1:1"]);
    assert_eq!(notes.lines().len(), 3);
}
