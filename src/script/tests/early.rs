//! A script that ends before its text does.

use super::checks::wrong;
use super::*;

fn ended(text: &str) -> Result<Value, (String, String)> {
    let notes = Arc::new(Notes::default());
    let program = project(&[("p.rhai", text)]).load().unwrap();
    program
        .execute(notes, json!({}))
        .map_err(|failure| match failure.stop {
            Stop::Fault(fault) => (fault.code, fault.message),
            Stop::Halt(halt) => ("halt".to_owned(), halt.to_string()),
        })
}

#[test]
fn a_return_in_a_step_is_refused_before_anything_runs() {
    let help = "put the rest of the step into `if … { … }`; or write `finish(\"why\")` to end the pipeline here on purpose";
    let refused = |text: &str, place: &str| {
        let expected = format!(
            "{place}+6 `return` in a step ends the whole pipeline | not only this step | {help}"
        );
        assert_eq!(wrong(&[("p.rhai", text)]), [expected], "{text}");
    };
    refused(r#"step "A" { if 1 > 0 { return; } }"#, "1:23");
    refused(r#"step "A" { return 5; }"#, "1:12");
    refused(
        r#"for i in 0..3 { step "A" { step "B" { return; } } }"#,
        "1:39",
    );
    refused(
        r#"step "A" { try { print(1); } catch { return; } }"#,
        "1:38",
    );
    refused(
        r#"let x = step "A" { switch 1 { 1 => { return 1; } _ => 2 } };"#,
        "1:38",
    );
    for fine in [
        r#"fn f() { step "A" { return 5; } } f();"#,
        r#"step "A" { [1].map(|x| { return x; }); }"#,
        r#"step "A" { throw "no"; }"#,
        r#"if 1 > 0 { return; } step "A" { }"#,
    ] {
        assert_eq!(wrong(&[("p.rhai", fine)]), Vec::<String>::new(), "{fine}");
    }
}

#[test]
fn a_script_that_returns_before_its_steps_has_failed() {
    for (text, message) in [
        (
            r#"step "Gate" { } if 1 > 0 { return; } step "Deploy" { } step "Watch" { }"#,
            "ended early in Gate: Deploy, Watch were not reached",
        ),
        (
            r#"for i in 0..3 { step "Gate" { } if i == 1 { return 5; } } step "Deploy" { }"#,
            "ended early in Gate: Deploy was not reached",
        ),
        (
            r#"try { throw 1; } catch { return; } step "Deploy" { }"#,
            "ended early: Deploy was not reached",
        ),
    ] {
        let expected = Err(("ended_early".to_owned(), message.to_owned()));
        assert_eq!(ended(text), expected, "{text}");
    }
    for fine in [
        r#"step "A" { } step "B" { } return;"#,
        r#"fn f() { return 1; } step "A" { f(); } if 1 > 2 { step "B" { } }"#,
        r#"step "A" { } // return"#,
        r#"let f = || { return 1; }; step "A" { f.call() }"#,
    ] {
        assert!(ended(fine).is_ok(), "{fine}: {:?}", ended(fine));
    }
}

#[test]
fn finish_ends_a_script_wherever_it_stands_and_nothing_catches_it() {
    let halt = Err((
        "halt".to_owned(),
        "finished early: nothing to do".to_owned(),
    ));
    for text in [
        r#"step "A" { finish("nothing to do"); } step "B" { test::echo(#{}); }"#,
        r#"fn f() { finish("nothing to do") } try { f(); } catch (e) { } test::echo(#{});"#,
        r#"[1, 2].map(|x| { try { finish("nothing to do"); } catch { } x }); test::echo(#{});"#,
    ] {
        assert_eq!(ended(text), halt, "{text}");
    }
}

/// A branch of `parallel` does not end the whole script: another one may be at work, or fail.
#[test]
fn a_branch_does_not_finish_the_script() {
    let (code, message) = ended(r#"parallel([|| finish("enough"), || throw "no"]);"#).unwrap_err();
    assert_eq!(code, "in_a_branch", "{message}");
    assert!(
        ended(r#"parallel([|| 1, || 2]); finish("enough");"#)
            .is_err_and(|(code, _)| code == "halt")
    );
}
