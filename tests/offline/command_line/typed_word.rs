//! A word that a person must type, on the command line.

use crate::support::deployer::Deployer;

const SCRIPT: &str = r#"
let confirmed = approval::confirm("delete everything", #{ about: #{ services: 3 }, type: "DESTROY" });
note(`confirmed by ${confirmed.by}`);
"#;

fn suspended() -> (Deployer, String) {
    let mut deployer = Deployer::offline();
    deployer.write("team.rhai", SCRIPT);
    let run = deployer.run(&["run", "team.rhai"]);
    let id = deployer.newest_run();
    run.expect(5).says(&format!("approve {id} --type DESTROY"));
    (deployer, id)
}

#[test]
fn only_the_word_itself_goes_on() {
    let (deployer, id) = suspended();
    let without = deployer.run(&["approve", &id]);
    without.expect(2).says("add --type DESTROY");
    let wrong = deployer.run(&["approve", &id, "--type", "destroy"]);
    wrong.expect(2).says("not confirmed");
    deployer.run(&["resume", &id]).expect(5);
    let right = deployer.run(&["approve", &id, "--type", "DESTROY"]);
    right.expect(0);
    let resumed = deployer.json(&["resume", &id]);
    resumed.expect(0).says("confirmed by ");
    let answer = resumed.events("answered")[0]["answer"].clone();
    assert_eq!(answer["typed"], "DESTROY");
    assert!(
        answer["by"].is_string() && answer["at"].is_string(),
        "{answer}"
    );
    deployer.run(&["show", &id]).says("typed DESTROY");
}

#[test]
fn a_no_needs_no_word_and_a_forged_answer_confirms_nothing() {
    let (deployer, id) = suspended();
    deployer.run(&["reject", &id]).expect(0);
    deployer.run(&["resume", &id]).expect(4);

    let (deployer, id) = suspended();
    deployer
        .run(&["approve", &id, "--type", "DESTROY"])
        .expect(0);
    let (path, content) = deployer
        .state_files()
        .into_iter()
        .find(|(path, _)| path.ends_with("answers"))
        .expect("where answers arrive");
    let content = String::from_utf8(content).expect("text");
    std::fs::write(path, content.replace("DESTROY", "destroy")).expect("ours");
    deployer
        .run(&["resume", &id])
        .expect(5)
        .says("`deployer approve` did not write it");
}
