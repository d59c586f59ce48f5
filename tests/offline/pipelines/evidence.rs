//! What an environment proved is read again once people and windows have taken their time.

use deployer::vocabulary::outcome::Outcome;

use super::mortal_world::{Play, Scene};

/// Evidence is read, `meanwhile` happens, and it is read again. The code of the fault; none: it still holds.
fn read_again_after(meanwhile: &str) -> Option<String> {
    let play = Play::written(&format!(
        r#"import "std/promote" as promote;
let place = #{{ cluster: "realserv-prod", service: "catalog-service", container: "catalog-service" }};
let evidence = promote::evidence(place, promote::running_image(place).digest, #{{}});
{meanwhile}
promote::check_evidence(place, evidence, #{{}});"#
    ));
    let ending = Scene::set(&[]).perform(&play);
    if ending.outcome == Outcome::Succeeded {
        return None;
    }
    Some(ending.fault.expect("a fault").code)
}

#[test]
fn what_nobody_has_touched_still_holds() {
    assert_eq!(read_again_after(""), None);
    assert_eq!(read_again_after(r#"time::sleep("72h");"#), None);
}

#[test]
fn what_was_deployed_again_has_to_prove_itself_again() {
    let anew = r#"ecs::update_service(#{ cluster: place.cluster, service: place.service, forceNewDeployment: true });
time::sleep("20m");"#;
    assert_eq!(read_again_after(anew).as_deref(), Some("evidence_outdated"));
}

#[test]
fn another_image_is_not_what_was_proven() {
    let other = r#"ecs::update_service(#{ cluster: place.cluster, service: place.service, taskDefinition: "realserv-catalog-service:40" });
time::sleep("20m");"#;
    assert_eq!(read_again_after(other).as_deref(), Some("not_promotable"));
}
