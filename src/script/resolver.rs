//! Where scripts come from: the project's files, the embedded library, or a run's recorded copies.
//!
//! A script's name is also its address: names are worked out from names alone, so that a recorded run
//! resolves its imports exactly as the original did, without looking at the file system.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use super::library;
use super::renamed;
use crate::suggest::suggest;

/// Name and text of every script that a program loaded.
pub type Sources = BTreeMap<String, String>;

/// What the names of library modules begin with in `import`.
pub(super) const STD: &str = "std/";
/// The bit of a file's mode that lets everyone write to it.
const EVERYONE_WRITES: u32 = 0o002;
/// What the names of script files end with.
const EXTENSION: &str = ".rhai";

/// Why an import cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresolvedImport {
    /// Why the import cannot be resolved, in one sentence.
    pub message: String,
    /// What to do about it, in a sentence; `None`: no advice is known.
    pub help: Option<String>,
}

/// Finds the text of scripts by name.
#[derive(Debug, Clone)]
pub struct Resolver(ScriptOrigin);

#[derive(Debug, Clone)]
enum ScriptOrigin {
    /// Files of a project, and the embedded library behind them.
    Project(PathBuf),
    /// Copies that a run kept; nothing else.
    Recorded(Sources),
}

impl Resolver {
    /// Resolves for the project that `pipeline` belongs to: the nearest folder above it with a `stdlib`
    /// folder, a `.deployer` folder or a repository; otherwise its own folder.
    pub fn project(pipeline: &Path) -> Self {
        let file = pipeline
            .canonicalize()
            .unwrap_or_else(|_| pipeline.to_owned());
        let own = file.parent().unwrap_or(Path::new(".")).to_owned();
        let root = own
            .ancestors()
            .find(|folder| {
                folder.join("stdlib").is_dir()
                    || folder.join(".deployer").is_dir()
                    || folder.join(".git").exists()
            })
            .unwrap_or(&own)
            .to_owned();
        Resolver(ScriptOrigin::Project(root))
    }

    /// Resolves from recorded copies only.
    pub fn recorded(sources: Sources) -> Self {
        Resolver(ScriptOrigin::Recorded(sources))
    }

    /// The text of the script `name`, as [`resolve`] gives it.
    ///
    /// # Errors
    /// Says what is missing, with candidates.
    pub fn text(&self, name: &str) -> Result<String, UnresolvedImport> {
        match &self.0 {
            ScriptOrigin::Recorded(sources) => {
                sources.get(name).cloned().ok_or_else(|| UnresolvedImport {
                    message: format!("the run kept no copy of `{name}`"),
                    help: None,
                })
            }
            ScriptOrigin::Project(root) => match name.strip_prefix(STD).filter(|n| !is_file(n)) {
                Some(module) => self.library(root, module),
                None => file(root, Path::new(name)),
            },
        }
    }

    fn library(&self, root: &Path, module: &str) -> Result<String, UnresolvedImport> {
        if let Some(own) = self.own(root, module) {
            return own;
        }
        if let Some(new) = renamed::module(module) {
            let message = renamed::said(&format!("{STD}{module}"), &format!("{STD}{new}"));
            let help = Some(format!("import \"{STD}{new}\" as {new};"));
            return Err(UnresolvedImport { message, help });
        }
        library::text(module)
            .map(str::to_owned)
            .ok_or_else(|| UnresolvedImport {
                message: format!("there is no module `{STD}{module}`"),
                help: suggest(module, &modules(root))
                    .map(|name| format!("did you mean `{STD}{name}`?")),
            })
    }

    /// The project's own copy of a library module.
    fn own(&self, root: &Path, module: &str) -> Option<Result<String, UnresolvedImport>> {
        let path = root.join("stdlib").join(format!("{module}{EXTENSION}"));
        path.is_file()
            .then(|| trusted(root, &path).and_then(|()| file(root, &path)))
    }

    /// Names of all library modules that an import finds, the project's own included, sorted.
    pub fn library_modules(&self) -> Vec<String> {
        let mut names = match &self.0 {
            ScriptOrigin::Project(root) => modules(root),
            ScriptOrigin::Recorded(sources) => {
                let names = sources.keys().filter_map(|name| name.strip_prefix(STD));
                names.map(str::to_owned).collect()
            }
        };
        names.sort();
        names.dedup();
        names
    }

