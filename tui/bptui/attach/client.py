"""A connection to a run."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bptui.attach.status import Status
from bptui.steer.channel import MAX_ANSWER, ChannelError, decoded, encoded, is_own, new_number

CONNECT_SECONDS = 2.0
"""The time in which a run that lives answers."""
WAITING = "the training has not taken the request yet: it takes it when it comes to it"


class SilentError(Exception):
    """The run does not answer, or the connection is lost; the message says which."""


@dataclass(frozen=True, slots=True)
class Answer:
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
    found = []
    for entry in entries:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[1], dict):
            raise ChannelError("an entry must be a number and a JSON object")
        found.append(entry[1])
    return until, found


def connected_to(path: Path) -> socket.socket:
    """Connect to the socket of a run.

    Raises:
        SilentError: nobody listens there, or it is another user's.
    """
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    until = time.monotonic() + CONNECT_SECONDS
    try:
        connected.settimeout(CONNECT_SECONDS)
        while True:
            try:
                connected.connect(str(path))
                break
            except BlockingIOError:  # so many others wait
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
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
        raise SilentError("has ended")
    answer = decoded(line)
    if answer.get("id") == 0:
        raise SilentError(f"refuses the connection: {answer.get('text')}")
    return answer


class Client:
    """Asks a run for one thing after the other.

    Args:
        path: the socket of the run.

    Raises:
        SilentError: nobody listens there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connect()

    def _connect(self) -> None:
        self._socket, self._received = connected_to(self._path), bytearray()

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
        return Status.from_answer(self._known("status").get("status"))

    def entries(self, since: int = 0) -> list[dict[str, object]]:
        """Ask for the entries of the record after a number. The newest may not be in its file yet.

        Raises:
            SilentError: there is no answer.
            ChannelError: an answer makes no sense.
        """
        found: list[dict[str, object]] = []
        while True:
            until, entries = entries_of(self._known("entries", since=since))
            if not entries or until <= since:
                return found
            found += entries
            since = until

    def ask(
        self,
        verb: str,
        patience: float,
        *,
        when_waiting: Callable[[float], object] = lambda _seconds: None,
        **fields: object,
    ) -> Answer:
        """Ask for a change, and wait until the training has taken it.

        Args:
            verb: what to do; see `bptui.steer.channel`.
            patience: the most seconds to wait.
            when_waiting: called each second with the seconds since the request.
            fields: the fields of the request.

        Returns:
            The answer. After the time, it is one that says that the training has not taken the request yet.

        Raises:
            SilentError: the run has ended.
            ChannelError: the answer makes no sense.
        """
        try:
            return Answer.of(self._answer(verb, patience, when_waiting, **fields))
        except TimeoutError:
            return Answer(False, WAITING, is_waiting=True)

    def _known(self, verb: str, **fields: object) -> dict[str, object]:
        """The answer to a request that the training does not have to take."""
        try:
            return self._answer(verb, CONNECT_SECONDS, lambda _seconds: None, **fields)
        except TimeoutError:
            raise SilentError("does not answer") from None

    def _answer(
        self, verb: str, patience: float, when_waiting: Callable[[float], object], **fields: object
    ) -> dict[str, object]:
        """The fields of the answer; see `ask`. If the connection is lost, the request is sent again.

        Raises:
            TimeoutError: there is no answer yet.
        """
        number, begin = new_number(), time.monotonic()
        line = encoded({"id": number, "do": verb, **fields})
        is_sent = False
        while True:
            seconds = time.monotonic() - begin
            try:
                if not is_sent:
                    self._socket.settimeout(CONNECT_SECONDS)
                    self._socket.sendall(line)
                    is_sent = True
                self._socket.settimeout(min(1.0, max(1e-3, patience - seconds)))
                answer = answer_of(self._line())
                if answer.get("id") == number:
                    return answer
            except TimeoutError:
                seconds = time.monotonic() - begin
                if not is_sent or seconds >= patience:
                    raise
                when_waiting(seconds)
            except OSError:
                if seconds >= patience:
                    raise SilentError("has lost the connection") from None
                self._connect_again(is_sent=is_sent)
                is_sent = False

    def _connect_again(self, *, is_sent: bool) -> None:
        self._socket.close()
        try:
            self._connect()
        except SilentError:
            unknown = " before it has answered: its record has what it took" if is_sent else ""
            raise SilentError(f"has ended{unknown}") from None

    def _line(self) -> bytes:
        """The next line that the run sends.

        Raises:
            OSError: it takes too long, or the connection is lost.
        """
        while (end := self._received.find(b"\n")) < 0 and len(self._received) < MAX_ANSWER:
            received = self._socket.recv(1 << 16)
            if not received:
                raise ConnectionResetError
            self._received += received
        line = bytes(self._received[: end + 1 or None])
        del self._received[: len(line)]
        return line
