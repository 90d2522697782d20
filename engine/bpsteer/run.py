"""A training that is steered: its steps, reports and states, and what is asked of it while it runs."""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event
from types import TracebackType

from bpsteer.changes import Replay, changes_of, read_record
from bpsteer.checkpoints import Saver
from bpsteer.folders import check_name, listen, records_folder
from bpsteer.journal import Journal, reportable
from bpsteer.pytorch import rank_and_count
from bpsteer.record import Record, new_path
from bpsteer.server import Server, SteerRequest
from bpsteer.settings import RequestError, Setting, Value, exception_text, value_text
from bpsteer.watch import Noticed, Watch

INFINITY = float("inf")


class Run:
    """A training that others can attach to with `bptui attach NAME`, started by `bpsteer.start`.

    In a training of several processes (`WORLD_SIZE` above 1), the one with `RANK` 0 only reports, because the
    others would not follow what is asked of it; the others train as if they were not steered.

    Args:
        name: what the run is called. If another run of the user has the name, a number is added.
        settings: what can be changed.
        save: returns the state of the program; called between two steps.
        load: makes a state that `save` has returned the program's own.
        pause_on: "nan" pauses the run when it reports a number that is not finite.
        paused: whether the run waits before its first step until somebody lets it run.
        state_seconds: how often a state is saved, if it can be; None for not after a time.
        state_steps: saves a state each time so many steps are done.
        max_state_bytes: the most bytes of all saved states together, which are kept in memory.
        replay: the record of an earlier run, whose changes are made again at the same steps.

    Raises:
        ValueError: an argument is not allowed, or the record to replay is damaged.

    Attributes:
        name: the name by which others attach to it.
        step: the number of the step that is trained, or is trained next.
        branch: 0, and one more each time the run has returned to a saved state.
        record: the file of its record.
        stopped: whether somebody has asked to stop the training.
    """

    def __init__(
        self,
        name: str,
        settings: Sequence[Setting] = (),
        save: Callable[[], bytes] | None = None,
        load: Callable[[bytes], object] | None = None,
        *,
        pause_on: str | None = None,
        paused: bool = False,
        state_seconds: float | None = 60.0,
        state_steps: int | None = None,
        max_state_bytes: int = 200_000_000,
        replay: str | os.PathLike[str] | None = None,
    ) -> None:
        self.name = check_name(name)
        self.step = self.branch = self._branches = 0
        self._settings = {setting.name: setting for setting in settings}
        if len(self._settings) < len(settings):
            raise ValueError("two settings have the same name")
        if (save is None) != (load is None):
            raise ValueError("save and load need each other")
        if pause_on not in (None, "nan"):
            raise ValueError(f"pause_on must be None or 'nan', got {pause_on!r}")
        if state_steps is not None and state_steps < 1:
            raise ValueError(f"state_steps must be None or at least 1, got {state_steps!r}")
        rank, self._ranks = rank_and_count()
        if self._ranks > 1:  # it only reports
            if replay is not None:
                raise ValueError("a training of several processes can't repeat a record")
            save = load = pause_on = None
            paused = False
        self._pauses_on_nan = pause_on is not None
        self._replay = Replay(() if replay is None else changes_of(read_record(Path(replay))), self._settings)
        self._paused = paused
        self.stopped = self._ended = self._is_child = False
        self._reason = ""  # why it is paused
        self._watch = Watch()
        # A step looks at these two, and mostly at nothing else.
        self._attention, self._look_at = True, 0.0
        self._wake_at = 0.0  # a step
        self._pause_at = INFINITY
        self._called = Event()
        self._commands: deque[SteerRequest] = deque()
        self._stepping: list[SteerRequest] = []  # requests for steps, answered when the last step is done
        self._journal = Journal()
        self._saver = Saver(
            save or bytes,
            load or bytes,
            self._journal,
            seconds=state_seconds,
            steps=state_steps,
            max_bytes=max_state_bytes,
        )
        self._saver.lacking = "" if save else "it was started without save and load"
        is_silent = rank > 0 and self._ranks > 1
        self._server = self._made_server(is_silent=is_silent)
        if is_silent:
            self._leave_to_parent()
        else:
            self._begin()

    def _made_server(self, *, is_silent: bool) -> Server:
        names = [self.name, *(f"{self.name}-{number}" for number in range(2, 100))]
        listener = None if is_silent else listen(names)
        if listener is None and not is_silent:
            say(f"nobody can attach to {self.name}: there is no folder for its socket")
        elif listener is not None and listener.name != self.name:
            say(f"another run is called {self.name}: this one is {listener.name}")
            self.name = listener.name
        self._values: dict[str, object] = {}  # of the settings, and what was noticed
        self._values_entry = 0  # the number of the entry that has them
        for setting in self._settings.values():
            setting.read()
        self._journal.add(
            "start",
            version=1,
            name=self.name,
            time=time.time(),
            settings=[setting.described() for setting in self._settings.values()],
        )
        self.record = new_path(records_folder(), self.name)
        return Server(
            listener,
            self.name,
            Record(self.record, self._journal),
            status=self._status,
            submit=self._submit,
            tick=self._tick,
        )

    def _begin(self) -> None:
        _runs.add(self)
        atexit.register(self.close)
        try:
            self._server.thread.start()
        except RuntimeError as error:  # no thread is left
            self._server.serves = False
            say(f"nobody can attach to {self.name}: {error}")

    def steps(self, count: int | None = None) -> Iterator[int]:
        """The numbers of the next steps, which end early when somebody stops the run.

        It waits while the run is paused. The numbers continue those of an earlier call. When the run has
        returned to a saved state, they continue at the step of that state.

        Args:
            count: how many steps; None for steps without end.
        """
        end = INFINITY if count is None else self.step + count
        while (step := self.step) < end:
            if self._attention or step >= self._look_at:
                if not self._may_train():
                    return
                if self.step != step:
                    continue  # it has returned to a saved state
            try:
                yield step
            finally:
                self.step = step + 1

    def tick(self) -> bool:
        """End a step, where a framework owns the loop: called once after each step and its reports.

        It does what was asked for, waits while the run is paused, and returns whether the training is to go
        on. The run has no states, since the counter and the samples of the framework would not return.
        """
        self.step += 1
        self._saver.lacking = "a framework owns its loop, whose counter and samples would not return"
        return self._may_train() if self._attention or self.step >= self._look_at else True

    def report(self, values: Mapping[str, float] | None = None, /, **metrics: float) -> None:
        """Show these numbers to whoever is attached, and record them, thinned as the run grows.

        Args:
            values: numbers whose names Python does not allow as keywords, such as `{"train/loss": 1.0}`.
            metrics: the others. What is no number is left out, and standard error and the status say so.
        """
        if values is not None:
            metrics = {**values, **metrics}
        try:
            is_finite = self._journal.report(self.step, self.branch, metrics)
        except Exception as error:  # the training continues
            if Noticed.REPORT not in self._watch.notes:
                text = self._watch.notes[Noticed.REPORT] = (
                    f"a report is not complete: {exception_text(error)}"
                )
                self._note("note", text)
                say(f"{self.name}: {text}")
            metrics = reportable(metrics)
            is_finite = self._journal.report(self.step, self.branch, metrics)
        repetition = self._watch.repetition
        if repetition is not None and repetition.check(self.step, metrics):
            self._attention = True
        if self._pauses_on_nan and not is_finite:
            self._pause_at, self._attention = 0, True
            name, value = next(metric for metric in metrics.items() if not math.isfinite(metric[1]))
            self._reason = f"{name} is {value} at step {self.step}"

    def stop(self) -> None:
        """End the loop before its next step, as those who are attached can; a paused one within a second.

        A handler of signals may call it.
        """
        self.stopped = self._attention = True

    def close(self, reason: str = "") -> None:
        """End the run, as the end of a with block and of the program do by themselves.

        Args:
            reason: why it ended early; empty if it did not.
        """
        if self._ended or self._is_child:
            return
        self._ended = True
        self._notice()
        self._record_values()
        _runs.discard(self)
        atexit.unregister(self.close)
        self._journal.add("end", step=self.step, time=time.time(), reason=reason)
        for command in (*self._stepping, *self._commands):
            command.finish(f"{self.name} has ended", succeeded=command.verb in ("stop", "step"))
        self._server.close()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close("" if error is None else exception_text(error))

    # Between two steps, on the training's thread.

    def _may_train(self) -> bool:
        """Do what is due before the next step; return whether there is to be one."""
        while not self.stopped:
            if self._attention or self.step >= self._wake_at:
                self._between_steps()
            else:
                self._look_at = min(self._wake_at, self.step + self._server.give_turn())
                if not self._attention:  # nothing was asked for meanwhile
                    return True
        return False

    def _between_steps(self) -> None:
        """Do what is due before the next step, and wait while the run is paused."""
        self._attention = False
        self._notice()
        for _, name, value in self._replay.due(self.step):
            self._repeat(name, value)
        if self.step >= self._pause_at:
            unknowing = len(self._commands)  # of what was asked for, how much without knowing of the pause
            self._pause(self._reason)
            if self._reason:
                self._obey(unknowing, stays_paused=True)
        elif self._saver.is_due(self.step):
            failed_before = self._saver.problem
            try:
                self._saver.take(self.step, self.branch)
            except RequestError as error:
                if not failed_before:
                    say(f"{self.name}: {error}")
        self._obey(len(self._commands))
        while self._paused and not self.stopped and self._server.serves:
            self._called.wait()
            self._called.clear()
            self._obey(len(self._commands))
        later = self._saver.next_step(self.step), self._watch.next_step(self.step)
        self._wake_at = min(self._pause_at, self._replay.next_step, *later)
        self._look_at = 0  # also if the run has returned to an earlier step

    def _obey(self, count: int, *, stays_paused: bool = False) -> None:
        """Do what was asked first, except for what would end a pause if that is not allowed."""
        for _ in range(count):
            command = self._commands[0]  # which waits until it is done
            try:
                if self._ranks > 1:
                    of_many = f"{self.name} is rank 0 of {self._ranks} processes"
                    raise RequestError(f"{of_many}, which only reports: the others would not follow")
                has_no_effect = stays_paused and command.verb in ("run", "step")
                text = self._where() if has_no_effect else getattr(self, f"_do_{command.verb}")(command)
                if text is not None:
                    command.finish(text, succeeded=True)
            except RequestError as error:
                command.finish(str(error), succeeded=False)
            self._commands.popleft()
            self._server.wake()
        self._record_values()
        self._server.looks += 1
        self._server.wake()
        if count:
            self._server.next_turn = min(self._server.next_turn, time.monotonic())  # to send the answers

    def _pause(self, reason: str = "") -> None:
        self._paused, self._pause_at, self._reason = True, INFINITY, reason
        if not self._stepping:
            self._note("pause", reason=reason)
        self._end_stepping()

    def _end_stepping(self) -> None:
        """Answer the requests for steps, which are done or not wanted any more."""
        for command in self._stepping:
            command.finish(self._where(), succeeded=True)
        self._stepping.clear()
        self._server.wake()

    def _where(self) -> str:
        reason = f": {self._reason}" if self._reason else ""
        return f"{self.name} is {'paused' if self._paused else 'running'} at step {self.step}{reason}"

    def _notice(self) -> None:
        """Record what the program has done to settings, and whether repeated steps were the same."""
        for text in self._watch.look(self.step):
            self._note("note", text)

    def _record_values(self) -> None:
        """Record the values of the settings and the notes in the place of earlier ones."""
        settings = {name: setting.read() for name, setting in self._settings.items()}
        values: dict[str, object] = {"settings": settings, "notes": [*self._watch.notes.values()]}
        if values != self._values:
            self._journal.forget(self._values_entry)
            self._values, self._values_entry = values, self._journal.add("values", step=self.step, **values)

    def _note(self, event: str, text: str = "", **fields: object) -> int:
        """Record an event, unless there are too many; return the number of the newest entry.

        Args:
            event: its name.
            text: the event in words; empty if the state of the run tells it.
            fields: what else is known of it.
        """
        if not self._journal.is_full:
            where = {"step": self.step, "branch": self.branch}
            self._journal.add(event, **where, time=time.time(), text=text, **fields)
        return self._journal.number

    def _repeat(self, name: str, value: Value) -> None:
        """Make a change of the record that is replayed."""
        try:
            self._change(self._settings[name], value, by="replay")
        except RequestError as error:
            text = f"a change of the record is refused at step {self.step}: {error}"
            self._note("refused", text, name=name, new=value)
            say(f"{self.name}: {text}")

    def _change(self, setting: Setting, value: Value, *, by: str) -> str:
        if self._journal.is_full:
            raise RequestError("the record is full: no more changes are taken")
        old = setting.read()
        self._saver.forget_present()
        setting.write(value)
        new = setting.read()
        asked = "" if new == value else f" ({value_text(value)} was asked for)"
        text = f"{setting.name} from {value_text(old)} to {value_text(new)}{asked}, from step {self.step} on"
        number = self._note("change", text, name=setting.name, old=old, new=value, by=by)
        self._watch.add(setting, value, self.step, number)
        return text

    # What is asked for. A function returns what it has done, or None if that is still to come.

    def _do_pause(self, _command: SteerRequest) -> str:
        if not self._paused:
            self._pause()
        return self._where()

    def _do_run(self, _command: SteerRequest) -> str:
        self._pause_at, self._reason = INFINITY, ""
        self._end_stepping()
        if self._paused:
            self._paused = False
            self._note("run")
        return self._where()

    def _do_step(self, command: SteerRequest) -> None:
        count = command.fields["count"]
        if not isinstance(count, int) or count < 1:
            raise RequestError("the number of steps must be at least 1")
        begin = self._pause_at if self._stepping else self.step  # after the steps that were asked for before
        self._pause_at, self._reason, self._paused = begin + count, "", False
        self._stepping.append(command)

    def _do_set(self, command: SteerRequest) -> str:
        setting = self._settings.get(str(command.fields["name"]))
        if setting is None:
            there_are = f"there are {', '.join(self._settings)}" if self._settings else "there are none"
            raise RequestError(f"there is no setting {command.fields['name']!r:.50}: {there_are}")
        return self._change(setting, setting.check(command.fields["value"]), by="person")

    def _do_save(self, _command: SteerRequest) -> str:
        state = self._saver.take(self.step, self.branch)
        return f"the state before step {state.step} is saved ({len(state.data)} bytes)"

    def _do_back(self, command: SteerRequest) -> str:
        wanted = int(str(command.fields["step"]))
        saver = self._saver
        if self._journal.is_full:
            raise RequestError("the record is full: no more states are loaded")
        state = saver.go_back(wanted, self.step, self.branch)
        before, self.step, self._branches = self.step, state.step, self._branches + 1
        self._replay.return_to(self.step)
        self._paused, self._pause_at, self._reason = True, INFINITY, ""
        self._end_stepping()
        self.branch, parent = self._branches, state.branch
        settings = self._watch.go_back(state, self._journal)
        nearest = "" if self.step == wanted else f", the saved state that is nearest to {wanted}"
        problem = f" (that of step {before} was not saved: {saver.problem})" if saver.problem else ""
        text = f"{self.name} is back at step {self.step}{nearest}, and paused{problem}"
        self._note("back", text, from_step=before, turns=state.turns, parent=parent, settings=settings)
        return text

    def _do_stop(self, _command: SteerRequest) -> str:
        self.stop()
        self._end_stepping()
        text = f"{self.name} stops before step {self.step}"
        self._note("stop", text)
        return text

    # On the thread that answers.

    def _submit(self, command: SteerRequest) -> None:
        if command.verb != "status":  # for which the settings are read in any case
            self._commands.append(command)
        self._attention = True
        self._called.set()

    def _tick(self) -> None:
        if self._settings or self._saver.is_time():
            self._attention = True
        if self.stopped or not self._server.serves:
            self._called.set()

    def _status(self, waiting: Sequence[str]) -> dict[str, object]:
        return {
            "name": self.name,
            "state": "paused" if self._paused else "running",
            "reason": self._reason,
            "step": self.step,
            "branch": self.branch,
            "settings": [setting.described() for setting in self._settings.values()],
            "metrics": self._journal.latest.copy(),
            "states": self._saver.states.described(),
            "waiting": list(waiting),
            "notes": list(self._watch.notes.values()),
            "problem": self._saver.problem,
        }

    def _leave_to_parent(self) -> None:
        """Continue without being steered, as a child process does."""
        self._is_child, self._attention, self._wake_at, self._look_at = True, False, INFINITY, INFINITY
        self._journal, self._pauses_on_nan = Journal(), False  # nobody reads what is reported
        self._server.abandon()


def say(message: str) -> None:
    """Print a line on standard error, if there is one."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(f"bpsteer: {message}", file=sys.stderr)


_runs: set[Run] = set()
"""The runs of this process that have not ended."""


def _leave_all_to_parent() -> None:
    for run in list(_runs):
        run._leave_to_parent()
    _runs.clear()


os.register_at_fork(after_in_child=_leave_all_to_parent)