    /// Where the project's own copy of a library module is, or would be; `None`: there is no project.
    pub fn own_copy(&self, module: &str) -> Option<PathBuf> {
        match &self.0 {
            ScriptOrigin::Project(root) => {
                Some(root.join("stdlib").join(format!("{module}{EXTENSION}")))
            }
            ScriptOrigin::Recorded(_) => None,
        }
    }

    /// Whether the project replaces the library module `name` (`std/service`) by another text.
    pub fn overrides(&self, name: &str, text: &str) -> bool {
        let ScriptOrigin::Project(_) = &self.0 else {
            return false;
        };
        name.strip_prefix(STD)
            .and_then(library::text)
            .is_some_and(|embedded| embedded != text)
    }
}

fn is_file(name: &str) -> bool {
    name.ends_with(EXTENSION)
}

/// Names of all library modules, the project's own included.
fn modules(root: &Path) -> Vec<String> {
    let own = std::fs::read_dir(root.join("stdlib"))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(EXTENSION)?.to_owned()));
    library::MODULES
        .iter()
        .map(|module| module.name.to_owned())
        .chain(own)
        .collect()
}

/// Demands of a module that takes the place of a built-in one that nobody else has put it there: it belongs to this user,
/// to root or to the owner of the project, and not everyone can write to it, nor to its folder.
fn trusted(root: &Path, path: &Path) -> Result<(), UnresolvedImport> {
    let refused = |what: &Path, why: &str| UnresolvedImport {
        message: format!(
            "{} {why}: it is not taken in place of the built-in module",
            what.display()
        ),
        help: Some("make it yours (chown, chmod o-w), or move it away".to_owned()),
    };
    let metadata = |path: &Path| {
        std::fs::metadata(path).map_err(|error| refused(path, &format!("cannot be read ({error})")))
    };
    let mut owners = vec![0, rustix::process::geteuid().as_raw()];
    let project = metadata(root)?;
    if project.mode() & EVERYONE_WRITES == 0 {
        owners.push(project.uid());
    }
    for part in [path, path.parent().unwrap_or(root)] {
        let found = metadata(part)?;
        if !owners.contains(&found.uid()) {
            return Err(refused(part, "belongs to another user"));
        }
        if found.mode() & EVERYONE_WRITES != 0 {
            return Err(refused(part, "can be written to by everyone"));
        }
    }
    Ok(())
}

fn file(root: &Path, path: &Path) -> Result<String, UnresolvedImport> {
    let refused = |message: String| UnresolvedImport {
        message,
        help: None,
    };
    // Links are followed before the check, so that none leads out of the project.
    let real = path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => UnresolvedImport {
            message: format!("there is no file {}", path.display()),
            help: neighbour(path).map(|name| format!("did you mean `{name}`?")),
        },
        _ => refused(format!("{} cannot be read: {error}", path.display())),
    })?;
    if !real.starts_with(root) {
        return Err(UnresolvedImport {
            message: format!("{} lies outside the project", path.display()),
            help: Some(format!("the project is {}", root.display())),
        });
    }
    crate::data::file(&real).map_err(|wrong| UnresolvedImport {
        message: wrong.within(&path.display().to_string()),
        help: wrong.help,
    })
}

/// A script beside `path` with a similar name.
fn neighbour(path: &Path) -> Option<String> {
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return None,
    };
    let names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_file(name))
        .collect();
    suggest(path.file_name()?.to_str()?, &names).map(str::to_owned)
}

