//! Amazon Resource Names, and the short names that people use for what they stand for.

/// An Amazon Resource Name: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Region and account are empty where the
/// service has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// Group of regions: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    /// The service as ARNs name it: `ecs`, `elasticloadbalancing`.
    pub service: &'a str,
    pub region: &'a str,
    pub account: &'a str,
    /// All that stands behind the account: `service/prod/api`, `secret:db-AbCdEf`, or a name alone.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN. `None`: the text is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// Region and account, where it has both.
    pub fn place(self) -> Option<(&'a str, &'a str)> {
        let both = !self.region.is_empty() && !self.account.is_empty();
        both.then_some((self.region, self.account))
    }

    /// The type of the resource, and what follows it: `("service", "prod/api")`. The type is empty where the resource
    /// is a name alone, as a topic's.
    pub fn type_and_rest(self) -> (&'a str, &'a str) {
        let at = self.resource.find(['/', ':']);
        at.map_or(("", self.resource), |at| {
            (&self.resource[..at], &self.resource[at + 1..])
        })
    }

    /// The name of the resource, without its type, the path to it, and ids that AWS gave it: `catalog:41`,
    /// `orders` of `targetgroup/orders/6d0e`, `smoke-test` of `function:smoke-test:PROD`.
    pub fn name(self) -> &'a str {
        let (of, rest) = self.type_and_rest();
        let mut parts = rest.split('/');
        match (self.service, of) {
            ("elasticloadbalancing", "targetgroup") => parts.next().unwrap_or(rest),
            ("elasticloadbalancing", "loadbalancer") => parts.nth(1).unwrap_or(rest),
            ("lambda", "function") => rest.split(':').next().unwrap_or(rest),
            // The names of parameters are paths.
            ("ssm", "parameter") => &self.resource[of.len()..],
            // The names of secrets may have slashes.
            ("secretsmanager", _) => rest,
            _ => short_name(rest),
        }
    }

    /// The value of CloudWatch's dimension for it: `targetgroup/orders/6d0e`, `app/prod/50dc`.
    pub fn dimension(self) -> &'a str {
        match self.type_and_rest() {
            ("loadbalancer", rest) => rest,
            _ => self.resource,
        }
    }
}

/// The part of an ARN, a path or a URL behind its last slash: `catalog:41`, `api`. What has no slash stays whole.
pub fn short_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// Family and revision of a task definition's `family:revision` or ARN. `None`: it names no revision.
pub fn family_and_revision(reference: &str) -> Option<(&str, u32)> {
    let (family, revision) = short_name(reference).split_once(':')?;
    Some((family, revision.parse().ok()?))
}

/// The family of a task definition's `family`, `family:revision` or ARN.
pub fn family(reference: &str) -> &str {
    let name = short_name(reference);
    name.split_once(':').map_or(name, |(family, _)| family)
}

/// A reference to a value of Secrets Manager, `SECRET:json-key:stage:version`: the secret's name or ARN, and what stands
/// behind it. What is left out or empty is `None`.
pub fn secret_and_parts(reference: &str) -> (&str, [Option<&str>; 3]) {
    // An ARN of a secret has seven parts, a name has no colon.
    let colons = if reference.starts_with("arn:") { 7 } else { 1 };
    let end = reference.match_indices(':').nth(colons - 1);
    let Some((end, _)) = end else {
        return (reference, [None; 3]);
    };
    let mut parts = reference[end + 1..].split(':');
    let parts = [parts.next(), parts.next(), parts.next()];
    (
        &reference[..end],
        parts.map(|part| part.filter(|part| !part.is_empty())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_six_parts() {
        let arn = Arn::parse("arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/api").unwrap();
        assert_eq!((arn.partition, arn.service), ("aws-cn", "ecs"));
        assert_eq!(arn.place(), Some(("cn-north-1", "123456789012")));
        assert_eq!(arn.type_and_rest(), ("service", "prod/api"));
        let role = Arn::parse("arn:aws:iam::123456789012:role/x").unwrap();
        assert_eq!((role.region, role.place()), ("", None));
        for other in ["api", "arn:aws:ecs", "arn", "https://a/b", ""] {
            assert_eq!(Arn::parse(other), None, "{other}");
        }
    }

    #[test]
    fn resources_have_names() {
        for (service, resource, name) in [
            ("ecs", "service/prod/api", "api"),
            ("ecs", "task-definition/catalog:41", "catalog:41"),
            ("elasticloadbalancing", "targetgroup/orders/6d0e", "orders"),
            ("elasticloadbalancing", "loadbalancer/app/prod/50dc", "prod"),
            ("lambda", "function:smoke-test:PROD", "smoke-test"),
            ("ssm", "parameter/app/token", "/app/token"),
            ("secretsmanager", "secret:prod/db-AbCdEf", "prod/db-AbCdEf"),
            ("sns", "alerts", "alerts"),
        ] {
            let arn = format!("arn:aws:{service}:eu-west-1:123456789012:{resource}");
            assert_eq!(Arn::parse(&arn).unwrap().name(), name);
        }
    }

    #[test]
    fn metrics_know_balancers_and_groups_by_their_dimensions() {
        let of = |resource: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:1:{resource}");
        let group = of("targetgroup/orders/6d0e");
        let balancer = of("loadbalancer/app/prod/50dc");
        let dimension = |arn| Arn::parse(arn).map(Arn::dimension);
        assert_eq!(dimension(&group), Some("targetgroup/orders/6d0e"));
        assert_eq!(dimension(&balancer), Some("app/prod/50dc"));
    }

    #[test]
    fn task_definitions_are_families_and_revisions() {
        let arn = "arn:aws:ecs:eu-west-1:1:task-definition/catalog:41";
        assert_eq!(family_and_revision(arn), Some(("catalog", 41)));
        assert_eq!(family_and_revision("catalog:41"), Some(("catalog", 41)));
        assert_eq!(family_and_revision("catalog"), None);
        assert_eq!((family(arn), family("catalog")), ("catalog", "catalog"));
    }

    #[test]
    fn parts_of_secrets_stand_behind_them() {
        const ARN: &str = "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf";
        for id in [ARN, "db"] {
            assert_eq!(secret_and_parts(id), (id, [None; 3]));
            let (key, version) = (format!("{id}:url"), format!("{id}:::v1"));
            assert_eq!(secret_and_parts(&key), (id, [Some("url"), None, None]));
            assert_eq!(secret_and_parts(&version), (id, [None, None, Some("v1")]));
        }
    }
}
