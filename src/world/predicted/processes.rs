//! Processes in a plan: those that only read are run, the others are predicted to do what they should.

use std::sync::Arc;

use super::plan_state::PlanState;
use crate::vocabulary::unknown;
use crate::world::image::ImageRef;
use crate::world::simulated::model::Cloud;
use crate::world::{ProcessCommand, ProcessOutput, ReadOnlyWorld, ReadProcess};

impl PlanState {
    /// A process that only reads, and who runs it. What the same program has changed in the plan only, it cannot show.
    pub(super) fn process_to_read(
        &self,
        command: &ProcessCommand,
    ) -> Option<(Arc<dyn ReadOnlyWorld>, ReadProcess)> {
        let reads = ReadProcess::new(command.clone())?;
        let ran = self.ran.contains(file_name(&command.program));
        (!ran).then(|| (Arc::clone(&self.live), reads))
    }

    /// Predicts a process that cannot be run.
    pub(super) fn predict_process(
        &mut self,
        cloud: &mut Cloud,
        command: &ProcessCommand,
    ) -> ProcessOutput {
        if !command.reads {
            self.ran.insert(file_name(&command.program).to_owned());
            for image in pushes(command) {
                if let Some((repository, tag)) = in_ecr(image) {
                    self.pushed(cloud, repository, tag);
                }
            }
        }
        ProcessOutput {
            stdout: unknown(format!("what `{}` prints", command.words())),
            stderr: unknown(format!("what `{}` prints as errors", command.words())),
            ..ProcessOutput::default()
        }
    }
}

fn file_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The images that a process pushes, as far as its arguments show.
fn pushes(command: &ProcessCommand) -> Vec<&str> {
    let args: Vec<&str> = command.args.iter().map(String::as_str).collect();
    let plain = args.iter().filter(|arg| !arg.starts_with('-')).copied();
    let last = args.last().copied();
    match file_name(&command.program) {
        "docker" | "podman" | "nerdctl" | "buildah" | "finch" => {
            let verbs: Vec<&str> = plain.take(2).collect();
            match verbs.as_slice() {
                ["push", ..] | ["image" | "manifest", "push"] => {
                    let named = args.iter().filter(|arg| in_ecr(arg).is_some());
                    named.copied().last().into_iter().collect()
                }
                _ if args.contains(&"--push") => tags(&args),
                _ => Vec::new(),
            }
        }
        "skopeo" | "crane" | "oras" if args.first().is_some_and(|verb| *verb != "inspect") => {
            last.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The values of `-t`, `--tag`.
fn tags<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let pairs = args.windows(2);
    let apart = pairs.filter(|pair| ["-t", "--tag"].contains(&pair[0]));
    let joined = args.iter().filter_map(|arg| arg.strip_prefix("--tag="));
    apart.map(|pair| pair[1]).chain(joined).collect()
}

/// Repository and tag of an image in ECR: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api:1.3.0`.
fn in_ecr(image: &str) -> Option<(&str, &str)> {
    let image = image.strip_prefix("docker://").unwrap_or(image);
    let named = ImageRef::parse(image);
    named.ecr()?;
    Some((named.repository, named.tag.unwrap_or("latest")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &str) -> ProcessCommand {
        let mut words = words.split(' ').map(str::to_owned);
        ProcessCommand {
            inherit: Vec::new(),
            program: words.next().unwrap_or_default(),
            args: words.collect(),
            env: Default::default(),
            dir: None,
            stdin: None,
            timeout_ms: 1000,
            reads: false,
            mark: None,
        }
    }

    #[test]
    fn pushes_are_seen() {
        const HOST: &str = "1.dkr.ecr.eu-west-1.amazonaws.com";
        for (words, images) in [
            ("docker push HOST/api:1", vec!["HOST/api:1"]),
            (
                "/usr/bin/podman push --quiet HOST/a/b:1",
                vec!["HOST/a/b:1"],
            ),
            (
                "podman push --tls-verify=false HOST/a:1 --digestfile x",
                vec!["HOST/a:1"],
            ),
            (
                "docker buildx build --push -t HOST/a:1 --tag=HOST/a:2 .",
                vec!["HOST/a:1", "HOST/a:2"],
            ),
            (
                "skopeo copy docker://x/y docker://HOST/a:1",
                vec!["docker://HOST/a:1"],
            ),
            ("docker build -t HOST/a:1 .", vec![]),
            ("git push origin main", vec![]),
        ] {
            let command = command(&words.replace("HOST", HOST));
            let images: Vec<String> = images.iter().map(|i| i.replace("HOST", HOST)).collect();
            assert_eq!(pushes(&command), images, "{words}");
        }
        assert_eq!(in_ecr(&format!("{HOST}/a/b")), Some(("a/b", "latest")));
        assert_eq!(in_ecr("ghcr.io/a/b:1"), None);
    }
}
