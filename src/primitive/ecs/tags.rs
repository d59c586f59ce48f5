//! Tags of clusters, services, tasks and task definitions.

use serde_json::json;

use super::{ECS, read};
use crate::primitive::LineKind;
use crate::primitive::api::reconcile::{happened_if_all_there, list};
use crate::primitive::api::{Api, left, name_of};

/// The verbs on tags of ECS resources.
pub(super) fn all() -> [Api; 2] {
    [
        read(
            "list_tags_for_resource",
            "ListTagsForResource",
            "resourceArn",
            "Lists the tags of a cluster, service, task or task definition.",
            r#"let service = ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] }).services[0];
print(ecs::list_tags_for_resource(#{ resourceArn: service.serviceArn }).tags.len());"#,
        ),
        read(
            "tag_resource",
            "TagResource",
            "resourceArn",
            "Sets tags of a cluster, service, task or task definition; other tags stay.",
            r#"let service = ecs::describe_services(#{ cluster: "realserv-prod", services: ["catalog-service"] }).services[0];
ecs::tag_resource(#{ resourceArn: service.serviceArn, tags: [#{ key: "release", value: "1.3.0" }] });
print(ecs::list_tags_for_resource(#{ resourceArn: service.serviceArn }).tags[0].value);"#,
        )
        .writes(LineKind::Changes)
        .reconciled_by(|input, cx| {
            let of = json!({ "resourceArn": input["resourceArn"] });
            let live = list(cx, (ECS, "ListTagsForResource"), of, "tags")?;
            Ok(happened_if_all_there(&live, &input["tags"], json!({})))
        })
        .residue(|input, _| left(format!("tags of {}", name_of(&input["resourceArn"])), true)),
    ]
}
