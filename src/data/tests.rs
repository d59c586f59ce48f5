use super::*;

/// What is wrong with each text: `line:column what`, and the help where it matters.
fn wrong(format: Format, cases: &[(&str, &str)]) {
    for (text, said) in cases {
        let wrong = format.value(text).expect_err(text);
        let told = format!(
            "{}:{} {} | {}",
            wrong.line,
            wrong.column,
            wrong.what,
            wrong.help.as_deref().unwrap_or_default()
        );
        assert!(
            told.starts_with(said),
            "{text:?}\n  is     {told}\n  should {said}"
        );
    }
}

#[test]
fn what_is_json_is_read() {
    for (text, value) in [
        ("\u{feff}{\"a\": 1}", serde_json::json!({"a": 1})),
        (
            "{\r\n  \"a\": [1, -2.5e3, true, null],\r\n  \"b\": {}\r\n}\r\n",
            serde_json::json!({"a": [1, -2500.0, true, null], "b": {}}),
        ),
        (
            "\"\\ud83d\\ude80 {{x}} // 'NaN'\"",
            serde_json::json!("🚀 {{x}} // 'NaN'"),
        ),
        ("[]", serde_json::json!([])),
        (" 0 ", serde_json::json!(0)),
    ] {
        assert_eq!(json(text), Ok(value), "{text}");
    }
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json(&deep(127)).is_ok());
    assert!(
        json(&deep(128))
            .expect_err("too deep")
            .what
            .contains("lie in each other")
    );
}

