use super::*;

/// What is wrong with a pipeline, as `line:column message | label | help`.
pub(super) fn wrong(files: &[(&str, &str)]) -> Vec<String> {
    match project(files).load() {
        Ok(_) => Vec::new(),
        Err(rejected) => said(&rejected),
    }
}

/// The diagnoses of a rejected pipeline, as [`wrong`] writes them.
pub(super) fn said(rejected: &InvalidPipeline) -> Vec<String> {
    let said = rejected.diagnoses.iter().map(|d| {
        let Site {
            source,
            line,
            column,
        } = &d.site;
        let source = match base(source).as_str() {
            "p.rhai" => String::new(),
            other => format!("{other}:"),
        };
        let help = d.help.iter().map(|h| format!(" | {h}")).collect::<String>();
        let length = d.length.unwrap_or(0);
        format!(
            "{source}{line}:{column}+{length} {} | {}{help}",
            d.message, d.label
        )
    });
    said.collect()
}

#[test]
fn a_comment_that_is_not_closed_leaves_nothing_out() {
    for (script, place) in [
        ("let x = 1; /* never\nprint(x);\n", "1:12"),
        (
            "print(1); /* a /* b */ c */\nprint(\"/*\");\n/* open",
            "3:1",
        ),
    ] {
        let found = wrong(&[("p.rhai", script)]);
        let said = format!("{place}+0 a comment is not closed | it begins here | ");
        assert!(found.len() == 1 && found[0].starts_with(&said), "{found:?}");
    }
    let closed = "/* a */ print(\"/*\"); // /* b";
    assert_eq!(wrong(&[("p.rhai", closed)]), Vec::<String>::new());
    let marked = "\u{feff}print(1);\r\n";
    assert_eq!(wrong(&[("p.rhai", marked)]), Vec::<String>::new());
}

