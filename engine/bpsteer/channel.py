"""The channel to a run, between processes of one user: lines of JSON with a version.

A request has a number that its sender has drawn at random. If the connection is lost, it is sent again with
the same number: the training takes it once, and each connection that has sent it gets the answer.
"""

from __future__ import annotations

import json
import math
import os
import random
import socket
import struct
import sys
from typing import Any

VERSION = 2
MAX_REQUEST, MAX_ANSWER = 4096, 4_000_000
"""The most bytes of a line."""
MAX_STEPS = 10**15
"""The largest number of a step, and of a request."""
VALUE = bool, int, float, str, type(None)
"""The types of the value of a setting, or of one that is not known."""
REQUESTS: dict[str, dict[str, tuple[type, ...]]] = {
    "status": {},
    "entries": {"since": (int,)},
    "pause": {},
    "run": {},
    "step": {"count": (int,)},
    "set": {"name": (str,), "value": (bool, int, float, str)},
    "save": {},
    "back": {"step": (int,)},
    "stop": {},
}
"""What may be asked for, and the types of the fields of each request."""


class ChannelError(ValueError):
    """A line is not allowed, or none can be sent; the message says why."""


class Fields:
    """The fields of a message or of an entry of a record, which are checked when they are read."""

    def __init__(self, fields: object) -> None:
        if not isinstance(fields, dict):
            raise ChannelError("must be a JSON object")
        self._fields = fields

    def get(self, name: str, *kinds: type) -> Any:
        """The field of this name.

        Raises:
            ChannelError: there is none of these types, or it is a number that no float holds.
        """
        value: Any = self._fields.get(name)
        is_float = type(value) not in (int, float) or abs(value) <= sys.float_info.max
        if type(value) not in kinds or not is_float:
            raise ChannelError(f"{name} must be a {' or '.join(kind.__name__ for kind in kinds)}")
        return value

    def all(self, *kinds: type) -> dict[str, Any]:
        """All fields, each of which is of one of these types."""
        return {name: self.get(name, *kinds) for name in self._fields}

    def count(self, name: str) -> int:
        """A field that counts something."""
        count: int = self.get(name, int)
        if not 0 <= count <= MAX_STEPS:
            raise ChannelError(f"{name} must be from 0 to {MAX_STEPS}")
        return count

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; none if there is no such field."""
        texts = self.get(name, list) if name in self._fields else ()
        return tuple(text for text in texts if isinstance(text, str))


def new_number() -> int:
    """The number of a new request, which no other has."""
    return random.SystemRandom().randint(1, MAX_STEPS)


_encode = json.JSONEncoder(allow_nan=False).encode  # json.dumps would make an encoder for each line


def encoded(message: dict[str, object]) -> bytes:
    """A message as a line, with its version."""
    return json_line({"v": VERSION, **message})


def json_line(fields: dict[str, object]) -> bytes:
    """A JSON object as a line. Numbers that are not finite become null, since JSON has none."""
    try:
        text = _encode(fields)
    except ValueError:
        text = _encode(_finite(fields))
    return text.encode() + b"\n"


def decoded(line: bytes) -> dict[str, object]:
    """The message of a line.

    Raises:
        ChannelError: it is not a message of this version.
    """
    try:
        message = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ChannelError("must be a line of JSON") from None
    if not isinstance(message, dict):
        raise ChannelError("must be a JSON object")
    if message.get("v") != VERSION:
        raise ChannelError(f"must have the version {VERSION} as v")
    return message


def request_of(line: bytes) -> tuple[int, str, dict[str, object]]:
    """The number of a request, what it asks for, and its fields, which are checked.

    Raises:
        ChannelError: it is not a request.
    """
    message = decoded(line)
    number, verb = Fields(message).count("id"), message.get("do")
    if not isinstance(verb, str) or verb not in REQUESTS:
        raise ChannelError(f"do must be one of {', '.join(REQUESTS)}")
    kinds = REQUESTS[verb]
    fields = {name: value for name, value in message.items() if name not in ("v", "id", "do")}
    if fields.keys() != kinds.keys():
        raise ChannelError(f"{verb} must have the fields {', '.join(kinds) or '(none)'}")
    for name, types in kinds.items():
        if types == (int,):
            Fields(fields).count(name)
        Fields(fields).get(name, *types)
    return number, verb, fields


def _finite(value: object) -> object:
    """The value with None for each number in it that is not finite."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def is_own(connection: socket.socket) -> bool:
    """Whether the process at the other end belongs to this user."""
    try:
        if sys.platform == "darwin":
            local, peer_credentials = 0, 1
            answer = connection.getsockopt(local, peer_credentials, 76)
            return bool(struct.unpack_from("II", answer)[1] == os.getuid())
        size = struct.calcsize("3i")
        answer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        return bool(struct.unpack("3i", answer)[1] == os.getuid())
    except (OSError, struct.error):
        return False


def _refuse_constant(name: str) -> object:
    raise ValueError(name)
