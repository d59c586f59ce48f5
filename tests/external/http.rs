//! Chains of requests, dependencies and load, against a real server.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use hyper::{Request, Response};
use serde_json::{Value, json};

use super::postgres::Postgres;
use super::{program, skipped};
use crate::support::cloud::secret;
use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::Moto;
use crate::support::http::{self, Reply, Server};

const TOKEN: &str = "tok-93f1c77e";

/// A shop: orders are made, read and deleted by whoever has the token.
struct Shop {
    server: Server,
    /// `METHOD path` and its authorization, in order.
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Shop {
    fn open() -> Shop {
        let asked: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let heard = Arc::clone(&asked);
        let server = Server::start(move |request: Request<Bytes>| {
            let line = format!("{} {}", request.method(), request.uri().path());
            let header = request.headers().get("authorization");
            let by = header
                .and_then(|h| h.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            let reply = answer(&line, &by, request.body());
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push((line.clone(), by));
            async move {
                if line.ends_with("/slow") {
                    tokio::time::sleep(Duration::from_millis(150)).await;
                }
                Reply::With(reply)
            }
        });
        Shop { server, asked }
    }

    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().map(|(line, _)| line.clone()).collect()
    }
}

fn answer(line: &str, by: &str, body: &Bytes) -> Response<http_body_util::Full<Bytes>> {
    let said = |status, body: Value| http::response(status, "application/json", body.to_string());
    let known = by == format!("Bearer {TOKEN}");
    match line {
        "GET /health" | "GET /slow" => said(200, json!({ "status": "Healthy", "took": 3 })),
        "POST /orders" if known => {
            let order: Value = serde_json::from_slice(body).unwrap_or_default();
            // A careless one: it says who asked.
            let made = json!({ "order": { "id": 7, "item": order["item"] }, "by": by });
            said(201, made)
        }
        "GET /orders/7" if known => said(200, json!({ "id": 7, "state": "open" })),
        "DELETE /orders/7" if known => http::response(204, "text/plain", ""),
        "GET /away" => Response::builder()
            .status(302)
            .header("location", "http://localhost:1/elsewhere")
            .body(Default::default())
            .expect("a valid response"),
        _ => said(401, json!({ "error": "who are you?" })),
    }
}

struct Room {
    shop: Shop,
    _moto: Moto,
    deployer: Deployer,
}

impl Room {
    fn set() -> Room {
        let moto = Moto::start();
        secret(&moto.endpoint(), "shop/token", TOKEN);
        Room {
            shop: Shop::open(),
            deployer: Deployer::at(&moto.endpoint()),
            _moto: moto,
        }
    }

    /// Runs a script; `{shop}` in it is the shop's URL.
    fn run(&mut self, script: &str) -> Finished {
        let script = script.replace("{shop}", &self.shop.server.url());
        self.deployer.write("team.rhai", &script);
        let run = self.deployer.json(&["run", "team.rhai"]);
        assert!(!run.has_said(TOKEN), "{run}");
        for (path, content) in self.deployer.state_files() {
            let content = String::from_utf8_lossy(&content);
            assert!(!content.contains(TOKEN), "{}: {content}", path.display());
        }
        run
    }
}

const CHAIN: &str = r#"
import "std/verify" as verify;
let kept = verify::chain([
    #{
        name: "an order is taken", path: "/orders", method: "POST", json: #{ item: "bolt" }, status: 201,
        expect: #{ order: #{ id: "?", item: "bolt" } }, capture: #{ order: "order.id" },
        cleanup: #{ path: "/orders/{order}", method: "DELETE", status: 204 },
    },
    #{ name: "it can be read", path: "/orders/{order}", expect: #{ id: 7, state: "STATE" } },
], #{ base_url: "{shop}", secret_headers: #{ Authorization: #{ secret: "shop/token", prefix: "Bearer " } } });
note(`order ${kept.order}`);
"#;

#[test]
fn a_chain_carries_values_and_cleans_up() {
    let mut room = Room::set();
    let run = room.run(&CHAIN.replace("STATE", "open"));
    run.expect(0).says("order 7");
    let expected = ["POST /orders", "GET /orders/7", "DELETE /orders/7"];
    assert_eq!(room.shop.asked(), expected);
}

#[test]
fn a_chain_that_breaks_says_what_differs_and_cleans_up_too() {
    let mut room = Room::set();
    let run = room.run(&CHAIN.replace("STATE", "paid"));
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "chain_failed");
    let differs = fault["details"]["differences"].to_string();
    assert!(
        differs.contains("state is") && differs.contains("paid"),
        "{fault}"
    );
    assert_eq!(
        room.shop.asked().last().map(String::as_str),
        Some("DELETE /orders/7")
    );
}

#[test]
fn a_secret_does_not_follow_a_redirect_to_another_place() {
    let mut room = Room::set();
    let run = room.run(
        r#"
        let answer = http::request("{shop}/away", #{
            secret_headers: #{ "X-Api-Key": #{ secret: "shop/token" } },
        });
        note(`stayed with ${answer.status}`);
    "#,
    );
    run.expect(0).says("stayed with 302");
}

