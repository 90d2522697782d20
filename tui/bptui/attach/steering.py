"""A run that is steered from here: what is known of it, and what was asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bptui.attach.client import Reply, SilentError, entries_of
from bptui.attach.connection import Connection
from bptui.attach.history import Curve, MetricHistory
from bptui.attach.runs import FoundRun, find_earlier, find_living, run_of_record
from bptui.attach.snapshot import SteerSnapshot
from bptui.attach.status import SteerStatus
from bptui.formatting import sentence_case
from bptui.steer.channel import ChannelError, new_number

LOOK_SECONDS = 0.1
"""The time between two looks at what has happened in the run."""
STATUS_LOOKS = 5
"""How many looks there are for each one at the status, for which the training reads its settings."""
SILENT_SECONDS = 2.0
"""The time after which a run that gives no answer is called silent."""
SEARCH_SECONDS = 1.0
"""The time between two searches for a run that was lost, or for another one of its name."""
MAX_EARLIER = 3
"""The most earlier runs of the name that are shown."""
SPEED_SECONDS = 2.0
"""The time over which the speed is measured."""
WAITING_SECONDS = 1.0
"""The time after which a request without an answer is said to wait, and after which its time is updated."""
_OF_STATE = ("pause", "run", "step")
"""The requests whose effect is the state of the run."""


@dataclass(slots=True)
class _Request:
    """A request that has no answer yet, or whose effect was not seen yet."""

    verb: str
    fields: Mapping[str, object]
    begin: float = field(default_factory=time.monotonic)
    number: int = field(default_factory=new_number)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def in_words(self) -> str:
        if self.verb == "set":
            return f"the change of {self.fields['name']}"
        return {"back": "the return to a saved state", "save": "the request for a state"}.get(
            self.verb, f"the request to {self.verb}"
        )


class Steering:
    """Follows a run, and asks it for what its viewer wants. It never waits for the run.

    Args:
        found: the run.
        changed: called when there is something new.
    """

    def __init__(self, found: FoundRun, changed: Callable[[], object]) -> None:
        self._changed = changed
        self._earlier: tuple[Mapping[str, Curve], ...] = ()
        self._tasks: set[asyncio.Task[None]] = set()
        self._requests: list[_Request] = []
        self._reverting = asyncio.Lock()
        self._looking, self._full_looks = asyncio.Lock(), 0  # how many were begun that ask for the status
        self._opens_successor = asyncio.Event()
        self._connection: Connection | None = None
        self._settled = asyncio.Event()  # set if there is a connection, or will be none since the run is over
        self._successor: FoundRun | None = None
        self._begin(found)

    def _begin(self, found: FoundRun) -> None:
        self._found, self._status = found, found.status
        self._history, self._number = MetricHistory(), 0
        with contextlib.suppress(ChannelError):  # what comes before the damage is shown
            self._history.add(found.entries)
        self._past = self._history.past()
        self._sentence, self._is_silent = "", found.status.state == "does not answer"
        self._steps: deque[tuple[float, int]] = deque()
        self._successor = None

    def snapshot(self) -> SteerSnapshot:
        """What is known now."""
        now = time.monotonic()
        waiting = [request for request in self._requests if now - request.begin >= WAITING_SECONDS]
        return SteerSnapshot(
            status=self._status,
            past=self._past,
            wanted={
                str(request.fields["name"]): request.fields["value"]  # type: ignore[misc]  # `set` has put it there
                for request in self._requests
                if request.verb == "set"
            },
            waiting=tuple(dict.fromkeys(request.in_words for request in waiting)),
            waiting_seconds=int(now - waiting[0].begin) if waiting else 0,
            sentence=self._sentence,
            is_silent=self._is_silent,
            steps_per_second=self._speed(),
            earlier=self._earlier,
            has_successor=self._successor is not None,
        )

    async def follow(self) -> None:
        """Look at the run again and again, until this is cancelled."""
        while True:
            self._start(self._find_earlier())  # which takes seconds on a busy machine
            await self._follow_until_over()
            self._settled.set()
            while self._successor is None:
                await asyncio.sleep(SEARCH_SECONDS)
                run = await asyncio.to_thread(find_living, self._status.name)
                if run is not None and run.status.record not in ("", self._status.record):
                    self._successor = run
                    self._changed()
            self._opens_successor.clear()
            await self._opens_successor.wait()
            self._settled.clear()
            self._begin(self._successor)
            self._changed()

    async def _follow_until_over(self) -> None:
        while not self._status.is_over:
            if self._found.socket is not None:
                with contextlib.suppress(SilentError, ChannelError):
                    await self._follow_at(self._found.socket)
            await self._find_again()
            self._changed()
            if not self._status.is_over:
                await asyncio.sleep(SEARCH_SECONDS)

    async def _follow_at(self, path: Path) -> None:
        """Look at the run as long as there is a connection.

        Raises:
            SilentError: the connection is lost.
            ChannelError: an answer makes no sense.
        """
        connection = await Connection.open(path)
        try:
            for count in itertools.count():
                with_status = count % STATUS_LOOKS == 0
                look = asyncio.create_task(
                    self._look(connection, with_status=with_status) if count else self._meet(connection)
                )
                try:
                    while not (await asyncio.wait({look}, timeout=SILENT_SECONDS))[0]:
                        self._is_silent = True
                        self._changed()
                    has_news = await look
                finally:
                    look.cancel()
                if has_news or self._is_silent or self._requests:  # the seconds that they wait are shown
                    self._is_silent = False
                    self._changed()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._connection = None
            self._settled.clear()
            await connection.close()

    async def _meet(self, connection: Connection) -> bool:
        """Find out who is at the other end: another run of the name may have begun since this one was found.

        Raises:
            SilentError: it is not the run that is followed.
        """
        status = SteerStatus.from_answer((await connection.ask("status")).get("status"))
        if self._status.record not in ("", status.record):
            raise SilentError("has ended")
        self._connection = connection
        self._settled.set()
        return await self._look(connection, with_status=True)

    async def _look(self, connection: Connection, *, with_status: bool) -> bool:
        """Ask what has happened; return whether there is something new."""
        full_looks = self._full_looks
        async with self._looking:
            if with_status and self._full_looks > full_looks:
                return False  # another one has begun since: the run answers so many requests a second
            self._full_looks += with_status
            has_news, before = False, (self._status, self._speed())
            while True:
                until, entries = entries_of(await connection.ask("entries", since=self._number))
                if not entries or until <= self._number:
                    break
                is_first = not self._number
                if is_first:  # what is known from the record comes again
                    self._history = MetricHistory()
                said, self._number = self._history.add(entries), until
                if said is not None:
                    with_status = True
                    if not is_first:
                        self._sentence = self._sentence_of(said)
                has_news = True
            if has_news:
                self._past = self._history.past()
            if with_status:
                self._status = SteerStatus.from_answer((await connection.ask("status")).get("status"))
                for note in self._status.notes:
                    if note not in before[0].notes:
                        self._sentence = self._sentence_of(note)
            self._count_steps()
            return has_news or (self._status, self._speed()) != before

    def _count_steps(self) -> None:
        """Note when the run was at which step, to measure its speed."""
        now, steps, step = time.monotonic(), self._steps, self._status.step
        reports = self._past.reports
        if reports and self._status.state == "running" and reports[-1][0] >= step:
            step = reports[-1][0] + 1
            self._status = replace(self._status, step=step)
        if self._status.state != "running" or (steps and step < steps[-1][1]):
            steps.clear()
        else:
            steps.append((now, step))
            while now - steps[0][0] > SPEED_SECONDS:
                steps.popleft()

    def _speed(self) -> float | None:
        if len(self._steps) < 2 or self._steps[-1][0] - self._steps[0][0] < SPEED_SECONDS / 4:
            return None
        (begin, first), (end, last) = self._steps[0], self._steps[-1]
        return (last - first) / (end - begin)

    async def _find_again(self) -> None:
        """Find out what has become of a run whose connection is lost."""
        name, record = self._status.name, self._status.record
        living = await asyncio.to_thread(find_living, name)
        if living is not None and record in ("", living.status.record) and living.status.record:
            self._found = living
            return
        run = None
        with contextlib.suppress(ValueError):
            run = await asyncio.to_thread(run_of_record, Path(record))
        if run is None or (living is not None and not record):
            self._status = replace(self._status, state="does not answer" if living else "died")
        elif run.status.is_over:
            self._begin(run)
        self._is_silent = not self._status.is_over

    async def _find_earlier(self) -> None:
        """Read the records of the runs before this one."""
        runs = await asyncio.to_thread(find_earlier, self._status.name, self._status.record, MAX_EARLIER)
        histories = [MetricHistory() for _ in runs]
        for history, run in zip(histories, runs, strict=True):
            with contextlib.suppress(ChannelError):
                history.add(run.entries)
        self._earlier = tuple(history.past().curves for history in histories)
        self._changed()

    # What its viewer wants.

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self._sentence = sentence
        self._changed()

    def toggle(self) -> None:
        """Pause, or continue."""
        asked = [request.verb for request in self._requests if request.verb in _OF_STATE]
        is_running = self._status.state == "running"  # also during a step, as long as it takes
        if asked and asked[-1] != "step":
            is_running = asked[-1] == "run"
        self.ask("pause" if is_running else "run")

    def step(self) -> None:
        """Train one step, and pause."""
        self.ask("step", count=1)

    def ask(self, verb: str, **fields: object) -> None:
        """Ask for something; what came of it is said when the training has taken it."""
        self._start(self._ask(self._request(verb, **fields)))

    def undo(self) -> None:
        """Set the setting that was changed last to the value that it had before."""
        self._start(self._revert(redo=False))

    def redo(self) -> None:
        """Change again what was undone."""
        self._start(self._revert(redo=True))

    def open_successor(self) -> None:
        """Follow the run of this name that has begun since."""
        if self._successor is None:
            self.say("There is no other run with this name.")
        else:
            self._opens_successor.set()

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _request(self, verb: str, **fields: object) -> _Request:
        """Note a request at once: the next key may depend on it."""
        request = _Request(verb, fields)
        self._requests.append(request)
        self._changed()
        return request

    async def _answer(self, request: _Request) -> Reply:
        """The answer to a request, which is sent again if the connection is lost.

        Raises:
            SilentError: the run has ended.
            ChannelError: the answer makes no sense.
        """
        while True:
            while (connection := self._connection) is None:
                if self._status.is_over:
                    raise SilentError(f"has {self._status.state}")
                await self._settled.wait()
            asked = asyncio.ensure_future(connection.ask(request.verb, request.number, **request.fields))
            try:
                while not (await asyncio.wait({asked}, timeout=WAITING_SECONDS))[0]:
                    self._changed()
                return Reply.of(asked.result())
            except SilentError:
                await asyncio.sleep(LOOK_SECONDS)
            finally:
                asked.cancel()

    async def _ask(self, request: _Request) -> None:
        try:
            answer = await self._answer(request)
            if not answer.succeeded:
                self._sentence = f"Refused: {answer.text}."
            else:  # the state in the status line says enough about some of them
                self._sentence = "" if request.verb in _OF_STATE else self._sentence_of(answer.text)
            request.begin = math.inf  # it waits no longer
            with contextlib.suppress(SilentError, ChannelError):
                if self._connection is not None:
                    await self._look(self._connection, with_status=True)
        except (SilentError, ChannelError) as error:
            self._sentence = f"{self._status.name} {error}: nothing can be asked of it."
        finally:
            self._requests.remove(request)
            request.done.set()
            self._changed()

    def _sentence_of(self, text: str) -> str:
        """A sentence; the names that the user's program has given stay as they are. Empty if the text is."""
        if not text:
            return ""
        status = self._status
        names = status.name, *(setting.name for setting in status.settings), *status.metrics
        return f"{text if text.startswith(names) else sentence_case(text)}."

    async def _revert(self, *, redo: bool) -> None:
        async with self._reverting:
            for request in self._requests.copy():  # until the last change is known
                if request.verb == "set":
                    await request.done.wait()
            change = self._past.redoable if redo else self._past.undoable
            value = None if change is None else change.new if redo else change.old
            if change is None or value is None:
                self.say(f"There is nothing to {'redo' if redo else 'undo'}.")
            else:
                await self._ask(self._request("set", name=change.name, value=value))
