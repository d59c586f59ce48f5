//! Secrets as people write them down, and what looks alike.

use super::{found, rules, said};

/// A line each: the file it is in, and what it says.
const SECRETS: &[(&str, &str)] = &[
    ("run.sh", "docker login -u bob -p Zx81~spectrum"),
    (
        "init.sql",
        "CREATE USER bob WITH PASS~WORD 'Zx81~spectrum';",
    ),
    ("init.sql", "ALTER USER bob IDENTI~FIED BY 'Zx81~spectrum';"),
    ("A.java", "@Value(\"${db.pass~word:Zx81~spectrum}\")"),
    (".env", "pass~word=hunt~er2x"),
    (".env", "DB_PASS~WORD=letmein~please"),
    (".env.production", "export API_TO~KEN=abc123~def456"),
    ("config/db.env", "MYSQL_P~WD=S3cret~pw!"),
    (".env", "SMTP_PA~SS=q1w2e3~r4t5"),
    ("app/settings.py", "PASS~WORD = 'Tr0ub~4dor&3'"),
    ("app/settings.py", "pass~word: str = \"hunt~er22\""),
    (
        "app/settings.py",
        "SECRET_~KEY = \"django-insecure-8x!k2~#9d$e\"",
    ),
    (
        "app/settings.py",
        "os.getenv(\"DB_PASS~WORD\", \"S3cr~et99\")",
    ),
    ("app/settings.py", "pass~word=Sup3rS~3cret"),
    ("app/settings.py", "api_~key = \"0123456789~abcdef\""),
    ("app/x.py", "# the pass~word: Sum~mer2026!"),
    ("deploy.yml", "  pass~word: hunt~er2x"),
    ("deploy.yml", "  admin_pass~word: \"Wint~er2026!\""),
    ("deploy.yml", "    - DB_PASS~WORD=hunt~er22x"),
    ("deploy.yaml", "  api-~key: 9f8e7d~6c5b4a"),
    ("k.properties", "mail.pass~word: qwert~yui"),
    ("k.properties", "spring.datasource.pass~word=hunt~er22x\r"),
    (
        "appsettings.json",
        "\"Default\": \"Server=db;User Id=sa;Pass~word=Passw~0rd!;Encrypt=true\"",
    ),
    ("appsettings.json", "\"Pass~word\": \"S3cr~et\""),
    (
        "task.json",
        "{\"name\": \"DB_PASS~WORD\", \"value\": \"s3cr~3t99\"},",
    ),
    ("deployment.yml", "- name: DB_PASS~WORD\n  value: s3cr~3t99"),
    ("Dockerfile", "ENV DB_PASS~WORD hunt~er22x"),
    ("Dockerfile", "RUN PGPASS~WORD=s3cr~3t99 psql -h db"),
    ("run.sh", "mysql -u root -pS3cr~et99 db"),
    ("run.sh", "tool --pass~word S3cr~et99 --verbose"),
    ("run.sh", "tool --to~ken=S3cr~et99 x"),
    ("run.sh", "sshpass -p Kj8s~9dk2 ssh host"),
    ("pom.xml", "<pass~word>S3cr~et99</pass~word>"),
    (
        "web.config",
        "<add key=\"DbPass~word\" value=\"S3cr~et99\" />",
    ),
    ("notes.md", "https://bob:p4ssw~0rd@git.example.org/x.git"),
    ("app.py", "url = \"redis://:Zx9k~P2mQ@cache:6379/0\""),
    (
        "a.toml",
        "url = \"postgres://orders:s3cr~3tpw@db.internal:5432/orders\"",
    ),
    ("a.txt", "jdbc:postgresql://h/db?user=x&pass~word=S3cr~et1x"),
    ("a.http", "Authori~zation: Basic dXNlcjpwYXNz~d29yZDEyMw=="),
    (".netrc", "machine x login y pass~word hunt~er22"),
    (".pgpass", "db.internal:5432:orders:app:s3cr~3tpw"),
    ("key.pem", "-----BEGIN RSA PRI~VATE KEY-----"),
    ("main.tf", "pass~word = \"root~passwd\""),
    ("x.py", "id = \"AKIA~Z3MSJV7OWQ5TNKXY\""),
];

