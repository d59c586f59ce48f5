//! An image is built, pushed and found again: podman, a real registry, ECR's API.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::registry::{REPOSITORY, Registry, podman};
use super::{program, skipped};
use crate::support::cloud::until;
use crate::support::deployer::{Deployer, Finished};

/// Until something happens that surely does.
const SURELY: Duration = crate::support::HANG;

const PIPELINE: &str = r#"
import "std/image" as image;

let app = params(#{ program: text("docker or podman").or("podman") });
step "Build" {
    image::build(#{ tags: ["team-app:build"], file: "Dockerfile", args: #{ VERSION: "1.4.0" }, program: app.program });
}
let pushed = step "Push" {
    ecr::push(#{ image: "team-app:build", repository: "team/app", tags: ["1.4.0", "main"], program: app.program })
};
step "Find" {
    let found = image::find("team/app", "1.4.0");
    if found.digest != pushed.digest { fail(`${found.digest} is not ${pushed.digest}`); }
    note(`pushed ${pushed.uri}`);
}
"#;

const DOCKERFILE: &str =
    "FROM scratch\nARG VERSION\nLABEL version=$VERSION\nCOPY app.txt /app.txt\n";

struct Room {
    registry: Registry,
    deployer: Deployer,
    environment: Vec<(String, String)>,
}

impl Room {
    fn set() -> Option<Room> {
        let made = Registry::start().and_then(|r| podman(&r).map(|environment| (r, environment)));
        let (registry, environment) = match made {
            Ok(made) => made,
            Err(why) => {
                skipped(&why);
                return None;
            }
        };
        let mut deployer = Deployer::at(&registry.endpoint());
        for (name, value) in &environment {
            deployer.environment(name, value);
        }
        deployer.write("team.rhai", PIPELINE);
        deployer.put("Dockerfile", DOCKERFILE);
        deployer.put("app.txt", "the app\n");
        Some(Room {
            registry,
            deployer,
            environment,
        })
    }

    /// What the run says is what the registry and ECR have, under both tags; the token is nowhere.
    fn holds(&self, run: &Finished) {
        let digest = self
            .registry
            .digest("1.4.0")
            .expect("it is in the registry");
        for tag in ["1.4.0", "main"] {
            assert_eq!(self.registry.digest(tag).as_ref(), Some(&digest));
            assert_eq!(self.registry.in_ecr(tag).as_ref(), Some(&digest));
        }
        run.says(&format!(
            "pushed {}/{REPOSITORY}@{digest}",
            self.registry.host()
        ));
        assert!(!run.has_said(self.registry.password()), "{run}");
        for (path, content) in self.deployer.state_files() {
            let content = String::from_utf8_lossy(&content);
            assert!(
                !content.contains(self.registry.password()),
                "{}",
                path.display()
            );
        }
        assert_eq!(self.logins(), 0, "what held the token is there yet");
    }

    /// How many configurations with a token are there.
    fn logins(&self) -> usize {
        let runtime = self.registry.directory.path().join("runtime");
        let all = fs::read_dir(runtime).expect("our own").flatten();
        let names = all.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("deployer-")).count()
    }
}

#[test]
fn an_image_is_built_pushed_and_named_by_the_digest_that_ecr_has() {
    let Some(room) = Room::set() else { return };
    let run = room.deployer.json(&["run", "team.rhai"]);
    run.expect(0);
    room.holds(&run);
    assert_eq!(room.registry.pushes(), 2);
}

/// Somebody else could have moved the tags meanwhile.
#[test]
fn killed_when_the_push_was_done_a_resumed_run_pushes_the_same_again() {
    let Some(room) = Room::set() else { return };
    room.registry.stall(true);
    let live = room.deployer.spawn_json(&["run", "team.rhai"]);
    until("ECR is asked for what was pushed", SURELY, || {
        room.registry.stalled().then_some(())
    });
    until("ECR has it", SURELY, || room.registry.in_ecr("main"));
    live.kill();
    room.registry.stall(false);
    let digest = room.registry.digest("main");
    let run = room.deployer.json(&["resume", &room.deployer.newest_run()]);
    run.expect(0).says("it is pushed again, to be sure");
    assert_eq!(room.registry.digest("main"), digest, "{run}");
    room.holds(&run);
}

#[test]
fn killed_while_it_is_logged_in_the_token_goes_when_it_is_resumed() {
    let Some(room) = Room::set() else { return };
    // A podman that takes its time with its first push.
    let slow = "#!/bin/sh\nif [ \"$1\" = push ] && [ ! -e pushed ]; then touch pushed; exec sleep 5; fi\nexec podman \"$@\"\n";
    room.deployer.put("bin/podman", slow);
    let wrapper = room.deployer.directory().join("bin/podman");
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).expect("ours");
    let arguments = ["run", "team.rhai", "--set", "program=bin/podman"];
    let live = room.deployer.spawn_json(&arguments);
    let pushing = room.deployer.directory().join("pushed");
    until("it pushes", SURELY, || pushing.exists().then_some(()));
    assert_eq!(room.logins(), 1, "it is logged in");
    live.kill();
    let id = room.deployer.newest_run();
    room.deployer.json(&["resume", &id]).expect(0);
    assert_eq!(room.logins(), 0, "what held the token is gone");
}

#[test]
fn a_repository_that_is_not_there_is_no_place_to_push_to() {
    let Some(mut room) = Room::set() else { return };
    let elsewhere = PIPELINE.replace("repository: \"team/app\"", "repository: \"team/other\"");
    room.deployer.write("team.rhai", &elsewhere);
    let run = room.deployer.json(&["run", "team.rhai"]);
    let ending = run.expect(1).ending();
    assert_eq!(ending["fault"]["code"], "RepositoryNotFoundException");
    assert_eq!(room.registry.pushes(), 0);
}

/// podman in the place of Docker's daemon; ends with this.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn the_real_docker_client_does_it_too() {
    let Some(mut room) = Room::set() else { return };
    if program("docker").is_none() {
        return skipped("the docker client is not on this machine");
    }
    let socket = room.registry.directory.path().join("docker.sock");
    let address = format!("unix://{}", socket.display());
    let service = Command::new("podman")
        .args(["system", "service", "--time=0", &address])
        .envs(room.environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(Daemon);
    let _service = service.expect("podman is there");
    until("podman serves", SURELY, || socket.exists().then_some(()));
    room.deployer.environment("DOCKER_HOST", &address);
    room.deployer.environment("DOCKER_BUILDKIT", "0");
    let run = room
        .deployer
        .json(&["run", "team.rhai", "--set", "program=docker"]);
    run.expect(0);
    room.holds(&run);
}
