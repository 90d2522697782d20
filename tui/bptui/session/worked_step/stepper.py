"""The stepper: moves through the live run, within a traced step and from step to step."""

from __future__ import annotations

from collections.abc import Callable

from bpengine import DivergedError, Trace
from bptui.session import commands
from bptui.session.sentences import notices
from bptui.session.session import Session
from bptui.session.worked_step.position import STRIDES, BoxWalk, Stride
from bpwords import Sentence, as_sentence, joined

_ENDED = Sentence("The run has ended: there is no next step. {box_back} goes back to the last one.")
_ONE_SAMPLE = Sentence("This step has one sample; a larger batch size has more to choose from.")
_GOES_BACK = Sentence("{box_back} goes back to the last one.")


class Stepper:
    """The position in the run. Going on after the last number of a step lets the run take that step.

    Args:
        session: returns the session of the run. Use it for one call, and do not store it.
        sample: the sample that each step has in place of its batch; see `Trainer.alone`.
    """

    def __init__(self, session: Callable[[], Session], sample: int | None = None) -> None:
        self._session, self.sample = session, sample
        self.stride = Stride.NUMBER
        self._row = 0
        self.walk: BoxWalk | None = None
        """The traced step and the current number; None if the run has ended and has no next step."""
        self.problem = ""
        """Why there is no next step, or why a key did nothing; empty if all is well."""
        session().do(commands.pause)
        self.waits = not session().traces_at_once
        """Whether `trace_next` is still to be called for the first time, once the box is on the screen."""
        if self.waits:
            self.problem, self._run = Sentence("Tracing the next step.")(), session().run
        else:
            self.trace_next()

    def trace_next(self) -> None:
        """Trace the next step of the run as it is now."""
        session, self.waits = self._session(), False
        self.walk, self.problem, self._run = None, "", session.run
        if session.in_progress:
            return
        try:
            trace = session.trace(self.sample)
        except DivergedError as error:
            self.problem = joined(as_sentence(str(error)), _GOES_BACK())
            return
        if trace is None:
            self.problem = _ENDED()
        else:
            self.walk = self._walk_through(trace)

    def follow(self) -> None:
        """Trace again if the run was replaced, moved or edited.

        After an edit, the current number stays current.
        """
        before, walk, run = self._run, self.walk, self._session().run
        if run is not before or (walk is None and not self.problem):
            self.trace_next()
            is_there = (run.sizes, run.position) == (before.sizes, before.position)
            if walk is not None and self.walk is not None and is_there:
                self.walk.go_to_same(walk)

    def choose_sample(self, direction: int) -> bool:
        """Show the next (1) or the previous (-1) sample of the batch; the samples wrap around.

        The same number of that sample becomes current. Return whether the batch has another sample.
        """
        walk = self.walk
        if walk is None:
            return False
        self.problem = ""
        if walk.batch == 1:
            self.problem = _ONE_SAMPLE()
            return False
        self._row = (walk.row + direction) % walk.batch
        self.walk = self._walk_through(walk.trace)
        self.walk.index = walk.index
        return True

    def _walk_through(self, trace: Trace) -> BoxWalk:
        """A walk with the chosen sample, or with the last one of a smaller batch at the end of an epoch."""
        return BoxWalk(trace, min(self._row, len(trace.indices) - 1), self.sample)

    def change_stride(self, direction: int) -> None:
        """Choose a longer (1) or a shorter (-1) stride."""
        self.problem = "" if self.walk else self.problem
        number = STRIDES.index(self.stride) + direction
        self.stride = STRIDES[min(max(number, 0), len(STRIDES) - 1)]

    def on(self) -> bool:
        """Go forward by a stride; return whether that was possible."""
        return self._move(self._on)

    def back(self) -> bool:
        """Go back by a stride; return whether that was possible."""
        return self._move(self._back)

    def _move(self, move: Callable[[Session], bool]) -> bool:
        """Move the run. If that began a branch at an earlier epoch, say so."""
        session = self._session()
        if session.in_progress:
            return False
        was_viewing = session.is_viewing
        if self.walk is not None:
            self.problem = ""
        moved = move(session)
        if was_viewing and not session.is_viewing and self.walk is not None:
            self.problem = notices.BRANCHED_BY_STEP()
        return moved

    def _on(self, session: Session) -> bool:
        if self.walk is None:
            return False
        if self.stride.is_within_a_step and self.walk.on(self.stride):
            return True
        before = session.run
        if self.stride.is_within_a_step:
            session.do(commands.step_batch)
        else:
            session.do(commands.step_epoch, 1 if self.stride is Stride.EPOCH else session.epochs_to_report)
        if session.run is before and not session.in_progress:  # the run has ended
            self.problem = session.notice
            return False
        self.trace_next()
        return True

    def _back(self, session: Session) -> bool:
        self.problem = ""
        if not self.stride.is_within_a_step:
            return self._rewind(session)
        if self.walk is not None and self.walk.back(self.stride):
            return True
        before = session.run
        session.do(commands.step_back)
        if session.run is before:
            self.problem = session.notice
            return False
        self.trace_next()
        if self.walk is not None:
            self.walk.to_last(self.stride)
        return True

    def _rewind(self, session: Session) -> bool:
        """Go back to the beginning of this epoch or the one before, or to the last report.

        While the user looks at an earlier epoch, the target is only looked at, too: the run does not change.
        """
        before = session.run
        begun = self.walk is not None and self.walk.index > 0
        epoch = before.epochs_done if begun or before.samples_processed else before.epochs_done - 1
        if self.stride is Stride.REPORT:
            if session.is_viewing:
                session.do(commands.scrub, -1)
            else:
                session.do(commands.rewind)
        elif epoch < 0:
            self.problem = notices.AT_START()
            return False
        elif session.is_viewing:
            session.do(commands.view, epoch - 1)
        else:
            session.do(commands.rewind, epoch)
        self.trace_next()
        if session.run is before and not begun and not session.in_progress:
            self.problem = session.notice
        return not self.problem