#[test]
fn what_stands_where_json_ends_is_named() {
    wrong(
        Format::Json,
        &[
            ("", "0:0 is empty"),
            ("\u{feff} \n", "0:0 is empty"),
            (
                "// our web\n{}",
                "1:1 a comment begins here | JSON has no comments",
            ),
            (
                "{\n  \"a\": 1, # why\n  \"b\": 2}",
                "2:11 a comment begins here",
            ),
            ("{\"a\": 1 /* one */}", "1:9 a comment begins here"),
            ("{} // end", "1:4 a comment begins here"),
            ("{\"a\": [{{command}}]}", "1:9 `{{` is a mark of a template"),
            (
                "{\"a\": 1, {% if x %} \"b\": 2}",
                "1:10 `{%` is a mark of a template",
            ),
            ("{\"a\": 25{{ x }}}", "1:9 `{{` is a mark of a template"),
            ("{\"a\": ${CPU}}", "1:7 `${` is a mark of a template"),
            ("{\"a\": <%= cpu %>}", "1:7 `<%` is a mark of a template"),
            ("{\n<<<<<<< HEAD\n\"a\": 1}", "2:1 a conflict of a merge"),
            ("{\"a\": 1\n=======\n}", "2:1 a conflict of a merge"),
            ("{\"a\": 1,}", "1:8 a comma too many in front of `}`"),
            ("[1,\n2,\n]", "2:2 a comma too many in front of `]`"),
            (
                "{\"a\": 1\n \"b\": 2}",
                "2:2 a comma is missing in front of this",
            ),
            ("{\"a\": 1; \"b\": 2}", "1:8 a semicolon"),
            (
                "{'a': 1}",
                "1:2 a single quote | texts and names need double quotes",
            ),
            ("{\"a\": 'x'}", "1:7 a single quote"),
            (
                "{\u{201c}a\u{201d}: 1}",
                "1:2 `\u{201c}` is a quote of typesetting",
            ),
            ("{a: 1}", "1:2 the name `a` has no quotes"),
            ("{\"a\": web}", "1:7 `web` has no quotes"),
            (
                "{\"a\": NaN}",
                "1:7 `NaN` is not a number of JSON | write a number, or null",
            ),
            ("[Infinity]", "1:2 `Infinity` is not a number"),
            ("[-Infinity]", "1:2 `-Infinity` is not a number"),
            (
                "[None]",
                "1:2 `None` is not a value of JSON | it is written null",
            ),
            ("[undefined]", "1:2 `undefined` is not a value"),
            (
                "[True]",
                "1:2 `True` is not a value of JSON | it is written true",
            ),
            ("[truely]", "1:2 `truely` has no quotes"),
            (
                "[007]",
                "1:2 `007` is not a number of JSON | a number does not begin with 0",
            ),
            (
                "[0x1F]",
                "1:2 `0x1F` is not a number of JSON | numbers are decimal",
            ),
            ("[+1]", "1:2 `+1` is not a number"),
            ("[.5]", "1:2 `.5` is not a number"),
            (
                "[1.]",
                "1:2 `1.` is not a number of JSON | a digit must follow",
            ),
            (
                "[1_000]",
                "1:2 `1_000` is not a number of JSON | a number has no `_`",
            ),
            (
                "[512MB]",
                "1:2 `512MB` is not a number of JSON | text needs double quotes",
            ),
            ("[1.2.3]", "1:2 `1.2.3` is not a number"),
            ("[1e999]", "1:2 `1e999` is larger than any number"),
            (
                "{\"a\": 1, \"b\": 2,\n \"a\": 3}",
                "2:2 \"a\" appears twice in this object, first in line 1",
            ),
            (
                "{\"a\": 1, \"\\u0061\": 3}",
                "1:10 \"a\" appears twice in this object",
            ),
            ("{} {}", "1:4 a second document begins here"),
            (
                "{\"a\": 1}\n{\"a\": 2}\n",
                "2:1 a second document begins here",
            ),
            ("{}}", "1:3 one `}` too many"),
            ("{\"a\": [1}", "1:9 `}` closes a list"),
            ("\"family\": \"web\"", "1:9 a member outside of an object"),
            (
                "{\"a\": [1, 2",
                "1:12 it ends in the list that begins in line 1: a `]` is missing",
            ),
            (
                "{\"a\": {\n\"b\": 2\n}\n",
                "3:2 it ends in the object that begins in line 1",
            ),
            ("{\"a\": \"x\n}", "1:7 this text is not closed by a `\"`"),
            ("{\"a\": \"a\tb\"}", "1:9 a tab inside a text"),
            (
                "{\"a\": \"C:\\dir\"}",
                "1:10 `\\d` is not an escape | a backslash is written `\\\\`",
            ),
            ("[\"\\ud83d\"]", "1:3 half a character"),
            ("{\"a\" = 1}", "1:6 `=` after a name"),
            ("{\"a\" 1}", "1:6 a `:` is missing after the name"),
            ("{\"a\": }", "1:7 a value is missing in front of `}`"),
            ("[1,,2]", "1:4 a value is missing in front of `,`"),
            ("{\u{a0}\"a\": 1}", "1:2 an invisible character (U+00A0)"),
            ("{}\u{feff}{}", "1:3 an invisible character (U+FEFF)"),
            ("{\0\"\0", "1:2 a zero byte: this is UTF-16"),
            (
                "cluster: prod\nservice: web\n",
                "1:1 this is YAML, not JSON",
            ),
            ("# ours\ncluster: prod\n", "1:1 this is YAML, not JSON"),
            ("---\na: 1\n", "1:1 this is YAML, not JSON"),
            ("- a\n- b\n", "1:1 this is YAML, not JSON"),
            ("account = \"1\"\n", "1:1 this is TOML, not JSON"),
            ("[service]\nname = \"a\"\n", "1:2 this is TOML, not JSON"),
            ("<!DOCTYPE html>", "1:1 this is HTML or XML, not JSON"),
            ("# only a comment\n{}", "1:1 a comment begins here"),
        ],
    );
}

