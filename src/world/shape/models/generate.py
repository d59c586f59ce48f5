#!/usr/bin/env python3
"""Writes the tables beside it from AWS's published models, as botocore (Apache-2.0) carries them.

    python3 generate.py …/site-packages/botocore/data SERVICE…

A line for an operation: `+NAME`, then the members of its input. A line for a structure: its name, then its members.
A member: its name, `*` if it is required, `:` and its type: s text, i whole number, n number, f flag, t time, b blob,
[T] list of T, {T} map from text to T, or the name of a structure. The line that begins with `~` has the names of all
members of answers.
"""

import glob
import gzip
import json
import os
import sys

SCALARS = {
    "string": "s", "character": "s", "integer": "i", "long": "i", "short": "i", "double": "n", "float": "n",
    "boolean": "f", "timestamp": "t", "blob": "b",
}


def model(data, service):
    newest = sorted(os.listdir(f"{data}/{service}"))[-1]
    path = glob.glob(f"{data}/{service}/{newest}/service-2.json*")[0]
    with (gzip.open if path.endswith(".gz") else open)(path) as file:
        return json.load(file)


def table(published):
    shapes, structures = published["shapes"], {}

    def kind(name):
        shape = shapes[name]
        of = shape["type"]
        if of == "list":
            return f"[{kind(shape['member']['shape'])}]"
        if of == "map":
            return "{" + kind(shape["value"]["shape"]) + "}"
        if of == "structure":
            if name not in structures:
                structures[name] = None
                structures[name] = members(shape)
            return name
        return SCALARS[of]

    def members(shape):
        required = shape.get("required", [])
        out = []
        for name, member in shape.get("members", {}).items():
            # What the SDKs fill in may be left out.
            star = "*" if name in required and not member.get("idempotencyToken") else ""
            out.append(f"{name}{star}:{kind(member['shape'])}")
        return " ".join(out)

    def answered():
        names, seen = set(), set()
        left = [op["output"]["shape"] for op in published["operations"].values() if "output" in op]
        while left:
            shape = shapes[left.pop()]
            if id(shape) in seen:
                continue
            seen.add(id(shape))
            names.update(shape.get("members", {}))
            left += [member["shape"] for member in shape.get("members", {}).values()]
            left += [shape[part]["shape"] for part in ("member", "value") if part in shape]
        return names

    lines = []
    for name, operation in sorted(published["operations"].items()):
        given = members(shapes[operation["input"]["shape"]]) if "input" in operation else ""
        lines.append(f"+{name} {given}".rstrip())
    lines += [f"{name} {given}".rstrip() for name, given in sorted(structures.items())]
    lines.append("~" + " ".join(sorted(answered())))
    return "\n".join(lines) + "\n"


def main():
    data, *services = sys.argv[1:]
    for service in services:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{service}.txt"), "w") as file:
            file.write(table(model(data, service)))


main()
