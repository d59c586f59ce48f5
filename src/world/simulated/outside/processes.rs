//! Processes, by what the fixture says they do: nothing is run.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::text::hex;
use crate::vocabulary::{Fault, codes};
use crate::world::image::ImageRef;
use crate::world::simulated::aws::ecr;
use crate::world::simulated::cloud::Cloud;
use crate::world::simulated::faults::FaultSpec;
use crate::world::{ProcessCommand, ProcessOutput, Stream};

/// How long a push takes that nothing describes.
const PUSH: Duration = Duration::from_secs(15);

/// Does what the fixture says a process does.
///
/// # Errors
/// `process_not_described`; `process_timed_out`, where it takes longer than it may.
pub(crate) fn run(
    cloud: &mut Cloud,
    command: &ProcessCommand,
    output: &mut dyn FnMut(Stream, &str),
) -> Result<ProcessOutput, Fault> {
    if fails(cloud, command) {
        let done = ProcessOutput {
            status: 1,
            stderr: format!("{}: it fails\n", command.program),
            ..ProcessOutput::default()
        };
        return Ok(told(done, output));
    }
    let processes = &mut cloud.processes;
    let ran = &processes.ran;
    let mut all = processes.described.iter_mut();
    let Some(found) = all.find(|d| d.fits(command, ran)) else {
        return match docker(cloud, command) {
            Some(done) => Ok(told(done, output)),
            None => Err(not_described(command)),
        };
    };
    found.applied += 1;
    let what = found.what.clone();
    let limit = std::time::Duration::from_millis(command.timeout_ms);
    cloud.pass(what.takes.min(limit));
    if what.takes > limit {
        return Err(crate::world::process_timed_out(command));
    }
    let mut done = ProcessOutput {
        status: what.status,
        signal: None,
        stdout: fill(&what.stdout, command, None),
        stderr: fill(&what.stderr, command, None),
    };
    if let (Some(image), 0) = (&what.pushes, what.status) {
        let image = fill(image, command, None);
        match push(cloud, &image) {
            Ok(digest) => done.stdout = fill(&what.stdout, command, Some(&digest)),
            Err(why) => {
                done.status = 1;
                done.stdout.clear();
                done.stderr = why;
            }
        }
    }
    if done.status == 0 {
        cloud.processes.ran.push(line(command));
    }
    match (what.status, words(command).as_slice()) {
        (0, ["tag", image, name]) => cloud.processes.tag(image, name),
        (0, ["build" | "buildx", ..]) => cloud.processes.builds += 1,
        _ => {}
    }
    Ok(told(done, output))
}

/// Program and arguments as one line, separated by spaces.
fn line(command: &ProcessCommand) -> String {
    let args = command.args.iter().map(String::as_str);
    let all: Vec<&str> = std::iter::once(command.program.as_str())
        .chain(args)
        .collect();
    all.join(" ")
}

/// Whether a fault lets this process fail.
fn fails(cloud: &Cloud, command: &ProcessCommand) -> bool {
    let meant = |spec: &FaultSpec| match spec.argument.as_deref() {
        Some(given) => line(command).starts_with(given),
        None => !command.reads,
    };
    cloud.kernel.struck_by("process-fails", meant)
}

/// Prints what a process prints.
fn told(done: ProcessOutput, output: &mut dyn FnMut(Stream, &str)) -> ProcessOutput {
    for line in done.stdout.split_inclusive('\n') {
        output(Stream::Out, line);
    }
    for line in done.stderr.split_inclusive('\n') {
        output(Stream::Err, line);
    }
    done
}

fn words(command: &ProcessCommand) -> Vec<&str> {
    command.args.iter().map(String::as_str).collect()
}

/// What brings a local image to ECR needs no description: `docker` and `podman` log in, tag, push and log out.
fn docker(cloud: &mut Cloud, command: &ProcessCommand) -> Option<ProcessOutput> {
    let program = command.program.rsplit('/').next()?;
    if !matches!(program, "docker" | "podman") {
        return None;
    }
    let words = words(command);
    let mut done = ProcessOutput::default();
    match words.as_slice() {
        ["login", .., "--password-stdin", _] => done.stdout = "Login Succeeded\n".to_owned(),
        ["logout", _] | ["context", "inspect", ..] => {}
        ["tag", image, name] => cloud.processes.tag(image, name),
        ["push", .., image] if ImageRef::parse(image).ecr().is_some() => {
            cloud.pass(PUSH);
            match push(cloud, image) {
                Ok(digest) => done.stdout = format!("{image}: digest: {digest} size: 1573\n"),
                Err(why) => (done.status, done.stderr) = (1, why),
            }
        }
        _ => return None,
    }
    Some(done)
}

/// Puts arguments, the image among them and its digest into a text.
fn fill(text: &str, command: &ProcessCommand, digest: Option<&str>) -> String {
    let mut out = text.to_owned();
    for (index, argument) in command.args.iter().enumerate() {
        out = out.replace(&format!("{{{}}}", index + 1), argument);
    }
    let in_ecr = |argument: &&String| ImageRef::parse(argument).ecr().is_some();
    let image = command.args.iter().find(in_ecr);
    if let Some(image) = image {
        out = out.replace("{image}", image);
    }
    if let Some(digest) = digest {
        out = out.replace("{digest}", digest);
    }
    out
}

/// Pushes an image; a local one has the same digest under all the names that it was given.
fn push(cloud: &mut Cloud, image: &str) -> Result<String, String> {
    let hash = match cloud.processes.tagged.get(image) {
        Some(local) => Sha256::digest(format!("{local} {}", cloud.processes.builds)),
        None => Sha256::digest(format!("{image} {}", cloud.now())),
    };
    let digest: String = hex::hex(hash);
    let digest = format!("sha256:{digest}");
    ecr::push(&mut cloud.ecr, &cloud.kernel, image, &digest)?;
    Ok(digest)
}

fn not_described(command: &ProcessCommand) -> Fault {
    let quoted: Vec<String> = command.args.iter().map(|a| format!("{a:?}")).collect();
    Fault::new(
        codes::PROCESS_NOT_DESCRIBED,
        format!("the fixture does not say what `{}` does", command.words()),
    )
    .hint(format!(
        "add to the fixture:\n[[processes]]\nprogram = {:?}\nargs = [{}]\nstatus = 0\nstdout = \"\"",
        command.program,
        quoted.join(", ")
    ))
}
