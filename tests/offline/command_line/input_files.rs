//! Files that are not what they should be: which file, where, and what stands there.

use std::fs;

use crate::support::deployer::{Deployer, Finished};

const CLOUD: &str = "account = \"123456789012\"\nregion = \"ap-south-1\"\n";

const READ: &str = r#"import "std/task_definition" as task_definition;
let app = params(#{ file: text("file"), how: choice(["definition", "parse", "parse_json"], "how it is read").or("definition") });
step "Read" {
    switch app.how {
        "definition" => task_definition::from_file(app.file),
        "parse" => json::parse(file::read(app.file)),
        _ => parse_json(file::read(app.file)),
    }
}
"#;

fn project() -> Deployer {
    let mut deployer = Deployer::offline();
    deployer.write("read.rhai", READ);
    deployer.write("cloud.toml", CLOUD);
    deployer
}

fn put(deployer: &Deployer, name: &str, bytes: &[u8]) {
    fs::write(deployer.directory().join(name), bytes).expect("a file of our own");
}

fn read(deployer: &Deployer, file: &str, how: &str) -> Finished {
    let (file, how) = (format!("file={file}"), format!("how={how}"));
    deployer.run(&["rehearse", "read.rhai", "--set", &file, "--set", &how])
}

#[test]
fn a_task_definition_that_is_not_json() {
    let deployer = project();
    put(
        &deployer,
        "bom.json",
        b"\xef\xbb\xbf{\r\n\"family\":\"web\",\r\n\"containerDefinitions\":[{\"name\":\"web\",\"image\":\"nginx // {{x}}\"}]}\r\n",
    );
    for how in ["definition", "parse", "parse_json"] {
        read(&deployer, "bom.json", how).expect(0);
    }
    let wide: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (text, said) in [
        (
            &b"// our web\n{\"family\":\"web\"}"[..],
            "web.json:1:1: a comment begins here",
        ),
        (
            b"{\"family\":\"{{x}}\",\n\"containerDefinitions\":[{{command}}]}",
            "web.json:2:26: `{{` is a mark of a template",
        ),
        (
            b"{\"family\":\"web\",\"family\":\"api\"}",
            "web.json:1:17: \"family\" appears twice in this object",
        ),
        (b"", "web.json is empty"),
        (&wide, "web.json is UTF-16 (little-endian), not UTF-8"),
    ] {
        put(&deployer, "web.json", text);
        for how in ["definition", "parse", "parse_json"] {
            read(&deployer, "web.json", how).expect(1).says(said);
        }
    }
    fs::create_dir(deployer.directory().join("folder")).expect("a folder of our own");
    read(&deployer, "folder", "parse")
        .expect(1)
        .says("folder is a directory, not a file");
}

#[test]
fn what_a_program_or_an_endpoint_says_is_named() {
    let mut deployer = project();
    deployer.write(
        "cloud.toml",
        &format!(
            "{CLOUD}[[processes]]\nprogram = \"gh\"\nargs = [\"api\"]\nstdout = \"\"\"\n{{\"a\": 1}}\n{{\"a\": 2}}\n\"\"\"\n\n\
             [[endpoints]]\nurl = \"https://api.example.com/x\"\nbody = \"<html>\"\n"
        ),
    );
    deployer.write(
        "gh.rhai",
        "json::parse(process::run(\"gh\", #{ args: [\"api\"], reads: true }).stdout.trim());\n",
    );
    deployer.write("gh.rhai", "let out = process::run(\"gh\", #{ args: [\"api\"], reads: true }).stdout;\nout.trim();\njson::parse(out);\n");
    deployer
        .run(&["rehearse", "gh.rhai"])
        .expect(1)
        .says("what `gh api` printed is not JSON: line 2, column 1: a second document begins here");
}

#[test]
fn parameters_that_are_not_json_or_toml() {
    let deployer = project();
    for (name, text, said) in [
        (
            "p.json",
            &b"{\"file\": \"x\",}"[..],
            "p.json:1:13: a comma too many",
        ),
        ("p.yaml", b"file: x\n", "p.yaml:1:1: this is YAML, not JSON"),
        ("p.toml", b"file = x\n", "p.toml:1:8: `x` has no quotes"),
        (
            "p.toml",
            b"file = \"x\"\nfile = \"y\"\n",
            "p.toml:2:1: `file` is defined twice",
        ),
        (
            "p.json",
            b"[\"x\"]",
            "p.json is not an object of parameters",
        ),
        ("p.json", b"", "p.json is empty"),
        ("p.toml", b"\xff\xfef\0", "p.toml is UTF-16"),
    ] {
        put(&deployer, name, text);
        deployer
            .run(&["rehearse", "read.rhai", "--params", name])
            .expect(2)
            .says(said);
    }
    deployer
        .run(&["rehearse", "read.rhai", "--params", "."])
        .expect(2)
        .says(". is a directory");
}

#[test]
fn a_fixture_that_is_not_json_or_toml() {
    let deployer = project();
    for (name, text, said) in [
        (
            "c.json",
            &b"{\"account\": \"1\" // ours\n}"[..],
            "c.json:1:17: a comment begins here",
        ),
        (
            "c.toml",
            b"account = \"1\"\nregion: r\n",
            "c.toml:2:1: this is YAML, not TOML",
        ),
        (
            "c.toml",
            b"account = \"1\"\nregoin = \"r\"\n",
            "c.toml:2:1: unknown field `regoin`",
        ),
        (
            "c.json",
            b"{\"account\": \"1\", \"account\": \"2\"}",
            "c.json:1:18: \"account\" appears twice in this object",
        ),
    ] {
        put(&deployer, name, text);
        deployer
            .run(&["rehearse", "read.rhai", "--set", "file=x", "--cloud", name])
            .expect(2)
            .says(said);
    }
}
