//! Tests of pipelines as JUnit XML, which CI servers read.

use std::fmt::Write;
use std::time::Duration;

use super::diagnostic::Sources;
use super::testing::failure_text;
use crate::testing::Verdict;

/// Width to which the text of a failure is wrapped, in columns.
const WIDTH: usize = 120;

/// The whole file: a suite for each file of tests, in the order given.
pub fn junit(verdicts: &[Verdict], took: Duration, sources: Sources<'_>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let failed = |verdicts: &[&Verdict]| verdicts.iter().filter(|v| v.failure.is_some()).count();
    let all: Vec<&Verdict> = verdicts.iter().collect();
    line(
        &mut out,
        format!(
            "<testsuites name=\"deployer\" tests=\"{}\" failures=\"{}\" time=\"{:.3}\">",
            all.len(),
            failed(&all),
            took.as_secs_f64()
        ),
    );
    let mut files: Vec<&str> = Vec::new();
    for verdict in verdicts {
        if !files.contains(&verdict.file.as_str()) {
            files.push(&verdict.file);
        }
    }
    for file in files {
        let own: Vec<&Verdict> = verdicts.iter().filter(|v| v.file == file).collect();
        let time: f64 = own.iter().map(|v| v.took.as_secs_f64()).sum();
        line(
            &mut out,
            format!(
                "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{time:.3}\">",
                escaped(file),
                own.len(),
                failed(&own),
            ),
        );
        for verdict in own {
            case(&mut out, verdict, sources);
        }
        line(&mut out, "  </testsuite>".to_owned());
    }
    line(&mut out, "</testsuites>".to_owned());
    out
}

fn case(out: &mut String, verdict: &Verdict, sources: Sources<'_>) {
    let head = format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
        escaped(&verdict.file),
        escaped(&verdict.name),
        verdict.took.as_secs_f64()
    );
    let Some(failure) = &verdict.failure else {
        return line(out, format!("{head}/>"));
    };
    line(out, format!("{head}>"));
    line(
        out,
        format!(
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            escaped(&failure.code),
            escaped(&failure.message),
            escaped(&failure_text(verdict, sources, true, false, WIDTH))
        ),
    );
    line(out, "    </testcase>".to_owned());
}

fn line(out: &mut String, text: String) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

/// Text as XML takes it: characters that XML does not know are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_the_xml() {
        assert_eq!(
            escaped("a<b & \"c\"\u{1b}[0m"),
            "a&lt;b &amp; &quot;c&quot;[0m"
        );
    }
}
