//! `image_uri::` — how an image is named.

use serde_json::json;

use super::Pure;
use crate::world::image::ImageRef;

pub(super) const PARSE: Pure = Pure {
    module: "image_uri",
    name: "parse",
    parameters: &["uri"],
    doc: "The parts of an image's name, `[registry[:port]/]path[:tag][@digest]`, as a map: `registry` (empty: Docker Hub), `repository`, `tag` and `digest` (`()`: none), `version` (what decides: the digest, else the tag, else `latest`), and `ecr`: `#{ account, region }` of a private registry of ECR, or `()`.",
    example: r#"print(image_uri::parse("123456789012.dkr.ecr.ap-south-1.amazonaws.com/shop/web:1.3.0").ecr.region);   // ap-south-1"#,
    call: |function, given| {
        let named = ImageRef::parse(function.text(given, 0)?);
        let ecr = named.ecr();
        Ok(json!({
            "registry": named.registry,
            "repository": named.repository,
            "tag": named.tag,
            "digest": named.digest,
            "version": named.version(),
            "ecr": ecr.map(|it| json!({ "account": it.account, "region": it.region })),
        }))
    },
};
