//! TCP connections.

use std::error::Error;
use std::time::Duration;

use tokio::net::TcpStream;

use super::engine::Engine;
use super::forbidden_addresses::{self, NotAllowed};
use crate::vocabulary::{Fault, Retry, codes};

/// Opens a connection and closes it again.
///
/// # Errors
/// `connection_failed`, with what the operating system said; `address_not_allowed`.
pub(super) fn connect(
    engine: &Engine,
    host: &str,
    port: u16,
    timeout: Duration,
) -> Result<(), Fault> {
    let tried = engine.run(async { tokio::time::timeout(timeout, open(host, port)).await });
    let why = match tried? {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => match error.downcast_ref::<NotAllowed>() {
            Some(refused) => return Err(refused.fault()),
            None => error.to_string(),
        },
        Err(_) => format!("no answer within {timeout:?}"),
    };
    Err(
        Fault::new(codes::CONNECTION_FAILED, format!("{host}:{port}: {why}"))
            .retry(Retry::Transient),
    )
}

async fn open(host: &str, port: u16) -> Result<(), Box<dyn Error + Send + Sync>> {
    let found = forbidden_addresses::resolve(host, port).await?;
    TcpStream::connect(found.as_slice()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_reached_and_nothing_else_is() {
        let engine = Engine::default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let second = Duration::from_secs(1);
        connect(&engine, "127.0.0.1", port, second).unwrap();
        connect(&engine, "localhost", port, second).unwrap();
        let refused = connect(&engine, "169.254.169.254", 80, second).unwrap_err();
        assert_eq!(refused.code, "address_not_allowed");
        drop(listener);
        let fault = connect(&engine, "127.0.0.1", port, second).unwrap_err();
        assert_eq!(fault.code, "connection_failed");
        assert!(fault.message.contains("refused"), "{fault}");
    }
}
