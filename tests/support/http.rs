//! Just enough HTTP/1.1 on loopback: a client for one exchange, and a server that can break a connection.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HOST};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Carries every server and client of the tests.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the tests")
});

/// An HTTP answer that was read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status code of the answer.
    pub status: StatusCode,
    /// Headers, as the server sent them.
    pub headers: hyper::HeaderMap,
    /// The body, read to its end.
    pub body: Bytes,
}

/// Sends one request to `address` on a connection of its own.
///
/// # Errors
/// What broke, in words: refused, reset, or no answer within `limit`.
pub async fn send(
    address: SocketAddr,
    mut request: Request<Full<Bytes>>,
    limit: Duration,
) -> Result<Answer, String> {
    let headers = request.headers_mut();
    headers.remove(CONNECTION);
    headers.insert(
        HOST,
        address.to_string().parse().expect("an address is a host"),
    );
    let exchange = async {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|e| format!("cannot connect to {address}: {e}"))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| e.to_string())?;
        let connection = AbortOnDrop(tokio::spawn(connection));
        let response = sender
            .send_request(request)
            .await
            .map_err(|e| format!("no answer from {address}: {e}"))?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
        drop(connection);
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    };
    tokio::time::timeout(limit, exchange)
        .await
        .unwrap_or_else(|_| Err(format!("no answer from {address} within {limit:?}")))
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a server does about a request.
pub enum Reply {
    /// Sends this answer to the client.
    With(Response<Full<Bytes>>),
    /// Resets the connection (RST, not an orderly end).
    Reset,
}

/// A server on a free loopback port, gone when it is dropped.
pub struct Server {
    /// Address and port on which it listens.
    pub address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts serving; `handle` sees each request with its whole body.
    pub fn start<H, F>(handle: H) -> Server
    where
        H: Fn(Request<Bytes>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Reply> + Send + 'static,
    {
        let listener = RUNTIME
            .block_on(TcpListener::bind(("127.0.0.1", 0)))
            .expect("a free loopback port");
        let address = listener.local_addr().expect("a bound listener");
        let accepting = RUNTIME.spawn(async move {
            // Connections end with the server, so that a pooled one cannot outlive its test.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(connection(stream, handle.clone()));
                while connections.try_join_next().is_some() {}
            }
        });
        Server { address, accepting }
    }

    /// URL of the server: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn connection<H, F>(stream: TcpStream, handle: H)
where
    H: Fn(Request<Bytes>) -> F + Clone,
    F: Future<Output = Reply>,
{
    let Ok((stream, same_socket)) = twice(stream) else {
        return;
    };
    let service = service_fn(|request: Request<Incoming>| {
        let handle = handle.clone();
        let same_socket = &same_socket;
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
            match handle(Request::from_parts(head, body)).await {
                Reply::With(response) => Ok(response),
                Reply::Reset => {
                    same_socket.set_zero_linger()?;
                    Err(io::Error::from(io::ErrorKind::ConnectionReset))
                }
            }
        }
    });
    // An error here is the client's departure or the reset that was asked for.
    let _ended = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// A second handle on the socket: hyper owns the first, and only the socket can be told to reset.
fn twice(stream: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let again = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, TcpStream::from_std(again)?))
}

/// An answer with a body of `content_type`.
pub fn response(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(Full::new(body.into()))
        .expect("a valid response")
}
