#!/usr/bin/env python3
"""Packs AWS's published models into `models.bin`, which the program carries.

    pack.py            writes models.bin
    pack.py --check    packs again, and compares the contents

The models come from a pinned botocore (PyPI, Apache-2.0), which has them as AWS publishes them: services, operations,
shapes, paginators, waiters, endpoint rules. Documentation texts, examples, patterns and shapes that no operation uses are
left out. `pack.rs` and the folder `model` read what is written here, in the same order. The same models give the same
contents; what compresses them may differ in its bytes.

A service is a head and parts, each compressed by itself, so that a call unpacks the head and the parts that it uses. A part
has operations in alphabetical order and the shapes that they are the first to use.
"""

import json
import pathlib
import sys
import zlib
from collections import Counter

sys.dont_write_bytecode = True

from published import BOTOCORE, published  # noqa: E402
from writer import Writer, coded, table  # noqa: E402

HEADER = f"""AWS service models, packed.
Source: botocore {BOTOCORE} (https://pypi.org/project/botocore/{BOTOCORE}/), botocore/data.
Licence: Apache-2.0. Copyright 2012-2026 Amazon.com, Inc. or its affiliates. All Rights Reserved.
Changes: documentation, examples and patterns are left out; another format.
"""
HERE = pathlib.Path(__file__).resolve().parent
# The longest distance that the compression can refer back to.
WINDOW = 32 * 1024
# How many bytes a part has, before it is compressed: smaller ones are opened faster and compress worse.
PART = 16 * 1024

