"""A connection to a run."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bpsteer.channel import MAX_ANSWER, ChannelError, Fields, decoded, encoded, is_own, new_number
from bptui.steering.run_status import SteerStatus

CONNECT_SECONDS = 2.0
"""The time in which a run that lives answers."""

Answer = dict[str, object]
"""The fields of an answer."""


class SilentError(ChannelError):
    """The run does not answer, or the connection is lost; the message says which."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request."""

    succeeded: bool
    text: str
    """What was done, or why it was refused."""

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """What an answer says."""
        return cls(answer.get("ok") is True, str(answer.get("text", "")))


def entries_of(answer: Answer) -> tuple[int, list[dict[str, object]]]:
    """The number up to which the entries of an answer are complete, and the entries, which are not checked.

    Raises:
        ChannelError: the answer has none.
    """
    fields = Fields(answer)
    return fields.get("until", int), fields.get("entries", list)


def answer_of(line: bytes) -> tuple[int, Answer]:
    """The number of the request that a line answers, and the answer.

    Raises:
        SilentError: the run has ended, or has refused the connection.
        ChannelError: the line makes no sense.
    """
    if not line.endswith(b"\n"):
        if len(line) >= MAX_ANSWER:
            raise ChannelError(f"an answer has at most {MAX_ANSWER} bytes")
        raise SilentError("has ended: its record says what it has done")
    answer = decoded(line)
    number = Fields(answer).count("id")
    if number == 0:
        raise SilentError(f"refuses the connection: {answer.get('text')}")
    return number, answer


class Client:
    """Asks a run. Several requests may be under way, and their answers come in any order.

    Args:
        path: the socket of the run.
        when_waiting: called each second while `ask` waits, with the seconds since the request.

    Raises:
        SilentError: nobody listens there, or it is another user's.
    """

    def __init__(self, path: Path, when_waiting: Callable[[int], object] = lambda _seconds: None) -> None:
        self._when_waiting = when_waiting
        self._asked: dict[int, Future[Answer]] = {}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(CONNECT_SECONDS)
            self._socket.connect(str(path))
            self._socket.settimeout(None)
            if not is_own(self._socket):
                raise SilentError("belongs to another user")
        except (OSError, SilentError) as error:
            self._socket.close()
            raise SilentError(f"can't be reached: {error}") from None
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; what has no answer yet gets none."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # which ends the thread

    def send(self, verb: str, fields: Mapping[str, object], number: int | None = None) -> Future[Answer]:
        """Ask for something, and wait for nothing.

        Args:
            verb: what to do; see `bpsteer.channel`.
            fields: the fields of the request.
            number: the number of the request; None for a new one.

        Returns:
            The answer to come, or a SilentError.
        """
        number = number or new_number()
        answer = self._asked[number] = Future()
        answer.set_running_or_notify_cancel()  # whoever waits for it can't cancel it
        try:
            self._socket.sendall(encoded({"id": number, "do": verb, **fields}), socket.MSG_DONTWAIT)
        except OSError:
            self.close()
            if self._asked.pop(number, None):
                answer.set_exception(SilentError("has lost the connection"))
        return answer

    def status(self) -> SteerStatus:
        """Ask for the status.

        Raises:
            ChannelError: there is no answer, or it makes no sense.
        """
        return SteerStatus.from_answer(self._in_time(self.send("status", {})).get("status"))

    def entries(self, since: int = 0) -> list[dict[str, object]]:
        """Ask for the entries of the record after a number. The newest may not be in its file yet.

        Raises:
            ChannelError: there is no answer, or it makes no sense.
        """
        events: list[dict[str, object]] = []
        while True:
            until, entries = entries_of(self._in_time(self.send("entries", {"since": since})))
            if not entries or until <= since:
                return events
            events += entries
            since = until

    def ask(self, verb: str, patience: float, **fields: object) -> Reply:
        """Ask for a change, and wait until the training has taken it.

        Args:
            verb, fields: see `send`.
            patience: the most seconds to wait.

        Returns:
            The answer. After the time, it is one that says that the training has not taken the request yet.

        Raises:
            ChannelError: the run has ended.
        """
        answer = self.send(verb, fields)
        for seconds in itertools.count(1):
            try:
                return Reply.of(answer.result(min(1.0, patience)))
            except TimeoutError:
                if seconds >= patience:
                    break
                self._when_waiting(seconds)
        return Reply(False, "the training has not taken the request yet: it takes it when it comes to it")

    def _in_time(self, answer: Future[Answer]) -> Answer:
        try:
            return answer.result(CONNECT_SECONDS)
        except TimeoutError:
            raise SilentError("does not answer") from None

    def _listen(self) -> None:
        """Take answers until the connection is lost; on a thread of its own."""
        try:
            with self._socket.makefile("rb") as lines:
                while True:
                    number, answer = answer_of(lines.readline(MAX_ANSWER))
                    if asked := self._asked.pop(number, None):
                        asked.set_result(answer)
        except SilentError as error:
            reason = str(error)
        except (OSError, ChannelError) as error:
            reason = f"has lost the connection: {error}"
        self.close()  # nothing is sent from here on
        while self._asked:
            with contextlib.suppress(KeyError):
                self._asked.popitem()[1].set_exception(SilentError(reason))
        self._socket.close()