/// What looks alike and is none.
const HARMLESS: &[(&str, &str)] = &[
    ("main.tf", "password = random_password.db1.result"),
    ("run.sh", "TOKEN=`cat /tmp/x1`"),
    ("A.java", "@Value(\"${db.password:changeme}\")"),
    (".env", "PASSWORD=changeme"),
    (".env", "PASSWORD=change_me_please"),
    (".env", "PASSWORD=${DB_PASSWORD}"),
    (".env", "PASSWORD=$DB_PASSWORD"),
    (".env", "PASSWORD=<password>"),
    (".env", "PASSWORD=<your password here>"),
    (".env", "PASSWORD=xxx"),
    (".env", "PASSWORD=xxxxxxxxxx"),
    (".env", "PASSWORD=********"),
    (".env", "PASSWORD="),
    (".env", "DB_PASSWORD=your_password_here"),
    (".env", "DB_PASSWORD_FILE=/run/secrets/db1"),
    (".env", "API_KEY=YOUR_API_KEY"),
    (".env", "TOKEN=12345678"),
    (".env", "URL=postgres://user:password@localhost/db"),
    (".env", "URL=postgres://postgres:postgres@localhost:5432/db"),
    (".env", "URL=postgres://${USER}:${PASS}@db/x"),
    ("a.py", "password = os.environ[\"PASSWORD\"]"),
    ("a.py", "password = get_password(user1)"),
    ("a.py", "login(user=user, password=password)"),
    ("a.py", "token = sha256"),
    ("a.py", "password = hash1"),
    ("a.py", "if password == other2:"),
    ("a.py", "TOKEN_URL = \"https://example.com/oauth2/token\""),
    ("a.py", "password_label = \"Kennwort9\""),
    (
        "a.py",
        "parser.add_argument(\"--password\", help=\"The password\")",
    ),
    (
        "a.py",
        "secret_arn = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod-x1\"",
    ),
    ("a.ts", "token: Uint8Array"),
    ("a.ts", "fetch(url, { credentials: \"same-origin\" })"),
    ("a.js", "const token = await getToken1();"),
    ("package.json", "\"jsonwebtoken\": \"^9.0.2\","),
    ("Cargo.toml", "password-hash = \"0.5.0\""),
    ("requirements.txt", "tokenizers==0.15.2"),
    ("ci.yml", "password: ${{ secrets.DB_PASSWORD }}"),
    ("a.yml", "password: \"{{ vault_password }}\""),
    ("a.yml", "password: !vault |"),
    ("a.yml", "secretName: db-creds-v2"),
    ("a.yml", "imagePullSecret: registry1"),
    ("a.yml", "tokenExpiration: 3600seconds1"),
    ("openapi.yaml", "password: string"),
    ("a.tf", "password = var.db_password"),
    ("a.tf", "password = \"${aws_db_instance.default.password}\""),
    (
        "task.json",
        "{\"name\": \"DB_PASSWORD\", \"valueFrom\": \"arn:aws:ssm:x:1:parameter/y1\"}",
    ),
    (
        "README.md",
        "pip install git+ssh://git@github.com/user/repo@v1",
    ),
    ("README.md", "postgres://USER:PASSWORD@HOST:PORT/DB"),
    ("README.md", "https://user:***@host"),
    ("locales/de.yml", "password: Passwort"),
    ("x.py", "id = \"AKIAIOSFODNN7EXAMPLE\""),
    ("x.py", "password = \"S3cret~99x\"  # gitleaks:allow"),
];

#[test]
fn passwords_are_found_as_people_write_them() {
    let rules = rules();
    for (path, text) in SECRETS {
        // Also in the middle of a file.
        for text in [said(text), said(&format!("a\n\n{text}\nb"))] {
            assert!(!found(&rules, path, &text).is_empty(), "{path}: {text}");
        }
    }
}

#[test]
fn placeholders_are_no_secrets() {
    let rules = rules();
    for (path, text) in HARMLESS {
        for text in [said(text), said(&format!("a\n\n{text}\nb"))] {
            assert_eq!(found(&rules, path, &text), [], "{path}: {text}");
        }
    }
}
