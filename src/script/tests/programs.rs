use super::*;

#[test]
fn frames_lead_from_the_library_to_the_pipeline() {
    let (notes, result) = run_with(&[
        (
            "prod.rhai",
            "import \"std/service\" as service;\n\nstep \"Deploy\" {\n  service::roll_out(1);\n}",
        ),
        (
            "std/service",
            "import \"./watch\" as watch;\nfn roll_out(x) {\n  watch::hold(x)\n}",
        ),
        (
            "std/watch",
            "fn hold(x) {\n test::echo(#{ fault: \"boom\" })\n}",
        ),
    ]);
    let (stop, frames) = ends(result);
    assert_eq!(stop, "boom: it went wrong");
    assert_eq!(
        frames,
        ["std/watch:2:8", "std/service:3:10", "prod.rhai:4:12"]
    );
    assert_eq!(notes.sites(), ["std/watch:2:8"]);
}

#[test]
fn a_halt_in_the_library_shows_both_places() {
    let (_, result) = run_with(&[
        ("p.rhai", "import \"std/watch\" as watch;\nwatch::hold()"),
        ("std/watch", "fn hold() {\n  test::echo(#{ halt: true })\n}"),
    ]);
    let (stop, frames) = ends(result);
    assert_eq!(stop, "halt: interrupted");
    assert_eq!(frames, ["std/watch:2:9", "p.rhai:2:8"]);
}

#[test]
fn a_place_behind_a_catch_is_told_as_it_was_written() {
    let script = "try { throw 1 } catch (e) { test::echo(e); throw \"x\" }";
    let (notes, result) = run(script);
    assert_eq!(notes.sites(), ["p.rhai:1:35"]);
    assert_eq!(ends(result).1, ["p.rhai:1:44"]);
}

#[test]
fn a_pipeline_that_is_not_there() {
    let project = project(&[("prod.rhai", "1")]);
    let path = project.pipeline.with_file_name("pord.rhai");
    let Err(rejected) = Program::load(&path, &primitives()) else {
        panic!()
    };
    let diagnosis = &rejected.diagnoses[0];
    assert!(
        diagnosis.message.starts_with("there is no file "),
        "{diagnosis:?}"
    );
    assert_eq!(diagnosis.help.as_deref(), Some("did you mean `prod.rhai`?"));
}

#[test]
fn a_module_may_not_act_while_it_is_loaded() {
    let (_, result) = run_with(&[
        ("p.rhai", "import \"./m\" as m;"),
        ("m.rhai", "test::echo();"),
    ]);
    let (stop, frames) = ends(result);
    assert_eq!(
        stop,
        "too_early: test::echo cannot be called while a module is loaded"
    );
    assert_eq!(frames, ["m.rhai:1:7"]);
}

