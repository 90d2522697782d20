"""The thread that answers whoever is attached to a run, and writes its record."""

from __future__ import annotations

import contextlib
import math
import os
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence

from bpsteer.channel import MAX_ANSWER, MAX_REQUEST, ChannelError, encoded, is_own, request_of
from bpsteer.folders import Listener, listen
from bpsteer.record import Record, remove_oldest

MAX_CONNECTIONS = 16
"""How many there are at most: for another one, that drops out which has asked for nothing the longest."""
MAX_WAITING = 1000
"""The most requests that wait for the training."""
MAX_TAKEN = 2 * MAX_WAITING
"""How many of the newest requests are remembered, so that none that is sent again is done twice."""
MAX_ENTRIES = 1000
"""The most entries of an answer."""
PERIOD = 1.0
"""The seconds between two looks at the record, the socket and the clock."""
STATUS_PATIENCE, PATIENCE = 0.1, 1.0
"""The seconds that the training has to read its settings, and those after which a request is said to wait."""
END_PATIENCE = 2.0
"""The most seconds that the end of a run waits for the last lines of its record."""


TURN_SECONDS = 0.00005
"""The least time of a turn of the thread, of which the system makes about twice as much."""
SECONDS_BETWEEN_TURNS = 0.01
"""How far apart the turns are at least."""
TURN_SHARE, MAX_TURN_SECONDS = 0.01, 0.02
"""How much of the time since the last turn one takes at most, and its most seconds. It ends with the work."""
MAX_STRIDE = 64
"""The most steps between two looks at the clock."""


class SteerRequest:
    """A request that the training takes between two steps.

    Attributes:
        done: whether it was done or refused.
        succeeded: whether it was done.
        text: what was done, or why it was refused.
    """

    def __init__(self, number: int, verb: str, fields: dict[str, object], looks: int) -> None:
        self.number, self.verb, self.fields, self.looks = number, verb, fields, looks
        self.done = self.succeeded = False
        self.text = ""
        self.connections: set[_Connection] = set()  # those that wait for the answer
        self.since = time.monotonic()
        # One for the status is answered in any case.
        self.deadline = self.since + STATUS_PATIENCE if verb == "status" else math.inf

    def finish(self, text: str, *, succeeded: bool) -> None:
        """Say what came of it."""
        self.text, self.succeeded = text, succeeded
        self.done = True  # last, since another thread looks for it


