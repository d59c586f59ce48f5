#!/usr/bin/env python3
"""RustSec's advisories of crates, packed into one file, for `cargo deny check advisories` where they cannot be fetched.

    db.py pack CHECKOUT [COMMIT]   packs a clone of https://github.com/RustSec/advisory-db into advisory-db.tar.xz
    db.py unpack DIRECTORY         makes a git repository of it, as cargo-deny wants it, and says how old it is

The same commit packs to the same bytes. Needs Python 3.9 and git, nothing else.
"""

import datetime
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
PACKED = HERE / "advisory-db.tar.xz"
SOURCE = "https://github.com/RustSec/advisory-db"
# The first member: where the rest comes from.
HEADER = "SOURCE"
# What of the database is kept: advisories of crates, and their licences.
KEPT = ("crates/", "LICENSE.txt", "LICENSES/")
# After so many days it is high time for a newer copy.
STALE = 90


def git(*words, cwd=None, env=None, text=True):
    """What git prints; it ends the program where git fails."""
    done = subprocess.run(["git", *words], cwd=cwd, env=env, stdout=subprocess.PIPE, text=text)
    if done.returncode != 0:
        sys.exit(f"git {' '.join(words)} failed with exit code {done.returncode}")
    return done.stdout


def pack(checkout, revision):
    """Packs the files of a commit."""
    commit, date = git("log", "-1", "--format=%H %cI", revision, cwd=checkout).split()
    header = f"source: {SOURCE}\ncommit: {commit}\ndate: {date}\nlicence: CC0-1.0, some CC-BY-4.0; see LICENSES\n"
    archive = git("archive", "--format=tar", commit, cwd=checkout, text=False)
    moment = int(datetime.datetime.fromisoformat(date).timestamp())
    with tarfile.open(fileobj=io.BytesIO(archive)) as whole, tarfile.open(
        PACKED, "w:xz", preset=9, format=tarfile.USTAR_FORMAT
    ) as packed:
        members = [(HEADER, header.encode())]
        for member in whole.getmembers():
            if member.isfile() and member.name.startswith(KEPT):
                members.append((member.name, whole.extractfile(member).read()))
        for name, content in [members[0], *sorted(members[1:])]:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(content), moment, 0o644
            packed.addfile(info, io.BytesIO(content))
    print(f"{PACKED}: {len(members) - 1} files, {PACKED.stat().st_size // 1024} KiB\n{header}", end="")


def unpack(directory):
    """Makes a repository with one commit, of the day on which the database was copied."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    header = {}
    with tarfile.open(PACKED, "r:xz") as packed:
        for member in packed:
            path = pathlib.PurePosixPath(member.name)
            if not member.isfile() or path.is_absolute() or ".." in path.parts:
                sys.exit(f"{PACKED}: {member.name} has no business in it")
            content = packed.extractfile(member).read()
            if member.name == HEADER:
                lines = content.decode().splitlines()
                header = dict(line.split(": ", 1) for line in lines)
                continue
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    who = {"NAME": "packed copy", "EMAIL": "none@invalid", "DATE": header["date"]}
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in who.items()}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    git("init", "--quiet", "--initial-branch=main", cwd=directory, env=env)
    git("add", "--all", "--force", ".", cwd=directory, env=env)
    git("commit", "--quiet", "--message", f"{SOURCE} at {header['commit']}", cwd=directory, env=env)
    head = git("rev-parse", "HEAD", cwd=directory, env=env)
    (directory / ".git" / "FETCH_HEAD").write_text(f"{head.strip()}\t\tbranch 'main' of {SOURCE}\n")
    day = datetime.datetime.fromisoformat(header["date"])
    age = (datetime.datetime.now(datetime.timezone.utc) - day).days
    print(f"advisories of {day:%Y-%m-%d}, {age} days old ({SOURCE} at {header['commit'][:12]})")
    if age > STALE:
        print(
            f"\n{'!' * 78}\n"
            f"THE COPY OF THE ADVISORIES IS {age} DAYS OLD: what became known since is not looked for.\n"
            f"Make a newer one: git clone {SOURCE} && .ci/advisories/db.py pack advisory-db\n"
            f"{'!' * 78}",
            file=sys.stderr,
        )


def main(words):
    if words[:1] == ["pack"] and len(words) in (2, 3):
        pack(words[1], (words + ["HEAD"])[2])
    elif words[:1] == ["unpack"] and len(words) == 2:
        unpack(pathlib.Path(words[1]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
