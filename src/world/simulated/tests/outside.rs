//! What is outside the cloud: endpoints, people; and fixtures that are wrong.

use super::*;
use crate::world::Expected;

pub(in crate::world) fn get(
    world: &dyn World,
    expected: Option<Expected>,
) -> Result<HttpResponse, Fault> {
    world.http(&HttpRequest {
        method: "GET".to_owned(),
        url: "https://api.realserv.com/catalog/health".to_owned(),
        headers: Vec::new(),
        body: None,
        timeout_ms: 5_000,
        expected,
        secret: None,
    })
}

#[test]
fn endpoints_answer_with_the_version_that_serves() {
    let world = world(&[]);
    assert!(
        get(&world, None)
            .expect("an answer")
            .body
            .contains("\"version\":\"1.2.0\"")
    );
    deploy(&world);
    world.sleep(Duration::from_secs(600));
    let answer = get(&world, None).expect("an answer");
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("\"version\":\"1.3.0\""),
        "{}",
        answer.body
    );
}

fn question(roles: &[&str]) -> Question {
    Question {
        id: "0:1".to_owned(),
        title: "deploy".to_owned(),
        about: Value::Null,
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        distinct: false,
        word: None,
        digest: "d".to_owned(),
        asked: None,
        deadline: None,
    }
}

#[test]
fn people_answer_in_their_own_time() {
    let world = world(&["approval-rejected:devops"]);
    let asked = world.now();
    let question = question(&["devops", "lead"]);
    let Ok(AskResult::Answers(first)) = world.ask(&question, &Replies::default()) else {
        panic!("nobody answered");
    };
    assert_eq!((first[0].by.as_str(), first[0].approved), ("ana", true));
    let Ok(AskResult::Answers(second)) = world.ask(
        &question,
        &Replies {
            counted: first.clone(),
            ..Replies::default()
        },
    ) else {
        panic!("nobody answered");
    };
    assert_eq!((second[0].by.as_str(), second[0].approved), ("raj", false));
    assert_eq!(world.now().duration_since(asked).as_secs(), 120);
}

#[test]
fn bad_fixtures_name_the_line() {
    let text =
        "account = \"1\"\nregion = \"r\"\n\n[[services]]\nserviceName = \"a\"\ndesierdCount = 1\n";
    let fault = Fixture::parse(text, "x.toml").expect_err("misspelt");
    assert_eq!(
        fault.message,
        "x.toml:6:1: unknown field `desierdCount`, did you mean `desiredCount`?"
    );
    let fault =
        Fixture::parse("account = \"1\"\nregoin = \"r\"\n", "x.toml").expect_err("misspelt");
    assert!(
        fault
            .message
            .starts_with("x.toml:2:1: unknown field `regoin`"),
        "{}",
        fault.message
    );
    // A task definition has members of AWS's and of ours.
    let whole = |line: &str| {
        let text = format!(
            "account = \"1\"\nregion = \"r\"\n\n[[task_definitions]]\nfamily = \"a\"\n{line}\n"
        );
        let fault = Fixture::parse(&text, "x.toml").expect_err("wrong");
        fault.message
    };
    assert_eq!(
        whole("run_secnds = 3"),
        "x.toml:6:1: unknown field `run_secnds`, did you mean `run_seconds`?"
    );
    assert_eq!(
        whole("run_seconds = \"3\""),
        "x.toml:6:1: `run_seconds`: expected a whole number, 0 or more, found string \"3\""
    );
    let fault = Fixture::parse("{\n \"account\": 1\n}", "x.json").expect_err("mistyped");
    assert!(fault.message.starts_with("x.json:2:"), "{}", fault.message);
}
