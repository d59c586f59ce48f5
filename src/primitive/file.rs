//! `file::` — the project's files, as text.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::INVALID_INPUT;
use super::{
    Call, Context, Declaration, Line, LineKind, Reconciled, Residue, ResourceCache, Source, Verb,
};
use crate::vocabulary::{Effect, Fault, Stop};
use crate::world::folder::{LARGEST, relative, writable};
use crate::world::glob::Glob;

/// Arguments of `file::read`: one file of the project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Path below the folder that deployer runs in.
    path: String,
}

impl Verb for Read {
    const DECLARATION: Declaration = Declaration {
        module: "file",
        name: "read",
        effect: Effect::Read,
        doc: "Reads a text file of the project, at most 1 MiB. Absolute paths, `..`, links that lead out of the folder, `.git`, `.deployer` and files that hold credentials (`.env`, `.aws`, `.ssh`, `.npmrc`, `.netrc`, `*.pem`, `*.key`, `*.tfstate` and the like) are `path_not_allowed`; a file that does not exist is `file_not_found`. The journal keeps the text: do not read secrets.",
        positional: &["path"],
        returns: "The text.",
        example: r###"let changes = file::read("CHANGELOG.md");
print(changes.contains("## 1.3.0"));"###,
    };
}

impl Call for Read {
    fn check(&self) -> Result<(), Fault> {
        relative(&self.path).map(drop)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "read".into(),
            object: self.path.clone(),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        Ok(json!(cx.world.file(&self.path)?))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        output.as_str().map(|text| size(text.len()))
    }

    fn text_source(&self) -> Option<Source> {
        Some(Source {
            name: self.path.clone(),
            is_file: true,
            member: "",
        })
    }
}

/// Arguments of `file::list`: the files that match a pattern.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Path with `*` (any text within a name), `?` (one character) and `**` (any folders).
    pattern: String,
}

impl Verb for List {
    const DECLARATION: Declaration = Declaration {
        module: "file",
        name: "list",
        effect: Effect::Read,
        doc: "Lists the files of the project that match a pattern. Names that begin with a dot only match where the pattern writes the dot.",
        positional: &["pattern"],
        returns: "A sorted list of paths; empty if nothing matches.",
        example: r#"for path in file::list("migrations/*.sql") { print(path); }"#,
    };
}

impl Call for List {
    fn check(&self) -> Result<(), Fault> {
        Glob::new(&self.pattern).map(drop)
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "list".into(),
            object: self.pattern.clone(),
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        Ok(json!(cx.world.files(&self.pattern)?))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        match output.as_array()?.len() {
            1 => Some("1 file".into()),
            count => Some(format!("{count} files")),
        }
    }
}

/// A file and what is to be in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// Path below the folder that deployer runs in; missing folders are created.
    path: String,
    /// The whole content of the file, at most 1 MiB.
    text: String,
}

impl Verb for Write {
    const DECLARATION: Declaration = Declaration {
        module: "file",
        name: "write",
        effect: Effect::Write,
        doc: "Writes a text file of the project, for example an incident record: either the whole file or nothing. A plan and a rehearsal write to memory only. Paths are restricted as in `file::read`; files that affect later runs are `path_not_allowed` too: pipelines (`*.rhai`), `stdlib/`, and the files of CI (`.github/` and the like, `ci/`, `workflows/`).",
        positional: &["path", "text"],
        returns: "`#{ path, bytes }`.",
        example: r##"let record = "incidents/2026-01-12-catalog.md";
file::write(record, "# Catalog was rolled back\n");
print(file::read(record));"##,
    };
}

impl Write {
    fn done(args: &Write) -> Value {
        json!({ "path": args.path, "bytes": args.text.len() })
    }
}

impl Call for Write {
    fn message_members(&self) -> &'static [&'static str] {
        &["text"]
    }

    fn is_message(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), Fault> {
        writable(&self.path)?;
        if self.text.len() > LARGEST {
            let message = "file::write at `text`: more than 1 MiB";
            return Err(Fault::new(INVALID_INPUT, message));
        }
        Ok(())
    }

    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "write".into(),
            object: self.path.clone(),
            detail: size(self.text.len()),
            kind: LineKind::Changes,
            ..Line::default()
        }
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        cx.world.write_file(&self.path, &self.text)?;
        Ok(Write::done(self))
    }

    fn reconcile(&self, cx: &Context<'_>) -> Result<Reconciled, Stop> {
        // A file that cannot be read is not the one that was to be written.
        let how = match cx.world.file(&self.path) {
            Ok(text) if text == self.text => {
                return Ok(Reconciled::Happened {
                    output: Write::done(self),
                    how: format!("{} says what was to be written", self.path),
                });
            }
            Ok(_) => format!("{} says something else", self.path),
            Err(fault) => fault.message,
        };
        Ok(Reconciled::DidNot { how })
    }

    fn residue(&self, _: &Value) -> Option<Residue> {
        Some(Residue {
            text: format!("file {}", self.path),
            harmless: true,
            ..Residue::default()
        })
    }
}

/// A size for people: `312 bytes`, `1.2 KiB`.
fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{:.1} KiB", bytes as f64 / 1024.0),
    }
}
