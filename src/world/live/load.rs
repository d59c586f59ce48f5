//! Load over the network: one loop sends what falls due and takes in what is answered.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::http::{LiveHttp, exchange, fault};
use crate::cancel::Cancel;
use crate::vocabulary::Fault;
use crate::world::load::{IN_FLIGHT, Load, Shot};

/// How soon a wish to stop is noticed while nothing else happens.
const GLANCE: Duration = Duration::from_millis(100);

impl LiveHttp {
    /// Sends requests as they fall due. What is under way when it breaks off is dropped.
    ///
    /// # Errors
    /// `invalid_url`, `invalid_request`: nothing was sent. Everything else is the answer of a [`Shot`].
    pub(super) fn load(
        &self,
        load: &Load,
        cancel: &Cancel,
        each: &mut dyn FnMut(Shot) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        // Made once, to know that it can be made.
        let (client, _) = self.build(&load.request)?;
        self.engine.run(async {
            let start = Instant::now();
            let total = load.count();
            let mut sent = 0;
            let mut flying = JoinSet::new();
            while (sent < total || !flying.is_empty()) && !cancel.is_cancelled() {
                let due = start + load.due(sent);
                tokio::select! {
                    biased;
                    Some(ended) = flying.join_next() => {
                        // A task that was lost is a bug, and the runtime has said so.
                        let Ok(shot) = ended else { continue };
                        if each(shot).is_break() {
                            return Ok(());
                        }
                    }
                    () = sleep_until(due), if sent < total && flying.len() < IN_FLIGHT => {
                        let (_, request) = self.build(&load.request)?;
                        let client = client.clone();
                        let asked = load.request.clone();
                        flying.spawn(async move {
                            let answer = exchange(&client, request).await;
                            Shot {
                                ended: start.elapsed(),
                                latency: due.elapsed(),
                                answer: answer.map_err(|error| fault(&asked, &error)),
                            }
                        });
                        sent += 1;
                    }
                    () = sleep(GLANCE) => {}
                }
            }
            Ok(())
        })?
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;
    use std::thread;

    use super::*;
    use crate::world::HttpRequest;

    /// Answers every request after `stall`, one connection after the other.
    fn slow_server(stall: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = move |mut stream: TcpStream| -> std::io::Result<()> {
            let mut buffer = [0; 1024];
            let _asked = stream.read(&mut buffer)?;
            thread::sleep(stall);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _gone = answer(stream);
            }
        });
        format!("http://{address}/")
    }

    fn load(url: String, rate: u32, millis: u64) -> Load {
        Load {
            request: HttpRequest {
                method: "GET".into(),
                url,
                headers: Vec::new(),
                body: None,
                timeout_ms: 5_000,
                expected: None,
                secret: None,
            },
            rate,
            duration: Duration::from_millis(millis),
        }
    }

    fn shots(load: &Load, cancel: &Cancel) -> Result<Vec<Shot>, Fault> {
        let mut shots = Vec::new();
        LiveHttp::new(Arc::default()).load(load, cancel, &mut |shot| {
            shots.push(shot);
            ControlFlow::Continue(())
        })?;
        Ok(shots)
    }

    #[test]
    fn what_queues_behind_a_slow_answer_counts_as_slow() {
        // 20 requests due within a second, each taking 100 ms of the only worker: the last waits for about one.
        let url = slow_server(Duration::from_millis(100));
        let shots = shots(&load(url, 20, 1_000), &Cancel::default()).unwrap();
        assert_eq!(shots.len(), 20);
        assert!(shots.iter().all(|s| s.answer.is_ok()), "{shots:?}");
        let slowest = shots.iter().map(|s| s.latency).max().unwrap();
        assert!(slowest > Duration::from_millis(700), "{slowest:?}");
    }

    #[test]
    fn it_stops_when_someone_asks_to() {
        let url = slow_server(Duration::from_secs(30));
        let cancel = Cancel::default();
        let stopper = cancel.clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            stopper.cancel();
        });
        // An hour of load ends at once, or this test does not.
        shots(&load(url, 5, 3_600_000), &cancel).unwrap();
    }

    #[test]
    fn what_cannot_be_sent_is_told_before_anything_is() {
        let fault = shots(&load("nowhere".into(), 5, 1_000), &Cancel::default()).unwrap_err();
        assert_eq!(fault.code, "invalid_url");
    }
}
