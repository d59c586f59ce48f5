//! Plain HTTP requests: health endpoints and the like.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, Method, Request, Url};
use serde_json::json;

use super::engine::Engine;
use super::error_causes::{find, said};
use super::forbidden_addresses::{self, NotAllowed};
use crate::vocabulary::{Fault, Retry, codes};
use crate::world::{HttpRequest, HttpResponse};

/// No more of a body is read: 1 MiB.
const BODY: usize = 1 << 20;
const REDIRECTS: usize = 5;

/// An HTTP client (rustls with ring), made on first use.
pub struct LiveHttp {
    pub(super) engine: Arc<Engine>,
    client: OnceLock<Client>,
    /// Sends requests that carry secrets: it follows no redirect to another origin.
    discreet: OnceLock<Client>,
}

impl LiveHttp {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        LiveHttp {
            engine,
            client: OnceLock::new(),
            discreet: OnceLock::new(),
        }
    }

    /// Sends one request and reads the answer, whatever its status.
    ///
    /// # Errors
    /// `invalid_url`, `invalid_request`, `address_not_allowed`, `connection_failed`, `timed_out`, `tls_failed`,
    /// `too_many_redirects`.
    pub fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Fault> {
        let (client, built) = self.build(request)?;
        self.engine
            .run(exchange(client, built))?
            .map_err(|error| fault(request, &error))
    }

    /// A request that is ready to be sent.
    pub(super) fn build(&self, request: &HttpRequest) -> Result<(&Client, Request), Fault> {
        let url = url(request)?;
        forbidden_addresses::url(&url).map_err(|refused| refused.fault())?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| invalid(format!("{} is not an HTTP method", request.method)))?;
        let client = match &request.secret {
            None => made(&self.client, Policy::custom(elsewhere))?,
            Some(_) => made(&self.discreet, Policy::custom(at_the_same_place))?,
        };
        let mut builder = client
            .request(method, url)
            .timeout(Duration::from_millis(request.timeout_ms));
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let built = builder.build().map_err(|error| invalid(said(&error)))?;
        Ok((client, built))
    }
}

/// The client in `place`, made with `policy` on first use.
fn made(place: &OnceLock<Client>, policy: Policy) -> Result<&Client, Fault> {
    if let Some(client) = place.get() {
        return Ok(client);
    }
    // The process-wide default may be set already; it is the same one.
    let _set = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .redirect(policy)
        .dns_resolver(Arc::new(forbidden_addresses::GuardedResolver))
        .user_agent(concat!("deployer/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Fault::new(codes::TLS_FAILED, said(&error)))?;
    Ok(place.get_or_init(|| client))
}

/// Follows redirects, but not to where a machine hands out its credentials.
fn elsewhere(attempt: Attempt<'_>) -> Action {
    if let Err(refused) = forbidden_addresses::url(attempt.url()) {
        return attempt.error(refused);
    }
    match attempt.previous().len() > REDIRECTS {
        true => attempt.error("too many redirects"),
        false => attempt.follow(),
    }
}

/// Follows redirects that stay where the secrets were sent; any other is the answer.
fn at_the_same_place(attempt: Attempt<'_>) -> Action {
    let place = |url: &Url| {
        let host = url.host_str().map(str::to_owned);
        (url.scheme().to_owned(), host, url.port_or_known_default())
    };
    let from = attempt.previous().first().map(place);
    if from != Some(place(attempt.url())) {
        return attempt.stop();
    }
    match attempt.previous().len() > REDIRECTS {
        true => attempt.error("too many redirects"),
        false => attempt.follow(),
    }
}

pub(super) async fn exchange(client: &Client, request: Request) -> reqwest::Result<HttpResponse> {
    let start = Instant::now();
    let mut response = client.execute(request).await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    let headers = response.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    Ok(HttpResponse {
        status: response.status().as_u16(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        latency_ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn url(request: &HttpRequest) -> Result<Url, Fault> {
    let wrong = |why: String| Fault::new(codes::INVALID_URL, format!("{}: {why}", request.shown()));
    let url = Url::parse(&request.url).map_err(|error| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("not an http or https address".to_owned()));
    }
    Ok(url)
}

fn invalid(message: String) -> Fault {
    Fault::new(codes::INVALID_REQUEST, message)
}

pub(super) fn fault(request: &HttpRequest, error: &reqwest::Error) -> Fault {
    let address = request.shown();
    let details = json!({"method": request.method, "url": address});
    let after = if error.is_connect() {
        Retry::Transient
    } else {
        Retry::InDoubt
    };
    if let Some(refused) = find::<NotAllowed>(error) {
        return refused.fault().details(details);
    }
    let said = said(error);
    let fault = if error.is_timeout() {
        let limit = Duration::from_millis(request.timeout_ms);
        Fault::new(
            codes::TIMED_OUT,
            format!("{address} did not answer within {limit:?}"),
        )
        .retry(after)
    } else if error.is_redirect() {
        Fault::new(codes::TOO_MANY_REDIRECTS, format!("{address}: {said}"))
    } else if find::<rustls::Error>(error).is_some() {
        Fault::new(codes::TLS_FAILED, format!("{address}: {said}"))
    } else {
        Fault::new(codes::CONNECTION_FAILED, format!("{address}: {said}")).retry(after)
    };
    fault.details(details)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(method: &str, url: &str) -> Fault {
        let request = HttpRequest {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: None,
            timeout_ms: 100,
            expected: None,
            secret: None,
        };
        LiveHttp::new(Arc::default())
            .send(&request)
            .expect_err("should be refused")
    }

    #[test]
    fn what_is_no_address_is_refused_before_anything_is_sent() {
        assert_eq!(refused("GET", "health").code, "invalid_url");
        assert_eq!(refused("GET", "ftp://x/y").code, "invalid_url");
        assert_eq!(
            refused("G T", "http://127.0.0.1:9/").code,
            "invalid_request"
        );
    }
}
