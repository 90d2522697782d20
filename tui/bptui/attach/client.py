"""A connection to a run."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bptui.attach.status import SteerStatus
from bptui.steer.channel import MAX_ANSWER, ChannelError, decoded, encoded, is_own, new_number

CONNECT_SECONDS = 2.0
"""The time in which a run that lives answers."""


class SilentError(Exception):
    """The run does not answer, or the connection is lost; the message says which."""


class LateError(SilentError):
    """There is no answer yet."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request."""

    succeeded: bool
    text: str
    """What was done, or why it was refused."""
    is_waiting: bool = False
    """Whether the training has not taken the request yet; it still will."""

    @classmethod
    def of(cls, fields: dict[str, object]) -> Self:
        """The answer that a run has sent.

        Raises:
            ChannelError: it is not one.
        """
        text = fields.get("text")
        if not isinstance(text, str):
            raise ChannelError("text must be a str")
        return cls(fields.get("ok") is True, text)


def entries_of(answer: dict[str, object]) -> tuple[int, list[dict[str, object]]]:
    """The number up to which the entries of an answer are complete, and the entries.

    Raises:
        ChannelError: the answer has none.
    """
    until, entries = answer.get("until"), answer.get("entries")
    if not isinstance(until, int) or not isinstance(entries, list):
        raise ChannelError("must have until and entries")
    events = []
    for entry in entries:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[1], dict):
            raise ChannelError("an entry must be a number and a JSON object")
        events.append(entry[1])
    return until, events


def connected_to(path: Path) -> socket.socket:
    """Connect to the socket of a run.

    Raises:
        SilentError: nobody listens there, or it is another user's.
    """
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.settimeout(CONNECT_SECONDS)
        connected.connect(str(path))
        if not is_own(connected):
            raise SilentError("belongs to another user")
    except (OSError, SilentError) as error:
        connected.close()
        raise SilentError(f"can't be reached: {error}") from None
    return connected


def answer_of(line: bytes) -> dict[str, object]:
    """The answer that is in a line, which a run has sent.

    Raises:
        SilentError: the run has ended, or has refused the connection.
        ChannelError: the line makes no sense.
    """
    if not line.endswith(b"\n"):
        if len(line) >= MAX_ANSWER:
            raise ChannelError(f"an answer has at most {MAX_ANSWER} bytes")
        raise SilentError("has ended: its record says what it has done")
    answer = decoded(line)
    if answer.get("id") == 0:
        raise SilentError(f"refuses the connection: {answer.get('text')}")
    return answer


class Client:
    """Asks a run for one thing after the other. When an answer has not come in time, it can ask no more.

    Args:
        path: the socket of the run.
        when_waiting: called each second while an answer is waited for, with the seconds since the request.

    Raises:
        SilentError: nobody listens there.
    """

    def __init__(self, path: Path, when_waiting: Callable[[float], object] = lambda _seconds: None) -> None:
        self._when_waiting = when_waiting
        self._socket = connected_to(path)
        self._lines = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._lines.close()
        self._socket.close()

    def status(self) -> SteerStatus:
        """Ask for the status.

        Raises:
            SilentError: there is no answer.
            ChannelError: the answer makes no sense.
        """
        return SteerStatus.from_answer(self._answer("status").get("status"))

    def entries(self, since: int = 0) -> list[dict[str, object]]:
        """Ask for the entries of the record after a number. The newest may not be in its file yet.

        Raises:
            SilentError: there is no answer.
            ChannelError: an answer makes no sense.
        """
        events: list[dict[str, object]] = []
        while True:
            until, entries = entries_of(self._answer("entries", since=since))
            if not entries or until <= since:
                return events
            events += entries
            since = until

    def ask(self, verb: str, patience: float, **fields: object) -> Reply:
        """Ask for a change, and wait until the training has taken it.

        Args:
            verb: what to do; see `bptui.steer.channel`.
            patience: the most seconds to wait.
            fields: the fields of the request.

        Returns:
            The answer. After the time, it is one that says that the training has not taken the request yet.

        Raises:
            SilentError: the run has ended.
            ChannelError: the answer makes no sense.
        """
        try:
            return Reply.of(self._answer(verb, patience, **fields))
        except LateError:
            text = "the training has not taken the request yet: it takes it when it comes to it"
            return Reply(False, text, is_waiting=True)

    def _answer(self, verb: str, patience: float = CONNECT_SECONDS, **fields: object) -> dict[str, object]:
        """The fields of the answer; see `ask`."""
        begin = time.monotonic()
        try:
            self._socket.sendall(encoded({"id": new_number(), "do": verb, **fields}))
            while True:
                left = begin + patience - time.monotonic()
                if select.select([self._socket], [], [], max(0.0, min(left, 1.0)))[0]:
                    return answer_of(self._lines.readline(MAX_ANSWER))
                if (seconds := time.monotonic() - begin) >= patience:
                    raise LateError("does not answer")
                self._when_waiting(seconds)
        except OSError:
            raise SilentError("has lost the connection") from None
