//! Installs the emulators into the build directory: once, whoever comes first.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

/// A Python program from PyPI in a virtual environment of its own.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    /// Name of its virtual environment below `target`.
    pub name: &'static str,
    /// What pip installs: each package by its version and the hashes of its files.
    pub requirements: &'static str,
}

/// Shapes and stores for every service.
pub const MOTO: Package = Package {
    name: "moto",
    requirements: include_str!("requirements/moto.txt"),
};

/// Ministack: an emulator with a real ECS scheduler.
pub const MINISTACK: Package = Package {
    name: "ministack",
    requirements: include_str!("requirements/ministack.txt"),
};

/// Between two attempts to fetch a package.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(600),
];

const NEEDED: &str = "the tests run against emulators that they install into the build directory; \
                      they need `python3` with its modules `venv` and `pip`";

/// The environment's interpreter; installs the package when it is not there.
///
/// # Panics
/// Without Python 3, or when the package cannot be installed: the message says what is missing.
pub fn python(package: Package) -> PathBuf {
    static MOTO_PYTHON: OnceLock<PathBuf> = OnceLock::new();
    static MINISTACK_PYTHON: OnceLock<PathBuf> = OnceLock::new();
    let once = if package.name == MOTO.name {
        &MOTO_PYTHON
    } else {
        &MINISTACK_PYTHON
    };
    once.get_or_init(|| install(package).unwrap_or_else(|why| panic!("{why}")))
        .clone()
}

/// `target/emulators`, wherever the build directory is.
fn root() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap_or(tmp).join("emulators")
}

fn install(package: Package) -> Result<PathBuf, String> {
    let root = root();
    fs::create_dir_all(&root).map_err(|e| format!("{}: {e}", root.display()))?;
    // Held until the file is closed: other test processes wait here.
    let lock = File::create(root.join(format!("{}.lock", package.name)))
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|e| format!("cannot lock {}: {e}", root.display()))?;
    let environment = root.join(package.name);
    let python = environment.join("bin/python");
    let stamp = root.join(format!("{}.stamp", package.name));
    let installed = fs::read_to_string(&stamp).is_ok_and(|it| it == package.requirements);
    if !installed || !python.exists() {
        remove(&environment)?;
        let environment = environment.display().to_string();
        run(Path::new("python3"), &["-m", "venv", &environment])?;
        let list = root.join(format!("{}.txt", package.name));
        let write = |path: &Path| {
            fs::write(path, package.requirements).map_err(|e| format!("{}: {e}", path.display()))
        };
        write(&list)?;
        fetch(&python, &list)?;
        write(&stamp)?;
    }
    drop(lock);
    Ok(python)
}

/// Installs what is listed, if its files have the hashes that are listed. A package index may fail to answer once; what is
/// wrong for good is so every time.
fn fetch(python: &Path, list: &Path) -> Result<(), String> {
    let list = list.display().to_string();
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "-r",
        &list,
    ];
    for pause in PAUSES {
        match run(python, &install) {
            Ok(()) => return Ok(()),
            Err(why) => eprintln!("again in {pause:?}: {why}"),
        }
        thread::sleep(pause);
    }
    run(python, &install)
}

fn remove(directory: &Path) -> Result<(), String> {
    match fs::remove_dir_all(directory) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(format!("{}: {e}", directory.display()))
        }
        _ => Ok(()),
    }
}

fn run(program: &Path, arguments: &[&str]) -> Result<(), String> {
    let shown = format!("{} {}", program.display(), arguments.join(" "));
    let output = Command::new(program)
        .args(arguments)
        .env_remove("PYTHONPATH")
        .env_remove("PYTHONHOME")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("`{shown}`: {e}; {NEEDED}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`{shown}` failed ({}); {NEEDED}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    ))
}