/// The name of the script that `importer` means by `path`.
///
/// # Errors
/// An absolute path, or one that says neither `std/` nor `./`.
pub fn resolve(importer: &str, path: &str) -> Result<String, UnresolvedImport> {
    if let Some(module) = path.strip_prefix(STD) {
        let plain = |c: Component<'_>| matches!(c, Component::Normal(_));
        if !module.is_empty() && Path::new(module).components().all(plain) {
            return Ok(format!("{STD}{}", module.trim_end_matches(EXTENSION)));
        }
    }
    if !path.starts_with("./") && !path.starts_with("../") {
        return Err(UnresolvedImport {
            message: format!("`{path}` cannot be imported from"),
            help: Some(format!(
                "write \"std/…\" for a library module, \"./{}\" for a file of the project",
                path.trim_start_matches('/')
            )),
        });
    }
    let mut name = PathBuf::from(importer);
    name.pop();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => match name.components().next_back() {
                Some(Component::Normal(_)) => {
                    name.pop();
                }
                _ => name.push(".."),
            },
            Component::Normal(part) => name.push(part),
            _ => {}
        }
    }
    let name = name.to_string_lossy().into_owned();
    // Library modules have names without extension, files have names with it.
    let library = importer.starts_with(STD) && !is_file(importer);
    Ok(match (library, is_file(&name)) {
        (false, false) => name + EXTENSION,
        _ => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_names() {
        let ok = |importer, path| resolve(importer, path).unwrap();
        assert_eq!(ok("pipelines/prod.rhai", "std/service"), "std/service");
        assert_eq!(ok("pipelines/prod.rhai", "./lib/x"), "pipelines/lib/x.rhai");
        assert_eq!(ok("pipelines/prod.rhai", "../x.rhai"), "x.rhai");
        assert_eq!(ok("prod.rhai", "../../x"), "../../x.rhai");
        assert_eq!(ok("std/service", "./watch"), "std/watch");
        for bad in ["/etc/x", "lib/x", "std/../x", "std/", ""] {
            assert!(resolve("prod.rhai", bad).is_err(), "{bad}");
        }
    }

    /// Whoever can put a file beside a pipeline must not be able to change what a deployment does.
    #[test]
    fn a_module_of_somebody_else_is_refused() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().canonicalize().unwrap().join("project");
        let module = project.join("stdlib/service.rhai");
        std::fs::create_dir_all(project.join("stdlib")).unwrap();
        std::fs::write(&module, "1").unwrap();
        let resolver = Resolver::project(&project.join("prod.rhai"));
        let resolver = match resolver.0 {
            ScriptOrigin::Project(_) => Resolver(ScriptOrigin::Project(project.clone())),
            other => Resolver(other),
        };
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        assert_eq!(resolver.text("std/service").unwrap(), "1");
        for (path, before) in [(module.clone(), 0o644), (project.join("stdlib"), 0o755)] {
            mode(&path, 0o777);
            let refused = resolver.text("std/service").unwrap_err();
            assert!(refused.message.contains("by everyone"), "{refused:?}");
            mode(&path, before);
        }
        assert_eq!(resolver.text("std/service").unwrap(), "1");
        // Only root can give a file away.
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&module, Some(12_345), None).unwrap();
            let refused = resolver.text("std/service").unwrap_err();
            assert!(refused.message.contains("another user"), "{refused:?}");
        }
        std::fs::remove_file(&module).unwrap();
        std::fs::write(folder.path().join("outside.rhai"), "2").unwrap();
        symlink(folder.path().join("outside.rhai"), &module).unwrap();
        let refused = resolver.text("std/service").unwrap_err();
        assert!(
            refused.message.contains("outside the project"),
            "{refused:?}"
        );
    }

    #[test]
    fn files_stay_inside_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        std::fs::create_dir_all(project.join("stdlib")).unwrap();
        std::fs::write(folder.path().join("outside.rhai"), "").unwrap();
        std::fs::write(project.join("inside.rhai"), "1").unwrap();
        std::fs::write(project.join("stdlib/mine.rhai"), "2").unwrap();
        let resolver = Resolver::project(&project.join("prod.rhai"));
        let name = |file: &str| project.join(file).to_string_lossy().into_owned();
        // The pipeline need not exist for its project to be known; here the folder is.
        let resolver = match resolver.0 {
            ScriptOrigin::Project(_) => {
                Resolver(ScriptOrigin::Project(project.canonicalize().unwrap()))
            }
            other => Resolver(other),
        };
        assert_eq!(resolver.text(&name("inside.rhai")).unwrap(), "1");
        assert_eq!(resolver.text("std/mine").unwrap(), "2");
        let outside = resolver.text(&name("../outside.rhai")).unwrap_err();
        assert!(
            outside.message.contains("outside the project"),
            "{outside:?}"
        );
        let missing = resolver.text("std/mime").unwrap_err();
        assert_eq!(missing.help.as_deref(), Some("did you mean `std/mine`?"));
        let missing = resolver.text(&name("insid.rhai")).unwrap_err();
        assert_eq!(missing.help.as_deref(), Some("did you mean `inside.rhai`?"));
    }
}
