"""Every operation of AWS as botocore writes and reads it: one JSON a line, on the standard output.

    cases.py SHARD SHARDS

Values are made from the models, the same at every start: an input, an answer and an error with every member, and an
input with only what is required. What botocore itself cannot write is a line of its own.
"""

import base64
import binascii
import datetime
import io
import json
import pickle
import re
import struct
import sys
import xml.etree.ElementTree as ET

import botocore.awsrequest
import botocore.eventstream
import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
import botocore.session

TIME = datetime.datetime(2026, 11, 20, 16, 30, tzinfo=datetime.timezone.utc)
TEXT = "ab <&>é/ c+"
# Their requests hold URLs with signatures.
PRESIGNED = {
    ("ec2", "CopySnapshot"), ("rds", "CopyDBClusterSnapshot"), ("rds", "CreateDBCluster"), ("rds", "CopyDBSnapshot"),
    ("rds", "CreateDBInstanceReadReplica"), ("rds", "StartDBInstanceAutomatedBackupsReplication"),
    ("neptune", "CopyDBClusterSnapshot"), ("neptune", "CreateDBCluster"), ("docdb", "CopyDBClusterSnapshot"),
    ("docdb", "CreateDBCluster"),
}
XML = {"query", "ec2", "rest-xml"}


class Maker:
    """Values of shapes."""

    def __init__(self, is_full):
        self.is_full, self.made = is_full, 0

    def among(self, items):
        self.made += 1
        return items[self.made % len(items)]

    def value(self, shape, depth=0, name=""):
        kind = {"character": "string", "long": "integer", "double": "float"}.get(shape.type_name, shape.type_name)
        return getattr(self, kind)(shape, depth, name)

    def structure(self, shape, depth, _):
        if getattr(shape, "is_document_type", False):
            return {"a": [1, "x", {"b": None}], "c": "d"}
        members = list(shape.members.items())
        if getattr(shape, "is_tagged_union", False):
            simple = [one for one in members if one[1].type_name not in ("structure", "list", "map")]
            members = [self.among(simple if depth > 5 and simple else members)] if members else []
            return {name: self.value(member, depth + 1, name) for name, member in members if depth < 14}
        found = {}
        for name, member in members:
            is_kept = name in shape.required_members or member.metadata.get("idempotencyToken")
            is_kept = is_kept or (self.is_full and depth < 4)
            if is_kept and depth < 9 and not member.serialization.get("eventstream"):
                found[name] = self.value(member, depth + 1, name)
        return found

    def list(self, shape, depth, _):
        least = shape.metadata.get("min", 0)
        count = max(2 if self.is_full and depth < 4 else 1, least if least < 20 else 1)
        return [self.value(shape.member, depth + 1) for _ in range(count)]

    def map(self, shape, depth, _):
        key = shape.key
        keys = [self.among(key.enum)] if key.enum else ["k0", "k1"]
        return {key: self.value(shape.value, depth + 1) for key in keys}

    def string(self, shape, _, name):
        where = shape.serialization.get("location")
        if shape.serialization.get("jsonvalue") and where:
            return {"j": [1, 2]}
        if shape.enum:
            return self.among(shape.enum)
        text = TEXT
        if where in ("header", "headers"):
            text = "abc d"
        elif shape.serialization.get("hostLabel"):
            text = "abc-d"
        elif name == "AccountId":
            text = "123456789012"
        elif name == "Bucket":
            text = "bucket-1"
        elif where == "uri":
            text = "ab cé/d"
        return text + "x" * max(0, (shape.metadata.get("min") or 0) - len(text))

    def integer(self, shape, *_):
        return int(bounded(7, shape))

    def float(self, shape, *_):
        return float(bounded(1.5, shape))

    def boolean(self, *_):
        return True

    def blob(self, *_):
        return b"\x00\x01hi"

    def timestamp(self, *_):
        return TIME

    bigdecimal = float
    short = byte = integer


def bounded(number, shape):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    number = number if least is None else max(number, least)
    return number if most is None else min(number, most)


