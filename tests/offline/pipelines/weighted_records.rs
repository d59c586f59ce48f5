//! Weighted records of Route 53: only weights change, they go back, what someone else has changed is not overwritten, and
//! a run that is killed anywhere resumes without a question.

use deployer::journal::Entry;
use deployer::vocabulary::Effect;
use deployer::vocabulary::outcome::{Ending, Outcome};
use deployer::world::{AwsCall, World};
use serde_json::{Value, json};

use super::mortal_world::{Play, Scene, Then};

fn play(script: &str) -> Play {
    Play::written(&format!(
        r#"import "std/weighted_records" as weighted_records;
        import "std/watch" as watch;
        let find = || weighted_records::find(#{{ zone: "realserv.com", name: "shop.realserv.com" }});
        let records = find.call();
        {script}"#
    ))
}

const SHIFT: &str =
    r#"weighted_records::shift(records, "blue", "green", #{ steps: [10, 100], pause: "2m" });"#;

fn code(ending: &Ending) -> Option<&str> {
    ending.fault.as_ref().map(|fault| fault.code.as_str())
}

/// The record sets of the name as Route 53 shows them.
fn sets(scene: &Scene) -> Vec<Value> {
    let input = json!({ "HostedZoneId": "Z0REALSERV", "StartRecordName": "shop.realserv.com" });
    let call = AwsCall::new("route53", "ListResourceRecordSets", input);
    let answer = scene.world.aws(&call).expect("record sets");
    answer["ResourceRecordSets"]
        .as_array()
        .expect("a list")
        .clone()
}

fn weights(scene: &Scene) -> Vec<i64> {
    let sets = sets(scene);
    sets.iter()
        .filter_map(|set| set["Weight"].as_i64())
        .collect()
}

#[test]
fn only_weights_change_and_they_go_back() {
    let untouched = sets(&Scene::set(&[]));
    let scene = Scene::set(&[]);
    let began = scene.world.now();
    assert_eq!(scene.perform(&play(SHIFT)).outcome, Outcome::Succeeded);
    assert_eq!(weights(&scene), [0, 100]);
    // Each of the two steps is known everywhere before it is watched.
    assert!(scene.world.now().duration_since(began).as_secs() >= 2 * (45 + 120));
    let others = |sets: Vec<Value>| {
        sets.into_iter()
            .map(|mut set| {
                set["Weight"] = Value::Null;
                set
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(others(sets(&scene)), others(untouched.clone()));

    for change in [
        SHIFT,
        r#"weighted_records::set_weights(records, #{ blue: 1, green: 3 });"#,
    ] {
        let scene = Scene::set(&[]);
        let ending = scene.perform(&play(&format!("{change} fail(\"something after it\");")));
        assert_eq!(ending.outcome, Outcome::RolledBack, "{ending:#?}");
        assert_eq!(sets(&scene), untouched);
    }
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_changes() {
    let other = r#"let set = records.sets[0]; set.Weight = 7;
        route53::change_resource_record_sets(#{ HostedZoneId: records.zone_id,
            ChangeBatch: #{ Changes: [#{ Action: "UPSERT", ResourceRecordSet: set }] } });"#;
    let changed = format!("{other} {SHIFT}");
    let begun = format!(
        "{other} records = find.call(); weighted_records::shift(records, \"green\", \"blue\", #{{}});"
    );
    let wrong = [
        (
            r#"weighted_records::set_weights(records, #{ blue: 0 });"#,
            "invalid_weights",
        ),
        (
            r#"weighted_records::set_weights(records, #{ blue: 256 });"#,
            "invalid_weights",
        ),
        (
            r#"weighted_records::set_weights(records, #{ grene: 1 });"#,
            "unknown_set_identifier",
        ),
        (
            r#"weighted_records::shift(records, "blue", "green", #{ steps: [50, 10] });"#,
            "invalid_steps",
        ),
        (
            r#"weighted_records::find(#{ zone: "realserv.com", name: "www.realserv.com" });"#,
            "no_weighted_records",
        ),
        // The list of zones begins at the name, and has others.
        (
            r#"weighted_records::find(#{ zone: "example.com", name: "www.example.com" });"#,
            "hosted_zone_not_found",
        ),
        (
            r#"weighted_records::verify(records, #{ blue: 0, green: 100 });"#,
            "weights_differ",
        ),
        (changed.as_str(), "records_changed"),
        (begun.as_str(), "shift_under_way"),
    ];
    for (script, expected) in wrong {
        let scene = Scene::set(&[]);
        let ending = scene.perform(&play(script));
        assert_eq!(code(&ending), Some(expected), "{script}: {ending:#?}");
        let made = usize::from(script.contains("route53::"));
        assert_eq!(scene.writes().len(), made, "{script}");
    }
}

/// Killed around each write, it goes on without a question. A batch whose answer is lost is sent again: the same sets
/// change nothing.
#[test]
fn killed_around_each_write_it_goes_on() {
    let play = play(SHIFT);
    let whole = Scene::set(&[]);
    assert_eq!(whole.perform(&play).outcome, Outcome::Succeeded);
    let entries = whole.entries();
    let writes = entries.iter().enumerate().filter(|(_, entry)| {
        matches!(
            entry,
            Entry::Intent {
                effect: Effect::Write,
                ..
            }
        )
    });
    let mut killed = 0;
    for (index, _) in writes {
        for then in [Then::DiesUnsent, Then::DiesUnrecorded] {
            let scene = Scene::set(&[]);
            assert_eq!(scene.perform_until(&play, index + 1, then), None);
            scene.people_away(true);
            let ending = scene.perform(&play);
            assert_eq!(ending.outcome, Outcome::Succeeded, "{then:?}: {ending:#?}");
            assert_eq!(sets(&scene), sets(&whole), "{then:?}");
            killed += 1;
        }
    }
    assert_eq!(killed, 4, "two writes, each killed twice");
}
