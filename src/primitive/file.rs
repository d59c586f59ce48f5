//! `file::` — the project's files, as text.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::{INVALID_INPUT, read, typed};
use super::{Context, Declaration, Left, Line, LineKind, Primitive, Reconciled, Seen, Source};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::folder::{LARGEST, relative, writable};
use crate::world::glob::Glob;

/// One file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadArgs {
    /// Path below the folder that deployer runs in.
    path: String,
}

/// `file::read`.
pub struct Read(Declaration);

impl Read {
    /// Declares it.
    pub fn new() -> Self {
        Read(Declaration {
            module: "file",
            name: "read",
            effect: Effect::Read,
            doc: "Reads a text file of the project, at most 1 MiB. Absolute paths, `..`, links that lead out of the folder, `.git`, `.deployer` and files that hold credentials (`.env`, `.aws`, `.ssh`, `.npmrc`, `.netrc`, `*.pem`, `*.key`, `*.tfstate` and the like) are `path_not_allowed`; what is not there is `file_not_found`. What is read is kept in the run's journal: secrets belong elsewhere.",
            input: typed::<ReadArgs>(),
            positional: &["path"],
            returns: "The text.",
            example: r###"let changes = file::read("CHANGELOG.md");
print(changes.contains("## 1.3.0"));"###,
        })
    }
}

impl Primitive for Read {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        let args: ReadArgs = read(&self.0.path(), input)?;
        relative(&args.path).map(drop)
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        Line {
            verb: "read".into(),
            object: input["path"].as_str().unwrap_or_default().to_owned(),
            ..Line::default()
        }
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: ReadArgs = read(&self.0.path(), input)?;
        Ok(json!(cx.world.file(&args.path)?))
    }

    fn summary(&self, _: &Value, output: &Value) -> Option<String> {
        output.as_str().map(|text| size(text.len()))
    }

    fn source(&self, input: &Value) -> Option<Source> {
        Some(Source {
            name: input["path"].as_str()?.to_owned(),
            is_file: true,
            member: "",
        })
    }
}

/// Files that match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListArgs {
    /// Path with `*` (any text within a name), `?` (one character) and `**` (any folders).
    pattern: String,
}

/// `file::list`.
pub struct List(Declaration);

impl List {
    /// Declares it.
    pub fn new() -> Self {
        List(Declaration {
            module: "file",
            name: "list",
            effect: Effect::Read,
            doc: "Lists the files of the project that match a pattern. Names that begin with a dot only match where the pattern writes the dot.",
            input: typed::<ListArgs>(),
            positional: &["pattern"],
            returns: "A sorted list of paths; empty if nothing matches.",
            example: r#"for path in file::list("migrations/*.sql") { print(path); }"#,
        })
    }
}

impl Primitive for List {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        let args: ListArgs = read(&self.0.path(), input)?;
        Glob::new(&args.pattern).map(drop)
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        Line {
            verb: "list".into(),
            object: input["pattern"].as_str().unwrap_or_default().to_owned(),
            ..Line::default()
        }
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: ListArgs = read(&self.0.path(), input)?;
        Ok(json!(cx.world.files(&args.pattern)?))
    }

    fn summary(&self, _: &Value, output: &Value) -> Option<String> {
        match output.as_array()?.len() {
            1 => Some("1 file".into()),
            count => Some(format!("{count} files")),
        }
    }
}

/// A file and what is to be in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WriteArgs {
    /// Path below the folder that deployer runs in; folders above the file are made.
    path: String,
    /// All that will be in the file, at most 1 MiB.
    text: String,
}

/// `file::write`.
pub struct Write(Declaration);

impl Write {
    /// Declares it.
    pub fn new() -> Self {
        Write(Declaration {
            module: "file",
            name: "write",
            effect: Effect::Write,
            doc: "Writes a text file of the project, for instance an incident record: the whole file or nothing of it. A plan and a rehearsal write to memory only. Paths are restricted as in `file::read`; what decides about later runs is `path_not_allowed`, too: pipelines (`*.rhai`), `stdlib/`, and the files of CI (`.github/` and the like, `ci/`, `workflows/`).",
            input: typed::<WriteArgs>(),
            positional: &["path", "text"],
            returns: "`#{ path, bytes }`.",
            example: r##"let record = "incidents/2026-01-12-catalog.md";
file::write(record, "# Catalog was rolled back\n");
print(file::read(record));"##,
        })
    }

    fn done(args: &WriteArgs) -> Value {
        json!({ "path": args.path, "bytes": args.text.len() })
    }
}

impl Primitive for Write {
    fn declaration(&self) -> &Declaration {
        &self.0
    }

    fn check(&self, input: &Value) -> Result<(), Fault> {
        let args: WriteArgs = read(&self.0.path(), input)?;
        writable(&args.path)?;
        if args.text.len() > LARGEST {
            let message = "file::write at `text`: more than 1 MiB";
            return Err(Fault::new(INVALID_INPUT, message));
        }
        Ok(())
    }

    fn line(&self, input: &Value, _: &Seen) -> Line {
        Line {
            verb: "write".into(),
            object: input["path"].as_str().unwrap_or_default().to_owned(),
            detail: size(input["text"].as_str().unwrap_or_default().len()),
            kind: LineKind::Changes,
            ..Line::default()
        }
    }

    fn perform(&self, input: &Value, cx: &Context<'_>) -> Result<Value, Stop> {
        let args: WriteArgs = read(&self.0.path(), input)?;
        cx.world.write_file(&args.path, &args.text)?;
        Ok(Write::done(&args))
    }

    fn reconcile(&self, input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        let args: WriteArgs = read(&self.0.path(), input)?;
        // A file that cannot be read is not the one that was to be written.
        let how = match cx.world.file(&args.path) {
            Ok(text) if text == args.text => {
                return Ok(Reconciled::Happened {
                    output: Write::done(&args),
                    how: format!("{} says what was to be written", args.path),
                });
            }
            Ok(_) => format!("{} says something else", args.path),
            Err(fault) => fault.message,
        };
        Ok(Reconciled::DidNot { how })
    }

    fn leaves(&self, input: &Value, _: &Value) -> Option<Left> {
        Some(Left {
            text: format!("file {}", input["path"].as_str()?),
            harmless: true,
            ..Left::default()
        })
    }
}

/// `1.2 KiB`.
fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{:.1} KiB", bytes as f64 / 1024.0),
    }
}
