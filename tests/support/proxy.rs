//! A reverse proxy in front of an emulator: it records every request, disturbs those it is told to, and
//! can hold one at an exact point, so that a process can be killed there.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::cloud;
use super::http::{self, Reply, Server};
use super::rules::{Disturbance, Moment, Rule, Which};

/// A request as it arrived, and what came of it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// As the signature names it: `ecs`.
    pub service: String,
    /// Operation of AWS: `DescribeServices`.
    pub operation: String,
    /// Its JSON, or the fields of its form.
    pub input: Value,
    /// Whether the emulator carried it out (or refused it itself).
    pub forwarded: bool,
    /// What was answered; none: nothing (yet).
    pub status: Option<u16>,
}

impl Recorded {
    /// Whether the operation changes something, judged by its name; what is unknown changes something.
    pub fn is_write(&self) -> bool {
        ![
            "Describe",
            "List",
            "Get",
            "BatchGet",
            "BatchCheck",
            "Filter",
        ]
        .iter()
        .any(|read| self.operation.starts_with(read))
    }
}

/// The proxy; gone when it is dropped.
pub struct Proxy {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: SocketAddr,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    requests: Vec<Recorded>,
    rules: Vec<Rule>,
    holds: Vec<Hold>,
}

struct Hold {
    which: Which,
    left: usize,
    moment: Moment,
    arrived: Sender<Recorded>,
    /// A word means: abandon; silence (the other end is dropped): go on.
    abandoned: oneshot::Receiver<()>,
}

/// The test's end of a hold. Dropping it lets the exchange go on.
pub struct Held {
    arrived: Receiver<Recorded>,
    abandon: oneshot::Sender<()>,
}

impl Held {
    /// Waits until the exchange is at its point; `None`: it has not come there within `limit`.
    pub fn reached(&self, limit: Duration) -> Option<Recorded> {
        self.arrived.recv_timeout(limit).ok()
    }

    /// Lets the exchange go on.
    pub fn release(self) {}

    /// Breaks the exchange off where it is, for a client that has been killed: what was held before it was
    /// carried out never will be.
    pub fn abandon(self) {
        // The exchange may have been dropped with its connection already.
        let _gone = self.abandon.send(());
    }
}

impl Proxy {
    /// Starts one in front of `upstream` (`http://127.0.0.1:PORT`).
    pub fn start(upstream: &str) -> Proxy {
        let shared = Arc::new(Shared {
            upstream: cloud::address(upstream),
            state: Mutex::default(),
        });
        let handler = Arc::clone(&shared);
        let server = Server::start(move |request| {
            let shared = Arc::clone(&handler);
            async move { shared.exchange(request).await }
        });
        Proxy { server, shared }
    }