const DEPENDENCIES: &str = r#"
import "std/verify" as verify;
verify::dependencies([
    verify::tcp("127.0.0.1", OPEN), verify::endpoint("{shop}/health", #{ status: "Healthy" }), MORE
], #{ timeout: "1s" });
"#;

#[test]
fn dependencies_that_are_up_are_and_those_that_are_down_are_named() {
    let mut room = Room::set();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    let open = listener.local_addr().expect("an address").port();
    let script = DEPENDENCIES.replace("OPEN", &open.to_string());
    room.run(&script.replace("MORE", "")).expect(0).says("2 up");
    drop(listener);
    let run = room.run(&script.replace(
        "MORE",
        r#"verify::endpoint("{shop}/health", #{ status: "Better" }),"#,
    ));
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "dependencies_down");
    let down = fault["details"]["down"].to_string();
    assert!(
        down.contains(&open.to_string()) && down.contains("Better"),
        "{fault}"
    );
    assert_eq!(
        fault["details"]["down"].as_array().map(Vec::len),
        Some(2),
        "{fault}"
    );
}

#[test]
fn a_real_database_accepts_connections() {
    let Some(database) = Postgres::start() else {
        return skipped("PostgreSQL is not on this machine");
    };
    if program("pg_isready").is_none() {
        return skipped("pg_isready is not in PATH");
    }
    let mut room = Room::set();
    let asked = |port: u16| {
        format!(
            r#"import "std/verify" as verify;
            verify::dependencies([verify::postgres("127.0.0.1", {port})], #{{ timeout: "5s" }});"#
        )
    };
    room.run(&asked(database.port)).expect(0).says("1 up");
    drop(database);
    let run = room.run(&asked(1));
    run.expect(1).says("PostgreSQL at 127.0.0.1:1");
}

#[test]
fn a_load_is_as_high_as_it_says_and_its_limits_hold() {
    let mut room = Room::set();
    let began = Instant::now();
    let run = room.run(
        r#"
        import "std/load_test" as load_test;
        let measured = load_test::run("{shop}/health", #{ rate: 100, duration: "2s", p99_ms: 600000, failures: 0 });
        note(`${measured.requests} in all`);
    "#,
    );
    run.expect(0).says("200 in all");
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert_eq!(room.shop.asked().len(), 200);

    let run = room.run(
        r#"
        import "std/load_test" as load_test;
        load_test::run("{shop}/slow", #{ rate: 20, duration: "1s", p95_ms: 100 });
    "#,
    );
    let fault = run.expect(1).ending()["fault"].clone();
    assert_eq!(fault["code"], "load_check_failed");
    assert!(fault["message"].to_string().contains("p95"), "{fault}");
}

/// Neither by name nor by number nor by way of a redirect does a script reach what hands out the machine's credentials.
#[test]
fn metadata_addresses_are_refused() {
    let server = Server::start(|_: Request<Bytes>| async {
        let mut reply = http::response(302, "text/plain", "");
        let to = "http://169.254.169.254/latest/meta-data/iam"
            .parse()
            .expect("an address");
        reply.headers_mut().insert("location", to);
        Reply::With(reply)
    });
    let mut deployer = Deployer::offline();
    for script in [
        r#"http::request("http://2852039166/latest");"#.to_owned(),
        r#"http::check("http://metadata.google.internal/", #{ timeout: "1s" });"#.to_owned(),
        r#"net::reachable("169.254.170.2", 80, #{ timeout: "1s" });"#.to_owned(),
        format!(r#"http::request("{}/health");"#, server.url()),
    ] {
        deployer.write("team.rhai", &script);
        let run = deployer.json(&["run", "team.rhai"]);
        let said = format!("{run}");
        assert!(
            said.contains("hands out its credentials"),
            "{script}: {said}"
        );
        run.expect(1);
    }
}

/// A server that never answers does not hold a check for longer than the check was given.
#[test]
fn no_request_outlives_its_check() {
    let server = Server::start(|_: Request<Bytes>| async {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Reply::With(http::response(200, "text/plain", ""))
    });
    let mut deployer = Deployer::offline();
    let script = format!(
        r#"http::check("{}", #{{ timeout: "2s", request_timeout: "1h" }});"#,
        server.url()
    );
    deployer.write("team.rhai", &script);
    let run = deployer.json(&["run", "team.rhai"]);
    assert_eq!(run.expect(1).ending()["fault"]["code"], "timed_out");
}

/// What stands in AWS's place may say more than memory holds.
#[test]
fn an_answer_that_is_too_large_is_refused() {
    let server = Server::start(|_: Request<Bytes>| async {
        let body = format!("<x>{}</x>", "y".repeat(40 << 20));
        Reply::With(http::response(200, "text/xml", body))
    });
    let mut deployer = Deployer::at(&server.url());
    deployer.write(
        "team.rhai",
        r#"aws::call("sts", "GetCallerIdentity", #{});"#,
    );
    let run = deployer.json(&["run", "team.rhai"]);
    assert_eq!(run.expect(1).ending()["fault"]["code"], "answer_too_large");
}
