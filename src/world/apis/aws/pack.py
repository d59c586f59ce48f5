#!/usr/bin/env python3
"""Packs AWS's published models into `models.bin`, which the program carries.

    pack.py            writes models.bin
    pack.py --check    packs again, and compares the contents

The models come from a pinned botocore (PyPI, Apache-2.0), which has them as AWS publishes them: services, operations,
shapes, paginators, waiters, endpoint rules. Documentation texts, examples and patterns are left out. `pack/mod.rs` and
`pack/model.rs` read what is written here, in the same order. The same models give the same contents; what compresses
them may differ in its bytes.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import venv
import zipfile
import zlib
from collections import Counter

BOTOCORE = "1.44.8"
SHA256 = "76342a76c338701db80dcb8afe1c9bd079283d6fffbb9d881442abb02a215043"
HEADER = f"""AWS service models, packed.
Source: botocore {BOTOCORE} (https://pypi.org/project/botocore/{BOTOCORE}/), botocore/data.
Licence: Apache-2.0. Copyright 2012-2026 Amazon.com, Inc. or its affiliates. All Rights Reserved.
Changes: documentation, examples and patterns are left out; another format.
"""
HERE = pathlib.Path(__file__).resolve().parent
# The longest distance that the compression can refer back to.
WINDOW = 32 * 1024

KINDS = ["structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "blob", "timestamp"]
KIND = {name: number for number, name in enumerate(KINDS)} | {
    "character": 3, "byte": 4, "short": 4, "bigdecimal": 7,
}
LOCATIONS = [None, "header", "headers", "uri", "querystring", "statusCode"]
TIMESTAMPS = [None, "iso8601", "rfc822", "unixTimestamp"]
PROTOCOLS = ["json", "rest-json", "rest-xml", "query", "ec2", "smithy-rpc-v2-cbor"]
# What shapes and members are marked with: bit by bit, as `model.rs` names them.
MARKS = [
    "flattened", "xmlAttribute", "streaming", "idempotencyToken", "jsonvalue", "union", "document", "eventstream",
    "sensitive", "hostLabel", "eventpayload", "eventheader",
]
REQUIRED, PAYLOAD, RETRYABLE, THROTTLING = 1 << 12, 1 << 13, 1 << 14, 1 << 15
# What is in the file before the services.
SECTIONS = ["dictionary", "index", "operations", "partitions"]
# What operations are marked with.
OPERATION_MARKS = ["readonly", "idempotent", "unsignedPayload", "checksum", "noAuth", "compressed"]


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


def compact(value):
    return json.dumps(undocumented(value), separators=(",", ":"), ensure_ascii=False)


def undocumented(value):
    if isinstance(value, dict):
        return {k: undocumented(v) for k, v in value.items() if k != "documentation" or not isinstance(v, str)}
    return [undocumented(v) for v in value] if isinstance(value, list) else value


class Writer:
    """Numbers of seven bits a byte; texts by their place in a table, which goes before."""

    def __init__(self, table=None):
        self.out, self.used, self.table = bytearray(), Counter(), table

    def number(self, number):
        while number >= 128:
            self.out.append(number & 127 | 128)
            number >>= 7
        self.out.append(number)

    def text(self, text):
        self.used[text] += 1
        self.number(self.table[text] if self.table else 0)

    def maybe(self, text):
        """A text or nothing."""
        if text is None:
            return self.number(0)
        self.used[text] += 1
        self.number(self.table[text] + 1 if self.table else 0)

    def long(self, text):
        data = text.encode()
        self.number(len(data))
        self.out += data

    def list(self, items, write):
        self.number(len(items))
        for item in items:
            write(item)


def marks(of):
    bits = sum(1 << bit for bit, name in enumerate(MARKS) if of.get(name))
    retryable = of.get("retryable")
    if retryable is not None:
        bits |= RETRYABLE | (THROTTLING if retryable.get("throttling") else 0)
    return bits


def namespace(writer, of):
    named = of.get("xmlNamespace")
    named = {"uri": named} if isinstance(named, str) else named or {}
    writer.maybe(named.get("uri"))
    if named.get("uri"):
        writer.maybe(named.get("prefix"))


def shape(w, name, of, numbers):
    kind = KIND[of["type"]]
    flags, enum, bounds = marks(of), of.get("enum") or [], [of.get("min"), of.get("max")]
    more = of.get("locationName") or of.get("error", {}).get("code") or of.get("xmlNamespace") or of.get("timestampFormat")
    w.text(name)
    w.number(kind | bool(flags) << 4 | bool(enum) << 5 | (bounds != [None, None]) << 6 | bool(more) << 7)
    if flags:
        w.number(flags)
    if enum:
        w.list(enum, w.text)
    if bounds != [None, None]:
        for bound in bounds:
            w.maybe(None if bound is None else json.dumps(bound))
    if more:
        w.maybe(of.get("locationName"))
        w.maybe(of.get("error", {}).get("code"))
        namespace(w, of)
        w.number(TIMESTAMPS.index(of.get("timestampFormat")))
    members = {
        "structure": lambda: of.get("members", {}),
        "list": lambda: {"member": of["member"]},
        "map": lambda: {"key": of["key"], "value": of["value"]},
    }.get(of["type"], dict)()
    if kind == 0:
        w.number(len(members))
    for member, target in members.items():
        if kind == 0:
            w.text(member)
        required = (REQUIRED if member in of.get("required", []) else 0) | (PAYLOAD if of.get("payload") == member else 0)
        reference(w, member, target, marks(target) | required, numbers)


def reference(w, name, of, flags, numbers):
    wire = of.get("locationName")
    context = of.get("contextParam", {}).get("name")
    more = of.get("timestampFormat") or of.get("xmlNamespace") or of.get("queryName") or context
    only_required = flags == REQUIRED
    w.number(numbers[of["shape"]])
    spelt = 0 if wire is None else 1 if wire == name else 2
    w.number(
        spelt | only_required << 2 | (bool(flags) and not only_required) << 3 | bool(more) << 4
        | LOCATIONS.index(of.get("location")) << 5
    )
    if spelt == 2:
        w.text(wire)
    if flags and not only_required:
        w.number(flags)
    if more:
        w.number(TIMESTAMPS.index(of.get("timestampFormat")))
        namespace(w, of)
        w.maybe(of.get("queryName"))
        w.maybe(context)


def operation(w, name, of, numbers, paginator):
    given, checksum = of.get("input", {}), of.get("httpChecksum", {})
    marked = dict(of)
    marked["checksum"] = of.get("httpChecksumRequired") or checksum.get("requestChecksumRequired")
    marked["noAuth"] = of.get("authtype") == "none" or "smithy.api#noAuth" in of.get("auth", [])
    marked["compressed"] = of.get("requestcompression")
    statics = {k: compact(v["value"]) for k, v in of.get("staticContextParams", {}).items()}
    found = {k: v["path"] for k, v in of.get("operationContextParams", {}).items()}
    more = [
        given.get("locationName"), of.get("endpoint", {}).get("hostPrefix"), of.get("output", {}).get("resultWrapper"),
        checksum.get("requestAlgorithmMember"), checksum.get("requestValidationModeMember"),
    ]
    others = any(more) or statics or found or "xmlNamespace" in given
    w.text(name)
    w.text(of["http"]["method"])
    w.text(of["http"]["requestUri"])
    for side in ("input", "output"):
        w.number(numbers[of[side]["shape"]] + 1 if side in of else 0)
    w.list(of.get("errors", []), lambda error: w.number(numbers[error["shape"]]))
    bits = sum(1 << bit for bit, mark in enumerate(OPERATION_MARKS) if marked.get(mark))
    w.number(bits << 2 | bool(paginator) << 1 | bool(others))
    if others:
        for text in more:
            w.maybe(text)
        namespace(w, given)
        for params in (statics, found):
            w.list(sorted(params.items()), lambda item: (w.text(item[0]), w.text(item[1])))
    if paginator:
        listed = lambda of: of if isinstance(of, list) else [of]
        for member in ("input_token", "output_token", "result_key", "non_aggregate_keys"):
            w.list(listed(paginator.get(member, [])), w.text)
        w.maybe(paginator.get("limit_key"))
        w.maybe(paginator.get("more_results"))


def content(w, models):
    """One service: what `pack/model.rs` reads."""
    model, paginators, waiters, rules = models
    about = model["metadata"]
    for member in (
        "serviceId", "serviceFullName", "apiVersion", "endpointPrefix", "signingName", "signatureVersion",
        "jsonVersion", "targetPrefix", "xmlNamespace", "globalEndpoint",
    ):
        w.maybe(about.get(member))
    protocols = [about["protocol"], *about.get("protocols", [])]
    w.list(list(dict.fromkeys(protocols)), lambda name: w.number(PROTOCOLS.index(name)))
    w.list(about.get("auth", []), w.text)
    w.number("awsQueryCompatible" in about)
    numbers = {name: number for number, name in enumerate(model["shapes"])}
    w.list(list(model["shapes"].items()), lambda item: shape(w, *item, numbers))
    pages = paginators.get("pagination", {})
    w.list(sorted(model["operations"].items()), lambda item: operation(w, *item, numbers, pages.get(item[0])))
    w.long(compact(waiters.get("waiters", {})))
    w.long(compact(rules))


def service(models):
    counted = Writer()
    content(counted, models)
    # Texts that are used often get the short numbers.
    texts = sorted(counted.used, key=lambda text: (-min(counted.used[text], 2), text))
    w = Writer({text: number for number, text in enumerate(texts)})
    content(w, models)
    table = Writer()
    table.list(texts, lambda text: table.number(len(text.encode())))
    return bytes(table.out) + "".join(texts).encode() + bytes(w.out)


def dictionary(services):
    """What many services have in common, the most common last: the compression refers back to it."""
    rules, texts = Counter(), Counter()
    for model, _, _, rule_set in services.values():
        rules[compact(rule_set)] += 1
        names = {*model["shapes"], *(m for s in model["shapes"].values() for m in s.get("members", {}))}
        texts.update(name for name in names if len(name) > 4)
    templates, seen = [], set()
    for rule_set, _ in sorted(rules.items(), key=lambda item: (-item[1], item[0])):
        if len(seen) < 4 and len(rule_set) // 64 not in seen:
            seen.add(len(rule_set) // 64)
            templates.append(rule_set)
    common = sorted(texts, key=lambda text: (texts[text] * len(text), text))
    common = [text for text in common if texts[text] > 3]
    return ("".join(common) + "".join(reversed(templates))).encode()[-WINDOW:]


def index(services, packed):
    """Names, spellings of policies and endpoints, sizes: what `pack/mod.rs` reads to open one."""
    w = Writer()
    w.number(len(services))
    for name, (model, *_) in services.items():
        about = model["metadata"]
        w.long(name)
        spellings = {about["endpointPrefix"], about.get("signingName", name)} - {name}
        w.list(sorted(spellings), w.long)
        w.number(len(packed[name][0]))
        w.number(len(packed[name][1]))
    return bytes(w.out)


def pack():
    """The file, and what is in it before it is compressed."""
    services, partitions = published()
    shared = dictionary(services)

    def deflated(data, *dictionary):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, *dictionary)
        return packer.compress(data) + packer.flush()

    contents = {name: service(models) for name, models in services.items()}
    packed = {name: (data, deflated(data, shared)) for name, data in contents.items()}
    whole = {"header": HEADER.encode(), "dictionary": shared, "index": index(services, packed)}
    whole["operations"] = "\n".join(" ".join(sorted(model["operations"])) for model, *_ in services.values()).encode()
    whole["partitions"] = compact(partitions).encode()
    out = Writer()
    out.long(HEADER)
    for name in SECTIONS:
        squeezed = deflated(whole[name])
        out.number(len(whole[name]))
        out.number(len(squeezed))
        out.out += squeezed
    for _, squeezed in packed.values():
        out.out += squeezed
    return bytes(out.out), whole | contents


def unpacked(data):
    """What is in a file: as `pack` says it."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def bytes_of(size):
        nonlocal at
        at += size
        return data[at - size:at]

    found = {"header": bytes_of(number())}
    for name in SECTIONS:
        _, size = number(), number()
        found[name] = zlib.decompress(bytes_of(size), -15)
    left = data[at:]
    services = []
    while left:
        unpacker = zlib.decompressobj(-15, found["dictionary"])
        services.append(unpacker.decompress(left))
        left = unpacker.unused_data
    return found, services


def main():
    file = HERE / "models.bin"
    data, contents = pack()
    if "--check" not in sys.argv[1:]:
        file.write_bytes(data)
        print(f"{file}: {len(data):,} bytes, {sum(map(len, contents.values())):,} before compression")
        return
    found, services = unpacked(file.read_bytes())
    wanted = dict(list(contents.items())[:len(found)])
    same = all(found[name] == wanted[name] for name in found if name != "index")
    # The index has the compressed sizes, which another compressor makes others.
    if not same or services != list(contents.values())[len(found):]:
        sys.exit(f"{file} is stale: run {HERE / 'pack.py'}")


if __name__ == "__main__":
    main()
