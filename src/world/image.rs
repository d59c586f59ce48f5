//! References to images, read whole: `[registry[:port]/]path[:tag][@digest]`, as every container runtime reads them.

/// A reference to an image, in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRef<'a> {
    /// Host of the registry, with its port; empty: Docker Hub.
    pub registry: &'a str,
    /// Repository: the path in the registry, `team/api`.
    pub repository: &'a str,
    /// Tag; `None`: the reference names none.
    pub tag: Option<&'a str>,
    /// Digest (`sha256:…`), if it names one: it decides, whatever the tag is.
    pub digest: Option<&'a str>,
}

/// A private registry of ECR, as its host names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EcrRegistry<'a> {
    /// AWS account of the registry, twelve digits.
    pub account: &'a str,
    /// AWS region of the registry.
    pub region: &'a str,
}

impl<'a> ImageRef<'a> {
    /// Reads an image reference as Docker does: `[HOST/]REPOSITORY[:TAG][@DIGEST]`.
    pub fn parse(text: &'a str) -> ImageRef<'a> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        // The first part is a host only if it looks like one: `library/nginx` is on Docker Hub.
        let (registry, path) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
            _ => ("", name),
        };
        let (repository, tag) = match path.rsplit_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (path, None),
        };
        ImageRef {
            registry,
            repository,
            tag,
            digest,
        }
    }

    /// What decides which image it is: the digest, else the tag, else `latest`.
    pub fn version(&self) -> &'a str {
        self.digest.or(self.tag).unwrap_or("latest")
    }

    /// The registry of ECR that it names; `None`: another registry, ECR's public one included.
    pub fn ecr(&self) -> Option<EcrRegistry<'a>> {
        let parts: Vec<&str> = self.registry.split('.').collect();
        let (account, region) = match parts.as_slice() {
            [
                account,
                "dkr",
                "ecr" | "ecr-fips",
                region,
                "amazonaws",
                "com",
            ]
            | [
                account,
                "dkr",
                "ecr" | "ecr-fips",
                region,
                "amazonaws",
                "com",
                "cn",
            ]
            | [account, "dkr-ecr" | "dkr-ecr-fips", region, "on", "aws"]
            | [
                account,
                "dkr-ecr",
                region,
                "on",
                "amazonwebservices",
                "com",
                "cn",
            ] => (*account, *region),
            _ => return None,
        };
        let digits = !account.is_empty() && account.bytes().all(|b| b.is_ascii_digit());
        (digits && !region.is_empty()).then_some(EcrRegistry { account, region })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_whole() {
        let digest = "sha256:bb";
        for (text, registry, repository, tag, by) in [
            ("nginx", "", "nginx", None, "latest"),
            (
                "library/nginx:1.27",
                "",
                "library/nginx",
                Some("1.27"),
                "1.27",
            ),
            ("localhost/x", "localhost", "x", None, "latest"),
            (
                "localhost:5000/team/x",
                "localhost:5000",
                "team/x",
                None,
                "latest",
            ),
            (
                "r.example:5000/x:v1@sha256:bb",
                "r.example:5000",
                "x",
                Some("v1"),
                digest,
            ),
            (
                "public.ecr.aws/nginx/nginx:1",
                "public.ecr.aws",
                "nginx/nginx",
                Some("1"),
                "1",
            ),
            ("ghcr.io/a/b@sha256:bb", "ghcr.io", "a/b", None, digest),
        ] {
            let read = ImageRef::parse(text);
            assert_eq!(
                (read.registry, read.repository),
                (registry, repository),
                "{text}"
            );
            assert_eq!((read.tag, read.version()), (tag, by), "{text}");
            assert_eq!(read.ecr(), None, "{text}");
        }
    }

    #[test]
    fn registries_of_ecr_name_account_and_region() {
        for (host, region) in [
            ("1.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"),
            ("1.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"),
            ("1.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("1.dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
        ] {
            let text = format!("{host}/shop/web:1.0@sha256:bb");
            let read = ImageRef::parse(&text);
            let account = "1";
            assert_eq!(read.ecr(), Some(EcrRegistry { account, region }), "{host}");
            assert_eq!((read.repository, read.version()), ("shop/web", "sha256:bb"));
        }
        for other in [
            "1.dkr.ecr.eu-west-1.example.com/x",
            "x/1.dkr.ecr.a.amazonaws.com/y:1",
        ] {
            assert_eq!(ImageRef::parse(other).ecr(), None, "{other}");
        }
    }
}
