//! `ecr::` — repositories and images.

use std::sync::Arc;

use serde_json::{Value, json};

use super::api::reconcile::{
    did_not_happen, find, happened_if_gone, is_not_found, is_since_call, list,
};
use super::api::{Api, left, name_of, primitives, send};
use super::{Context, LineKind, Primitive, Reconciled};
use crate::vocabulary::Stop;
use crate::world::AwsCall;

const ECR: &str = "ecr";

fn read(
    name: &'static str,
    operation: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Api {
    let object = "repositoryName";
    Api::read("ecr", name, (ECR, operation), object, doc, example)
}

/// Every primitive of this module.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all = primitives(reads());
    all.extend(primitives(writes()));
    all
}

fn reads() -> [Api; 4] {
    [
        read(
            "describe_images",
            "DescribeImages",
            "Describes images by `imageIds` (tag or digest). An image that does not exist is the fault `ImageNotFoundException`.",
            r#"let found = ecr::describe_images(#{ repositoryName: "realserv/catalog-service", imageIds: [#{ imageTag: "1.3.0" }] });
print(found.imageDetails[0].imageDigest);"#,
        ),
        Api::read(
            "ecr",
            "describe_repositories",
            (ECR, "DescribeRepositories"),
            "repositoryNames",
            "Describes repositories by name.",
            r#"let found = ecr::describe_repositories(#{ repositoryNames: ["realserv/catalog-service"] });
print(found.repositories[0].repositoryUri);"#,
        ),
        read(
            "describe_image_scan_findings",
            "DescribeImageScanFindings",
            "Reads the findings of an image scan: `imageScanStatus.status`, and `imageScanFindings.findingSeverityCounts` once it is COMPLETE. An image that was never scanned is the fault `ScanNotFoundException`.",
            r#"let found = ecr::describe_image_scan_findings(#{ repositoryName: "realserv/catalog-service", imageId: #{ imageTag: "1.3.0" } });
print(found.imageScanFindings.findingSeverityCounts.MEDIUM);"#,
        ),
        read(
            "batch_get_image",
            "BatchGetImage",
            "Reads the manifests of images by `imageIds` (tag or digest). Images that do not exist are listed in `failures`.",
            r#"let found = ecr::batch_get_image(#{ repositoryName: "realserv/catalog-service", imageIds: [#{ imageTag: "1.3.0" }] });
print(found.images[0].imageManifest.len() > 0);"#,
        ),
    ]
}

