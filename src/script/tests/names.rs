use super::*;

/// A pipeline and two modules that all have a function `id`.
fn alike(pipeline: &str) -> Value {
    let imports = "import \"std/a\" as a; import \"std/b\" as b; fn id(x) { `p${x}` }";
    let (_, result) = run_with(&[
        ("p.rhai", &format!("{imports} {pipeline}")),
        (
            "std/a",
            "private fn id(x) { `a${x}` } fn f(x) { id(x) } fn all(l) { l.map(|x| id(x)) } fn through(f) { f.call(1) }",
        ),
        (
            "std/b",
            "fn id(x) { `b${x}` } fn f(x) { id(x) } fn named(l) { l.map(id) } fn pointed(l) { l.map(Fn(\"id\")) }
             fn team(url) { url } fn closed(team) { let c = || team + 1; c.call() }",
        ),
    ]);
    result.unwrap_or_else(|failure| panic!("{failure:?}"))
}

#[test]
fn a_call_means_the_function_of_its_own_script_however_often_it_is_made() {
    let script = "let said = []; for n in 0..3 { said.push(`${a::f(n)}${b::f(n)}${b::id(n)}${id(n)}`); } said";
    assert_eq!(alike(script), json!(["a0b0b0p0", "a1b1b1p1", "a2b2b2p2"]));
}

#[test]
fn so_do_closures_and_pointers() {
    let script = "let said = []; for n in 0..3 { said += [a::all([n]), b::named([n]), b::pointed([n]), a::through(|x| id(x))]; } said";
    let once = |n| {
        [
            json!([format!("a{n}")]),
            json!([format!("b{n}")]),
            json!([format!("b{n}")]),
            json!("p1"),
        ]
    };
    let all: Vec<Value> = (0..3).flat_map(once).collect();
    assert_eq!(alike(script), json!(all));
}

#[test]
fn a_variable_may_have_the_name_of_a_function() {
    assert_eq!(alike("b::closed(1)"), json!(2));
}

#[test]
fn a_method_of_the_script_is_still_one() {
    let (_, result) =
        run("fn up() { this + \"!\" } fn shout(s) { s.up() } [shout(\"a\"), \"b\".up()]");
    assert_eq!(result.ok(), Some(json!(["a!", "b!"])));
}
