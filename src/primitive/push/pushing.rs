//! A push under way: a program that is logged in, with a configuration of its own.

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde_json::json;

use super::arguments::Push;
use crate::primitive::api::send;
use crate::primitive::secret_ref::SecretText;
use crate::primitive::{Context, Progress, process};
use crate::scrub::Scrub;
use crate::vocabulary::{Fault, Halt, Stop, codes};
use crate::world::{AwsCall, ProcessCommand, Scratch};

/// For a process that moves no image.
const SHORT_MS: u64 = 120_000;

/// What podman and buildah are told by the environment.
const CLIENT: [&str; 3] = ["CONTAINER*", "BUILDAH_*", "STORAGE_*"];

/// A push under way: logged in, with a configuration of its own.
pub(super) struct Pushing<'a> {
    args: &'a Push,
    cx: &'a Context<'a>,
    /// Registry and repository, as `docker push` names them: `HOST/REPOSITORY`.
    uri: &'a str,
    env: BTreeMap<String, String>,
    scrub: Scrub,
    _configuration: Scratch,
}

impl<'a> Pushing<'a> {
    /// Logs in.
    ///
    /// # Errors
    /// What AWS answers, and what the program says.
    pub fn begin(args: &'a Push, uri: &'a str, cx: &'a Context<'a>) -> Result<Self, Stop> {
        let configuration = cx.world.scratch(&cx.token())?;
        let path = configuration.path().display().to_string();
        let mut pushing = Pushing {
            args,
            cx,
            uri,
            env: BTreeMap::new(),
            scrub: Scrub::default(),
            _configuration: configuration,
        };
        let daemon = pushing.daemon()?;
        pushing
            .env
            .extend(daemon.map(|host| ("DOCKER_HOST".to_owned(), host)));
        // Docker's configuration and podman's, which both hold the token.
        pushing
            .env
            .insert("REGISTRY_AUTH_FILE".into(), format!("{path}/auth.json"));
        pushing.env.insert("DOCKER_CONFIG".into(), path);
        let token = pushing.token()?;
        pushing.scrub.learn(token.reveal(), "ECR's token");
        let login = [
            "login",
            "--username",
            "AWS",
            "--password-stdin",
            pushing.host(),
        ];
        let mut command = pushing.command(&login);
        command.stdin = Some(token.reveal().to_owned());
        pushing.run(command)?;
        Ok(pushing)
    }

    fn host(&self) -> &'a str {
        self.uri.split('/').next().unwrap_or(self.uri)
    }

    fn token(&self) -> Result<SecretText, Stop> {
        let call = AwsCall::new("ecr", "GetAuthorizationToken", json!({}));
        let answer = send(self.cx, &call)?;
        let token = answer["authorizationData"][0]["authorizationToken"].as_str();
        let decoded = token.and_then(|token| base64::decode(token).ok());
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let password = decoded.as_deref().and_then(|t| t.strip_prefix("AWS:"));
        let unreadable =
            || Fault::new(codes::TOKEN_UNREADABLE, "ECR's token is not `AWS:PASSWORD`");
        Ok(SecretText::new(password.ok_or_else(unreadable)?))
    }

    /// Where Docker's daemon listens: the user's configuration says it, and is not used for anything else.
    fn daemon(&self) -> Result<Option<String>, Stop> {
        let is_docker = self.args.program.rsplit('/').next() == Some("docker");
        if !is_docker {
            return Ok(None);
        }
        let format = "{{.Endpoints.docker.Host}}";
        let command = self.command(&["context", "inspect", "--format", format]);
        let asked = self.cx.world.process(&command, &mut |_, _| {});
        if self.cx.cancel.is_cancelled() {
            return Err(Stop::Halt(Halt::Cancelled));
        }
        // An old client knows no contexts: then it is where it always is.
        let host = asked.ok().filter(|done| done.status == 0);
        let host = host.map(|done| done.stdout.trim().to_owned());
        Ok(host.filter(|host| !host.is_empty()))
    }

    /// A process that changes nothing but this machine.
    fn command(&self, args: &[&str]) -> ProcessCommand {
        command(&self.args.program, args, &self.env)
    }

    /// Tags and pushes, tag by tag.
    ///
    /// # Errors
    /// `process_failed`, with what the program says.
    pub fn push(&self) -> Result<(), Stop> {
        for tag in &self.args.tags {
            let reference = format!("{}:{tag}", self.uri);
            self.run(self.command(&["tag", &self.args.image, &reference]))?;
            self.run(push_command(self.args, &self.env, &reference, self.cx))?;
        }
        Ok(())
    }

    /// Logs out; what the token was kept in goes with this in any case.
    pub fn end(&self) {
        let _logged_out = self.run(self.command(&["logout", self.host()]));
    }

    /// Runs a process to its end and shows what it prints.
    fn run(&self, command: ProcessCommand) -> Result<(), Stop> {
        let words = command.words();
        let result = self.cx.world.process(&command, &mut |_, line| {
            self.cx.progress(Progress {
                waiting_for: format!("`{words}` to end"),
                since: Some(self.cx.started),
                news: Some(self.scrub.text(line.trim_end_matches(['\n', '\r']))),
                ..Progress::default()
            });
        });
        if self.cx.cancel.is_cancelled() && result.is_err() {
            return Err(Stop::Halt(Halt::Cancelled));
        }
        let done = result.map_err(|fault| self.scrub.fault(fault))?;
        match done.status {
            0 => Ok(()),
            _ => Err(self.scrub.fault(process::failed(&words, &done)).into()),
        }
    }
}

/// Predicts the pushes: nothing is logged in, and nothing but them changes anything that can be read again.
///
/// # Errors
/// As [`World::process`](crate::world::World::process).
pub(super) fn predict(args: &Push, uri: &str, cx: &Context<'_>) -> Result<(), Stop> {
    for tag in &args.tags {
        let reference = format!("{uri}:{tag}");
        let command = push_command(args, &BTreeMap::new(), &reference, cx);
        cx.world.process(&command, &mut |_, _| {})?;
    }
    Ok(())
}

fn command(program: &str, args: &[&str], env: &BTreeMap<String, String>) -> ProcessCommand {
    ProcessCommand {
        program: program.to_owned(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: env.clone(),
        inherit: CLIENT.map(str::to_owned).to_vec(),
        dir: None,
        stdin: None,
        timeout_ms: SHORT_MS,
        reads: true,
        mark: None,
    }
}

/// The process that pushes one tag.
fn push_command(
    args: &Push,
    env: &BTreeMap<String, String>,
    reference: &str,
    cx: &Context<'_>,
) -> ProcessCommand {
    let options = args.push_args.iter().map(String::as_str);
    let words: Vec<&str> = std::iter::once("push")
        .chain(options)
        .chain([reference])
        .collect();
    ProcessCommand {
        timeout_ms: args.timeout.millis(),
        reads: false,
        mark: Some(cx.token()),
        ..command(&args.program, &words, env)
    }
}
