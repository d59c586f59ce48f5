//! The words that scripts have beside Rhai's own and the verbs, as the reference shows them.
//!
//! A word is declared beside the code that implements it. A test runs every example.

pub use super::word::Word;
use super::{early_end, options, parallel, params, syntax};

/// The words of pipelines and modules.
pub static LANGUAGE: &[Word] = &[
    IMPORT,
    params::PARAMS,
    params::TYPES,
    options::OPTIONS,
    syntax::TITLE,
    syntax::STEP,
    syntax::NOTE,
    PRINT,
    syntax::UNDO,
    syntax::STAYS,
    syntax::FINALLY,
    early_end::FINISH,
    syntax::FAIL,
    TRY,
    parallel::PARALLEL,
    syntax::BIND,
];

const IMPORT: Word = Word {
    name: "import",
    also: &["export"],
    forms: &[
        r#"import "std/MODULE" as NAME;"#,
        r#"import "FILE" as NAME;"#,
    ],
    doc: "Imports a module: one of the standard library (`std/…`), or a file of the project without its `.rhai`, relative to \
          the script that imports it. A module's functions are called as `NAME::function(…)`; `private fn` keeps one inside. \
          The top level of a module may not act.",
    example: r#"import "std/windows" as windows;
print(type_of(windows::state(#{ from: "22:00", to: "02:00", zone: "UTC" })));   // map"#,
};

const PRINT: Word = Word {
    name: "print",
    also: &["debug"],
    forms: &["print(VALUE)"],
    doc: "Prints a value: text as it is, everything else as JSON. It is shown in the run and recorded; secrets are hidden. \
          For what people should read in the summary of the run, use `note`.",
    example: r#"print(#{ version: "1.3.0", replicas: 2 });   // {"replicas":2,"version":"1.3.0"}"#,
};

const TRY: Word = Word {
    name: "try",
    also: &["catch", "throw"],
    forms: &[
        "try { … } catch (NAME) { … }",
        "throw #{ code: …, message: … }",
        "throw;",
    ],
    doc: "Catches a fault. `NAME` holds a map with `code` (stable, made for comparison), `message`, `hint` and `details`. \
          `throw;` in a `catch` throws the same fault again. A halt (a rejection, an interruption, a run that waits) cannot be \
          caught.",
    example: r#"try {
    ecs::describe_task_definition(#{ taskDefinition: "no-such-family" });
} catch (fault) {
    if fault.code != "ClientException" { throw; }
    print(fault.code);   // ClientException
}"#,
};