    /// URL of the proxy: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.state().requests.clone()
    }

    /// Every write so far that the emulator was asked to carry out.
    pub fn writes(&self) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(|request| request.is_write() && request.forwarded);
        requests
    }

    /// How many writes of an operation the emulator accepted.
    pub fn carried_out(&self, operation: &str) -> usize {
        let accepted = |request: &&Recorded| {
            request.operation == operation
                && request.forwarded
                && request.status.is_some_and(|status| status < 300)
        };
        self.requests().iter().filter(accepted).count()
    }

    /// How many requests of an operation arrived.
    pub fn count(&self, operation: &str) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| request.operation == operation)
            .count()
    }

    /// Forgets every recorded request and every rule.
    pub fn clear(&self) {
        *self.shared.state() = State::default();
    }

    /// Removes every rule, so that requests pass undisturbed.
    pub fn calm(&self) {
        self.shared.state().rules.clear();
    }

    /// Disturbs what the rule is about. Of several rules the first that strikes wins.
    pub fn disturb(&self, rule: Rule) {
        self.shared.state().rules.push(rule);
    }

    /// Holds the `nth` request of `which` from now (1: the next) at `moment`.
    pub fn hold(&self, which: impl Into<Which>, nth: usize, moment: Moment) -> Held {
        let (arrive, arrived) = mpsc::channel();
        let (abandon, abandoned) = oneshot::channel();
        self.shared.state().holds.push(Hold {
            which: which.into(),
            left: nth,
            moment,
            arrived: arrive,
            abandoned,
        });
        Held { arrived, abandon }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(self: Arc<Self>, request: Request<Bytes>) -> Reply {
        let recorded = record(&request);
        let is_form = recorded.input.get("Action").is_some();
        let (index, disturbance, hold) = self.arrive(&recorded);
        let held_at = |moment| hold.as_ref().is_some_and(|hold| hold.moment == moment);

        if held_at(Moment::Before)
            && let Some(hold) = hold
        {
            return if hold.passes(recorded).await {
                self.forward(index, request).await
            } else {
                Reply::Reset
            };
        }
        match disturbance {
            Some(Disturbance::Throttled) => self.refuse(
                index,
                error(400, is_form, "ThrottlingException", "Rate exceeded"),
            ),
            Some(Disturbance::ServerError) => self.refuse(
                index,
                error(500, is_form, "InternalFailure", "internal error"),
            ),
            Some(Disturbance::Refused(code)) => {
                self.refuse(index, error(400, is_form, code, "refused"))
            }
            Some(Disturbance::Html(status)) => {
                let page = format!(
                    "<html><body><h1>{status} from something in between</h1></body></html>"
                );
                self.refuse(index, http::response(status, "text/html", page))
            }
            Some(Disturbance::ResetBefore) => Reply::Reset,
            Some(Disturbance::ResetAfter) => {
                let _lost = self.forward(index, request).await;
                Reply::Reset
            }
            Some(Disturbance::Silence(duration)) => {
                tokio::time::sleep(duration).await;
                Reply::Reset
            }
            Some(Disturbance::Instead(body)) => match self.forward(index, request).await {
                Reply::With(response) => {
                    let kind = "application/x-amz-json-1.1";
                    Reply::With(http::response(response.status().as_u16(), kind, body))
                }
                Reply::Reset => Reply::Reset,
            },
            Some(Disturbance::Late(duration)) => {
                tokio::time::sleep(duration).await;
                self.forward(index, request).await
            }
            None => {
                let reply = self.forward(index, request).await;
                let passes = match hold {
                    Some(hold) => hold.passes(recorded).await,
                    None => true,
                };
                if passes { reply } else { Reply::Reset }
            }
        }
    }

    /// Notes the request; finds out what is to be done to it.
    fn arrive(&self, recorded: &Recorded) -> (usize, Option<Disturbance>, Option<Hold>) {
        let mut state = self.state();
        let index = state.requests.len();
        state.requests.push(recorded.clone());
        let disturbance = state
            .rules
            .iter_mut()
            .filter(|rule| concerns(&rule.which, recorded))
            .fold(None, |found, rule| {
                let struck = rule.strike();
                found.or(struck)
            });
        let mut due = None;
        for (position, hold) in state.holds.iter_mut().enumerate() {
            if concerns(&hold.which, recorded) {
                hold.left = hold.left.saturating_sub(1);
                if hold.left == 0 && due.is_none() {
                    due = Some(position);
                }
            }
        }
        let hold = due.map(|position| state.holds.remove(position));
        (index, disturbance, hold)
    }

    fn refuse(&self, index: usize, response: Response<Full<Bytes>>) -> Reply {
        self.note(index, false, Some(response.status().as_u16()));
        Reply::With(response)
    }

    /// Carries the request out. In a task of its own: a client that goes away does not stop it half-way.
    async fn forward(self: &Arc<Self>, index: usize, request: Request<Bytes>) -> Reply {
        let shared = Arc::clone(self);
        shared.note(index, true, None);
        let forwarding = tokio::spawn(async move {
            let request = request.map(Full::new);
            let answer = http::send(shared.upstream, request, crate::support::HANG).await;
            let status = answer.as_ref().ok().map(|answer| answer.status.as_u16());
            shared.note(index, true, status);
            answer
        });
        let Ok(Ok(answer)) = forwarding.await else {
            return Reply::Reset;
        };
        let mut response = Response::new(Full::new(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        // These belong to one connection; ours says its own.
        for header in [
            "connection",
            "keep-alive",
            "transfer-encoding",
            "content-length",
        ] {
            response.headers_mut().remove(header);
        }
        Reply::With(response)
    }

    fn note(&self, index: usize, forwarded: bool, status: Option<u16>) {
        // Gone if the records were cleared meanwhile.
        if let Some(recorded) = self.state().requests.get_mut(index) {
            recorded.forwarded = forwarded;
            recorded.status = status;
        }
    }
}

impl Hold {
    /// Waits for the test; `false`: it has abandoned the exchange.
    async fn passes(self, recorded: Recorded) -> bool {
        // Nobody may be waiting for it any more.
        let _unheard = self.arrived.send(recorded);
        self.abandoned.await.is_err()
    }
}

fn concerns(which: &Which, recorded: &Recorded) -> bool {
    match which {
        Which::Operation(operation) => recorded.operation == *operation,
        Which::Writes => recorded.is_write(),
        Which::Any => true,
    }
}

fn record(request: &Request<Bytes>) -> Recorded {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        value.to_str().ok()
    };
    let service = header("authorization")
        .and_then(|text| text.split("Credential=").nth(1))
        .and_then(|scope| scope.split('/').nth(3))
        .unwrap_or_default();
    let target = header("x-amz-target").and_then(|target| target.rsplit('.').next());
    let (operation, input) = match target {
        Some(operation) => (
            operation.to_owned(),
            serde_json::from_slice(request.body()).unwrap_or_default(),
        ),
        None => {
            let form = form(&String::from_utf8_lossy(request.body()));
            let action = form.get("Action").and_then(Value::as_str);
            let operation = action.unwrap_or_else(|| request.uri().path());
            (operation.to_owned(), Value::Object(form.clone()))
        }
    };
    Recorded {
        service: service.to_owned(),
        operation,
        input,
        forwarded: false,
        status: None,
    }
}

fn form(body: &str) -> Map<String, Value> {
    let plain = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let code: String = rest.by_ref().take(2).map(char::from).collect();
                    u8::from_str_radix(&code, 16).unwrap_or(b'?')
                }
                other => other,
            });
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    body.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (plain(name), Value::String(plain(value))))
        .collect()
}

fn error(status: u16, is_form: bool, code: &str, message: &str) -> Response<Full<Bytes>> {
    if is_form {
        let body = format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>0</RequestId></ErrorResponse>"
        );
        return http::response(status, "text/xml", body);
    }
    let body = json!({"__type": code, "message": message}).to_string();
    http::response(status, "application/x-amz-json-1.1", body)
}
