//! What git prints, read in pieces.

use super::super::history::{Finding, History};
use super::super::rules::Rules;
use super::{rules, said};

/// Reads what git prints, in pieces of so many characters at most.
fn read(rules: &Rules, printed: &str, piece: usize) -> (Vec<Finding>, bool) {
    let known = vec!["aaaaaaa".to_owned()];
    let mut history = History::new(rules, &known, "# ours\nignored.txt:bare-secret:1\n");
    for line in said(printed).split_inclusive('\n') {
        let chars: Vec<char> = line.chars().collect();
        for part in chars.chunks(piece) {
            history.take(&part.iter().collect::<String>());
        }
    }
    history.end();
    (history.findings, history.cut)
}

const PRINTED: &str = "commit bbbbbbb1 (grafted)

diff --git a/a b.txt b/a b.txt
index 1..2 100644
--- a/a b.txt\t
+++ b/a b.txt\t
@@ -3,2 +3 @@ fn x
-pass~word=gone~wit9h
-b
+c
@@ -9,0 +9,3 @@
+++ b/odd.txt
+pass~word=hunt~er2x
+d
\\ No newline at end of file
diff --git \"a/\\303\\244.txt\" \"b/\\303\\244.txt\"
--- /dev/null
+++ \"b/\\303\\244.txt\"
@@ -0,0 +1 @@
+pass~word=hunt~er2x
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-pass~word=hunt~er2x
diff --git a/ignored.txt b/ignored.txt
--- a/ignored.txt
+++ b/ignored.txt
@@ -0,0 +1 @@
+pass~word=hunt~er2x
diff --git a/x.txt b/key.p12
rename from x.txt
rename to key.p12
commit aaaaaaa2

diff --git a/known.txt b/known.txt
--- a/known.txt
+++ b/known.txt
@@ -0,0 +1 @@
+pass~word=hunt~er2x
commit ccccccc3

diff --cc merged.txt
index 1,2..3
--- a/merged.txt
+++ b/merged.txt
@@@ -1,1 -1,1 +1,4 @@@
- one
 -two
+ pass~word=from~one1
++pass~word=neit~her1
 +pass~word=from~two2
++three
";

#[test]
fn what_was_added_is_found_where_it_is() {
    let rules = rules();
    for piece in [64, 100_000] {
        let (findings, cut) = read(&rules, PRINTED, piece);
        let places: Vec<String> = findings
            .iter()
            .map(|f| format!("{} {}:{} {}", f.commit, f.file, f.line, f.rule))
            .collect();
        assert_eq!(
            places,
            [
                "bbbbbbb1 a b.txt:10 bare-secret",
                "bbbbbbb1 ä.txt:1 bare-secret",
                "bbbbbbb1 key.p12:0 pkcs12-file",
                "ccccccc3 merged.txt:2 bare-secret",
            ],
            "{piece}"
        );
        assert!(cut);
        assert!(!format!("{findings:?}").contains("hunter"));
    }
}

/// One line without an end, and a file of many lines: a secret is found wherever it lies, and once.
#[test]
fn a_secret_across_two_looks_is_found_once() {
    let rules = rules();
    let secret = said("; pass~word=\"hunt~er2x\" ");
    for separator in [" ", "\n+"] {
        let word = format!("lorem ipsum{separator}");
        for before in [
            255 * 1024,
            256 * 1024 - 30,
            256 * 1024 - 10,
            300 * 1024,
            520 * 1024,
        ] {
            let filler = word.repeat(before / word.len());
            let printed = format!(
                "commit ddddddd4\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1,9 @@\n+{filler}{secret}{separator}{}\n",
                word.repeat(2000)
            );
            let (findings, _) = read(&rules, &printed, 16 * 1024);
            let lines: Vec<u64> = findings.iter().map(|found| found.line).collect();
            let line = 1 + filler.matches('\n').count() as u64;
            assert_eq!(lines, [line], "{before}");
        }
    }
}

#[test]
fn text_of_two_bytes_is_read_and_what_is_no_text_is_not() {
    let rules = rules();
    let wide: String = said("pass~word=hunt~er2x")
        .chars()
        .flat_map(|c| [c, '\0'])
        .collect();
    let binary = said("\0\0\0\u{1}\u{2}\0 pass~word=hunt~er2x");
    let printed =
        |text: &str| format!("commit e\ndiff --git a/x b/x\n+++ b/x\n@@ -0,0 +1 @@\n+{text}\n");
    assert_eq!(read(&rules, &printed(&wide), 9999).0.len(), 1);
    assert_eq!(read(&rules, &printed(&binary), 9999).0.len(), 0);
}
