//! Members of what functions and verbs return, and what is handed over in a wrong form.

use super::checks::{said, wrong};
use super::*;

#[test]
fn a_member_that_is_not_returned_is_told_with_what_is() {
    let module = r#"
        fn found(name) { if name == "" { return #{ name: "none" }; } #{ name: name, service: 1 } }
        fn again(name) { found(name) }
        fn any(name) { let all = #{}; all[name] = 1; all }
        fn mixed(name) { if name == "" { return 1; } #{ name: name } }
    "#;
    let script = r#"
        import "./lib" as lib;
        let one = step "Find" { lib::again("x") };
        print(one.servce); print(one.service); print(one.name); print(one.servce ?? 1);
        let any = lib::any("x"); print(any.y);
        let mixed = lib::mixed("x"); print(mixed.y);
        let more = lib::found("x"); more.kind = 1; print(more.kind); print(more.other);
        let set = lib::found("x"); set.set("kind", 2); print(set.kind);
        let plain = #{ a: 1 }; print(plain.b ?? 2);
    "#;
    let found = wrong(&[("p.rhai", script), ("lib.rhai", module)]);
    assert_eq!(
        found,
        [
            "4:19+6 `one` has no member `servce`: `lib::again` does not return one | did you mean `service`? | it has: name, \
             service"
        ]
    );
}

#[test]
fn a_member_that_was_renamed_is_told_by_its_new_name() {
    let script = r#"let held = check::hold(#{ duration: "1m", checks: [] }); print(held.looks); print(held.checks);"#;
    let project = project(&[("p.rhai", script)]);
    let loaded = Program::load(&project.pipeline, &crate::primitive::all());
    assert_eq!(
        said(&loaded.err().unwrap()),
        [
            "1:69+5 `held` has no member `looks`: `check::hold` does not return one | renamed: `looks` is `checks` | it has: \
             checks, slowest_ms"
        ]
    );
}

#[test]
fn a_block_is_no_closure() {
    let right = r#"undo("back", || { print(1); }); finally("tell", |ended| { print(ended); });"#;
    assert_eq!(wrong(&[("p.rhai", right)]), Vec::<String>::new());
    let given = r#"let back = || print(1); undo("back", back);"#;
    assert_eq!(wrong(&[("p.rhai", given)]), Vec::<String>::new());
    let found = wrong(&[("p.rhai", r#"undo("back", { print(1); });"#)]);
    assert_eq!(
        found,
        [
            "1:14+0 `undo` takes a closure, this is a block: it runs at once | write || before it | undo(\"label\", || { … })"
        ]
    );
}

#[test]
fn roles_are_a_list() {
    let script = r#"
        import "std/approvals" as approvals;
        approvals::ask("lead", "deploy", "1.3.0");
        approvals::ask(["lead"], "deploy", "1.3.0");
    "#;
    let found = wrong(&[("p.rhai", script)]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with(
            "3:24+0 `approvals::ask` takes `roles` as a list, this is a text (\"lead\")"
        ),
        "{found:?}"
    );
}
