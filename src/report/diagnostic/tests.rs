//! Exact text of problems.

use super::*;

const TEAM: &str =
    "let x = 1;\necs::update_service(#{ cluster: \"prod\",\n    desierdCount: 3,\n});\n";
const LIB: &str = "fn roll(app) {\n    ecs::stop(app);\n}\n";

fn sources(name: &str) -> Option<String> {
    match name {
        "team.rhai" => Some(TEAM.to_owned()),
        "std/service" => Some(LIB.to_owned()),
        _ => None,
    }
}

fn site(source: &str, line: usize, column: usize) -> Site {
    Site {
        source: source.to_owned(),
        line,
        column,
    }
}

fn problem(code: &str, frames: Vec<Site>, hint: &str) -> Problem {
    Problem {
        code: code.to_owned(),
        message: "ecs::update_service has no field `desierdCount`".to_owned(),
        hint: Some(hint.to_owned()),
        label: None,
        length: None,
        frames,
        warning: false,
    }
}

fn shown(frames: Vec<Site>, hint: &str) -> String {
    let problem = problem("invalid_input", frames, hint);
    problems_text(&[problem], &sources, true, false, 80)
}

#[test]
fn shows_the_line_and_the_suggestion() {
    let expected = r#"  × ecs::update_service has no field `desierdCount`
   ╭─[team.rhai:3:5]
 2 │ ecs::update_service(#{ cluster: "prod",
 3 │     desierdCount: 3,
   ·     ──────┬─────
   ·           ╰── did you mean `desiredCount`?
 4 │ });
   ╰────
  nothing was run
"#;
    assert_eq!(
        shown(
            vec![site("team.rhai", 3, 5)],
            "did you mean `desiredCount`?"
        ),
        expected
    );
}

