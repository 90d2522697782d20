"""A run that is steered from here: what is known of it, and what was asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bpsteer.channel import ChannelError, new_number
from bpsteer.settings import Value
from bptui.steering.client import Answer, Client, Reply, entries_of
from bptui.steering.metric_history import MetricCurve, MetricHistory, Past
from bptui.steering.run_status import SteerStatus
from bptui.steering.runs import FoundRun, find_earlier, find_living, run_of_record
from bpwords import capitalized

LOOK_SECONDS = 0.2
"""The most time between two looks at what has happened in the run."""
SILENT_SECONDS = 2.0
"""The time after which a run that gives no answer is called silent."""
SEARCH_SECONDS = 1.0
"""The time between two searches for a run that was lost, or for another one of its name."""
MAX_EARLIER = 3
"""The most earlier runs of the name that are shown."""
SPEED_SECONDS = 2.0
"""The time over which the speed is measured."""
WAITING_SECONDS = 1.0
"""The time after which a request without an answer is said to wait."""
_OF_STATE = ("pause", "run", "step")
"""The requests whose effect is the state of the run."""


@dataclass(frozen=True, slots=True, eq=False)
class SteerSnapshot:
    """What is known of a run, frozen: all that its screen draws."""

    status: SteerStatus
    past: Past
    wanted: Mapping[str, Value]
    """The settings that the training was asked to change and has not changed yet."""
    waiting: tuple[str, ...]
    """What was asked for from here, and not taken by the training for a second or more."""
    waiting_seconds: int
    """How long the first of these requests has waited."""
    sentence: str
    """What happened last; empty if nothing did."""
    is_silent: bool
    """Whether the run lives, and gives no answer."""
    steps_per_second: float | None
    earlier: tuple[Mapping[str, MetricCurve], ...]
    """The metrics of the runs of this name before this one, the latest first."""
    has_successor: bool
    """Whether the run is over, and another one of its name lives."""


@dataclass(slots=True, eq=False)
class _Request:
    """A request that has no answer yet, or whose effect was not seen yet."""

    verb: str
    fields: Mapping[str, object]
    begin: float = field(default_factory=time.monotonic)
    number: int = field(default_factory=new_number)
    answer: asyncio.Future[Answer] | None = None
    """None if it was not sent on this connection."""

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.done() and self.answer.exception() is None

    @property
    def in_words(self) -> str:
        if self.verb == "set":
            return f"the change of {self.fields['name']}"
        return {"back": "the return to a saved state", "save": "the request for a state"}.get(
            self.verb, f"the request to {self.verb}"
        )


def _history_of(run: FoundRun) -> MetricHistory:
    history = MetricHistory()
    with contextlib.suppress(ChannelError):  # what comes before the damage is shown
        history.add(run.entries)
    return history


class Steering:
    """Follows a run, and asks it for what its viewer wants. It never waits for the run.

    Args:
        found: the run.
        changed: called when there is something new.
    """

    def __init__(self, found: FoundRun, changed: Callable[[], object]) -> None:
        self._changed = changed
        self._earlier: tuple[Mapping[str, MetricCurve], ...] = ()
        self._requests: list[_Request] = []
        self._reverts: deque[bool] = deque()  # what is still to be undone, or redone
        self._woken = asyncio.Event()  # what the next look waits for, but not for long
        self._client: Client | None = None
        self._begin(found)

    def _begin(self, found: FoundRun) -> None:
        self._found, self._status = found, found.status
        self._history, self._number = _history_of(found), 0
        self._past = self._history.past()
        self._sentence = ""
        self._heard_at = -math.inf if found.status.state == "does not answer" else time.monotonic()
        self._steps: deque[tuple[float, int]] = deque()
        self._successor: FoundRun | None = None

    def snapshot(self) -> SteerSnapshot:
        """What is known now."""
        now = time.monotonic()
        waiting = [
            request
            for request in self._requests
            if not request.is_answered and now - request.begin >= WAITING_SECONDS
        ]
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
            is_silent=not self._status.is_over and now - self._heard_at >= SILENT_SECONDS,
            steps_per_second=self._speed(),
            earlier=self._earlier,
            has_successor=self._successor is not None,
        )

    async def follow(self) -> None:
        """Look at the run again and again, until this is cancelled."""
        while True:
            earlier = asyncio.create_task(self._find_earlier())  # which takes seconds on a busy machine
            while not self._status.is_over:
                if self._found.socket is not None:
                    with contextlib.suppress(ChannelError):
                        await self._follow_at(self._found.socket)
                await self._find_again()
                self._changed()
                await self._wait(0 if self._status.is_over else SEARCH_SECONDS)
            self._send_requests()
            while self._status.is_over:
                await self._wait(SEARCH_SECONDS)
                run = self._successor or await asyncio.to_thread(find_living, self._status.name)
                if run is not None and run.status.record not in ("", self._status.record):
                    self._successor = run
                    self._changed()
            await earlier

    async def _wait(self, seconds: float) -> None:
        """Wait for some time, or until there is something to do."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()

    async def _follow_at(self, path: Path) -> None:
        """Look at the run as long as there is a connection.

        Raises:
            ChannelError: the connection is lost, or an answer makes no sense.
        """
        client = await asyncio.to_thread(Client, path)
        try:
            status = await self._status_now(client)
            if self._status.record not in ("", status.record):
                return  # another run of the name has begun since this one was found
            self._client = client
            self._send_requests()
            while True:
                await self._look(client)
                await self._wait(LOOK_SECONDS)
        finally:
            client.close()
            self._client = None
            for request in self._requests:
                request.answer = request.answer if request.is_answered else None

    async def _answer(self, client: Client, verb: str, **fields: object) -> Answer:
        answer = await asyncio.wrap_future(client.send(verb, fields))
        self._heard_at = time.monotonic()
        return answer

    async def _status_now(self, client: Client) -> SteerStatus:
        return SteerStatus.from_answer((await self._answer(client, "status")).get("status"))

    async def _look(self, client: Client) -> None:
        """Ask what has happened."""
        before = self._status, self._number
        answered = [request for request in self._requests if request.is_answered]
        for request in answered:
            self._take_answer(request)
        while True:
            until, entries = entries_of(await self._answer(client, "entries", since=self._number))
            if not entries or until <= self._number:
                break
            is_first = not self._number
            if is_first:  # what is known from the record comes again
                self._history = MetricHistory()
            said, self._number = self._history.add(entries), until
            if said is not None and not is_first:
                self._sentence = self._sentence_of(said)
        if self._number > before[1]:
            self._past = self._history.past()
        self._status = await self._status_now(client)
        for note in self._status.notes:
            if note not in before[0].notes:
                self._sentence = self._sentence_of(note)
        self._requests = [request for request in self._requests if request not in answered]
        self._revert_next()
        self._count_steps()
        if answered or (self._status, self._number) != before:
            self._changed()

    def _take_answer(self, request: _Request) -> None:
        assert request.answer is not None
        reply = Reply.of(request.answer.result())
        if not reply.succeeded:
            self._sentence = f"Refused: {reply.text}."
        else:  # the state in the status line says enough about some of them
            self._sentence = "" if request.verb in _OF_STATE else self._sentence_of(reply.text)

    def _count_steps(self) -> None:
        """Note when the run was at which step, to measure its speed."""
        now, steps, step = time.monotonic(), self._steps, self._status.step
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

    async def _find_earlier(self) -> None:
        """Read the records of the runs before this one."""
        runs = await asyncio.to_thread(find_earlier, self._status.name, self._status.record, MAX_EARLIER)
        self._earlier = tuple(_history_of(run).past().curves for run in runs)
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
        self._requests.append(_Request(verb, fields))  # at once: the next key may depend on it
        self._send_requests()

    def revert(self, redo: bool = False) -> None:
        """Set the setting that was changed last to the value that it had before, or redo that."""
        self._reverts.append(redo)
        self._revert_next()

    def open_successor(self) -> None:
        """Follow the run of this name that has begun since."""
        if self._successor is None:
            self.say("There is no other run with this name.")
        else:
            self._begin(self._successor)
            self._woken.set()
            self._changed()

    def _send_requests(self) -> None:
        """Send what was not sent on this connection; say so if nothing can be asked any more."""
        if self._status.is_over:
            if not all(request.is_answered for request in self._requests):
                self._sentence = f"{self._status.name} has {self._status.state}: nothing can be asked of it."
            self._requests.clear()
        for request in self._requests:
            if self._client is not None and request.answer is None:
                sent = self._client.send(request.verb, request.fields, request.number)
                request.answer = asyncio.wrap_future(sent)
                request.answer.add_done_callback(self._look_soon)
        self._changed()

    def _look_soon(self, answer: asyncio.Future[Answer]) -> None:
        answer.exception()  # a request without an answer is sent again
        self._woken.set()

    def _revert_next(self) -> None:
        """Revert a change, once those are known that were asked for before."""
        if self._reverts and not any(request.verb == "set" for request in self._requests):
            redo = self._reverts.popleft()
            change = self._past.redoable if redo else self._past.undoable
            value = None if change is None else change.new if redo else change.old
            if change is None or value is None:
                self.say(f"There is nothing to {'redo' if redo else 'undo'}.")
            else:
                self.ask("set", name=change.name, value=value)

    def _sentence_of(self, text: str) -> str:
        """A sentence; the names that the user's program has given stay as they are. Empty if the text is."""
        if not text:
            return ""
        status = self._status
        names = status.name, *(setting.name for setting in status.settings), *status.metrics
        return f"{text if text.startswith(names) else capitalized(text)}."
