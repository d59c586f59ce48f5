//! `ecs::follow_deployment` — one deployment, by its id, to its truthful end.

use std::time::Duration;

use serde_json::Value;

use super::follow::follow;
use super::{
    Call, Context, Declaration, InFlight, Line, LineKind, ResidueUpdate, ResourceCache, Verb,
};
use crate::text::arn::short_name;
use crate::vocabulary::{Effect, Fault, Stop};

mod arguments;
mod follower;
mod rollout_progress;

pub use arguments::FollowDeployment;
use arguments::{LATEST, SERVES};
use follower::Follower;

impl Verb for FollowDeployment {
    const DECLARATION: Declaration = Declaration {
        module: "ecs",
        name: "follow_deployment",
        effect: Effect::Wait,
        doc: "Waits until the deployment with this id has completed with all desired tasks, and shows service events, counts and stopped tasks meanwhile. It is a fault if the deployment fails (`deployment_failed`), another one replaces it (`deployment_superseded`), its desired count is 0 (`no_tasks`), or it makes no progress within `timeout` (`timed_out`). `details.stopped` lists the stopped tasks with their reasons and exit codes.",
        positional: &[],
        returns: "`#{ deployment, taskDefinition, runningCount, desiredCount }`.",
        example: r#"let updated = ecs::update_service(#{
    cluster: "realserv-prod", service: "catalog-service", taskDefinition: "realserv-catalog-service:40",
});
let done = ecs::follow_deployment(#{
    cluster: "realserv-prod", service: "catalog-service", deployment: updated.service.deployments[0].id,
});
print(done.runningCount);"#,
    };
}

impl Call for FollowDeployment {
    fn line(&self, _: &ResourceCache) -> Line {
        Line {
            verb: "wait".into(),
            kind: LineKind::Waits,
            object: "this deployment".into(),
            at_most_ms: Some(self.timeout.millis()),
            ..Line::default()
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        Some(self.timeout.0.saturating_mul(LATEST))
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value, Stop> {
        follow(cx, Follower::new(self, cx))
    }

    fn summary(&self, output: &Value) -> Option<String> {
        Some(format!(
            "{} {}/{} running",
            short_name(output["taskDefinition"].as_str()?),
            output["runningCount"],
            output["desiredCount"]
        ))
    }

    fn proven_state(&self, output: &Value) -> Option<String> {
        self.summary(output)
    }

    fn residue_update(&self, fault: &Fault) -> Option<ResidueUpdate> {
        let service = short_name(&self.service);
        let serves = fault.details[SERVES].as_str()?;
        Some(ResidueUpdate {
            about: format!("ecs::update_service {service}"),
            text: format!("service {service} was updated, and ECS has {serves} serve in its place"),
            harmless: false,
        })
    }

    fn in_flight(&self, _: &Value) -> Option<InFlight> {
        let service = short_name(&self.service).to_owned();
        Some(InFlight {
            text: format!(
                "deployment {} of {service} continues in ECS",
                self.deployment
            ),
            about: service,
            stop: None,
        })
    }
}
