//! A real registry behind ECR's API: `docker-registry` keeps the images, moto answers for ECR, and what is pushed
//! to the one is told to the other.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_types::base64;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::program;
use crate::support::cloud::{self, until};
use crate::support::emulators::{ACCOUNT, Moto, REGION};
use crate::support::http::{self, Answer, RUNTIME, Reply, Server};

/// The repository that images are pushed to.
pub const REPOSITORY: &str = "team/app";

const MANIFESTS: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// The registry and its ECR; both are gone when it is dropped.
pub struct Registry {
    child: Child,
    address: SocketAddr,
    password: String,
    ecr: Ecr,
    pub directory: TempDir,
    _bridge: Server,
    moto: Arc<Moto>,
    pushes: Arc<AtomicUsize>,
}

/// moto, but that its registry is ours, and that it can be made to wait.
struct Ecr {
    server: Server,
    stalls: Arc<AtomicBool>,
    stalled: Arc<AtomicBool>,
}

impl Registry {
    /// Starts one.
    ///
    /// # Errors
    /// What is not on this machine.
    pub fn start() -> Result<Registry, String> {
        for needed in ["docker-registry", "htpasswd"] {
            if program(needed).is_none() {
                return Err(format!(
                    "{needed} is not on this machine (Debian: apt-get install docker-registry apache2-utils)"
                ));
            }
        }
        let moto = Arc::new(Moto::start());
        let endpoint = moto.endpoint();
        let made = json!({ "repositoryName": REPOSITORY });
        cloud::must(&endpoint, "ecr", "CreateRepository", made);
        let token = cloud::must(&endpoint, "ecr", "GetAuthorizationToken", json!({}));
        let token = token["authorizationData"][0]["authorizationToken"].as_str();
        let token = base64::decode(token.expect("a token")).expect("base64");
        let token = String::from_utf8(token).expect("text");
        let password = token.strip_prefix("AWS:").expect("AWS's user").to_owned();

        let directory = tempfile::tempdir().expect("a temporary directory");
        let address = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free loopback port");
        let pushes = Arc::default();
        let bridge = bridge(address, &password, &endpoint, &pushes);
        let child = serve(&directory, address, &password, &bridge.url());
        let registry = Registry {
            child,
            address,
            password,
            ecr: Ecr::start(&endpoint, address),
            directory,
            _bridge: bridge,
            moto,
            pushes,
        };
        until("the registry listens", crate::support::HANG, || {
            registry
                .get("/v2/")
                .ok()
                .filter(|answer| answer.status == 200)
        });
        Ok(registry)
    }

    /// URL at which the simulated ECR answers.
    pub fn endpoint(&self) -> String {
        self.ecr.server.url()
    }

    /// `localhost:PORT`: the name that every client trusts without TLS.
    pub fn host(&self) -> String {
        host(self.address)
    }

    /// The password of its only user.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// How often a tag was pushed.
    pub fn pushes(&self) -> usize {
        self.pushes.load(Ordering::SeqCst)
    }

    /// The digest of a tag, as the registry itself has it.
    pub fn digest(&self, tag: &str) -> Option<String> {
        let path = format!("/v2/{REPOSITORY}/manifests/{tag}");
        let answer = self.get(&path).ok().filter(|a| a.status == 200)?;
        let digest = answer.headers.get("docker-content-digest")?;
        Some(digest.to_str().ok()?.to_owned())
    }

    /// The digest of a tag, as ECR has it.
    pub fn in_ecr(&self, tag: &str) -> Option<String> {
        let input = json!({ "repositoryName": REPOSITORY, "imageIds": [{ "imageTag": tag }] });
        let found = cloud::call(&self.moto.endpoint(), "ecr", "DescribeImages", input).ok()?;
        let digest = found["imageDetails"][0]["imageDigest"].as_str();
        digest.map(str::to_owned)
    }

    /// Whether `DescribeImages` is not answered.
    pub fn stall(&self, stalls: bool) {
        self.ecr.stalls.store(stalls, Ordering::SeqCst);
    }

    /// Whether someone waits for that answer.
    pub fn stalled(&self) -> bool {
        self.ecr.stalled.load(Ordering::SeqCst)
    }

    fn get(&self, path: &str) -> Result<Answer, String> {
        get(self.address, &self.password, path)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It fails only when it has ended already.
        let _reaped = self.child.wait();
    }
}

fn host(address: SocketAddr) -> String {
    format!("localhost:{}", address.port())
}

fn get(address: SocketAddr, password: &str, path: &str) -> Result<Answer, String> {
    let basic = base64::encode(format!("AWS:{password}"));
    let request = Request::builder()
        .uri(path)
        .header("authorization", format!("Basic {basic}"))
        .header("accept", MANIFESTS)
        .body(Full::new(Bytes::new()))
        .expect("a valid request");
    RUNTIME.block_on(http::send(address, request, Duration::from_secs(10)))
}

