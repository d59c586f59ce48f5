//! Folders to buckets and back, on the simulated cloud: what is uploaded, in which order, and what is taken back.

use deployer::vocabulary::outcome::Outcome;
use serde_json::Value;

use super::mortal_world::{Play, Scene, Then};

/// Files of a second site, into an empty bucket.
const BUILD: &str = r##"
aws::call("s3", "CreateBucket", #{ Bucket: "new" });
for path in ["index.html", "about/index.html", "app.js", "app.js.map", "data.bin"] { file::write(`build/${path}`, path); }
"##;

/// Carries a script out that ends well, and returns the keys that were written, in order.
fn written(script: &str) -> Vec<String> {
    let scene = Scene::set(&[]);
    let ending = scene.perform(&Play::written(script));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    keys(&scene)
}

fn keys(scene: &Scene) -> Vec<String> {
    let writes = scene.writes().into_iter();
    let key = |input: Value| input["Key"].as_str().map(str::to_owned);
    writes.filter_map(|(_, input)| key(input)).collect()
}

/// The code of the fault that a script ends with.
fn code(script: &str) -> String {
    let ending = Scene::set(&[]).perform(&Play::written(script));
    let fault = ending.fault.expect("a fault");
    fault.code
}

#[test]
fn pages_come_last_and_headers_follow_the_rules() {
    let script = format!(
        r#"{BUILD}
        let changes = s3::compare("build", "new", #{{
            prefix: "app", exclude: ["**/*.map"], cache_control: "no-cache",
            cache_rules: [#{{ files: "*.js", cache_control: "immutable" }}], content_types: #{{ bin: "application/x-data" }},
        }});
        let done = s3::sync_folder(changes);
        if done.uploaded != 4 || done.pages.keys().len() != 2 {{ fail(`${{done}}`); }}
        for expected in [
            ["app/app.js", "text/javascript; charset=utf-8", "immutable"], ["app/data.bin", "application/x-data", "no-cache"],
            ["app/index.html", "text/html; charset=utf-8", "no-cache"],
        ] {{
            let head = aws::call("s3", "HeadObject", #{{ Bucket: "new", Key: expected[0] }});
            if head.ContentType != expected[1] || head.CacheControl != expected[2] {{ fail(`${{head}}`); }}
        }}
        let again = s3::compare("build", "new", #{{ prefix: "app/", exclude: ["**/*.map"] }});
        if again.uploads.len() != 0 || again.unchanged != 4 {{ fail(`${{again}}`); }}"#
    );
    assert_eq!(
        written(&script),
        [
            "app/app.js",
            "app/data.bin",
            "app/about/index.html",
            "app/index.html"
        ]
    );
}

#[test]
fn nothing_is_deleted_unless_it_is_said() {
    let script = |delete: bool| {
        format!(
            r#"
            file::write("build/index.html", "new");
            let changes = s3::compare("build", "realserv-site", #{{ delete: {delete} }});
            print(changes.deletes.len());
            let done = s3::sync_folder(changes);
            if done.deleted != (if {delete} {{ 1 }} else {{ 0 }}) {{ fail(`${{done}}`); }}
            let left = aws::call("s3", "ListObjectsV2", #{{ Bucket: "realserv-site" }}).Contents.len();
            if left != (if {delete} {{ 1 }} else {{ 2 }}) {{ fail(`${{left}}`); }}"#
        )
    };
    for delete in [true, false] {
        assert_eq!(written(&script(delete)), ["index.html"]);
    }
    let kept = r#"
        file::write("build/index.html", "new");
        let changes = s3::compare("build", "realserv-site", #{ delete: true, exclude: ["assets/**"] });
        if changes.deletes.len() != 0 { fail("excluded files are not deleted"); }
        s3::sync_folder(changes);"#;
    assert_eq!(written(kept), ["index.html"]);
}

#[test]
fn an_empty_build_deletes_no_site() {
    let script = r#"s3::compare("none", "realserv-site", #{ delete: true });"#;
    assert_eq!(code(script), "file_not_found");
}

#[test]
fn a_file_that_was_changed_since_is_not_uploaded() {
    let script = r#"
        let changes = s3::compare("site", "realserv-site");
        file::write("site/index.html", "another");
        s3::sync_folder(changes);"#;
    assert_eq!(code(script), "file_changed");
}

/// S3 User Guide, "Restoring previous versions".
#[test]
fn a_sync_is_taken_back_but_for_what_somebody_wrote_since() {
    let script = r#"
        s3::upload("realserv-site", "assets/old 1+2%.js", #{ text: "old()" });
        file::write("site/new.html", "added");
        let changes = s3::compare("site", "realserv-site", #{ delete: true });
        if changes.uploads.len() != 2 { fail(`${changes}`); }
        s3::sync_folder(changes);
        s3::upload("realserv-site", "new.html", #{ text: "somebody else's" });
        let back = s3::restore(changes);
        if back != #{ restored: 2, removed: 0, left: ["new.html"] } { fail(`${back}`); }
        let head = aws::call("s3", "HeadObject", #{ Bucket: "realserv-site", Key: "index.html" });
        if head.ETag != `"${changes.uploads[0].was.etag}"` || head.CacheControl != "no-cache" { fail(`${head}`); }
        if s3::restore(changes) != #{ restored: 0, removed: 0, left: ["new.html"] } { fail("once more"); }"#;
    assert_eq!(
        written(script),
        [
            "assets/old 1+2%.js",
            "index.html",
            "new.html",
            "new.html",
            "assets/old 1+2%.js",
            "index.html"
        ]
    );
}

#[test]
fn without_versions_nothing_comes_back() {
    let script = format!(
        r#"{BUILD}
        s3::sync_folder(s3::compare("build", "new"));
        file::write("build/app.js", "other");
        let changes = s3::compare("build", "new");
        s3::sync_folder(changes);
        s3::restore(changes);"#
    );
    assert_eq!(code(&script), "not_versioned");
}

/// S3 API Reference, "Object": the ETag of what KMS encrypts is not its MD5. What the sync has uploaded says it.
#[test]
fn what_kms_encrypts_is_known_by_its_metadata() {
    let script = r#"
        file::write("build/a.txt", "hello");
        aws::call("s3", "PutObject", #{
            Bucket: "realserv-site", Key: "a.txt", Body: "b3RoZXI=", Metadata: #{ md5: "5d41402abc4b2a76b9719d911017c592" },
        });
        let changes = s3::compare("build", "realserv-site");
        if changes.uploads.len() != 0 { fail(`${changes}`); }"#;
    assert_eq!(written(script), ["a.txt"]);
}

/// Dies in the writes, before they are sent or after: nothing is asked, and no object is written twice.
#[test]
fn killed_it_goes_on_with_what_is_not_there() {
    let play = Play::written(
        r#"
        file::write("site/new.css", "added");
        let changes = s3::compare("site", "realserv-site");
        s3::sync_folder(changes);
        s3::restore(changes);
        s3::upload("realserv-site", "version.json", #{ text: "{}" });
        cloudfront::invalidate("E1REALSERVSITE", ["/*"]);"#,
    );
    let whole = Scene::set(&[]);
    assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded);
    let entries = whole.entries().len();
    for index in 1..entries {
        for then in [Then::DiesUnsent, Then::DiesUnrecorded] {
            let scene = Scene::set(&[]);
            if scene.perform_until(&play, index, then).is_some() {
                continue;
            }
            scene.people_away(true);
            let ending = scene.perform(&play);
            assert_eq!(
                ending.outcome,
                Outcome::Succeeded,
                "{index} {then:?}: {ending:#?}"
            );
            assert_eq!(keys(&scene), keys(&whole), "{index} {then:?}");
        }
    }
}
