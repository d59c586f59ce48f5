//! Addresses that the services answer at.

use serde_json::{Value, json};

use super::args::CaptureArgs;
use super::captured::Captured;
use super::images;
use super::reader::{Reader, items, text};

/// No longer answer is written into a fixture.
const LONGEST: usize = 8 * 1024;

pub(super) fn read(args: &CaptureArgs, reader: &Reader, captured: &mut Captured) {
    let service = captured
        .services
        .first()
        .and_then(|s| s.get("serviceName"))
        .cloned();
    for url in &args.endpoint {
        let Some(answer) = reader.get(url) else {
            continue;
        };
        if answer.body.len() > LONGEST {
            reader.leave_out(format!(
                "the body of {url}: it is longer than {LONGEST} bytes"
            ));
        }
        let body = if answer.body.len() > LONGEST {
            String::new()
        } else {
            answer.body
        };
        if answer.status >= 500 {
            reader.leave_out(format!("endpoint {url}: it answers {}", answer.status));
            continue;
        }
        let mut kept = json!({
            "url": url.split(['?', '#']).next().unwrap_or(url),
            "status": answer.status,
            "body": told(&body, captured),
            "latency": format!("{}ms", answer.latency_ms.max(1)),
        });
        // Which one answers cannot be read where there are several.
        if let (Some(service), 1) = (&service, captured.services.len()) {
            kept["service"] = service.clone();
        }
        captured.endpoints.push(kept);
    }
}

/// The body with `{version}` where it tells the version that runs.
fn told(body: &str, captured: &Captured) -> String {
    let versions = captured
        .services
        .iter()
        .filter_map(|service| running(service, captured));
    versions.fold(body.to_owned(), |body, version| {
        body.replace(&format!("\"{version}\""), "\"{version}\"")
    })
}

/// The tag of the image that a service runs, if that is in ECR.
fn running(service: &serde_json::Map<String, Value>, captured: &Captured) -> Option<String> {
    let definition = captured.definition(service)?;
    let container = definition.get("containerDefinitions")?.get(0)?;
    let (repository, version) = images::split(text(container, "image"), captured)?;
    if !version.starts_with("sha256:") {
        return Some(version.to_owned());
    }
    let repository = captured
        .repositories
        .iter()
        .find(|r| text(r, "name") == repository)?;
    let image = items(repository, "images")
        .iter()
        .find(|i| text(i, "digest") == version)?;
    let tags = items(image, "tags").iter().filter_map(Value::as_str);
    tags.into_iter()
        .find(|tag| *tag != "latest")
        .map(str::to_owned)
}
