//! What happens of deployments by itself.

use super::create::{roll_back, rolls_back_on};
use super::state::Event;
use crate::world::simulated::cloud::Cloud;

/// Lets it happen, unless the deployment was stopped before.
pub(crate) fn happen(cloud: &mut Cloud, event: Event) {
    let now = cloud.now();
    let id = match &event {
        Event::Share(id, ..) | Event::Ended(id) => id.clone(),
    };
    let Some(deployment) = cloud.codedeploy.deployments.get(&id) else {
        return;
    };
    let (status, _) = deployment.status(now);
    if status == "Stopped" {
        return;
    }
    match event {
        Event::Share(_, moves, share) => {
            let function = cloud.lambda.function_mut(&moves.function);
            if let Some(function) = function {
                function.move_alias(&moves.alias, (&moves.from, &moves.to), share, now);
            }
        }
        Event::Ended(_) if status == "Succeeded" => {
            let key = deployment.group.clone();
            if let Some(group) = cloud.codedeploy.groups.get_mut(&key) {
                group.last = Some(id);
            }
        }
        Event::Ended(_) => {
            if status == "Failed" && rolls_back_on(cloud, &id, "DEPLOYMENT_FAILURE") {
                roll_back(cloud, &id);
            }
        }
    }
}
