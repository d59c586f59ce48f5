"""Stands in for the Docker SDK under ministack's ECS scheduler: containers are records that live and die on time.

STAND_IN_IMAGES names a JSON file, read again at each use: [{"tag": …, "digest": …, "fate": …}, …].
An image is found by tag or digest, in any repository; one that is not listed does not exist.
Its fate, or the container's own variable FATE, is one of

    stay                      runs until it is stopped
    exit CODE after SECONDS   runs that long, then exits
    slow SECONDS              is pulled for that long, then stays
    missing                   cannot be pulled
"""

import json
import os
import secrets
import threading
import time

from . import errors

FAILURE = ["Starting up", "Unhandled exception: connection refused (db:5432)"]
SUCCESS = ["Applying migration 20261120_AddIndex", "Done."]


def _image(name):
    with open(os.environ["STAND_IN_IMAGES"], encoding="utf-8") as listed:
        images = json.load(listed)
    base, _, digest = name.partition("@")
    tag = base.rsplit("/", 1)[-1].partition(":")[2] or "latest"
    for image in images:
        if image["digest"] == digest or (not digest and image["tag"] == tag):
            return image
    raise errors.ImageNotFound(f"manifest for {name} not found: manifest unknown")


def _pullable(name):
    image = _image(name)
    if image["fate"] == "missing":
        raise errors.ImageNotFound(f"manifest for {name} not found: manifest unknown")
    return image


class RegistryData:
    def __init__(self, digest):
        self.id = digest


class Image:
    def __init__(self, digest):
        self.id = digest

    def tag(self, _repository, tag=None):
        return True


class Images:
    def get_registry_data(self, name, auth_config=None):
        return RegistryData(_pullable(name)["digest"])

    def pull(self, name, **_):
        image = _pullable(name)
        verb, *words = image["fate"].split()
        if verb == "slow":
            time.sleep(float(words[0]))
        return Image(image["digest"])

    def get(self, name):
        return Image(_pullable(name)["digest"])


class Container:
    def __init__(self, name, labels, fate):
        self.id = secrets.token_hex(32)
        self.name = name
        self.labels = labels
        self.attrs = {"Labels": labels, "NetworkSettings": {"Networks": {}}}
        self._code = None
        self._ended = threading.Event()
        verb, *words = fate.split()
        if verb == "exit":
            code, after = int(words[0]), float(words[2])
            self._lines = SUCCESS if code == 0 else FAILURE
            timer = threading.Timer(after, self._end, [code])
            timer.daemon = True
            timer.start()
        else:
            self._lines = ["Listening"]

    def _end(self, code):
        if self._code is None:
            self._code = code
        self._ended.set()

    @property
    def status(self):
        return "exited" if self._ended.is_set() else "running"

    def reload(self):
        pass

    def wait(self, timeout=None, **_):
        self._ended.wait(timeout)
        return {"StatusCode": self._code or 0}

    def stop(self, timeout=None):
        self._end(143)

    def kill(self, signal=None):
        self._end(137)

    def remove(self, **_):
        self._end(137)
        _containers.pop(self.id, None)

    def logs(self, stream=False, **_):
        lines = [line.encode() + b"\n" for line in self._lines]
        return iter(lines) if stream else b"".join(lines)


_containers = {}


class Containers:
    def run(self, image, name=None, labels=None, environment=None, **_):
        fate = _pullable(image)["fate"]
        container = Container(name, labels or {}, (environment or {}).get("FATE", fate))
        _containers[container.id] = container
        return container

    def get(self, container_id):
        try:
            return _containers[container_id]
        except KeyError:
            raise errors.NotFound(f"No such container: {container_id}") from None

    def list(self, all=False, filters=None, **_):
        return list(_containers.values())


class Client:
    images = Images()
    containers = Containers()

    def ping(self):
        return True


def from_env(**_):
    return Client()