fn writes() -> [Api; 4] {
    [
        read(
            "start_image_scan",
            "StartImageScan",
            "Starts the scan of an image (basic scanning: once in 24 hours at most); `aws::wait` waits for it.",
            r#"let image = #{ repositoryName: "realserv/catalog-service", imageId: #{ imageTag: "1.2.0" } };
ecr::start_image_scan(image);
let done = aws::wait(#{
    service: "ecr", operation: "DescribeImageScanFindings", input: image,
    path: "imageScanStatus.status", becomes: ["COMPLETE", "ACTIVE"], fails: ["FAILED", "UNSUPPORTED_IMAGE"],
});
print(done.imageScanStatus.status);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(find_scan)
        .residue(|input, _| left(format!("scan of {}", image_name(input)), true)),
        read(
            "put_image",
            "PutImage",
            "Puts a manifest into a repository, which gives its image the tag `imageTag`. To add a tag to an image, put the manifest that `ecr::batch_get_image` returned.",
            r#"let repository = "realserv/catalog-service";
let image = ecr::batch_get_image(#{ repositoryName: repository, imageIds: [#{ imageTag: "1.2.0" }] }).images[0];
let tagged = ecr::put_image(#{
    repositoryName: repository, imageTag: "before-1.3.0",
    imageManifest: image.imageManifest, imageManifestMediaType: image.imageManifestMediaType,
});
print(tagged.image.imageId.imageDigest);"#,
        )
        .writes(LineKind::Creates)
        .reconciled_by(find_tag)
        .summary(|_, output| {
            let id = &output["image"]["imageId"];
            Some(format!("{} {}", id["imageTag"].as_str()?, id["imageDigest"].as_str()?))
        })
        .residue(|input, _| {
            left(format!("tag {} in {}", tag(input), name_of(&input["repositoryName"])), true)
        }),
        read(
            "batch_delete_image",
            "BatchDeleteImage",
            "Deletes images by `imageIds`: a tag removes the tag, and the image if it was its last tag; a digest removes the image. Images that do not exist are listed in `failures`.",
            r#"let gone = ecr::batch_delete_image(#{ repositoryName: "realserv/catalog-service", imageIds: [#{ imageTag: "1.0.0" }] });
print(gone.imageIds[0].imageDigest);"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let of = json!({ "repositoryName": input["repositoryName"], "imageIds": input["imageIds"] });
            let images = list(cx, (ECR, "BatchGetImage"), of, "images")?;
            let output = json!({ "imageIds": input["imageIds"], "failures": [] });
            Ok(happened_if_gone(images.first(), output))
        }),
        read(
            "delete_repository",
            "DeleteRepository",
            "Deletes a repository. A repository with images is deleted only with `force`, and the images cannot be recovered.",
            r#"let gone = ecr::delete_repository(#{ repositoryName: "realserv/catalog-service", force: true });
print(gone.repository.repositoryUri);"#,
        )
        .writes(LineKind::Removes)
        .reconciled_by(|input, cx| {
            let of = json!({ "repositoryNames": [input["repositoryName"]] });
            let live = find(cx, (ECR, "DescribeRepositories"), of, "repositories")?;
            let output = json!({ "repository": { "repositoryName": input["repositoryName"] } });
            Ok(happened_if_gone(live.as_ref(), output))
        }),
    ]
}

fn tag(input: &Value) -> &str {
    input["imageTag"].as_str().unwrap_or_default()
}

fn image_name(input: &Value) -> String {
    let id = &input["imageId"];
    let id = id["imageTag"].as_str().or(id["imageDigest"].as_str());
    format!(
        "{} {}",
        name_of(&input["repositoryName"]),
        id.unwrap_or_default()
    )
}

/// Whether the tag is that of the same manifest.
fn find_tag(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let id = match input["imageTag"].is_string() {
        true => json!({ "imageTag": input["imageTag"] }),
        false => json!({ "imageDigest": input["imageDigest"] }),
    };
    let of = json!({ "repositoryName": input["repositoryName"], "imageIds": [id] });
    let live = find(cx, (ECR, "BatchGetImage"), of, "images")?;
    Ok(match live {
        Some(image) if image["imageManifest"] == input["imageManifest"] => Reconciled::Happened {
            output: json!({ "image": image }),
            how: "the repository has that image under that tag".into(),
        },
        _ => did_not_happen("the repository has no such image under that tag"),
    })
}

/// Whether a scan is under way, or newer than the call.
fn find_scan(input: &Value, cx: &Context<'_>) -> Result<Reconciled, Stop> {
    let of = json!({ "repositoryName": input["repositoryName"], "imageId": input["imageId"] });
    let found = match send(cx, &AwsCall::new(ECR, "DescribeImageScanFindings", of)) {
        Ok(found) => found,
        Err(Stop::Fault(fault)) if is_not_found(&fault.code) => {
            return Ok(did_not_happen("the image was never scanned"));
        }
        Err(stop) => return Err(stop),
    };
    let completed = &found["imageScanFindings"]["imageScanCompletedAt"];
    let status = &found["imageScanStatus"];
    if status["status"] != json!("IN_PROGRESS")
        && !(completed.is_string() && is_since_call(cx, completed))
    {
        return Ok(did_not_happen("the last scan is older"));
    }
    Ok(Reconciled::Happened {
        how: "a scan has begun".into(),
        output: json!({
            "registryId": found["registryId"],
            "repositoryName": input["repositoryName"],
            "imageId": found["imageId"],
            "imageScanStatus": status,
        }),
    })
}
