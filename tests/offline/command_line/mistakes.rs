//! Mistakes that newcomers make: each is told where it stands, with what to write instead.

use crate::support::deployer::Deployer;

const CLOUD: &str = "account = \"123456789012\"\nregion = \"ap-south-1\"\n";

#[test]
fn in_a_script_that_does_not_parse() {
    let mut deployer = Deployer::offline();
    deployer.write("p.rhai", "");
    for (script, place, said) in [
        (
            "let a = 1\nlet b = 2;\n",
            "[p.rhai:1:10]",
            "add `;` at the end of line 1",
        ),
        (
            "f({ \"a\": 1 });\n",
            "[p.rhai:1:3]",
            "a map starts with `#{`",
        ),
        (
            "step \"A\" {\n    note('done');\n}\n",
            "[p.rhai:2:10]",
            "text needs double quotes",
        ),
        (
            "step \"A\" {\n    note(\"x\");\n\nlet b = 1;\n",
            "[p.rhai:1:10]",
            "this `{` is never closed",
        ),
        (
            "# a comment\n",
            "[p.rhai:1:1]",
            "a comment starts with `//`",
        ),
        ("if a and b { }\n", "[p.rhai:1:6]", "write `&&`"),
        (
            "for (let i = 0; i < 3; i++) { }\n",
            "[p.rhai:1:1]",
            "write for i in 0..3",
        ),
    ] {
        deployer.put("p.rhai", script);
        deployer
            .run(&["check", "p.rhai"])
            .expect(2)
            .says(place)
            .says(said);
    }
}

#[test]
fn in_a_script_that_parses() {
    let mut deployer = Deployer::offline();
    deployer.write("p.rhai", "");
    for (script, code, said) in [
        (
            "step Smoke { note(\"x\"); }\n",
            2,
            "write step \"Smoke\" { … }",
        ),
        ("a = 1;\nprint(a);\n", 2, "declare it: let a = …;"),
        ("note(5);\n", 2, "`note` takes a text, this is a number (5)"),
        ("sleep(5);\n", 2, "write time::sleep(\"5s\")"),
        (
            "s3::put_object(#{ });\n",
            2,
            "aws::call(\"s3\", \"PutObject\", #{ … })",
        ),
        ("print(env(\"T\"));\n", 2, "declare a parameter"),
        (
            "let p = params(#{ a: string(\"x\") });\n",
            2,
            "types are text, integer, number",
        ),
        (
            "process::run(\"docker build .\");\n",
            2,
            "write process::run(\"docker\", [\"build\", \".\"])",
        ),
        (
            "step \"A\" { }\nstep \"A\" { }\n",
            0,
            "two steps are called \"A\"",
        ),
        (
            "let v = 1;\nnote(\"is ${v}\");\n",
            0,
            "`${v…}` is not replaced in double quotes",
        ),
        (
            "note(\"is ${params.version}\");\n",
            0,
            "`${params…}` is not replaced in double quotes",
        ),
    ] {
        deployer.put("p.rhai", script);
        deployer.run(&["check", "p.rhai"]).expect(code).says(said);
    }
    deployer.put(
        "p.test.rhai",
        "fn test_it() { rehearse(\"p.rhai\").expect_outcome(\"succeeded\"); }\n",
    );
    deployer
        .run(&["check", "p.test.rhai"])
        .expect(0)
        .says("p.test.rhai is valid");
}

#[test]
fn on_the_command_line() {
    let mut deployer = Deployer::offline();
    deployer.write(
        "p.rhai",
        "let app = params(#{ cluster: text(\"cluster\"), service: text(\"service\"), roles: list(\"roles\").or([]) });\nprint(app.cluster + app.service + app.roles.len());\n",
    );
    deployer.write("cloud.toml", CLOUD);
    deployer.write("env.toml", "service = \"s\"\nclster = \"c\"\n");
    for (arguments, said) in [
        (&["p.rhai"][..], "2 parameters need a value"),
        (&["p.rhai"], "--set cluster=…"),
        (
            &["p.rhai", "--params", "env.toml", "--set", "cluster=c"],
            "[env.toml:2:1]",
        ),
        (
            &["p.rhai", "--params", "env.toml", "--set", "cluster=c"],
            "did you mean `cluster`?",
        ),
        (
            &["p.rhai", "--params", "evn.toml"],
            "did you mean `env.toml`?",
        ),
        (
            &["p.rhai", "--set", "roles=[lead]"],
            "write --set 'roles=[\"lead\"]'",
        ),
        (&["p.rhai", "--set", "roles="], "--set roles= is empty"),
        (&["cloud.toml"], "cloud.toml is not a pipeline, but data"),
        (&["."], "name a script in it: p.rhai"),
        (&["p.rhai", "--start", "yesterday"], "2026-01-16T21:30:00Z"),
        (
            &["p.rhai", "--fault", "slow-start=3m"],
            "write slow-start:3m",
        ),
    ] {
        let arguments = [&["rehearse"], arguments].concat();
        deployer.run(&arguments).expect(2).says(said);
    }
}
