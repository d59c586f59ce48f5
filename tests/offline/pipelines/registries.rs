//! Images of other registries: the one that a name says is asked, and none is taken for another.

use deployer::vocabulary::event::{self, EventKind};
use deployer::vocabulary::outcome::{Ending, Outcome};
use serde_json::json;

use crate::support::deployer::Deployer;

use super::mortal_world::{Play, Scene};

const HERE: &str = "123456789012.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service";
/// Registries that hold a repository of the same name.
const ELSEWHERE: [&str; 2] = [
    "222222222222.dkr.ecr.ap-south-1.amazonaws.com/realserv/catalog-service",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/realserv/catalog-service",
];

fn rehearse(script: &str) -> (Ending, Vec<String>) {
    let scene = Scene::set(&[]);
    let head = "import \"std/image\" as image; import \"std/backup\" as backup; import \"std/task_definition\" as task_definition;";
    let ending = scene.perform(&Play::written(&format!("{head}\n{script}")));
    let printed = scene.events().into_iter().filter_map(|event| {
        let EventKind::Printed(event::Printed { text, .. }) = event.kind else {
            return None;
        };
        Some(text)
    });
    (ending, printed.collect())
}

#[test]
fn an_image_of_another_registry_is_not_answered_from_this_one() {
    for registry in ELSEWHERE {
        let (ending, _) = rehearse(&format!("print(image::pin(\"{registry}:1.3.0\"));"));
        assert_eq!(ending.outcome, Outcome::Failed, "{ending:#?}");
        let (ending, printed) = rehearse(&format!(
            "print(image::is_in_ecr(\"{registry}:1.3.0\") == ());
             print(image::protect(\"{registry}:1.3.0\", \"kept\") == ());
             print(backup::image(\"{registry}:1.3.0\", \"kept\") == ());
             print(image::exists(\"realserv/catalog-service\", \"kept\"));"
        ));
        assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
        assert_eq!(printed, ["true", "true", "true", "false"], "{registry}");
    }
}

#[test]
fn a_tag_beside_a_digest_is_no_part_of_the_repository() {
    let (ending, printed) = rehearse(&format!(
        "let found = image::find(\"realserv/catalog-service\", \"1.3.0\").digest;
         let named = `{HERE}:1.3.0@${{found}}`;
         print(image::pin(named) == named);
         print(image::is_in_ecr(named));
         print(image::pin(\"{HERE}:1.3.0\") == `{HERE}@${{found}}`);
         print(image::protect(named, \"kept\") == found);
         print(image::is_in_ecr(\"{HERE}:9.9.9\"));
         task_definition::check_pinned(#{{ family: \"x\", containerDefinitions: [#{{ name: \"a\", image: named }}] }});"
    ));
    assert_eq!(ending.outcome, Outcome::Succeeded, "{ending:#?}");
    assert_eq!(printed, ["true", "true", "true", "true", "false"]);
}

/// ECR scans no index: each image that it holds is judged, and what a build says of itself is none.
#[test]
fn an_index_is_judged_by_the_images_that_it_holds() {
    let digest = |digit: &str| format!("sha256:{}", digit.repeat(64));
    let member = |digit: &str, architecture: &str| json!({ "digest": digest(digit), "platform": { "architecture": architecture, "os": "linux" } });
    let index = json!({ "manifests": [member("a", "amd64"), member("b", "arm64"), member("c", "unknown")] });
    let scan = |digit: &str, counts: &str| {
        format!(
            "[[answers]]\nservice = \"ecr\"\noperation = \"DescribeImageScanFindings\"\nwhen = {{ imageId = {{ imageDigest = \"{}\" }} }}\n\
             answer = {{ imageScanStatus = {{ status = \"COMPLETE\" }}, imageScanFindings = {{ findingSeverityCounts = {counts} }} }}\n",
            digest(digit)
        )
    };
    let fixture = format!(
        "region = \"ap-south-1\"\naccount = \"123456789012\"\n\
         [[answers]]\nservice = \"ecr\"\noperation = \"DescribeImageScanFindings\"\nwhen = {{ imageId = {{ imageTag = \"1.1.0\" }} }}\n\
         error = {{ code = \"ScanNotFoundException\", message = \"it was never scanned\" }}\n\
         [[answers]]\nservice = \"ecr\"\noperation = \"BatchGetImage\"\n\
         answer = {{ images = [{{ imageManifest = '{index}' }}], failures = [] }}\n{}{}",
        scan("a", "{ HIGH = 1 }"),
        scan("b", "{ CRITICAL = 2 }")
    );
    let mut deployer = Deployer::offline();
    for (limit, code) in [(0, 1), (2, 0)] {
        let script = format!(
            "import \"std/image_scan\" as image_scan;\nstep \"Scan\" {{ image_scan::check(\"shop/web\", \"1.1.0\", #{{ limits: #{{ CRITICAL: {limit} }} }}); }}"
        );
        deployer.write("team.rhai", &script);
        deployer.put("team.cloud.toml", &fixture);
        let run = deployer.run(&["rehearse", "team.rhai", "--cloud", "team.cloud.toml"]);
        run.expect(code);
        if code == 1 {
            run.says("CRITICAL").says("sha256:bbbb");
        }
    }
}