/// The registry itself, which ends when its standard input does.
fn serve(directory: &TempDir, address: SocketAddr, password: &str, bridge: &str) -> Child {
    let path = |name: &str| directory.path().join(name);
    let made = Command::new("htpasswd")
        .args(["-Bbn", "AWS", password])
        .output()
        .expect("htpasswd is there");
    fs::write(path("htpasswd"), made.stdout).expect("a file of our own");
    let config = json!({
        "version": 0.1,
        "log": { "level": "warn" },
        "storage": { "filesystem": { "rootdirectory": path("images") } },
        "http": { "addr": address.to_string(), "secret": "of a test" },
        "auth": { "htpasswd": { "realm": "ECR", "path": path("htpasswd") } },
        "notifications": { "endpoints": [
            { "name": "ecr", "url": bridge, "timeout": "5s", "threshold": 3, "backoff": "1s" },
        ] },
    });
    // JSON is YAML.
    fs::write(path("config.yml"), config.to_string()).expect("a file of our own");
    let log = fs::File::create(path("log")).expect("a log file");
    let watched = r#""$@" & server=$!; cat >/dev/null; kill $server; wait $server"#;
    Command::new("sh")
        .args(["-c", watched, "sh", "docker-registry", "serve"])
        .arg(path("config.yml"))
        .stdin(Stdio::piped())
        .stdout(log.try_clone().expect("a log file"))
        .stderr(log)
        .spawn()
        .expect("a shell")
}

/// Hears of each tag that is pushed, and puts its image into ECR.
fn bridge(address: SocketAddr, password: &str, moto: &str, pushes: &Arc<AtomicUsize>) -> Server {
    let (password, moto, pushes) = (password.to_owned(), moto.to_owned(), Arc::clone(pushes));
    Server::start(move |request: Request<Bytes>| {
        let told: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let (password, moto, pushes) = (password.clone(), moto.clone(), Arc::clone(&pushes));
        async move {
            let heard = tokio::task::spawn_blocking(move || {
                for event in told["events"].as_array().into_iter().flatten() {
                    let target = &event["target"];
                    if event["action"] == "push" && target["tag"].is_string() {
                        pushes.fetch_add(1, Ordering::SeqCst);
                        put(address, &password, &moto, target);
                    }
                }
            });
            let status = if heard.await.is_ok() { 200 } else { 500 };
            Reply::With(http::response(status, "text/plain", ""))
        }
    })
}

fn put(address: SocketAddr, password: &str, moto: &str, target: &Value) {
    let repository = target["repository"].as_str().expect("a repository");
    let digest = target["digest"].as_str().expect("a digest");
    let path = format!("/v2/{repository}/manifests/{digest}");
    let manifest = get(address, password, &path).expect("what was just pushed");
    let input = json!({
        "repositoryName": repository,
        "imageManifest": String::from_utf8_lossy(&manifest.body),
        "imageManifestMediaType": target["mediaType"],
        "imageTag": target["tag"],
        "imageDigest": digest,
    });
    // The same tag again is no news.
    let _known = cloud::call(moto, "ecr", "PutImage", input);
}

impl Ecr {
    fn start(moto: &str, registry: SocketAddr) -> Ecr {
        let upstream = cloud::address(moto);
        let theirs = format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com");
        let [stalls, stalled] = [(); 2].map(|()| Arc::new(AtomicBool::default()));
        let (stalls_now, is_stalled) = (Arc::clone(&stalls), Arc::clone(&stalled));
        let server = Server::start(move |request: Request<Bytes>| {
            let target = request.headers().get("x-amz-target");
            let target = target.and_then(|t| t.to_str().ok()).unwrap_or_default();
            let waits = target.ends_with(".DescribeImages") && stalls_now.load(Ordering::SeqCst);
            let (theirs, is_stalled) = (theirs.clone(), Arc::clone(&is_stalled));
            async move {
                if waits {
                    is_stalled.store(true, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_secs(3600)).await;
                }
                let sent = http::send(upstream, request.map(Full::new), crate::support::HANG);
                let Ok(answer) = sent.await else {
                    return Reply::Reset;
                };
                let text = String::from_utf8_lossy(&answer.body);
                let text = text.replace(&theirs, &host(registry));
                let kind = "application/x-amz-json-1.1";
                Reply::With(http::response(answer.status.as_u16(), kind, text))
            }
        });
        Ecr {
            server,
            stalls,
            stalled,
        }
    }
}

/// What podman needs to be told to keep to itself and to trust this registry.
///
/// # Errors
/// What is not on this machine, or not possible on it.
pub fn podman(registry: &Registry) -> Result<Vec<(String, String)>, String> {
    if program("podman").is_none() {
        return Err(
            "podman is not on this machine (Debian: apt-get install podman buildah)".into(),
        );
    }
    let path = |name: &str| registry.directory.path().join(name).display().to_string();
    let trusted = format!(
        "[[registry]]\nlocation = \"{}\"\ninsecure = true\n",
        registry.host()
    );
    let storage = format!(
        "[storage]\ndriver = \"vfs\"\ngraphroot = \"{}\"\nrunroot = \"{}\"\n",
        path("graph"),
        path("run")
    );
    let files = [
        ("CONTAINERS_REGISTRIES_CONF", "registries.conf", trusted),
        ("CONTAINERS_STORAGE_CONF", "storage.conf", storage),
    ];
    let mut environment = vec![
        ("BUILDAH_ISOLATION".to_owned(), "chroot".to_owned()),
        ("BUILDAH_FORMAT".to_owned(), "docker".to_owned()),
        ("XDG_RUNTIME_DIR".to_owned(), path("runtime")),
    ];
    fs::create_dir(path("runtime")).expect("a directory of our own");
    for (variable, name, text) in files {
        fs::write(path(name), text).expect("a file of our own");
        environment.push((variable.to_owned(), path(name)));
    }
    static WORKS: OnceLock<bool> = OnceLock::new();
    let works = WORKS.get_or_init(|| {
        let mut info = Command::new("podman");
        info.arg("info").envs(environment.iter().cloned());
        info.output().is_ok_and(|done| done.status.success())
    });
    match works {
        true => Ok(environment),
        false => Err("podman does not work on this machine (`podman info` fails)".into()),
    }
}
