"""A connection to a run."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bptui.attach.status import Status
from bptui.steer.channel import MAX_ANSWER, ChannelError, decoded, encoded, is_own

CONNECT_SECONDS = 2.0
"""The time in which a run that lives answers."""


class SilentError(Exception):
    """The run does not answer, or the connection is lost; the message says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request."""

    succeeded: bool
    text: str
    """What was done, or why it was refused."""
    is_waiting: bool = False
    """Whether the training has not taken the request yet. Another answer follows."""

    @classmethod
    def of(cls, fields: dict[str, object]) -> Self:
        """The answer that a run has sent.

        Raises:
            ChannelError: it is not one.
        """
        text = fields.get("text")
        if not isinstance(text, str):
            raise ChannelError("text must be a str")
        is_waiting = fields.get("waiting") is True
        return cls(fields.get("ok") is True and not is_waiting, text, is_waiting)


def entries_of(answer: dict[str, object]) -> tuple[int, list[dict[str, object]]]:
    """The number up to which the entries of an answer are complete, and the entries.

    Raises:
        ChannelError: the answer has none.
    """
    until, entries = answer.get("until"), answer.get("entries")
    if not isinstance(until, int) or not isinstance(entries, list):
        raise ChannelError("must have until and entries")
    found = []
    for entry in entries:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[1], dict):
            raise ChannelError("an entry must be a number and a JSON object")
        found.append(entry[1])
    return until, found


class Client:
    """Asks a run.

    Args:
        path: the socket of the run.

    Raises:
        SilentError: nobody listens there.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._received = bytearray()
        self._number = 0
        try:
            self._socket.settimeout(CONNECT_SECONDS)
            self._socket.connect(str(path))
            if not is_own(self._socket):
                raise SilentError("belongs to another user")
        except (OSError, SilentError) as error:
            self._socket.close()
            raise SilentError(f"can't be reached: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def status(self) -> Status:
        """Ask for the status.

        Raises:
            SilentError: there is no answer.
            ChannelError: the answer makes no sense.
        """
        return Status.from_answer(self._answer("status").get("status"))

    def entries(self, since: int = 0) -> list[dict[str, object]]:
        """Ask for the entries of the record after a number. They may not be in its file yet.

        Raises:
            SilentError: there is no answer.
            ChannelError: an answer makes no sense.
        """
        found: list[dict[str, object]] = []
        while True:
            until, entries = entries_of(self._answer("entries", since=since))
            if not entries or until <= since:
                return found
            found += entries
            since = until

    def ask(self, verb: str, patience: float, **fields: object) -> Answer:
        """Ask for a change, and wait until the training has taken it.

        Args:
            verb: what to do; see `bptui.steer.channel`.
            patience: the most seconds to wait.
            fields: the fields of the request.

        Returns:
            The answer. After the time, it is the one that says that the training has not taken the request.

        Raises:
            SilentError: there is no answer.
            ChannelError: the answer makes no sense.
        """
        return Answer.of(self._answer(verb, patience, **fields))

    def _answer(self, verb: str, patience: float = 0.0, **fields: object) -> dict[str, object]:
        """The fields of the answer; see `ask`."""
        self._number += 1
        try:
            self._socket.sendall(encoded({"id": self._number, "do": verb, **fields}))
        except OSError as error:
            raise SilentError(f"the connection is lost: {error}") from None
        until = time.monotonic() + patience
        waiting: dict[str, object] | None = None
        while True:
            try:
                answer = self._receive(CONNECT_SECONDS if waiting is None else until - time.monotonic())
            except TimeoutError:
                if waiting is None:
                    raise SilentError("does not answer") from None
                return waiting
            if answer.get("waiting") is not True:
                return answer
            waiting = answer

    def _receive(self, seconds: float) -> dict[str, object]:
        """The next answer to the newest request.

        Raises:
            SilentError: the connection is lost, or the channel is refused.
            TimeoutError: there was none in this time.
            ChannelError: it makes no sense.
        """
        until = time.monotonic() + seconds
        while True:
            while (end := self._received.find(b"\n")) >= 0:
                line = bytes(self._received[:end])
                del self._received[: end + 1]
                answer = decoded(line)
                if answer.get("id") == self._number:
                    return answer
                if answer.get("id") == 0:
                    raise SilentError(f"refuses the connection: {answer.get('text')}")
            if len(self._received) > MAX_ANSWER:
                raise ChannelError(f"an answer has at most {MAX_ANSWER} bytes")
            self._socket.settimeout(max(until - time.monotonic(), 1e-3))
            try:
                received = self._socket.recv(1 << 16)
            except TimeoutError:
                raise
            except OSError as error:
                raise SilentError(f"the connection is lost: {error}") from None
            if not received:
                raise SilentError("has ended")
            self._received += received
