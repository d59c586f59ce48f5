#!/usr/bin/env python3
"""Measures the program beside its peers in one run, and prints a table. It asserts nothing.

usage: run.py [--deployer PATH] [--rounds N]

Needs Python 3 with venv and pip; installs the peers and the emulator into the build directory. Where valgrind is
there, it counts the instructions too: times differ from run to run, instructions hardly.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True  # the tree stays clean
from emulator import CLUSTER, REGION, SERVICE, VERSIONS, Emulator, Watcher, image

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target")).resolve()
PIPELINE = "pipelines/prod.rhai"
LIMIT = 180


def provision(name, requirement):
    """A virtual environment with one package, installed once; returns its bin directory."""
    place = TARGET / "bench" / name
    stamp = place / "requirement"
    if not stamp.exists() or stamp.read_text() != requirement:
        print(f"installing {requirement}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subprocess.run([place / "bin/python", "-m", "pip", "install", "--quiet", requirement], check=True)
        stamp.write_text(requirement)
    return place / "bin"


class Measured:
    """Wall and CPU time (its children's too) of one process, in seconds; `end` on the monotonic clock."""

    def __init__(self, command, env):
        with tempfile.TemporaryFile() as output:
            begin = time.monotonic()
            process = subprocess.Popen(command, cwd=PROJECT, env=env, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=output)
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                self.end = time.monotonic()
                if pid:
                    break
                if self.end - begin > LIMIT:
                    process.kill()
                time.sleep(0.0002 if self.end - begin < 0.1 else 0.002)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall = self.end - begin
            self.cpu = usage.ru_utime + usage.ru_stime
            if process.returncode != 0:
                output.seek(0)
                text = output.read().decode(errors="replace")
                raise SystemExit(f"{' '.join(map(str, command))}: exit {process.returncode}\n{text}")


def environment(directory, endpoint=None, *path):
    """Nothing of this machine's AWS configuration."""
    env = {"HOME": str(directory), "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
           "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""}
    if endpoint:
        env.update(AWS_ENDPOINT_URL=endpoint, AWS_REGION=REGION, AWS_DEFAULT_REGION=REGION,
                   AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    return env


def several(times, command, env):
    return [Measured(command, env) for _ in range(times)]


def instructions(command, env):
    """Instructions of one run in user space, in millions; None without valgrind, or where it cannot run the program."""
    if not shutil.which("valgrind"):
        return None
    with tempfile.TemporaryDirectory() as directory:
        counted = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/out", *command],
                                 cwd=PROJECT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                 timeout=LIMIT)
    found = re.search(r"Collected : (\d+)", counted.stderr)
    return int(found[1]) / 1e6 if found and counted.returncode == 0 else None


def ratio(name, own, peer):
    """How many times as long `peer` takes, by the medians of one run."""
    wall = statistics.median(it.wall for it in peer) / statistics.median(it.wall for it in own)
    cpu = statistics.median(it.cpu for it in peer) / statistics.median(it.cpu for it in own)
    print(f"{name:<42}{wall:10.1f}{cpu:10.1f}")


def row(name, measured, notices=()):
    walls, cpus = [it.wall for it in measured], [it.cpu for it in measured]
    cells = [f"{min(walls) * 1e3:10.1f}", f"{statistics.median(walls) * 1e3:10.1f}",
             f"{min(cpus) * 1e3:10.1f}", f"{statistics.median(cpus) * 1e3:10.1f}"]
    if notices:
        cells += [f"{min(notices) * 1e3:10.0f}", f"{statistics.median(notices) * 1e3:10.0f}"]
    print(f"{name:<42}" + "".join(cells))


def heading(title, *extra):
    names = ["wall min", "median", "CPU min", "median", *extra]
    print(f"\n{title + ' (ms)':<42}" + "".join(f"{it:>10}" for it in names))


def deployments(emulator, peers, rounds):
    """Every peer deploys the other version in turn, on the same service."""
    results = {name: ([], []) for name in peers}
    turn = 0
    for _ in range(rounds):
        for name, (command, env) in peers.items():
            turn += 1
            version = VERSIONS[turn % 2]
            watcher = Watcher(emulator)
            watcher.start()
            measured = Measured(command(version), env)
            watcher.join(5)
            watcher.enough.set()
            if watcher.completed is None:
                raise SystemExit(f"{name} ended, and its deployment did not complete")
            results[name][0].append(measured)
            results[name][1].append(measured.end - watcher.completed)
            while not emulator.steady():
                time.sleep(0.05)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deployer", type=Path, default=TARGET / "release/deployer")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    program = arguments.deployer.resolve()
    if not program.exists():
        parser.error(f"{program} is not there: cargo build --release")

    ecs_deploy = provision("ecs-deploy", "ecs-deploy==1.17.0")
    awscli = provision("awscli", "awscli==1.46.2")
    ministack = provision("ministack", "ministack==1.5.33")

    with tempfile.TemporaryDirectory() as directory:
        emulator = Emulator(ministack / "python", directory)
        try:
            emulator.seed()
            measure(program, awscli, ecs_deploy, emulator, directory, arguments.rounds)
        finally:
            emulator.stop()


def measure(program, awscli, ecs_deploy, emulator, directory, rounds):
    offline = environment(directory)
    online = environment(directory, emulator.endpoint, awscli)
    state = ["--state", str(Path(directory) / "state")]
    print(f"{os.cpu_count()} cores · {program.stat().st_size / 1e6:.1f} MB · {rounds} rounds")

    heading("whole process, no network")
    commands = {"deployer --version": [program, "--version"],
                f"deployer check {PIPELINE}": [program, "check", PIPELINE, *state]}
    for watch in ("1m", "1h"):
        commands[f"deployer rehearse, watching {watch}"] = [program, "rehearse", PIPELINE, "--set",
                                                            f"watch={watch}", *state]
    measured = {name: several(20, command, offline) for name, command in commands.items()}
    for name, them in measured.items():
        row(name, them)
    peer = several(5, ["aws", "--version"], online)
    row("aws --version", peer)
    described = ["aws", "ecs", "describe-services", "--cluster", CLUSTER, "--services", SERVICE]
    row("aws ecs describe-services", several(5, described, online))

    print(f"\n{'times as much: aws --version (medians)':<42}{'wall':>10}{'CPU':>10}")
    for name, them in measured.items():
        ratio(f"of {name}", them, peer)

    print("\ninstructions (millions)")
    for name, command in commands.items():
        count = instructions(command, offline)
        print(f"{name:<42}" + ("  not counted" if count is None else f"{count:10.1f}"))

    values = {"cluster": CLUSTER, "service": SERVICE, "container": SERVICE, "repository": SERVICE,
              "migration": "", "health_url": "", "watch": "0s", "approvers": "[]"}
    settings = [it for name, value in values.items() for it in ("--set", f"{name}={value}")]
    peers = {
        "deployer": (lambda version: [program, "run", PIPELINE, *settings, "--set",
                                      f"version={version}", *state], online),
        "ecs deploy": (lambda version: [ecs_deploy / "ecs", "deploy", CLUSTER, SERVICE, "--image",
                                        SERVICE, image(version), "--timeout", "120"], online),
        "bash and aws": (lambda version: ["bash", HERE / "with_aws.sh", CLUSTER, SERVICE,
                                          image(version)], online),
    }
    results = deployments(emulator, peers, rounds)
    heading("rolling deployment on ministack", "noticed", "median")
    for name, (measured, notices) in results.items():
        row(name, measured, notices)

    own = results["deployer"][0]
    print(f"\n{'times as much as deployer (medians)':<42}{'wall':>10}{'CPU':>10}")
    for name in ("ecs deploy", "bash and aws"):
        ratio(name, own, results[name][0])


if __name__ == "__main__":
    main()