#[test]
fn what_stands_where_toml_ends_is_named() {
    wrong(
        Format::Toml,
        &[
            (
                "// c\na = 1",
                "1:1 a comment begins here | comments of TOML begin with `#`",
            ),
            ("a = 1 // c", "1:7 a comment begins here"),
            ("/* c */", "1:1 a comment begins here"),
            ("; c\na = 1", "1:1 a comment begins here"),
            ("a = {{ x }}", "1:5 `{{` is a mark of a template"),
            ("b = 1\n{{ x }}\na = 1", "2:1 `{{` is a mark of a template"),
            ("a = ${X}", "1:5 `${` is a mark of a template"),
            ("a = \"${X}\"\n<% x %>", "2:1 `<%` is a mark of a template"),
            ("<<<<<<< HEAD\na = 1", "1:1 a conflict of a merge"),
            ("cluster: prod\n", "1:1 this is YAML, not TOML"),
            ("---\na: 1", "1:1 this is YAML, not TOML"),
            ("- a\n", "1:1 this is YAML, not TOML"),
            ("{\"a\": 1}", "1:1 this is JSON, not TOML"),
            ("a = prod\n", "1:5 `prod` has no quotes"),
            (
                "a = 5m\n",
                "1:5 `5m` is not a number of TOML | text needs double quotes",
            ),
            ("a = 1.2.3", "1:5 `1.2.3` is not a number"),
            ("a = 007", "1:5 `007` is not a number"),
            ("a = .5", "1:5 `.5` is not a number"),
            (
                "a = null",
                "1:5 `null` is not a value of TOML | leave the member out",
            ),
            (
                "a = True",
                "1:5 `True` is not a value of TOML | it is written true",
            ),
            ("a = NaN", "1:5 `NaN` is not a usable number"),
            ("a = nan", "1:5 `nan` is not a usable number"),
            ("b = [1.5, -inf]", "1:11 `inf` is not a usable number"),
            ("a = 1e999", "1:5 `1e999` is larger than any number"),
            ("a = ", "1:5 a value is missing"),
            ("a", "1:2 `a` has no value"),
            ("a = 1\nb = 2\na = 3", "3:1 `a` is defined twice"),
            ("a = 1,\n", "1:6 a comma after a member"),
            ("a = \"x\n", "1:7 the text is not closed"),
            ("a = \"C:\\dir\"", "1:9 `\\d` is not an escape"),
            (
                "a = \u{201c}x\u{201d}",
                "1:5 `\u{201c}` where a value is expected",
            ),
            ("\u{a0}a = 1", "1:1 an invisible character (U+00A0)"),
            ("a = [1, 2", "1:10 array ends here: it is not closed"),
        ],
    );
    let value = Format::Toml.value("\u{feff}a = 2026-01-05\r\n# c\r\nb = 1.5\r\n");
    assert_eq!(value, Ok(serde_json::json!({"a": "2026-01-05", "b": 1.5})));
}

#[test]
fn other_encodings_are_named() {
    let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    };
    for (bytes, said) in [
        (
            wide("\u{feff}{\"a\": 1}", u16::to_le_bytes),
            "f.json is UTF-16 (little-endian, with a byte order mark), not UTF-8",
        ),
        (
            wide("\u{feff}{\"a\": 1}", u16::to_be_bytes),
            "f.json is UTF-16 (big-endian, with a byte order mark), not UTF-8",
        ),
        (
            wide("{\"a\": 1}", u16::to_le_bytes),
            "f.json is UTF-16 (little-endian), not UTF-8",
        ),
        (
            wide("{\"a\": 1}", u16::to_be_bytes),
            "f.json is UTF-16 (big-endian), not UTF-8",
        ),
        (
            b"{\n\"a\": \"caf\xe9\"}".to_vec(),
            "f.json:2:10: the byte 0xE9 is not UTF-8: the text is in another encoding",
        ),
    ] {
        let wrong = decode(&bytes).expect_err(said);
        assert_eq!(wrong.within("f.json"), said);
    }
    assert_eq!(decode("é\u{feff}".as_bytes()).as_deref(), Ok("é\u{feff}"));
}

#[test]
fn a_file_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let said = |path: &Path| file(path).expect_err("no file").within("f");
    assert_eq!(said(folder.path()), "f is a directory");
    assert_eq!(said(&folder.path().join("f")), "f is not there");
}