#[test]
fn what_is_right_passes() {
    let text = r#"
        import "./lib" as lib;
        const LIMIT = 3;
        let app = params(#{ version: text("v"), roles: list("r").or([]) });
        fn f(x, y) { let z = [x, y].map(|a| a + x).filter(|a| a > global::LIMIT); z.len() }
        let total = 0;
        for (role, i) in app.roles { total += i; print(role); }
        let counter = #{ n: 0, add: |by| { this.n += by; } };
        counter.add(total);
        let found = step "S" {
            try { lib::g(app.version).items[0].name } catch (e) { [1].for_each(|x| print(e.code + x)); throw; }
        };
        undo("u", || { try { f(1, 2) } catch (e) { note(e.message); } });
        switch found { 1 | 2 => { let q = 1; q }, "x" if total > 1 => f(1, 2), _ => () }
        while total < 2 { total += 1; }
        let fun = Fn("f"); fun.call(1, 2); call(fun, 1, 2); f.call(1, 2);
        parallel([|| test::echo(), || lib::g(total)]);
        if app.version == "1" { return; }
        let m = #{ "a b": 1 }; m.x = 2; m["y"] = m?.x ?? 3;
        `${m.y} ${app.version.to_upper()}`.trim();
        let name = "x"; http::get(name); http::get(name, #{ status: 200 }); ecs::update_service(m);
        lib::LEVEL
    "#;
    let lib = "export const LEVEL = 1; fn g(x) { h(x) } private fn h(x) { #{ items: [x] } }";
    assert_eq!(wrong(&[("p.rhai", text), ("lib.rhai", lib)]), [""; 0]);
}

#[test]
fn names_and_arity() {
    for (script, expected) in [
        (
            "prnt_all(1)",
            "1:1+8 there is no function `prnt_all` | not known",
        ),
        (
            "fn roll_out(x) {}\nrol_out(1)",
            "2:1+7 there is no function `rol_out` | did you mean `roll_out`?",
        ),
        (
            "fn f(x) {}\nf(1, 2)",
            "2:1+1 `f` takes 1 argument, not 2 | 2 given",
        ),
        (
            "let a = [1]; a.pussh(2)",
            "1:16+5 there is no function `pussh` | did you mean `push`?",
        ),
        (
            "ec::update_service(#{})",
            "1:1+2 there is no module `ec`, so no `ec::update_service` | did you mean `ecs`?",
        ),
        (
            "ecs::updat_service(#{})",
            "1:6+13 there is no function `ecs::updat_service` | did you mean `update_service`?",
        ),
        (
            "ecs::update_service(#{}, 1)",
            "1:6+14 `ecs::update_service` takes 0 or 1 arguments, not 2 | 2 given",
        ),
        (
            "let version = 1; print(vesion)",
            "1:24+6 there is no variable `vesion` | did you mean `version`?",
        ),
        (
            "let f = |x| x + why; f.call(1)",
            "1:17+3 there is no variable `why` | not known here",
        ),
        (
            "let a = 1; fn f() { a } f()",
            "1:21+1 there is no variable `a` | not known here | a function sees only its own variables: pass `a` to it",
        ),
        (
            "let app = params(#{ version: text(\"v\") });\nprint(app.vesrion)",
            "2:11+7 there is no parameter `vesrion` | did you mean `version`?",
        ),
        (
            "let app = params(#{ version: text(\"v\") });\nlet app = app + #{ service: 1 };\nprint(app.servce + app.version)",
            "3:11+6 there is no parameter `servce` | did you mean `service`?",
        ),
        (
            "step 42 { }",
            "1:6+0 a step's name is a string | not a string",
        ),
        (
            "try { } catch (e) { print(e); } print(e)",
            "1:39+1 there is no variable `e` | not known here",
        ),
    ] {
        assert_eq!(wrong(&[("p.rhai", script)]), [expected], "{script}");
    }
}

#[test]
fn modules() {
    let lib = "fn hold(x) {}\nprivate fn own() {}";
    for (script, expected) in [
        (
            "import \"./lib\" as watch; watch::hld(1)",
            "1:33+3 there is no function `watch::hld` | did you mean `hold`?",
        ),
        (
            "import \"./lib\" as watch; watch::own()",
            "1:33+3 there is no function `watch::own` | it is private there",
        ),
        (
            "import \"./lib\" as watch; watch::hold()",
            "1:33+4 `watch::hold` takes 1 argument, not 0 | 0 given",
        ),
        (
            "import \"./lib\" as ecs;",
            "1:8+0 `ecs` already names the primitives | `as ecs` would hide them | import it as `ecs_lib`, or by its purpose",
        ),
    ] {
        assert_eq!(
            wrong(&[("p.rhai", script), ("lib.rhai", lib)]),
            [expected],
            "{script}"
        );
    }
    assert_eq!(
        wrong(&[
            ("p.rhai", "import \"./lib\" as l;"),
            ("lib.rhai", "params(#{});")
        ]),
        [
            "lib.rhai:1:1+0 only a pipeline declares parameters | in a module | let the functions take what they need as arguments"
        ]
    );
    let both = wrong(&[
        ("p.rhai", "import \"./lib\" as l;\nfoo()"),
        ("lib.rhai", "fn f() { bar() }"),
    ]);
    assert_eq!(
        both,
        [
            "2:1+3 there is no function `foo` | not known",
            "lib.rhai:1:10+3 there is no function `bar` | not known"
        ]
    );
}

#[test]
fn literal_inputs() {
    for (script, expected) in [
        (
            "http::get(#{ url: \"u\",\n  timout: \"1s\" })",
            "2:3+6 http::get has no field `timout` | did you mean `timeout`?",
        ),
        (
            "http::get(#{ url: 1 })",
            "1:14+3 http::get: `url`: expected string, found integer | expected string",
        ),
        (
            "http::get(#{ timeout: \"1s\" })",
            "1:7+3 http::get: `url`: is missing | here",
        ),
        ("http::get()", "1:7+3 http::get: `url`: is missing | here"),
        (
            "http::get(\"u\", \"200\")",
            "1:16+1 http::get: `status`: expected integer, found string | expected integer",
        ),
    ] {
        assert_eq!(wrong(&[("p.rhai", script)]), [expected], "{script}");
    }
    let computed = "let x = 1; http::get(#{ url: x, timeout: `${x}s`, status: x });";
    assert_eq!(wrong(&[("p.rhai", computed)]), [""; 0]);
}

#[test]
fn a_closure_does_not_use_what_is_being_worked_on() {
    let right = r#"
        fn own(f) { f.call(1) }
        let a = #{ x: [1], f: |x| x }; let b = #{ x: 1 };
        let keys = a.keys(); keys.all(|k| a[k] != ());
        a.keys().all(|k| b[k] != () || k == "x");
        a.y = [1].map(|z| a.x[0] + z);
        a.f.call(|x| a); a.own(|x| a);
        a.x.push([1].map(|z| a.x.len() + z)[0]);
        a.x[[0].map(|z| a.x.len() + z)[0] - 1];
    "#;
    assert_eq!(wrong(&[("p.rhai", right)]), [""; 0]);
    for (call, place) in [
        ("a.keys().all(|k| a[k] != ())", "1:39+3"),
        ("a.x.all(|k| a.len() > k)", "1:34+3"),
        ("a[\"x\"].all(|k| a.len() > k)", "1:37+3"),
        ("(a.keys()).all(|k| a.len() > 0)", "1:41+3"),
        ("a.all(|k| a.len() > 0).len()", "1:32+3"),
    ] {
        let script = format!("let a = #{{ x: [1], y: #{{}} }}; {call};");
        let message = "the closure uses `a` while `all` works on it | always ends in a data race | put what `all` works on into a variable of its own first, or write a `for`";
        assert_eq!(
            wrong(&[("p.rhai", &script)]),
            [format!("{place} {message}")],
            "{call}"
        );
    }
}

#[test]
fn what_is_never_used_is_a_warning() {
    let project = project(&[(
        "p.rhai",
        "let used = 1; let left = 2; let _meant = 3; || used",
    )]);
    let program = project.load().map_err(|r| r.diagnoses).unwrap();
    let said: Vec<_> = program
        .warnings()
        .iter()
        .map(|w| w.message.as_str())
        .collect();
    assert_eq!(said, ["`left` is never used"]);
}

#[test]
fn literal_inputs_of_aws_go_by_its_own_shapes() {
    for (script, expected) in [
        (
            "ecs::update_service(#{ cluster: \"prod\", service: \"api\",\n    desierdCount: 3 });",
            &[
                "2:5+12 ecs::update_service has no field `desierdCount` | did you mean `desiredCount`?",
            ][..],
        ),
        (
            "let x = 1; ecs::register_task_definition(#{ family: x, containerDefinitions: [x, #{ name: `a${x}`, memmory: 1, cpu: \"1\" }] });",
            &[
                "1:100+7 ecs::register_task_definition: `containerDefinitions[1]` has no field `memmory` | did you mean `memory`?",
                "1:112+3 ecs::register_task_definition: `containerDefinitions[1].cpu`: expected integer, found string | did you mean `1`?",
            ],
        ),
        (
            "let x = 1; ecs::update_service(#{ service: x, networkConfiguration: x, cluster: [x][0] });",
            &[],
        ),
        (
            "aws::call(\"ecs\", \"UpdateService\", #{ cluster: \"prod\", service: \"api\", desierdCount: 3 })",
            &[
                "1:71+12 aws::call: `input` has no field `desierdCount` | did you mean `desiredCount`?",
            ],
        ),
        (
            "aws::call(#{ service: \"ecs\", operation: \"UpdatService\" })",
            &[
                "1:30+9 aws::call: `operation`: ecs has no operation UpdatService | did you mean `UpdateService`?",
            ],
        ),
        (
            "aws::call(\"sqss\", \"SendMessage\", #{})",
            &["1:11+1 aws::call: `service`: AWS has no service `sqss` | did you mean `sqs`?"],
        ),
        (
            "aws::call(\"sqs\", \"SendMessage\", #{ QueueUrl: \"q\", MesageBody: \"m\" })",
            &["1:51+10 aws::call: `input` has no field `MesageBody` | did you mean `MessageBody`?"],
        ),
        (
            "aws::call(\"elbv2\", \"ModifyRule\", #{ RuleArn: \"r\", Actions: [#{ Type: \"forward\", ForwardConfig: #{ TargetGroups: [#{ Wieght: 1 }] } }] })",
            &[
                "1:117+6 aws::call: `input.Actions[0].ForwardConfig.TargetGroups[0]` has no field `Wieght` | did you mean `Weight`?",
            ],
        ),
        (
            "elb::describe_rules(#{ ListenerAnr: \"l\" })",
            &[
                "1:24+11 elb::describe_rules has no field `ListenerAnr` | did you mean `ListenerArn`?",
            ],
        ),
        (
            "aws::wait(#{ service: \"rds\", operation: \"DescribeDBSnapshot\", path: \"a\", becomes: [1] })",
            &[
                "1:30+9 aws::wait: `operation`: rds has no operation DescribeDBSnapshot | did you mean `DescribeDBSnapshots`?",
            ],
        ),
        (
            "let x = #{}; aws::call(\"ecs\", `Update${x}`, #{ no: 1 }); aws::call(\"ecs\", \"UpdateService\", x);",
            &[],
        ),
    ] {
        let project = project(&[("p.rhai", script)]);
        let found = match Program::load(&project.pipeline, &crate::primitive::all()) {
            Ok(_) => Vec::new(),
            Err(rejected) => said(&rejected),
        };
        assert_eq!(found, expected, "{script}");
    }
}
