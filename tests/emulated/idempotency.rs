//! Tokens by which AWS recognises a repetition (Amazon Athena API Reference, `StartQueryExecution`, `ClientRequestToken`):
//! a call that is made again has the one that it had.

use std::sync::{Arc, Mutex, PoisonError};

use hyper::Request;
use hyper::body::Bytes;
use regex::Regex;
use serde_json::{Value, json};

use crate::support::deployer::Deployer;
use crate::support::http::{self, Reply, Server};

const SCRIPT: &str = r#"
let query = #{ QueryString: "SELECT 1" };
aws::call("athena", "StartQueryExecution", query);
aws::call("athena", "StartQueryExecution", query);
query.ClientRequestToken = "my own token that is long enough";
aws::call("athena", "StartQueryExecution", query);
"#;

#[test]
fn a_call_that_is_made_again_has_the_same_token() {
    let tokens: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&tokens);
    let server = Server::start(move |request: Request<Bytes>| {
        let input: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let token = input["ClientRequestToken"].as_str().unwrap_or_default();
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = heard.is_empty();
        heard.push(token.to_owned());
        let (status, answer) = match is_first {
            true => (
                400,
                json!({"__type": "TooManyRequestsException", "Message": "slower"}),
            ),
            false => (200, json!({"QueryExecutionId": "1"})),
        };
        async move {
            let kind = "application/x-amz-json-1.1";
            Reply::With(http::response(status, kind, answer.to_string()))
        }
    });
    let mut deployer = Deployer::at(&server.url());
    deployer.write("query.rhai", SCRIPT);
    deployer.run(&["run", "query.rhai"]).expect(0);
    let tokens = tokens.lock().unwrap_or_else(PoisonError::into_inner);
    let [first, again, second, own] = &tokens[..] else {
        panic!("{tokens:?}");
    };
    let uuid = Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$");
    assert!(uuid.expect("a pattern").is_match(first), "{first}");
    assert_eq!(first, again);
    assert_ne!(first, second);
    assert_eq!(own, "my own token that is long enough");
}
