//! Migrations on a real PostgreSQL: one transaction, exactly once, or nothing.

use std::time::Duration;

use serde_json::Value;

use super::postgres::{PASSWORD, Postgres, ROLE};
use super::skipped;
use crate::support::cloud::secret;
use crate::support::cloud::until;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Moto;

/// Until something happens that surely does.
const SURELY: Duration = crate::support::HANG;

const PIPELINE: &str = r#"
import "std/migrate" as migrate;

let app = params(#{ port: text("port of the database"), file: text("SQL file") });
let libpq = #{ PGHOST: "127.0.0.1", PGPORT: app.port, PGUSER: "deployer", PGDATABASE: "deployer" };

step "Migrate" {
    let done = migrate::sql(#{
        files: [app.file], from: "1", to: "2", env: libpq, secret_env: #{ PGPASSWORD: "orders/database:password" },
    });
    note(`ran: ${done.ran}`);
}
"#;

const GOOD: &str = "
ALTER TABLE orders ADD COLUMN grade text;
INSERT INTO orders (id, grade) SELECT max(id) + 1, 'new' FROM orders;
";

struct Room {
    _moto: Moto,
    database: Postgres,
    deployer: Deployer,
}

impl Room {
    fn set() -> Option<Room> {
        let Some(database) = Postgres::start() else {
            skipped("PostgreSQL is not on this machine (Debian: apt-get install postgresql)");
            return None;
        };
        database.run(
            ROLE,
            "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1);
             CREATE TABLE schema_migrations (version text PRIMARY KEY);
             INSERT INTO schema_migrations VALUES ('1');",
        );
        let moto = Moto::start();
        let value = serde_json::json!({ "username": ROLE, "password": PASSWORD });
        secret(&moto.endpoint(), "orders/database", &value.to_string());
        let mut deployer = Deployer::at(&moto.endpoint());
        deployer.write("team.rhai", PIPELINE);
        Some(Room {
            _moto: moto,
            database,
            deployer,
        })
    }

    fn arguments(&self, command: &str, sql: &str) -> Vec<String> {
        self.deployer.put("migration.sql", sql);
        let port = format!("port={}", self.database.port);
        let words = [
            command,
            "team.rhai",
            "--set",
            &port,
            "--set",
            "file=migration.sql",
        ];
        words.map(str::to_owned).to_vec()
    }

    fn run(&self, sql: &str) -> Finished {
        self.deployer.json(&self.arguments("run", sql))
    }

    fn rows(&self) -> String {
        self.database.run(ROLE, "SELECT count(*) FROM orders")
    }

    fn version(&self) -> String {
        self.database
            .run(ROLE, "SELECT max(version) FROM schema_migrations")
    }

    /// Neither what was said nor what is kept knows the password.
    fn keeps_quiet(&self, said: &Finished) {
        assert!(!said.has_said(PASSWORD), "{said}");
        for (path, content) in self.deployer.state_files() {
            let content = String::from_utf8_lossy(&content);
            assert!(!content.contains(PASSWORD), "{}", path.display());
        }
    }
}

#[test]
fn a_migration_runs_once_and_a_second_run_finds_that_it_did() {
    let Some(room) = Room::set() else { return };
    let run = room.run(GOOD);
    run.expect(0).says("ran: true");
    assert_eq!((room.rows(), room.version()), ("2".into(), "2".into()));
    room.keeps_quiet(&run);
    room.run(GOOD).expect(0).says("ran: false");
    assert_eq!(room.rows(), "2");
}

#[test]
fn sql_that_fails_leaves_nothing() {
    let Some(room) = Room::set() else { return };
    let run = room.run(&format!("{GOOD} SELECT 1/0;"));
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "process_failed");
    assert!(
        fault["message"].to_string().contains("division by zero"),
        "{fault}"
    );
    assert_eq!((room.rows(), room.version()), ("1".into(), "1".into()));
    let columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'orders'";
    assert_eq!(
        room.database.run(ROLE, columns),
        "1",
        "the column is gone with the rest"
    );
    room.keeps_quiet(&run);
}

#[test]
fn a_plan_touches_neither_the_database_nor_the_secret() {
    let Some(room) = Room::set() else { return };
    // Nobody could connect with this.
    let mut arguments = room.arguments("plan", GOOD);
    arguments[3] = "port=1".to_owned();
    let plan = room.deployer.run(&arguments);
    plan.expect(0)
        .says("psql")
        .says("secret orders/database password");
    room.keeps_quiet(&plan);
    assert_eq!(room.version(), "1");
}

/// A migration that takes long enough to be killed in, and prints nothing: a `psql` that prints to nobody ends.
fn slow(seconds: f32) -> String {
    format!("{GOOD} DO $$ BEGIN PERFORM pg_sleep({seconds}); END $$;")
}

/// Kills the run while `psql` is in the middle of it.
fn killed_while_it_migrates(room: &Room, sql: &str) {
    let live = room.deployer.spawn_json(&room.arguments("run", sql));
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()";
    until("psql migrates", SURELY, || {
        (room.database.run("postgres", sleeping) == "1").then_some(())
    });
    live.kill();
}

fn resumed(room: &Room) -> Finished {
    room.deployer.json(&["resume", &room.deployer.newest_run()])
}

#[test]
fn killed_meanwhile_what_psql_finished_by_itself_is_not_done_again() {
    let Some(room) = Room::set() else { return };
    killed_while_it_migrates(&room, &slow(1.0));
    // psql outlives deployer, and commits.
    until("psql commits", SURELY, || {
        (room.version() == "2").then_some(())
    });
    let run = resumed(&room);
    run.expect(0).says("ran: true");
    let found = run.events("reconciled");
    assert_eq!(found[0]["happened"], true, "{run}");
    assert_eq!(room.rows(), "2");
    room.keeps_quiet(&run);
}

#[test]
fn killed_with_its_psql_nothing_was_done_and_a_resumed_run_does_it() {
    let Some(room) = Room::set() else { return };
    killed_while_it_migrates(&room, &slow(3.0));
    // As if the whole machine had gone: the server ends the connection, and takes all of it back.
    let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'deployer' AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'";
    assert_eq!(room.database.run("postgres", ended), "1");
    assert_eq!((room.rows(), room.version()), ("1".into(), "1".into()));
    let run = resumed(&room);
    run.expect(0);
    let found: Vec<Value> = run.events("reconciled");
    assert_eq!(found[0]["happened"], false, "{run}");
    assert_eq!((room.rows(), room.version()), ("2".into(), "2".into()));
    room.keeps_quiet(&run);
}
