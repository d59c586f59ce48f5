//! Who is asked because of the paths that changed.

use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::Outcome;

use super::mortal_world::{Play, Scene};

/// The files of `changed` because of which a role with these paths (a list of Rhai) is asked.
fn asked(paths: &str, changed: &[&str]) -> Vec<String> {
    let script = format!(
        "import \"std/approvals\" as approvals;\nlet rules = [#{{ role: \"r\", paths: {paths} }}];\n\
         for file in {changed:?} {{ if approvals::roles_for(rules, [file]).len() > 0 {{ print(file); }} }}\n"
    );
    let scene = Scene::set(&[]);
    let ending = scene.perform(&Play::written(&script));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    let printed = scene
        .events()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::Printed(event::Printed { text, .. }) => Some(text),
            _ => None,
        });
    printed.collect()
}

#[test]
fn paths_are_folders_modules_names_and_patterns() {
    for (paths, hit, not) in [
        (
            r#"["auth/"]"#,
            &[
                "auth/x.py",
                "src/Auth/Login.cs",
                "app/auth.py",
                "auth.spec.ts",
                "a/AUTH/b/c.go",
            ][..],
            &[
                "app/oauth/x.py",
                "app/auth_x.py",
                "author.py",
                "app/auth",
                "docs/auth.d/x",
            ][..],
        ),
        (
            r#"["*auth*"]"#,
            &[
                "app/auth_service.py",
                "src/AuthController.cs",
                "lib/oauth/x.ts",
            ],
            &["app/api.py"],
        ),
        (
            r#"["app/auth/"]"#,
            &[
                "app/auth/x.py",
                "services/app/auth/deep/y.py",
                "app/auth.py",
            ],
            &["app/x/auth/y.py", "auth/x.py"],
        ),
        (
            r#"["*auth/", "*.sql"]"#,
            &["lib/oauth/x.ts", "oauth.py", "db/1.SQL"],
            &["lib/oauth2/x.ts", "db/1.sql.md"],
        ),
        (
            r#"["src/**/auth/*.cs", "app/*/prof*.py"]"#,
            &["src/auth/a.cs", "src/x/y/auth/a.cs", "app/api/profiles.py"],
            &["src/auth.cs", "app/profiles.py", "other/x.cs"],
        ),
        (
            r#"["!*authors*", "*auth*", "login.ts"]"#,
            &["auth.py", "web/Login.ts"],
            &["docs/authors.md", "AUTHORS", "relogin.ts"],
        ),
    ] {
        let all: Vec<&str> = hit.iter().chain(not).copied().collect();
        assert_eq!(asked(paths, &all), hit, "{paths}");
    }
}

/// What the pipelines of menotime ask security for unless they are told otherwise.
#[test]
fn security_is_asked_for_whatever_lets_people_in_or_holds_their_data() {
    let hit = [
        "app/auth.py",
        "src/Auth/Login.cs",
        "api/permissions/x.ts",
        "app/core/security.py",
        "app/services/authz_service.py",
        "lib/jwt.ts",
        "app/api/v1/oauth2.py",
        "src/middleware/authGuard.ts",
        "src/SessionStore.cs",
        "app/utils/password_reset.py",
        "app/data/patients.py",
        "app/models/patient.py",
        "app/models.py",
        "migrations/0042_symptoms.sql",
        "alembic/versions/3f2a.py",
        "infra/secrets.tf",
    ];
    let not = [
        "README.md",
        "AUTHORS",
        "docs/authors.md",
        "app/api/profiles.py",
        "app/reports/dashboard.py",
        "pyproject.toml",
        "app/__init__.py",
    ];
    let all: Vec<&str> = hit.iter().chain(&not).copied().collect();
    for pipeline in ["release", "hotfix"] {
        let path = format!(
            "{}/pipelines/menotime/{pipeline}.rhai",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read_to_string(path).expect("the pipeline");
        let line = text
            .lines()
            .find(|line| line.trim().starts_with("security:"));
        let (_, paths) = line
            .and_then(|line| line.split_once(".or("))
            .expect("its default");
        let paths = paths.trim_end_matches(',').trim_end_matches(')');
        assert_eq!(asked(paths, &all), hit, "{pipeline}");
    }
}