KINDS = ["structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "blob", "timestamp"]
KIND = {name: number for number, name in enumerate(KINDS)} | {
    "character": 3, "byte": 4, "short": 4, "bigdecimal": 7,
}
LOCATIONS = [None, "header", "headers", "uri", "querystring", "statusCode"]
TIMESTAMPS = [None, "iso8601", "rfc822", "unixTimestamp"]
PROTOCOLS = ["json", "rest-json", "rest-xml", "query", "ec2", "smithy-rpc-v2-cbor"]
# What shapes and members are marked with: bit by bit, as `model/mod.rs` names them.
MARKS = [
    "flattened", "xmlAttribute", "streaming", "idempotencyToken", "jsonvalue", "union", "document", "eventstream",
    "sensitive", "hostLabel", "eventpayload", "eventheader",
]
REQUIRED, PAYLOAD, RETRYABLE, THROTTLING = 1 << 12, 1 << 13, 1 << 14, 1 << 15
# What is in the file before the services.
SECTIONS = ["dictionary", "index", "operations", "partitions"]
# What operations are marked with.
OPERATION_MARKS = ["readonly", "idempotent", "unsignedPayload", "checksum", "noAuth", "compressed"]


def compact(value):
    return json.dumps(undocumented(value), separators=(",", ":"), ensure_ascii=False)


def undocumented(value):
    if isinstance(value, dict):
        return {k: undocumented(v) for k, v in value.items() if k != "documentation" or not isinstance(v, str)}
    return [undocumented(v) for v in value] if isinstance(value, list) else value


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


def operation(w, of, numbers, paginator):
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


def head(models, common, parts):
    """What `model/service.rs` reads to open a service."""
    model, _, waiters, rules = models
    w, about = Writer(), model["metadata"]
    for member in (
        "serviceId", "serviceFullName", "apiVersion", "endpointPrefix", "signingName", "signatureVersion",
        "jsonVersion", "targetPrefix", "xmlNamespace", "globalEndpoint",
    ):
        w.maybe(about.get(member))
    protocols = [about["protocol"], *about.get("protocols", [])]
    w.list(list(dict.fromkeys(protocols)), lambda name: w.number(PROTOCOLS.index(name)))
    w.list(about.get("auth", []), w.text)
    w.number("awsQueryCompatible" in about)
    w.out.append(table(sorted(model["operations"])))
    w.list(parts, lambda part: (w.number(part.shapes), w.number(part.operations)))
    w.long(compact(waiters.get("waiters", {})))
    w.long(compact(rules))
    return table(common) + w.written(common)


def targets(shape):
    members = shape.get("members", {}).values()
    return [of["shape"] for of in (*members, *(shape[name] for name in ("member", "key", "value") if name in shape))]


def in_order(model):
    """The operations, each before the shapes that it is the first to use: names, and whether they are of operations."""
    seen, found = set(), []
    for name, of in sorted(model["operations"].items()):
        found.append((name, True))
        used = [of[side]["shape"] for side in ("input", "output") if side in of]
        left = [*used, *(error["shape"] for error in of.get("errors", []))][::-1]
        while left:
            shape = left.pop()
            if shape not in seen:
                seen.add(shape)
                found.append((shape, False))
                left += reversed(targets(model["shapes"][shape]))
    return found


class Part:
    def __init__(self):
        self.shapes = self.operations = self.size = 0
        self.of_shapes, self.of_operations, self.texts = Writer(), Writer(), set()

    def add(self, item, is_operation):
        self.size += self.more(item)
        self.texts.update(item.texts())
        (self.of_operations if is_operation else self.of_shapes).out += item.out
        self.operations += is_operation
        self.shapes += not is_operation

    def more(self, item):
        """How many bytes an item adds, nearly."""
        numbers = sum(len(one) if isinstance(one, bytes) else 1 for one in item.out)
        return numbers + sum(len(text) + 1 for text in {*item.texts()} - self.texts)

    def all(self):
        w = Writer()
        w.out = self.of_shapes.out + self.of_operations.out
        return w


def service(models):
    """One service: its head and its parts."""
    model, paginators, _, _ = models
    order, pages = in_order(model), paginators.get("pagination", {})
    shapes = [name for name, is_operation in order if not is_operation]
    numbers = {name: number for number, name in enumerate(shapes)}
    parts = [Part()]
    for name, is_operation in order:
        item = Writer()
        if is_operation:
            operation(item, model["operations"][name], numbers, pages.get(name))
        else:
            shape(item, name, model["shapes"][name], numbers)
        if parts[-1].size + parts[-1].more(item) > PART:
            parts.append(Part())
        parts[-1].add(item, is_operation)
    places = Counter(text for part in parts for text in part.texts)
    about = model["metadata"]
    common = {text for text, count in places.items() if count > 1}
    common |= {text for text in about.values() if isinstance(text, str)} | {*about.get("auth", [])}
    used = Counter(text for part in parts for text in part.all().texts() if text in common)
    # What is used often gets the short numbers.
    common = {text: number for number, text in enumerate(sorted(common, key=lambda text: (-used[text], text)))}
    return [head(models, common, parts), *(part.all().written(common) for part in parts)]


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
    """Names, spellings of policies and endpoints, sizes: what `pack.rs` reads to open one."""
    w = Writer()
    w.number(len(services))
    for name, (model, *_) in services.items():
        about = model["metadata"]
        w.long(name)
        spellings = {about["endpointPrefix"], about.get("signingName", name)} - {name}
        w.list(sorted(spellings), w.long)
        w.number(len(packed[name]))
    return b"".join(w.out)


def section(data, *dictionary):
    """What is compressed: its sizes, before and after, and itself."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, *dictionary)
    squeezed = packer.compress(data) + packer.flush()
    return coded(len(data)) + coded(len(squeezed)) + squeezed


def pack():
    """The file, and what is in it before it is compressed."""
    services, partitions = published()
    shared = dictionary(services)
    contents = {name: service(models) for name, models in services.items()}
    packed = {name: b"".join(section(data, shared) for data in content) for name, content in contents.items()}
    whole = {"header": HEADER.encode(), "dictionary": shared, "index": index(services, packed)}
    whole["operations"] = "\n".join(" ".join(sorted(model["operations"])) for model, *_ in services.values()).encode()
    whole["partitions"] = compact(partitions).encode()
    out = [coded(len(whole["header"])), whole["header"], *(section(whole[name]) for name in SECTIONS), *packed.values()]
    return b"".join(out), whole, [data for content in contents.values() for data in content]


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

    def opened(*dictionary):
        _, size = number(), number()
        return zlib.decompressobj(-15, *dictionary).decompress(bytes_of(size))

    found, services = {"header": bytes_of(number())}, []
    for name in SECTIONS:
        found[name] = opened()
    while at < len(data):
        services.append(opened(found["dictionary"]))
    return found, services


def main():
    file = HERE / "models.bin"
    data, whole, services = pack()
    if "--check" not in sys.argv[1:]:
        file.write_bytes(data)
        print(f"{file}: {len(data):,} bytes, {sum(map(len, services)):,} before compression, in {len(services):,} parts")
        return
    found, there = unpacked(file.read_bytes())
    # The index has the compressed sizes, which another compressor makes others.
    same = all(found[name] == whole[name] for name in found if name != "index")
    if not same or there != services:
        sys.exit(f"{file} is stale: run {HERE / 'pack.py'}")


if __name__ == "__main__":
    main()
