//! A static site over sockets, on an emulator that nobody here wrote: deployed, taken back, and killed at every request.

use crate::support::deployer::{Deployer, Finished};
use crate::support::emulators::{Ministack, REGION};
use crate::support::proxy::Proxy;
use crate::support::rules::{Disturbance, Rule, Which};
use crate::support::{catalog, killed};

const DEPLOY: &str = r#"
import "std/static_site" as static_site;
let distribution = aws::call("cloudfront", "ListDistributions", #{}).DistributionList.Items[0].Id;
let site = #{ bucket: "shop-site", distribution: distribution };
let rules = [#{ files: "assets/**", cache_control: "public, max-age=31536000, immutable" }];
let changes = static_site::compare(site, "dist", #{ delete: true, cache_rules: rules });
let done = static_site::deploy(site, changes, #{});
"#;

/// The bucket, its versions by key, and the invalidations: `kept` and `latest` say what is expected.
const STATE: &str = r#"
let listed = aws::call("s3", "ListObjectVersions", #{ Bucket: "shop-site" });
let found = #{};
for version in listed.Versions { found[version.Key] = (found[version.Key] ?? 0) + 1; }
if found != kept { fail(`versions: ${found}`); }
let keys = aws::call("s3", "ListObjectsV2", #{ Bucket: "shop-site" }).Contents.map(|object| object.Key);
if keys != latest { fail(`keys: ${keys}`); }
let page = aws::call("s3", "HeadObject", #{ Bucket: "shop-site", Key: "index.html" });
if page.CacheControl != "no-cache" || page.ContentType != "text/html; charset=utf-8" { fail(`${page}`); }
let distribution = aws::call("cloudfront", "ListDistributions", #{}).DistributionList.Items[0].Id;
let made = aws::call("cloudfront", "ListInvalidations", #{ DistributionId: distribution }).InvalidationList.Quantity;
if made != invalidations { fail(`${made} invalidations`); }
"#;

struct Site {
    proxy: Proxy,
    deployer: Deployer,
    /// Past the proxy, for what the test itself asks.
    direct: Deployer,
    _ministack: Ministack,
}

impl Site {
    /// A bucket with an old site, a distribution in front of it, and a new build in `dist`.
    fn set() -> Site {
        let ministack = Ministack::start(catalog::behaviour());
        let proxy = Proxy::start(&ministack.endpoint());
        let mut site = Site {
            deployer: Deployer::at(&proxy.endpoint()),
            direct: Deployer::at(&ministack.endpoint()),
            proxy,
            _ministack: ministack,
        };
        site.ask(&format!(
            r#"
            aws::call("s3", "CreateBucket", #{{
                Bucket: "shop-site", CreateBucketConfiguration: #{{ LocationConstraint: "{REGION}" }},
            }});
            aws::call("s3", "PutBucketVersioning", #{{
                Bucket: "shop-site", VersioningConfiguration: #{{ Status: "Enabled" }},
            }});
            s3::upload("shop-site", "index.html", #{{ text: "old", cache_control: "no-cache" }});
            s3::upload("shop-site", "robots.txt", #{{ text: "same", cache_control: "no-cache" }});
            s3::upload("shop-site", "assets/old 1+2.js", #{{ text: "old()" }});
            aws::call("cloudfront", "CreateDistribution", #{{ DistributionConfig: #{{
                CallerReference: "site", Comment: "", Enabled: true,
                Origins: #{{ Quantity: 1, Items: [#{{
                    Id: "site", DomainName: "shop-site.s3.{REGION}.amazonaws.com",
                    S3OriginConfig: #{{ OriginAccessIdentity: "" }},
                }}] }},
                DefaultCacheBehavior: #{{
                    TargetOriginId: "site", ViewerProtocolPolicy: "redirect-to-https",
                    CachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
                }},
            }} }});
            "#
        ));
        site.deployer.write("deploy.rhai", DEPLOY);
        site.deployer.write("dist/index.html", "new");
        site.deployer.write("dist/robots.txt", "same");
        site.deployer.write("dist/assets/new.js", "new()");
        site.deployer.write("dist/assets/b.css", "b {}");
        site
    }

    /// Runs a script that the proxy does not see.
    fn ask(&mut self, script: &str) -> Finished {
        self.direct.write("ask.rhai", script);
        let asked = self.direct.json(&["run", "ask.rhai"]);
        asked.expect(0);
        asked
    }

    fn deploy(&self) -> Finished {
        self.deployer.json(&["run", "deploy.rhai"])
    }

    /// The new site is there, each object of it uploaded once, and one invalidation was made.
    fn is_deployed_once(&mut self) {
        self.ask(&format!(
            r#"
            let kept = #{{ "index.html": 2, "robots.txt": 1, "assets/new.js": 1, "assets/b.css": 1, "assets/old 1+2.js": 1 }};
            let latest = ["assets/b.css", "assets/new.js", "index.html", "robots.txt"];
            let invalidations = 1;
            {STATE}"#
        ));
    }
}

#[test]
fn assets_come_first_then_the_page_then_the_deletions() {
    let mut site = Site::set();
    site.deploy().expect(0);
    let requests = site.proxy.requests();
    let place = |path: &str| {
        let at = requests.iter().rposition(|it| it.operation.ends_with(path));
        at.unwrap_or_else(|| panic!("{path} in {requests:#?}"))
    };
    let (asset, page) = (place("/assets/new.js"), place("/index.html"));
    assert!(
        asset < page && page < place("/invalidation"),
        "{requests:#?}"
    );
    site.is_deployed_once();
    // A second time there is nothing to do but to invalidate.
    site.deploy().expect(0).says("0 uploaded");
}

#[test]
fn what_fails_afterwards_takes_the_site_back() {
    let mut site = Site::set();
    let script = format!("{DEPLOY}\nfail(\"something after it\");");
    site.deployer.write("deploy.rhai", &script);
    site.deploy().expect(3);
    site.ask(&format!(
        r#"
        let kept = #{{ "index.html": 3, "robots.txt": 1, "assets/new.js": 1, "assets/b.css": 1, "assets/old 1+2.js": 2 }};
        let latest = ["assets/old 1+2.js", "index.html", "robots.txt"];
        let invalidations = 2;
        file::write("old/index.html", "old");
        file::write("old/assets/old 1+2.js", "old()");
        if s3::compare("old", "shop-site", #{{}}).uploads.len() != 0 {{ fail("it is not as before"); }}
        {STATE}"#
    ));
}

#[test]
fn a_lost_answer_is_found_out() {
    let mut site = Site::set();
    site.proxy.disturb(Rule::some(
        Which::Operation("/shop-site/assets/new.js"),
        1,
        1,
        Disturbance::ResetAfter,
    ));
    site.deploy().expect(0);
    site.is_deployed_once();
}

#[test]
fn killed_at_every_request_it_resumes_to_the_same_end() {
    let mut reference = Site::set();
    reference.deploy().expect(0);
    reference.is_deployed_once();
    let requests = reference.proxy.requests().len();
    assert!(requests >= 10, "too few to mean anything: {requests}");
    killed::around_each_request(requests, |nth, moment| {
        let mut site = Site::set();
        killed::kill_and_resume(&site.deployer, &site.proxy, "deploy.rhai", nth, moment);
        site.is_deployed_once();
    });
}
