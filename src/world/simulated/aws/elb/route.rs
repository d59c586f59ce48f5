//! Where a load balancer sends a request: the first rule whose conditions all hold decides.

use serde_json::Value;

use super::Elb;
use super::{Rule, weights};
use crate::text::wildcard::fits;
use crate::world::simulated::aws::json::{list, text, texts};

/// A request, as far as rules look at it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RoutedRequest {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Path of the URL; it begins with a slash.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl RoutedRequest {
    /// Reads an absolute URL; `None`: it is none.
    pub(crate) fn of(url: &str) -> Option<RoutedRequest> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split('#').next()?;
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(at);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, if scheme == "https" { 443 } else { 80 }),
        };
        Some(RoutedRequest {
            method: "GET".to_owned(),
            host: host.to_ascii_lowercase(),
            port,
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
        })
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RouteTarget {
    /// It goes to one of these target groups, by weight.
    Groups(Vec<(String, u32)>),
    /// The load balancer answers by itself.
    Fixed {
        status: u16,
        body: String,
        headers: Vec<(String, String)>,
    },
}

/// The load balancer that a host name leads to.
pub(crate) fn balancer_at<'a>(elb: &'a Elb, host: &str) -> Option<&'a str> {
    let found = elb.balancers.iter().find(|(_, balancer)| {
        balancer.dns.eq_ignore_ascii_case(host)
            || balancer.hosts.iter().any(|own| fits(own, host, false))
    });
    found.map(|(arn, _)| arn.as_str())
}

/// The rule that takes a request, and what it does; `None`: nothing listens there.
pub(crate) fn route<'a>(elb: &'a Elb, wanted: &RoutedRequest) -> Option<(&'a str, RouteTarget)> {
    let balancer = balancer_at(elb, &wanted.host)?;
    let (listener, _) = elb
        .listeners
        .iter()
        .find(|(_, l)| l.balancer == balancer && l.port == wanted.port)?;
    let (arn, rule) = elb
        .rules_of(listener)
        .into_iter()
        .find(|(_, rule)| holds(rule, wanted))?;
    Some((arn, act(rule, wanted)))
}

fn holds(rule: &Rule, wanted: &RoutedRequest) -> bool {
    rule.conditions.iter().all(|c| condition(c, wanted))
}

/// Values of a condition, in the short form or in that of its field.
fn values(condition: &Value, config: &str) -> Vec<String> {
    let inner = condition.get(config).unwrap_or(&Value::Null);
    let mut all = texts(condition, "Values");
    all.extend(texts(inner, "Values"));
    all
}

fn condition(condition: &Value, wanted: &RoutedRequest) -> bool {
    let any = |config: &str, test: &dyn Fn(&str) -> bool| {
        values(condition, config).iter().any(|v| test(v))
    };
    match text(condition, "Field").unwrap_or_default() {
        "path-pattern" => any("PathPatternConfig", &|p| fits(p, &wanted.path, true)),
        "host-header" => any("HostHeaderConfig", &|p| fits(p, &wanted.host, false)),
        "http-request-method" => any("HttpRequestMethodConfig", &|m| m == wanted.method),
        "http-header" => {
            let config = condition.get("HttpHeaderConfig").unwrap_or(&Value::Null);
            let name = text(config, "HttpHeaderName").unwrap_or_default();
            wanted.headers.iter().any(|(own, value)| {
                own.eq_ignore_ascii_case(name)
                    && texts(config, "Values")
                        .iter()
                        .any(|p| fits(p, value, false))
            })
        }
        "query-string" => {
            let config = condition.get("QueryStringConfig").unwrap_or(&Value::Null);
            list(config, "Values").iter().any(|pair| {
                let (key, value) = (text(pair, "Key"), text(pair, "Value").unwrap_or_default());
                wanted.query.split('&').any(|given| {
                    let (own, has) = given.split_once('=').unwrap_or((given, ""));
                    key.is_none_or(|k| fits(k, own, false)) && fits(value, has, false)
                })
            })
        }
        // Where requests come from is not modelled: they come from where they may.
        "source-ip" => true,
        _ => false,
    }
}

fn act(rule: &Rule, wanted: &RoutedRequest) -> RouteTarget {
    let action = rule.actions.iter().find(|a| {
        matches!(
            text(a, "Type"),
            Some("forward" | "redirect" | "fixed-response")
        )
    });
    let Some(action) = action else {
        return RouteTarget::Groups(Vec::new());
    };
    let status = |config: &Value, default: u16| {
        let digits = text(config, "StatusCode").map(|s| s.trim_start_matches("HTTP_"));
        digits.and_then(|d| d.parse().ok()).unwrap_or(default)
    };
    match text(action, "Type") {
        Some("fixed-response") => {
            let config = action.get("FixedResponseConfig").unwrap_or(&Value::Null);
            let kind = text(config, "ContentType").unwrap_or("text/plain");
            RouteTarget::Fixed {
                status: status(config, 503),
                body: text(config, "MessageBody").unwrap_or_default().to_owned(),
                headers: vec![("content-type".to_owned(), kind.to_owned())],
            }
        }
        Some("redirect") => {
            let config = action.get("RedirectConfig").unwrap_or(&Value::Null);
            let part = |name: &str, default: &str| text(config, name).unwrap_or(default).to_owned();
            let location = format!(
                "{}://{}:{}{}",
                part("Protocol", "https").to_ascii_lowercase(),
                part("Host", "#{host}").replace("#{host}", &wanted.host),
                part("Port", "443").replace("#{port}", &wanted.port.to_string()),
                part("Path", "/#{path}").replace("#{path}", wanted.path.trim_start_matches('/')),
            );
            RouteTarget::Fixed {
                status: status(config, 302),
                body: String::new(),
                headers: vec![("location".to_owned(), location)],
            }
        }
        _ => RouteTarget::Groups(weights(&rule.actions)),
    }
}
