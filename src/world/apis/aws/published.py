"""AWS's published models, of a pinned botocore (PyPI, Apache-2.0), which has them as AWS publishes them."""

import gzip
import json
import pathlib
import subprocess
import venv
import zipfile

BOTOCORE = "1.44.8"
SHA256 = "76342a76c338701db80dcb8afe1c9bd079283d6fffbb9d881442abb02a215043"
HERE = pathlib.Path(__file__).resolve().parent


def published():
    """The models of every service: name → (service, paginators, waiters, endpoint rules); and the partitions."""
    place = HERE
    while not (place / "Cargo.toml").exists():
        place = place.parent
    folder = place / "target" / "models"
    wheel = folder / f"botocore-{BOTOCORE}-py3-none-any.whl"
    if not wheel.exists():
        venv.create(folder / "venv", with_pip=True)
        wanted = folder / "requirements.txt"
        wanted.write_text(f"botocore=={BOTOCORE} --hash=sha256:{SHA256}\n")
        pip = [folder / "venv/bin/python", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--require-hashes", "-r", wanted, "-d", folder], check=True)
    files = zipfile.ZipFile(wheel)
    versions = {}
    for path in files.namelist():
        parts = path.split("/")
        if parts[:2] == ["botocore", "data"] and len(parts) == 5:
            versions.setdefault(parts[2], {}).setdefault(parts[3], set()).add(parts[4])

    def read(path):
        data = files.read(f"botocore/data/{path}")
        return json.loads(gzip.decompress(data) if path.endswith(".gz") else data)

    def merged(one, other):
        for key, value in other.items():
            both = isinstance(value, dict) and isinstance(one.get(key), dict)
            one[key] = merged(one[key], value) if both else value
        return one

    def model(folder, there, name):
        found = next((file for file in (f"{name}.json", f"{name}.json.gz") if file in there), None)
        content = read(f"{folder}/{found}") if found else {}
        extras = f"{name}.sdk-extras.json"
        return merged(content, read(f"{folder}/{extras}").get("merge", {})) if extras in there else content

    services = {}
    for service, by_version in sorted(versions.items()):
        newest = max((v for v, there in by_version.items() if "service-2.json.gz" in there), default=None)
        if newest:
            folder, there = f"{service}/{newest}", by_version[newest]
            names = ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1")
            services[service] = [model(folder, there, name) for name in names]
    return services, read("partitions.json")
