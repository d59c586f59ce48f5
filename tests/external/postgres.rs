//! A real PostgreSQL server.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::cloud::until;

/// The password of its only role.
pub const PASSWORD: &str = "s3cret/pass word&more";
/// Its role, and the database of that name.
pub const ROLE: &str = "deployer";

/// A server of its own on a free port; gone when it is dropped.
pub struct Postgres {
    child: Child,
    pub port: u16,
    psql: PathBuf,
    _directory: TempDir,
}

impl Postgres {
    /// Starts one; `None`: PostgreSQL is not on this machine.
    ///
    /// # Panics
    /// When it is, and does not start.
    pub fn start() -> Option<Postgres> {
        let bin = binaries()?;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let owner = owner(directory.path());
        let password = directory.path().join("password");
        fs::write(&password, PASSWORD).expect("a file of our own");
        if let Some((uid, gid)) = owner {
            for path in [directory.path(), &password] {
                chown(path, Some(uid), Some(gid)).expect("root may do that");
            }
        }
        let command = |program: &str| {
            let mut command = Command::new(bin.join(program));
            // Its directory: ours may be closed to that user.
            command.current_dir(directory.path());
            if let Some((uid, gid)) = owner {
                command.uid(uid).gid(gid);
            }
            command
        };
        let data = directory.path().join("data");
        let made = command("initdb")
            .arg("-D")
            .arg(&data)
            .arg("--pwfile")
            .arg(&password)
            .args(["-U", ROLE, "-A", "scram-sha-256", "-N", "-E", "UTF8"])
            .output()
            .expect("initdb is there");
        assert!(made.status.success(), "initdb: {}", said(&made));
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free loopback port")
            .port();
        // It ends when its standard input does: with us, however we end.
        let watched = r#""$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server"#;
        let mut shell = Command::new("sh");
        shell.args(["-c", watched, "sh"]).arg(bin.join("postgres"));
        shell.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
        ] {
            shell.args(["-c", setting]);
        }
        if let Some((uid, gid)) = owner {
            shell.uid(uid).gid(gid);
        }
        let log = fs::File::create(directory.path().join("log")).expect("a log file");
        let child = shell
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn()
            .expect("a shell");
        let server = Postgres {
            child,
            port,
            psql: bin.join("psql"),
            _directory: directory,
        };
        until("PostgreSQL listens", crate::support::HANG, || {
            server.ask("postgres", "SELECT 1").ok()
        });
        server.run("postgres", &format!("CREATE DATABASE {ROLE}"));
        Some(server)
    }

    /// What a query prints; the error of `psql` where it fails.
    ///
    /// # Errors
    /// What `psql` says.
    pub fn ask(&self, database: &str, query: &str) -> Result<String, String> {
        let asked = Command::new(&self.psql)
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", query])
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", ROLE])
            .args(["-d", database])
            .env("PGPASSWORD", PASSWORD)
            .output()
            .expect("psql is there");
        match asked.status.success() {
            true => Ok(String::from_utf8_lossy(&asked.stdout).trim().to_owned()),
            false => Err(said(&asked)),
        }
    }

    /// As [`Postgres::ask`], where failure is a failure of the test.
    pub fn run(&self, database: &str, query: &str) -> String {
        self.ask(database, query)
            .unwrap_or_else(|why| panic!("{query}: {why}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It fails only when it has ended already.
        let _reaped = self.child.wait();
    }
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|o| String::from_utf8_lossy(o));
    format!("{} {}", out.trim(), err.trim())
}

/// The newest version of Debian's, or whatever is in `PATH`.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file() && bin.join("psql").is_file())
        .max();
    let in_path = || {
        let bin = super::program("initdb")?.parent()?.to_owned();
        bin.join("postgres").is_file().then_some(bin)
    };
    newest.or_else(in_path)
}

/// Whom it runs as where we are root, which it refuses.
fn owner(directory: &Path) -> Option<(u32, u32)> {
    let meta = fs::metadata(directory).expect("our own directory");
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).expect("ours");
    if meta.uid() != 0 {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = accounts
            .lines()
            .find(|l| l.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody"))
}
