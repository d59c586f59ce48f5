//! Each rule on the smallest migration that breaks it, and on the ones that do not.

use serde_json::json;

use super::review::{Finding, review};
use super::rule::Rule;

fn found(sql: &str) -> Vec<Finding> {
    review("m.sql", sql, true)
}

fn rules(sql: &str) -> Vec<String> {
    let found = found(sql);
    let names = found.iter().map(|f| json!(f.rule));
    names.map(|n| n.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_rule_has_its_statement() {
    for (sql, rule) in [
        ("DROP TABLE a", "drop_table"),
        ("DROP TABLE IF EXISTS a CASCADE", "drop_table"),
        ("ALTER TABLE a DROP COLUMN b", "drop_column"),
        ("ALTER TABLE a DROP b", "drop_column"),
        ("DROP VIEW v", "drop_object"),
        ("DROP MATERIALIZED VIEW v", "drop_object"),
        ("DROP SCHEMA s CASCADE", "drop_object"),
        ("DROP FUNCTION f(int)", "drop_object"),
        ("DROP TYPE t", "drop_object"),
        ("ALTER TABLE a RENAME TO b", "rename_table"),
        ("ALTER TABLE a RENAME COLUMN b TO c", "rename_column"),
        ("ALTER TABLE a RENAME b TO c", "rename_column"),
        ("ALTER TYPE t RENAME VALUE 'a' TO 'b'", "rename_object"),
        ("ALTER TABLE a ALTER COLUMN b TYPE bigint", "change_type"),
        (
            "ALTER TABLE a ALTER b SET DATA TYPE text USING b::text",
            "change_type",
        ),
        (
            "ALTER TABLE a ADD COLUMN b int NOT NULL",
            "not_null_without_default",
        ),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL", "set_not_null"),
        ("CREATE INDEX i ON a (b)", "index_not_concurrent"),
        (
            "CREATE UNIQUE INDEX IF NOT EXISTS i ON a (b)",
            "index_not_concurrent",
        ),
        (
            "ALTER TABLE a ADD CONSTRAINT u UNIQUE (b)",
            "index_not_concurrent",
        ),
        ("ALTER TABLE a ADD PRIMARY KEY (b)", "index_not_concurrent"),
        (
            "ALTER TABLE a ADD COLUMN b int UNIQUE",
            "index_not_concurrent",
        ),
        ("DROP INDEX i", "drop_index_not_concurrent"),
        ("TRUNCATE a", "truncate"),
        ("TRUNCATE TABLE a, b RESTART IDENTITY CASCADE", "truncate"),
        ("DELETE FROM a", "delete_without_where"),
        ("DELETE FROM a USING b", "delete_without_where"),
        ("UPDATE a SET b = 1", "update_without_where"),
        (
            "WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone",
            "delete_without_where",
        ),
        (
            "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d)",
            "constraint_not_valid",
        ),
        (
            "ALTER TABLE a ADD CONSTRAINT k CHECK (b > 0)",
            "constraint_not_valid",
        ),
        (
            "SELECT 1; CREATE INDEX CONCURRENTLY i ON a (b)",
            "concurrent_in_transaction",
        ),
        (
            "SELECT 1; DROP INDEX CONCURRENTLY IF EXISTS i",
            "concurrent_in_transaction",
        ),
        ("ALTER TABLE a ADD COLUMN", "unparsed"),
        ("DO $$ BEGIN DELETE FROM a; END $$", "delete_without_where"),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$", "unparsed"),
        ("FROBNICATE a", "unparsed"),
    ] {
        assert_eq!(rules(sql), [rule], "{sql}");
    }
}

#[test]
fn what_is_compatible_passes() {
    for sql in [
        "CREATE TABLE a (id bigint PRIMARY KEY, b text NOT NULL)",
        "ALTER TABLE a ADD COLUMN b int",
        "ALTER TABLE a ADD COLUMN IF NOT EXISTS b int NOT NULL DEFAULT 0",
        "ALTER TABLE a ADD COLUMN b bigserial NOT NULL",
        "ALTER TABLE a ADD COLUMN b int NOT NULL GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE a ALTER COLUMN b DROP NOT NULL",
        "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d) NOT VALID",
        "ALTER TABLE a ADD CONSTRAINT k CHECK (b > 0) NOT VALID",
        "ALTER TABLE a VALIDATE CONSTRAINT f",
        "ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i",
        "UPDATE a SET b = 1 WHERE b IS NULL",
        "DELETE FROM a WHERE b = 1",
        "INSERT INTO a (b) VALUES ('DROP TABLE a; --')",
        "COMMENT ON COLUMN a.b IS 'x; DROP TABLE a'",
        "ALTER TYPE t ADD VALUE 'c'",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
        "SET lock_timeout = '5s'",
        "/* DROP TABLE a; */ SELECT 1 -- DROP TABLE b",
    ] {
        assert_eq!(rules(sql), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn concurrently_passes_outside_of_transactions_only() {
    let alone = "CREATE INDEX CONCURRENTLY i ON a (b);\nDROP INDEX CONCURRENTLY j;";
    assert_eq!(review("", alone, false), []);
    let begun = format!("BEGIN;\n{alone}\nCOMMIT;\nDROP INDEX CONCURRENTLY k;");
    let found: Vec<(u64, Rule)> = review("", &begun, false)
        .into_iter()
        .map(|f| (f.line, f.rule))
        .collect();
    let broken = Rule::ConcurrentInTransaction;
    assert_eq!(found, [(2, broken), (3, broken)]);
}

#[test]
fn tables_of_the_same_file_may_be_changed() {
    let own = "CREATE TABLE public.a (id int);
        CREATE INDEX i ON a (id);
        ALTER TABLE A ADD COLUMN b int NOT NULL, ADD UNIQUE (b);
        UPDATE a SET b = 1;
        ALTER TABLE a RENAME TO c;
        DELETE FROM c;
        DROP TABLE c;";
    assert_eq!(rules(own), Vec::<String>::new());
    assert_eq!(
        rules("CREATE TABLE IF NOT EXISTS a (id int); CREATE INDEX i ON a (id)"),
        ["index_not_concurrent"]
    );
    assert_eq!(
        rules("CREATE TABLE a (id int); DROP TABLE a, b"),
        ["drop_table"]
    );
    assert_eq!(
        rules("CREATE TABLE s.a (id int); DROP TABLE a"),
        ["drop_table"]
    );
}

#[test]
fn statements_are_found_where_they_begin() {
    let sql = "-- DROP TABLE a;
/* and
   more */
CREATE FUNCTION f() RETURNS trigger AS $body$
BEGIN
    DELETE FROM audit;
    RETURN NEW;
END;
$body$ LANGUAGE plpgsql;

ALTER TABLE a -- why
    DROP COLUMN b,
    ALTER COLUMN c TYPE text;
NOT SQL AT ALL; DROP TABLE d;
";
    let found = found(sql);
    let lines: Vec<(u64, &Rule)> = found.iter().map(|f| (f.line, &f.rule)).collect();
    assert_eq!(
        lines,
        [
            (11, &Rule::DropColumn),
            (11, &Rule::ChangeType),
            (14, &Rule::Unparsed),
            (14, &Rule::DropTable)
        ]
    );
    assert_eq!(
        found[0].statement,
        "ALTER TABLE a DROP COLUMN b, ALTER COLUMN c TYPE text"
    );
    assert_eq!(found[0].file, "m.sql");
}

#[test]
fn what_is_not_closed_is_never_passed() {
    let found = found("DROP TABLE a;\n\nINSERT INTO b VALUES ('it;\nDROP TABLE c;");
    let lines: Vec<(u64, Rule)> = found.iter().map(|f| (f.line, f.rule)).collect();
    assert_eq!(lines, [(1, Rule::DropTable), (3, Rule::Unparsed)]);
    assert_eq!(rules("SELECT $$ x"), ["unparsed"]);
    assert_eq!(rules("DROP TABLE a; /* open"), ["drop_table", "unparsed"]);
}

#[test]
fn what_is_hard_to_parse_does_not_hurt() {
    let deep = format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(rules(&deep), ["unparsed"]);
    let long = format!("DELETE FROM a USING {}", "b, ".repeat(500) + "c");
    assert!(found(&long)[0].statement.chars().count() <= 160);
}

#[test]
fn what_is_refused_in_a_transaction_has_a_file_of_its_own() {
    use super::non_transactional::only_outside;
    for alone in [
        "CREATE INDEX CONCURRENTLY i ON a (b)",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b);",
        "DROP INDEX CONCURRENTLY IF EXISTS i",
        "-- clean\nVACUUM ANALYZE a; REINDEX INDEX CONCURRENTLY i;",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
        "ALTER SYSTEM SET work_mem = '64MB'",
    ] {
        assert!(only_outside(alone), "{alone}");
        let mixed = format!("ALTER TABLE a ADD COLUMN c int;\n{alone}");
        assert!(!only_outside(&mixed));
        assert!(
            rules(&mixed).contains(&"concurrent_in_transaction".to_owned()),
            "{mixed}"
        );
    }
    for with in [
        "",
        "-- nothing",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "CREATE INDEX concurrently_i ON a (b)",
    ] {
        assert!(!only_outside(with), "{with}");
    }
    assert_eq!(
        rules("CREATE INDEX CONCURRENTLY i ON a (b)"),
        Vec::<String>::new()
    );
}

#[test]
fn nothing_read_is_not_compatible() {
    for nothing in ["", "\n", "-- ALTER TABLE a DROP COLUMN b;", "/* later */ ;"] {
        assert_eq!(rules(nothing), ["empty"], "{nothing}");
    }
}

#[test]
fn idempotent_scripts_are_judged_statement_by_statement() {
    let script = |statement: &str| {
        format!(
            "START TRANSACTION;\n\nDO $EF$\nBEGIN\n    IF NOT EXISTS(SELECT 1 FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = '1') THEN\n    {statement};\n    END IF;\nEND $EF$;\nCOMMIT;"
        )
    };
    let fine = script("ALTER TABLE materials ADD grade text");
    assert_eq!(review("", &fine, false), []);
    let found = review(
        "",
        &script("ALTER TABLE materials DROP COLUMN grade"),
        false,
    );
    let lines: Vec<(u64, Rule)> = found.iter().map(|f| (f.line, f.rule)).collect();
    assert_eq!(lines, [(6, Rule::DropColumn)]);
    let within = review("", &script("CREATE INDEX CONCURRENTLY i ON a (b)"), false);
    assert_eq!(within[0].rule, Rule::ConcurrentInTransaction);
    for code in [
        "EXECUTE 'DROP TABLE a'",
        "PERFORM f()",
        "FOR r IN SELECT 1 LOOP",
    ] {
        assert_eq!(
            review("", &script(code), false)[0].rule,
            Rule::Unparsed,
            "{code}"
        );
    }
}

#[test]
fn rules_are_allowed_by_name() {
    use super::Review;
    use crate::primitive::args::read;
    let check = |rule: &str| read::<Review>("sql::review", &json!({ "sql": "", "allow": [rule] }));
    assert!(check("drop_column").is_ok());
    let fault = check("drop_colum").expect_err("misspelt");
    assert_eq!(fault.hint.as_deref(), Some("did you mean `drop_column`?"));
}