#[test]
fn shows_the_pipeline_and_the_library() {
    let expected = r#"  × ecs::update_service has no field `desierdCount`
   ╭─[team.rhai:2:1]
 1 │ let x = 1;
 2 │ ecs::update_service(#{ cluster: "prod",
   · ─────────┬─────────
   ·          ╰── called from here
 3 │     desierdCount: 3,
   ╰────
  ☞ inside std/service
   ╭─[std/service:2:5]
 1 │ fn roll(app) {
 2 │     ecs::stop(app);
   ·     ─────────
 3 │ }
   ╰────
  help: look there
  nothing was run
"#;
    assert_eq!(
        shown(
            vec![site("std/service", 2, 5), site("team.rhai", 2, 1)],
            "look there"
        ),
        expected
    );
}

#[test]
fn shows_the_place_in_the_pipeline_and_not_who_called_it() {
    let text = shown(vec![site("team.rhai", 3, 5), site("team.rhai", 1, 1)], "no");
    assert!(
        text.contains("[team.rhai:3:5]") && !text.contains("called from"),
        "{text}"
    );
}

#[test]
fn does_without_a_snippet() {
    for frame in [
        site("team.rhai", 0, 0),
        site("gone.rhai", 3, 1),
        site("team.rhai", 99, 1),
    ] {
        let text = shown(vec![frame.clone()], "did you mean `desiredCount`?");
        assert!(text.contains("help: did you mean"), "{text}");
        assert!(text.contains(&format!("at {}", place(&frame))), "{text}");
    }
}

#[test]
fn covers_the_token() {
    let covered = |text: &str| text[..token(text)].to_owned();
    assert_eq!(covered("ecs::stop(x)"), "ecs::stop");
    assert_eq!(covered(r#""a \" b" + c"#), r#""a \" b""#);
    assert_eq!(covered("größe: 1"), "größe");
    assert_eq!(covered("{ x"), "{");
    assert_eq!(span("a\n", 1, 9), Some((1, 0)));
    assert_eq!(span("a\n", 2, 1), None);
}

#[test]
fn shows_only_the_pipeline_where_the_library_throws_on_purpose() {
    let frames = vec![site("std/service", 2, 5), site("team.rhai", 2, 1)];
    let thrown = problem("image_not_found", frames, "push it");
    let expected = r#"  × ecs::update_service has no field `desierdCount`
   ╭─[team.rhai:2:1]
 1 │ let x = 1;
 2 │ ecs::update_service(#{ cluster: "prod",
   · ───────────────────
 3 │     desierdCount: 3,
   ╰────
  help: push it
"#;
    let twice = [thrown.clone(), thrown.clone()];
    assert_eq!(problems_text(&twice, &sources, false, false, 80), expected);
    let place: String = expected
        .split_inclusive('\n')
        .filter(|line| !line.contains('×') && !line.contains("help"))
        .collect();
    assert_eq!(place_text(&thrown, &sources, false, 80), place);
    let lost = problem("image_not_found", vec![site("gone.rhai", 1, 1)], "push it");
    assert_eq!(place_text(&lost, &sources, false, 80), "");
}

#[test]
fn marks_what_the_checker_marks() {
    let mut found = problem("check", vec![site("team.rhai", 3, 5)], "see the reference");
    found.label = Some("did you mean `desiredCount`?".to_owned());
    found.length = Some(15);
    let expected = r#"  × ecs::update_service has no field `desierdCount`
   ╭─[team.rhai:3:5]
 2 │ ecs::update_service(#{ cluster: "prod",
 3 │     desierdCount: 3,
   ·     ───────┬───────
   ·            ╰── did you mean `desiredCount`?
 4 │ });
   ╰────
  help: see the reference
"#;
    assert_eq!(
        problems_text(&[found], &sources, false, false, 80),
        expected
    );
}

#[test]
fn a_warning_is_no_error() {
    let mut found = problem("check", vec![site("team.rhai", 3, 5)], "");
    found.warning = true;
    let shown = problems_text(&[found], &sources, false, false, 80);
    assert!(shown.starts_with("  ⚠ "), "{shown}");
}

/// Lines of up to 300 columns, of which the middle one is marked at a word.
fn of_a_wide_line(line: &str, word: &str, width: usize) -> String {
    let text = format!("{}\n{line}\nlet next = 1;\n", "// before ".repeat(30));
    let column = line.find(word).expect("the word is there");
    let column = line[..column].chars().count() + 1;
    let sources = |_: &str| Some(text.clone());
    let problem = problem(
        "invalid_input",
        vec![site("wide.rhai", 2, column)],
        "did you mean `desiredCount`?",
    );
    problems_text(&[problem], &sources, false, false, width)
}

#[test]
fn a_wide_line_is_cut_and_its_mark_is_seen() {
    let filler = "é\t\"text\", ".repeat(25);
    for width in [40, 60, 80, 120] {
        for line in [
            format!("let all = [{filler}desierd];"),
            format!("let all = [desierd, {filler}];"),
            format!("{filler}desierd{filler}"),
            format!("desierd = {filler}"),
            "x = desierd".to_owned(),
        ] {
            let said = of_a_wide_line(&line, "desierd", width);
            let place = line.find("desierd").expect("the word is there");
            let column = line[..place].chars().count() + 1;
            assert!(said.contains(&format!("[wide.rhai:2:{column}]")), "{said}");
            assert!(said.contains("desierd"), "{said}");
            assert!(said.contains("───┬───"), "{said}");
            // On 40 columns, not even the suggestion alone is seen whole.
            let lines = said
                .lines()
                .filter(|line| width > 40 || !line.contains('╰'));
            for line in lines.filter(|line| line.contains(['│', '·'])) {
                assert!(line.width() <= width, "{width} {}: {said}", line.width());
            }
        }
    }
}

#[test]
fn what_is_left_out_of_a_wide_line_is_marked() {
    let line = format!("{}desierd{}", "a, ".repeat(40), ", b".repeat(40));
    let expected = r#"  × ecs::update_service has no field `desierdCount`
   ╭─[wide.rhai:2:121]
 1 │ … before // before // before // before // before // before // before // b…
 2 │ …, a, a, a, a, a, a, a, a, a, a, a, a, desierd, b, b, b, b, b, b, b, b, b…
   ·                                        ───┬───
   ·                                           ╰── did you mean `desiredCount`?
 3 │ …
   ╰────
"#;
    assert_eq!(of_a_wide_line(&line, "desierd", 80), expected);
}
