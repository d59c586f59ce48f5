//! ECR.

use serde_json::{Value, json};

use crate::emulated::conformance::case::{Case, case};
use crate::emulated::conformance::stage::manifest;

fn image(tag: &str) -> Value {
    json!({"repositoryName": "stage/app", "imageIds": [{"imageTag": tag}]})
}

fn put(repository: &str, tag: &str, manifest_of: &str) -> Value {
    json!({"repositoryName": repository, "imageManifest": manifest(manifest_of), "imageTag": tag})
}

/// A repository of the case's own.
fn repository(name: &'static str, mutability: &str) -> Case {
    case(name).call(
        "ecr",
        "CreateRepository",
        json!({"repositoryName": "{id}", "imageTagMutability": mutability}),
    )
}

pub fn cases() -> Vec<Case> {
    vec![
        case("images: found by tag, with their digest")
            .call("ecr", "DescribeImages", image("1.0.0"))
            .gives(json!({"imageDetails": [{
                "repositoryName": "stage/app", "registryId": "{account}", "imageTags": ["1.0.0"],
                "imageDigest": "{digest-1.0.0}", "imagePushedAt": "$time", "imageSizeInBytes": "$number",
            }]})),
        case("images: found by digest, with their tag")
            .call("ecr", "DescribeImages", json!({
                "repositoryName": "stage/app", "imageIds": [{"imageDigest": "{digest-1.1.0}"}],
            }))
            .gives(json!({"imageDetails": [{"imageTags": ["1.1.0"]}]})),
        case("images: an unknown tag is refused")
            .call("ecr", "DescribeImages", image("none"))
            .fails("ImageNotFoundException"),
        case("images: an unknown repository is refused")
            .call("ecr", "DescribeImages", json!({"repositoryName": "{id}-none"}))
            .fails("RepositoryNotFoundException"),
        case("images: listed by tag and digest")
            .call("ecr", "ListImages", json!({"repositoryName": "stage/app"}))
            .gives(json!({"imageIds": {"$has": {"imageTag": "1.0.0", "imageDigest": "{digest-1.0.0}"}}})),
        case("images: listing an unknown repository is refused")
            .call("ecr", "ListImages", json!({"repositoryName": "{id}-none"}))
            .fails("RepositoryNotFoundException"),
        case("images: manifests are fetched by tag")
            .call("ecr", "BatchGetImage", image("1.0.0"))
            .gives(json!({"failures": [], "images": [{
                "imageId": {"imageDigest": "{digest-1.0.0}", "imageTag": "1.0.0"}, "imageManifest": "$text",
            }]})),
        case("images: a manifest that is not there is a failure in the answer")
            .call("ecr", "BatchGetImage", image("none"))
            .gives(json!({"images": [], "failures": [{
                "failureCode": "ImageNotFound", "imageId": {"imageTag": "none"},
            }]})),
        case("images: fetching from an unknown repository is refused")
            .call("ecr", "BatchGetImage", json!({"repositoryName": "{id}-none", "imageIds": [{"imageTag": "1"}]}))
            .fails("RepositoryNotFoundException"),
        case("images: one that was never scanned has no findings")
            .call("ecr", "DescribeImageScanFindings", json!({
                "repositoryName": "stage/app", "imageId": {"imageTag": "1.0.0"},
            }))
            .fails("ScanNotFoundException"),
        case("images: findings of an unknown image are refused")
            .call("ecr", "DescribeImageScanFindings", json!({
                "repositoryName": "stage/app", "imageId": {"imageTag": "none"},
            }))
            .fails("ImageNotFoundException"),
        case("images: repositories are described with their URI")
            .call("ecr", "DescribeRepositories", json!({"repositoryNames": ["stage/app"]}))
            .gives(json!({"repositories": [{
                "repositoryName": "stage/app", "repositoryUri": "{image}", "imageTagMutability": "IMMUTABLE",
                "repositoryArn": "arn:aws:ecr:{region}:{account}:repository/stage/app", "createdAt": "$time",
            }]})),
        case("images: describing an unknown repository is refused")
            .call("ecr", "DescribeRepositories", json!({"repositoryNames": ["{id}-none"]}))
            .fails("RepositoryNotFoundException"),
        repository("images: a repository of that name exists", "MUTABLE")
            .call("ecr", "CreateRepository", json!({"repositoryName": "{id}"}))
            .fails("RepositoryAlreadyExistsException"),
        repository("images: pushed ones are found", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .keep("digest", "/image/imageId/imageDigest")
            .call("ecr", "DescribeImages", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "1"}]}))
            .gives(json!({"imageDetails": [{"imageDigest": "{digest}"}]})),
        repository("images: the same manifest under another tag is retagged", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .keep("digest", "/image/imageId/imageDigest")
            .call("ecr", "PutImage", put("{id}", "2", "{id}"))
            .call("ecr", "DescribeImages", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "2"}]}))
            .gives(json!({"imageDetails": [{"imageDigest": "{digest}"}]})),
        repository("images: the same push again is refused", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .fails("ImageAlreadyExistsException"),
        repository("images: an immutable tag stays where it is", "IMMUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "PutImage", put("{id}", "1", "{id}-other"))
            .fails("ImageTagAlreadyExistsException"),
        repository("images: a mutable tag moves", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "PutImage", put("{id}", "1", "{id}-other"))
            .keep("digest", "/image/imageId/imageDigest")
            .call("ecr", "DescribeImages", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "1"}]}))
            .gives(json!({"imageDetails": [{"imageDigest": "{digest}"}]})),
        repository("images: put as they were fetched, they are tagged anew", "IMMUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .keep("digest", "/image/imageId/imageDigest")
            .call("ecr", "BatchGetImage", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "1"}]}))
            .keep("manifest", "/images/0/imageManifest")
            .call("ecr", "PutImage", json!({"repositoryName": "{id}", "imageManifest": "{manifest}", "imageTag": "old"}))
            .gives(json!({"image": {
                "repositoryName": "{id}", "imageId": {"imageDigest": "{digest}", "imageTag": "old"}, "imageManifest": "{manifest}",
            }})),
        repository("images: deleted by tag, they keep their other tags", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .keep("digest", "/image/imageId/imageDigest")
            .call("ecr", "PutImage", put("{id}", "2", "{id}"))
            .call("ecr", "BatchDeleteImage", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "2"}]}))
            .call("ecr", "DescribeImages", json!({"repositoryName": "{id}", "imageIds": [{"imageDigest": "{digest}"}]}))
            .gives(json!({"imageDetails": [{"imageTags": ["1"]}]})),
        repository("images: deleted ones are named", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .keep("digest", "/image/imageId/imageDigest")
            .call("ecr", "BatchDeleteImage", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "1"}]}))
            .gives(json!({"failures": [], "imageIds": [{"imageDigest": "{digest}", "imageTag": "1"}]})),
        repository("images: deleted by their last tag, they are gone", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "BatchDeleteImage", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "1"}]}))
            .call("ecr", "DescribeImages", json!({"repositoryName": "{id}"}))
            .gives(json!({"imageDetails": []})),
        repository("images: deleting one that is not there is a failure in the answer", "MUTABLE")
            .call("ecr", "BatchDeleteImage", json!({"repositoryName": "{id}", "imageIds": [{"imageTag": "none"}]}))
            .gives(json!({"imageIds": [], "failures": [{"failureCode": "ImageNotFound", "imageId": {"imageTag": "none"}}]})),
        repository("images: a scan is started", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "StartImageScan", json!({"repositoryName": "{id}", "imageId": {"imageTag": "1"}}))
            .gives(json!({"repositoryName": "{id}", "imageScanStatus": {"status": "$text"}})),
        repository("images: a scan comes to its findings", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "StartImageScan", json!({"repositoryName": "{id}", "imageId": {"imageTag": "1"}}))
            .call("ecr", "DescribeImageScanFindings", json!({"repositoryName": "{id}", "imageId": {"imageTag": "1"}}))
            .comes_to(json!({"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {
                "imageScanCompletedAt": "$time", "findingSeverityCounts": {},
            }})),
        case("images: one that is not there is not scanned")
            .call("ecr", "StartImageScan", json!({"repositoryName": "stage/app", "imageId": {"imageTag": "none"}}))
            .fails("ImageNotFoundException"),
        repository("images: an empty repository is deleted", "MUTABLE")
            .call("ecr", "DeleteRepository", json!({"repositoryName": "{id}"}))
            .gives(json!({"repository": {"repositoryName": "{id}", "repositoryUri": "$text"}})),
        repository("images: a repository with images is not deleted", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "DeleteRepository", json!({"repositoryName": "{id}"}))
            .fails("RepositoryNotEmptyException"),
        repository("images: a repository with images is deleted by force", "MUTABLE")
            .call("ecr", "PutImage", put("{id}", "1", "{id}"))
            .call("ecr", "DeleteRepository", json!({"repositoryName": "{id}", "force": true}))
            .call("ecr", "DescribeRepositories", json!({"repositoryNames": ["{id}"]}))
            .fails("RepositoryNotFoundException"),
        case("images: an unknown repository cannot be deleted")
            .call("ecr", "DeleteRepository", json!({"repositoryName": "{id}-none"}))
            .fails("RepositoryNotFoundException"),
        case("images: pushing to an unknown repository is refused")
            .call("ecr", "PutImage", put("{id}-none", "1", "{id}"))
            .fails("RepositoryNotFoundException"),
    ]
}