class _Connection:
    """Somebody who is attached."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.received, self.unsent = bytearray(), bytearray()
        self.events = selectors.EVENT_READ
        self.asked_at = time.monotonic()  # for the last time


class Server:
    """Answers requests, in a thread of its own.

    Args:
        listener: the socket; None if there is none yet.
        name: the name of the run.
        record: what has happened in the run, and its file.
        status: returns the status of the run.
        submit: gives a command to the training.
        tick: is called about every second, and at the end.

    Attributes:
        looks: how often the training has read its settings.
        next_turn: when the thread gets its next turn.
        thread: the thread, which is not started yet.
        serves: whether somebody can attach, or will be able to as soon as there is a folder for the socket.
    """

    def __init__(
        self,
        listener: Listener | None,
        name: str,
        record: Record,
        *,
        status: Callable[[Sequence[str]], dict[str, object]],
        submit: Callable[[SteerRequest], None],
        tick: Callable[[], None],
    ) -> None:
        self._listener, self._name, self._record = listener, name, record
        self._status, self._submit, self._tick = status, submit, tick
        self._selector = selectors.DefaultSelector()
        self._wakened, self._waker = os.pipe()
        os.set_blocking(self._wakened, False)
        os.set_blocking(self._waker, False)
        self._ready = select.poll()  # whether the selector has found something, which another thread may ask
        self._ready.register(self._selector.fileno(), select.POLLIN)
        self._waiting: list[SteerRequest] = []
        self._taken: dict[int, SteerRequest] = {}  # by the numbers of the requests
        self._deadline = 0.0  # until when the thread waits for the selector
        self._closing = False
        self._stride = 1
        self.looks = 0
        self.next_turn = 0.0
        self.serves = True
        self.thread = threading.Thread(target=self._serve, name=f"steer {name}", daemon=True)

    def wake(self) -> None:
        """Make the thread look for commands that are done. It never blocks."""
        with contextlib.suppress(OSError):
            os.write(self._waker, b"x")

    def give_turn(self) -> int:
        """Let the thread do its work between two steps; return the number of steps until the next call.

        A training that releases the interpreter lock often, and takes it again at once, could keep it from
        the thread for a second: Python only asks for the lock after it was held for some milliseconds. After
        a step that has held the lock for a second, the thread has a hundredth of that time to do all that
        waits.
        """
        now = time.monotonic()
        self._stride = min(2 * self._stride, MAX_STRIDE)
        if now >= self.next_turn:
            end = now + min(TURN_SHARE * (now - self.next_turn), MAX_TURN_SECONDS)
            while self.serves and (now >= self._deadline or self._ready.poll(0)):
                time.sleep(TURN_SECONDS)
                now = time.monotonic()
                if now >= end:
                    break
            self.next_turn, self._stride = now + SECONDS_BETWEEN_TURNS, 1
        return self._stride

    def close(self) -> None:
        """Send the last answers, write the record, and end; give up if that takes too long."""
        self._closing = True
        self.wake()
        self.thread.join(END_PATIENCE)

    def abandon(self) -> None:
        """Close everything in a child process, and leave the parent's as it is."""
        self.serves = False
        sockets = [key.fileobj for key in self._selector.get_map().values()]
        with contextlib.suppress(OSError):
            self._selector.close()  # without unregistering anything, since the parent has the same selector
        for ready in sockets:
            if isinstance(ready, socket.socket):
                ready.close()
        for descriptor in (self._wakened, self._waker):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._record.close()

    def _serve(self) -> None:
        try:
            self._serve_until_closed()
        finally:
            self.serves = False
            self._tick()  # nobody could end a pause any more

    def _serve_until_closed(self) -> None:
        remove_oldest(self._record.path.parent)
        self._selector.register(self._wakened, selectors.EVENT_READ)
        if self._listener is not None:
            self._selector.register(self._listener.socket, selectors.EVENT_READ)
        next_period = 0.0
        while not self._closing:
            now = time.monotonic()
            if now >= next_period:
                next_period = now + PERIOD
                self._each_period()
            self._deadline = min([next_period, *(request.deadline for request in self._waiting)])
            for key, events in self._selector.select(max(0.0, self._deadline - time.monotonic())):
                if key.fd == self._wakened:
                    with contextlib.suppress(OSError):
                        os.read(self._wakened, 4096)
                elif self._listener is not None and key.fileobj is self._listener.socket:
                    self._accept()
                else:
                    self._attend(key.data, events)
            self._answer_waiting()
        self._end()

    def _each_period(self) -> None:
        self._record.update()
        if self._listener is None or not self._listener.is_in_place():
            self._listen_again()
        self._tick()

    def _listen_again(self) -> None:
        """Listen at another socket of the name, since others can't find this one any more."""
        listener = listen([self._name])
        if listener is not None:
            if self._listener is not None:
                self._selector.unregister(self._listener.socket)
                self._listener.close()
            self._listener = listener
            self._selector.register(listener.socket, selectors.EVENT_READ)

    def _accept(self) -> None:
        assert self._listener is not None
        try:
            connected, _ = self._listener.socket.accept()
        except OSError:
            time.sleep(0.05)  # such as no file descriptor left, which would be reported again at once
            return
        connected.setblocking(False)
        if not is_own(connected):
            connected.close()
            return
        others = [key.data for key in self._selector.get_map().values() if key.data is not None]
        if len(others) >= MAX_CONNECTIONS:
            waiting = set[_Connection]().union(*(request.connections for request in self._waiting))
            self._drop(min(others, key=lambda other: (other in waiting, other.asked_at)))
        self._selector.register(connected, selectors.EVENT_READ, _Connection(connected))

    def _attend(self, connection: _Connection, events: int) -> None:
        """Read and answer requests, and send what could not be sent before."""
        try:
            if events & selectors.EVENT_WRITE:
                self._send(connection, b"")
            if events & selectors.EVENT_READ:
                self._read(connection)
        except ChannelError as error:
            self._refuse(connection, str(error))
        except Exception:  # nothing that others send may end the thread
            self._drop(connection)

    def _read(self, connection: _Connection) -> None:
        received = connection.socket.recv(65536)
        if not received:
            raise EOFError
        *lines, connection.received = (connection.received + received).split(b"\n")
        if max(map(len, (*lines, connection.received))) > MAX_REQUEST:
            raise ChannelError(f"a request has at most {MAX_REQUEST} bytes")
        for line in lines:
            connection.asked_at = time.monotonic()
            self._answer(connection, *request_of(bytes(line)))

    def _answer(self, connection: _Connection, number: int, verb: str, fields: dict[str, object]) -> None:
        if verb == "entries":
            until, entries = self._record.journal.since(int(str(fields["since"])))
            if len(entries) > MAX_ENTRIES:
                entries = entries[:MAX_ENTRIES]
                until = entries[-1][0]
            events = [entry for _, entry in entries]
            self._send(connection, encoded({"id": number, "ok": True, "until": until, "entries": events}))
            return
        request = self._taken.get(number)
        if request is None:
            if len(self._waiting) >= MAX_WAITING:
                raise ChannelError(f"{MAX_WAITING} requests wait for the training")
            request = SteerRequest(number, verb, fields, self.looks)
            if verb != "status":
                self._taken[number] = request
            if len(self._taken) > MAX_TAKEN:
                del self._taken[next(taken for taken, request in self._taken.items() if request.done)]
            self._submit(request)
        elif (request.verb, request.fields) != (verb, fields):
            raise ChannelError(f"another request has the id {number}")
        if not request.connections:
            self._waiting.append(request)
        request.connections.add(connection)

    def _answer_waiting(self) -> None:
        """Answer requests that the training has taken, and those for the status in any case."""
        now = time.monotonic()
        for request in self._waiting:
            if now >= request.deadline or (request.verb == "status" and self.looks > request.looks):
                request.done = True
        answered = [request for request in self._waiting if request.done]
        self._waiting = [request for request in self._waiting if request not in answered]
        for request in answered:
            answer: dict[str, object] = {"ok": request.succeeded, "text": request.text}
            if request.verb == "status":
                answer = {"ok": True, "status": self._status_now()}
            line = encoded({"id": request.number, **answer})
            for connection in request.connections:
                self._send(connection, line)
            request.connections.clear()

    def _status_now(self) -> dict[str, object]:
        limit = time.monotonic() - PATIENCE
        status = self._status([request.verb for request in self._waiting if request.since <= limit])
        problem = self._record.problem or status["problem"]
        return {**status, "record": str(self._record.path), "problem": problem}

    def _send(self, connection: _Connection, line: bytes) -> None:
        """Send a line, as much of it as is possible now; drop a connection that is lost or does not read."""
        connection.unsent += line
        try:
            with contextlib.suppress(BlockingIOError):
                del connection.unsent[: connection.socket.send(connection.unsent)]
            if len(connection.unsent) > MAX_ANSWER:
                raise OSError
        except OSError:
            self._drop(connection)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.unsent else 0)
        if events != connection.events:
            connection.events = events
            self._selector.modify(connection.socket, events, connection)

    def _refuse(self, connection: _Connection, reason: str) -> None:
        """Send a last line, which answers no request, and drop the connection."""
        self._send(connection, encoded({"id": 0, "ok": False, "text": reason}))
        self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(connection.socket)
        connection.socket.close()

    def _end(self) -> None:
        self._answer_waiting()
        self._record.update()
        self._record.close()
        if self._listener is not None:
            self._listener.close()
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                key.data.socket.close()
        self._selector.close()
        os.close(self._wakened)