def cli(value):
    """As the AWS CLI takes and prints values."""
    if isinstance(value, dict):
        return {key: cli(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [cli(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode()
    if hasattr(value, "read"):
        return cli(value.read())
    return value


def write(case, make):
    """Writes what `make` makes, if it makes anything."""
    try:
        made = make()
        line = made and json.dumps({**case, **made})
    except Exception as error:  # noqa: BLE001: whatever it is, botocore cannot do it
        line = json.dumps({**case, "skipped": repr(error)[:200]})
    if line:
        print(line)


class Service:
    def __init__(self, name, loader, events):
        self.name, self.events = name, events
        self.definition = loader.load_service_model(name, "service-2")
        about = self.definition["metadata"]
        self.protocols = list(dict.fromkeys([about["protocol"], *about.get("protocols", [])]))
        # Handlers change models.
        self.model = botocore.model.ServiceModel(pickle.loads(pickle.dumps(self.definition)), name)
        self.event = self.model.service_id.hyphenize()
        self.answers = botocore.model.ServiceModel(self.of_outputs(), name)
        self.errors = {}
        for operation in self.model.operation_names:
            for error in self.model.operation_model(operation).error_shapes:
                self.errors.setdefault(error.name, operation)

    def of_outputs(self):
        """The model with each operation's output as its input: what writes requests then writes answers."""
        model = pickle.loads(pickle.dumps(self.definition))
        for of in model["operations"].values():
            output = of.get("output")
            of.pop("input", None)
            if output:
                of["input"] = {key: value for key, value in output.items() if key != "resultWrapper"}
                if XML.intersection(self.protocols):
                    of["input"]["locationName"] = "Root"
            of["http"] = {"method": "POST", "requestUri": "/"}
            for key in ("httpChecksum", "endpoint", "requestcompression"):
                of.pop(key, None)
        if "rest-xml" in self.protocols:
            for shape in model["shapes"].values():
                if shape.get("payload"):
                    shape["members"][shape["payload"]].setdefault("locationName", "P")
        return model

    def cases(self):
        for protocol in self.protocols:
            for operation in self.model.operation_names:
                case = {"service": self.name, "operation": operation, "protocol": protocol}
                write({**case, "about": "full"}, lambda: self.request(protocol, operation, True))
                write({**case, "about": "minimal"}, lambda: self.request(protocol, operation, False))
                write({**case, "about": "answer"}, lambda: self.answer(protocol, operation))
            for error, operation in self.errors.items():
                case = {"service": self.name, "operation": operation, "protocol": protocol, "about": "error"}
                write(case, lambda: self.error(protocol, operation, error))

    def request(self, protocol, operation, is_full):
        serializer = botocore.serialize.create_serializer(protocol, False)
        model = self.model.operation_model(operation)
        given = Maker(is_full).value(model.input_shape) if model.input_shape else {}
        shown, context = cli(given), {}
        self.emit("before-parameter-build", operation, params=given, model=model, context=context)
        # Some handlers change the model, which is read again.
        model = self.model.operation_model(operation)
        request = serializer.serialize_to_request(given, model)
        prefix = request.pop("host_prefix", None)
        if (self.name, operation) not in PRESIGNED:
            self.emit(
                "before-call", operation, model=model, params=request, request_signer=None, context=context
            )
        botocore.awsrequest.prepare_request_dict(request, endpoint_url="https://host", context=context)
        sent = botocore.awsrequest.create_request_object(request)
        self.emit("request-created", operation, request=sent, operation_name=operation)
        sent = sent.prepare()
        url = sent.url.removeprefix("https://host")
        body = sent.body or b""
        body = body.read() if hasattr(body, "read") else body
        return {
            "input": shown,
            "method": sent.method,
            "uri": url if url.startswith("/") else f"/{url}",
            "headers": {key.lower(): text(value) for key, value in sent.headers.items()},
            "body": cli(body.encode() if isinstance(body, str) else body),
            "host_prefix": prefix,
        }

    def emit(self, event, operation, **about):
        self.events.emit(f"{event}.{self.event}.{operation}", **about)

    def written(self, protocol, model, value):
        """Headers and body of an answer."""
        protocol = "rest-xml" if protocol in ("query", "ec2") else protocol
        written = botocore.serialize.create_serializer(protocol, False).serialize_to_request(value, model)
        body = written["body"]
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        body = body.read() if hasattr(body, "read") else body
        headers = {key: text(value) for key, value in dict(written["headers"]).items()}
        headers.pop("Content-Length", None)
        return headers, body.encode() if isinstance(body, str) else body or b""

    def answer(self, protocol, operation):
        model = self.model.operation_model(operation)
        shape = model.output_shape
        if not shape:
            return None
        value = Maker(True).value(shape)
        for name, member in shape.members.items():
            if member.serialization.get("location") == "statusCode":
                value.pop(name, None)
        headers, body = self.written(protocol, self.answers.operation_model(operation), value)
        if model.has_event_stream_output:
            body = self.stream(protocol, model, value)
        elif protocol == "ec2":
            body = body or b"<R/>"
        elif protocol == "query":
            wrapper = shape.serialization.get("resultWrapper")
            wrapper = wrapper or self.definition["operations"][operation]["output"].get("resultWrapper")
            body = inner(body)
            body = b"<%s>%s</%s>" % (wrapper.encode(), body, wrapper.encode()) if wrapper else body
            body = b'<R xmlns="urn:x">%s<ResponseMetadata><RequestId>q</RequestId></ResponseMetadata></R>' % body
        parsed = self.parsed(protocol, model, 200, headers, body)
        parsed.pop("ResponseMetadata", None)
        if model.has_event_stream_output:
            name = model.get_event_stream_output().name
            member = next(key for key, one in shape.members.items() if one.name == name)
            parsed[member] = list(parsed[member])
        result = cli(parsed)
        return {"status": 200, "headers": headers, "body": cli(body), "result": result}

    def parsed(self, protocol, model, status, headers, body):
        """What botocore reads, with what its handlers make of it."""
        found = botocore.awsrequest.HeadersDict()
        for key, value in headers.items():
            found[key] = value
        raw = body
        if model.has_event_stream_output and status == 200:
            raw = Raw(body)
        elif model.has_streaming_output and status == 200:
            raw = io.BytesIO(body)
        context = {"operation_name": model.name}
        response = {"status_code": status, "headers": found, "body": raw, "context": context}
        customized = {}
        self.emit(
            "before-parse", model.name, operation_model=model, response_dict=response,
            customized_response_dict=customized,
        )
        parser = botocore.parsers.create_parser(protocol)
        parsed = parser.parse(response, model.output_shape)
        parsed.update(customized)
        if status >= 300:
            code = parsed.get("Error", {}).get("Code")
            shape = self.model.shape_for_error_code(code)
            modelled = parser.parse(response, shape) if shape else {}
            parsed["modelled"] = {key: value for key, value in modelled.items() if key != "ResponseMetadata"}
        else:
            http = botocore.awsrequest.AWSResponse("https://host", status, found, Raw(body))
            self.emit(
                "after-call", model.name, http_response=http, parsed=parsed, model=model,
                context={"encoding_type_auto_set": True},
            )
        return parsed

    def error(self, protocol, operation, error):
        shape = self.model.shape_for(error)
        value = Maker(True).value(shape)
        names = [name for name in value if name.lower() == "message"]
        for name in names:
            value.pop(name)
        for name, member in shape.members.items():
            if member.serialization.get("location") == "statusCode":
                value.pop(name, None)
        code, said = shape.error_code, names[0] if names else "message"
        shapes = {**self.definition["shapes"], "TextOfCases": {"type": "string"}}
        if protocol not in XML:
            value[said] = "m & n"
            members = {said: {"shape": "TextOfCases"}, **shapes[error].get("members", {})}
            shapes[error] = {**shapes[error], "members": members}
            if protocol != "rest-json":
                value["__type"] = f"com.amazonaws#{code}"
                members["__type"] = {"shape": "TextOfCases"}
        headers, body = self.written(protocol, self.alone(shapes, error, "Error"), value)
        status = shape.metadata.get("error", {}).get("httpStatusCode", 400)
        if protocol == "rest-json":
            headers = {key: value for key, value in headers.items() if key.lower() != "x-amzn-errortype"}
            headers["x-amzn-errortype"] = f"{code}:http://internal"
        elif protocol in XML:
            body = b"<Error><Type>Sender</Type><Code>%s</Code><Message>m &amp; n</Message>%s</Error>" % (
                code.encode(), inner(body))
            if protocol == "ec2":
                body = b"<Response><Errors>%s</Errors><RequestID>q</RequestID></Response>" % body
            elif self.name != "s3":
                body = b"<ErrorResponse>%s<RequestId>q</RequestId></ErrorResponse>" % body
        parsed = self.parsed(protocol, self.model.operation_model(operation), status, headers, body)
        said = parsed["Error"]
        return {
            "status": status, "headers": headers, "body": cli(body), "code": said["Code"], "message": said["Message"],
            "members": cli(parsed["modelled"]),
        }

    def stream(self, protocol, model, value):
        """The frames of one event of each kind."""
        shape = model.get_event_stream_output()
        frames = b""
        if protocol in ("json", "smithy-rpc-v2-cbor"):
            _, body = self.written(protocol, self.answers.operation_model(model.name), value)
            frames += frame({":message-type": "event", ":event-type": "initial-response"}, body)
        for name, event in shape.members.items():
            if event.metadata.get("exception"):
                continue
            given, headers = Maker(True).value(event, 1), {":message-type": "event", ":event-type": name}
            body = {}
            for key, member in event.members.items():
                if key not in given:
                    continue
                if member.serialization.get("eventheader"):
                    headers[key] = given[key]
                elif member.serialization.get("eventpayload"):
                    body = given[key]
                    if isinstance(body, dict):
                        body = self.part(protocol, member, body)
                elif isinstance(body, dict):
                    body[key] = given[key]
            if isinstance(body, dict):
                body = self.part(protocol, event, body)
            frames += frame(headers, body.encode() if isinstance(body, str) else body)
        return frames

    def part(self, protocol, shape, value):
        """A structure as a document of its own."""
        shapes = dict(self.definition["shapes"])
        of = {key: value for key, value in shapes[shape.name].items() if key != "payload"}
        kept = {
            name: {key: value for key, value in member.items() if key not in ("eventheader", "eventpayload")}
            for name, member in of.get("members", {}).items()
        }
        shapes[shape.name] = {**of, "members": kept}
        return self.written(protocol, self.alone(shapes, shape.name, "Root"), value)[1]

    def alone(self, shapes, shape, root):
        """An operation whose input is a shape."""
        given = {"shape": shape, "locationName": root}
        operations = {"E": {"name": "E", "http": {"method": "POST", "requestUri": "/"}, "input": given}}
        model = {**self.definition, "shapes": shapes, "operations": operations}
        return botocore.model.ServiceModel(model, self.name).operation_model("E")


class Raw:
    """A body as it comes from the network."""

    def __init__(self, body):
        self.body = body

    def stream(self, **_):
        yield self.body

    def read(self, *_):
        body, self.body = self.body, b""
        return body

    def close(self):
        pass


def frame(headers, body):
    """A message of an event stream."""
    out = b""
    for name, value in headers.items():
        out += struct.pack("B", len(name)) + name.encode()
        if isinstance(value, bool):
            out += b"\x00" if value else b"\x01"
        elif isinstance(value, int):
            out += b"\x04" + struct.pack("!i", value)
        elif isinstance(value, bytes):
            out += b"\x06" + struct.pack("!H", len(value)) + value
        elif isinstance(value, datetime.datetime):
            out += b"\x08" + struct.pack("!q", int(value.timestamp() * 1000))
        else:
            data = value.encode()
            out += b"\x07" + struct.pack("!H", len(data)) + data
    prelude = struct.pack("!II", len(out) + len(body) + 16, len(out))
    checked = prelude + struct.pack("!I", binascii.crc32(prelude)) + out + body
    return checked + struct.pack("!I", binascii.crc32(checked))


def inner(document):
    """What is in the root of a document."""
    if not document:
        return b""
    root = ET.fromstring(document).tag.split("}")[-1].encode()
    return re.sub(rb"^<%s[^>]*>|</%s>$|^<%s ?/>$" % (root, root, root), b"", document)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def main():
    shard, shards = int(sys.argv[1]), int(sys.argv[2])
    loader = botocore.loaders.Loader()
    events = botocore.session.Session().get_component("event_emitter")
    for name in loader.list_available_services("service-2")[shard::shards]:
        Service(name, loader, events).cases()


if __name__ == "__main__":
    main()
