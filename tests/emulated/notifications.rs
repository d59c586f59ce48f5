//! Telling people: a webhook whose URL is a secret, received by a real listener, and a topic.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::support::cloud::secret;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::{ACCOUNT, Moto, REGION};
use crate::support::http::{self, Reply, Server};
use crate::support::proxy::Proxy;

const PIPELINE: &str = r#"
import "std/notify" as notify;

let app = params(#{ topic: text("topic").or(""), fails: flag("fail").or(false) });
notify::report_start_and_end(notify::team(#{ webhook: "team/webhook", topic: app.topic }), "catalog 1.3.0", #{ cluster: "prod" });
step "Deploy" { if app.fails { fail("it does not hold"); } }
"#;

/// The path of the webhook: whoever knows it can post.
const PATH: &str = "/services/T0LKJH/B0QWER/sesame-open-42";

/// A channel: what was posted to it, and its answer.
struct Channel {
    server: Server,
    posted: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Channel {
    fn open(status: u16) -> Channel {
        let posted: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let heard = Arc::clone(&posted);
        let server = Server::start(move |request| {
            let body = serde_json::from_slice(request.body()).unwrap_or_default();
            let path = request.uri().path().to_owned();
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push((path, body));
            // Some say what they were asked.
            let said = format!("no such hook: {}", request.uri());
            async move { Reply::With(http::response(status, "text/plain", said)) }
        });
        Channel { server, posted }
    }

    fn texts(&self) -> Vec<String> {
        let posted = self.posted.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = posted.iter().map(|(path, body)| {
            assert_eq!(path, PATH);
            body["text"].as_str().unwrap_or_default().to_owned()
        });
        texts.collect()
    }
}

fn team(moto: &Moto, url: &str, endpoint: &str) -> Deployer {
    secret(&moto.endpoint(), "team/webhook", url);
    let mut deployer = Deployer::at(endpoint);
    deployer.write("team.rhai", PIPELINE);
    deployer
}

/// Neither what was said nor what is kept knows the webhook.
fn keeps_quiet(deployer: &Deployer, run: &Finished) {
    assert!(!run.has_said("sesame"), "{run}");
    for (path, content) in deployer.state_files() {
        let content = String::from_utf8_lossy(&content);
        assert!(!content.contains("sesame"), "{}: {content}", path.display());
    }
}

#[test]
fn a_webhook_hears_how_it_starts_and_how_it_ends() {
    let moto = Moto::start();
    let channel = Channel::open(200);
    let url = format!("{}{PATH}", channel.server.url());
    let deployer = team(&moto, &url, &moto.endpoint());
    let run = deployer.json(&["run", "team.rhai"]);
    run.expect(0);
    let texts = channel.texts();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].contains("catalog 1.3.0: started") && texts[0].contains("cluster: prod"));
    assert!(texts[1].contains("catalog 1.3.0: succeeded"), "{texts:?}");
    keeps_quiet(&deployer, &run);

    let run = deployer.json(&["run", "team.rhai", "--set", "fails=true"]);
    run.expect(1);
    let last = channel.texts().pop().expect("an end");
    assert!(
        last.contains("failed in: Deploy") && last.contains("it does not hold"),
        "{last}"
    );
}

#[test]
fn a_webhook_that_fails_fails_nothing_and_is_not_shown() {
    let moto = Moto::start();
    let channel = Channel::open(404);
    let url = format!("{}{PATH}", channel.server.url());
    let deployer = team(&moto, &url, &moto.endpoint());
    let run = deployer.json(&["run", "team.rhai"]);
    run.expect(0)
        .says("notification failed (webhook): it answered 404");
    keeps_quiet(&deployer, &run);
}

#[test]
fn a_webhook_that_nobody_serves_is_not_shown_either() {
    let moto = Moto::start();
    for url in [
        format!("http://127.0.0.1:1{PATH}"),
        format!("no-url-at-all{PATH}"),
    ] {
        moto.reset();
        let deployer = team(&moto, &url, &moto.endpoint());
        let run = deployer.json(&["run", "team.rhai"]);
        run.expect(0)
            .says("notification failed (webhook)")
            .says("secret:team/webhook");
        keeps_quiet(&deployer, &run);
    }
}

#[test]
fn a_topic_hears_it_too() {
    let moto = Moto::start();
    let proxy = Proxy::start(&moto.endpoint());
    let channel = Channel::open(200);
    let url = format!("{}{PATH}", channel.server.url());
    let mut deployer = team(&moto, &url, &proxy.endpoint());
    deployer.write(
        "topic.rhai",
        r#"aws::call("sns", "CreateTopic", #{ Name: "deployments" });"#,
    );
    deployer.run(&["run", "topic.rhai"]).expect(0);
    let topic = format!("topic=arn:aws:sns:{REGION}:{ACCOUNT}:deployments");
    let run = deployer.json(&["run", "team.rhai", "--set", &topic]);
    run.expect(0);
    assert!(!run.has_said("notification failed"), "{run}");
    let published: Vec<Value> = proxy
        .writes()
        .into_iter()
        .filter(|write| write.operation == "Publish" && write.status == Some(200))
        .map(|write| json!([write.input["Subject"], write.input["Message"]]))
        .collect();
    assert_eq!(published.len(), 2, "{published:?}");
    assert_eq!(published[0][0], "catalog 1.3.0: started");
    assert!(
        published[0][1].to_string().contains("cluster: prod"),
        "{published:?}"
    );
}