#[test]
fn parameters_are_known_before_anything_runs() {
    let project = project(&[(
        "p.rhai",
        "let app = params(#{\n  version: text(\"image tag\"),\n  approvers: list(\"roles\").or([]),\n  way: choice([\"a\", \"b\"], \"how\").or(\"a\"),\n});\ntest::echo(app)",
    )]);
    let program = project.load().map_err(|r| r.diagnoses).unwrap();
    let params = program.declare().unwrap();
    let said: Vec<_> = params
        .iter()
        .map(|p| {
            (
                p.name.as_str(),
                p.kind.to_string(),
                p.default.clone(),
                p.site.line,
                p.site.column,
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("version", "text".into(), None, 2, 3),
            ("approvers", "list".into(), Some(json!([])), 3, 3),
            ("way", "one of a, b".into(), Some(json!("a")), 4, 3),
        ]
    );
    let notes = Arc::new(Notes::default());
    let values = json!({ "version": "1.10", "approvers": ["lead"], "way": "b" });
    let result = program.execute(Arc::clone(&notes) as Arc<dyn RunApi>, values.clone());
    assert_eq!(result.unwrap(), values);
    let missing = program.execute(Arc::new(Notes::default()), json!({}));
    assert_eq!(
        ends(missing).0,
        "missing_parameter: parameter `version` has no value"
    );
}

#[test]
fn parameters_come_first() {
    let project = project(&[("p.rhai", "test::echo();\nparams(#{ a: text(\"a\") });")]);
    let program = project.load().map_err(|r| r.diagnoses).unwrap();
    let failure = program.declare().unwrap_err();
    let Stop::Fault(fault) = failure.stop else {
        panic!()
    };
    assert_eq!(fault.code, "too_early");
    assert_eq!(failure.frames[0].line, 1);
}

#[test]
fn a_default_of_the_wrong_kind_is_refused() {
    let project = project(&[(
        "p.rhai",
        "params(#{ w: duration(\"w\").or(\"15 parsecs\") });",
    )]);
    let program = project.load().map_err(|r| r.diagnoses).unwrap();
    let failure = program.declare().unwrap_err();
    let Stop::Fault(fault) = failure.stop else {
        panic!()
    };
    assert!(fault.message.contains("must be a duration"), "{fault}");
}

#[test]
fn a_run_is_resumed_from_its_copies_alone() {
    let project = project(&[
        ("prod.rhai", "import \"./lib/a\" as a; a::f()"),
        (
            "lib/a.rhai",
            "import \"std/own\" as own; fn f() { own::g() }",
        ),
        ("stdlib/own.rhai", "fn g() { 42 }"),
    ]);
    let program = project.load().map_err(|r| r.diagnoses).unwrap();
    let sources = program.sources();
    let entry = program.entry().to_owned();
    drop(project);
    let names: Vec<_> = sources.keys().map(|name| base(name)).collect();
    assert_eq!(names, ["a.rhai", "prod.rhai", "std/own"]);
    let program = Program::recorded(sources, &entry, &primitives()).map_err(|r| r.diagnoses);
    let result = program
        .unwrap()
        .execute(Arc::new(Notes::default()), json!({}));
    assert_eq!(result.unwrap(), json!(42));
}

#[test]
fn steps_are_listed_in_the_order_of_the_text() {
    let project = project(&[(
        "p.rhai",
        "step \"A\" { step \"B\" {} }\nfn f() { step \"C\" {} }\nstep \"D\" {}",
    )]);
    let program = project.load().map_err(|r| r.diagnoses).unwrap();
    assert_eq!(program.steps(), ["A", "B", "C", "D"]);
}

fn refused(files: &[(&str, &str)]) -> Vec<String> {
    let Err(rejected) = project(files).load() else {
        panic!("it loads")
    };
    rejected
        .diagnoses
        .iter()
        .map(|d| {
            let Site {
                source,
                line,
                column,
            } = &d.site;
            let help = d.help.as_deref().unwrap_or("-");
            format!(
                "{}:{line}:{column} {} | {} | {help}",
                base(source),
                d.message,
                d.label
            )
        })
        .collect()
}

#[test]
fn what_cannot_be_loaded_says_why() {
    let circle = refused(&[
        ("p.rhai", "import \"./a\" as a;"),
        ("a.rhai", "import \"./b\" as b;"),
        ("b.rhai", "\nimport \"./a\" as a;"),
    ]);
    assert!(
        circle[0].starts_with("b.rhai:2:8 scripts import each other in a circle: "),
        "{circle:?}"
    );
    let unknown = refused(&[
        ("p.rhai", "import \"std/srvice\" as s;"),
        ("stdlib/service.rhai", ""),
    ]);
    assert_eq!(
        unknown,
        [
            "p.rhai:1:8 there is no module `std/srvice` | imported here | did you mean `std/service`?"
        ]
    );
    let absolute = refused(&[("p.rhai", "import \"/etc/x\" as s;")]);
    assert!(
        absolute[0].starts_with("p.rhai:1:8 `/etc/x` cannot be imported from"),
        "{absolute:?}"
    );
    let syntax = refused(&[("p.rhai", "let a = ;")]);
    assert!(syntax[0].starts_with("p.rhai:1:9 "), "{syntax:?}");
    let computed = refused(&[("p.rhai", "let a = \"x\"; import a as s;")]);
    assert!(computed[0].contains("plain string"), "{computed:?}");
}

#[test]
fn everything_shipped_checks_without_a_warning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scripts = Vec::new();
    for folder in ["pipelines", "stdlib"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            scripts.push(entry.unwrap().path());
        }
    }
    scripts.retain(|path| {
        let name = path.to_string_lossy();
        name.ends_with(".rhai") && !name.ends_with(".test.rhai")
    });
    assert!(!scripts.is_empty());
    for path in scripts {
        let program = Program::load(&path, &crate::primitive::all());
        let program = program.unwrap_or_else(|r| panic!("{path:?}: {:#?}", r.diagnoses));
        assert_eq!(program.warnings(), [], "{path:?}");
    }
}
