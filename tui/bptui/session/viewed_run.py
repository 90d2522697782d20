"""A run whose earlier epochs can be viewed without changing it."""

from __future__ import annotations

from bptui.session.live_run import SLICE_MILLISECONDS
from bptui.session.stepped_run import SteppedRun
from bptui.session.targets import Rewinding
from bptui.session.timeline import wording
from bptui.session.timeline.reports import Reports
from bptui.session.timeline.viewing import Viewing, Visiting


class ViewedRun(SteppedRun):
    """A run with a timeline. See `LiveRun` for the arguments.

    If the run is trained or changed while an earlier epoch is on view, a branch begins there (see `_branch`).
    """

    @property
    def is_viewing(self) -> bool:
        """Whether an earlier epoch is on view instead of the latest one."""
        return self._viewing is not None

    @property
    def viewed(self) -> str:
        """A sentence for the box about the epoch on view; empty if it is the latest one."""
        return "" if self._viewing is None else wording.viewing_in_the_box(self._viewing)

    def scrub(self, direction: int, *, far: bool = False) -> None:
        """Pause, and view the next (1) or the previous (-1) reported epoch.

        Args:
            direction: 1 or -1.
            far: whether to move by a tenth of the run.
        """
        reports, stop = self._prepare()
        target = reports.moved(stop, direction, far=far)
        if target != stop:
            self._view(target)
        elif not reports.latest:
            self._notice = wording.NOTHING_YET
        elif direction < 0:
            self._notice = wording.at_first_stop(reports)
        else:
            self._notice = wording.at_last_stop(waits=self._waits)

    def view(self, epoch: int) -> None:
        """Pause, and view the run after this epoch (-1 for its start), as far as the run can go back."""
        reports, stop = self._prepare()
        target = min(max(epoch + 1, reports.earliest), reports.latest)
        if target != stop:
            self._view(target)

    def view_near(self, epoch: int) -> None:
        """Pause, and view the reported epoch nearest to this one."""
        reports, stop = self._prepare()
        target = reports.nearest(epoch)
        if target != stop:
            self._view(target)

    def leave_view(self) -> None:
        """Show the run as it is now again; this takes no training."""
        if self._viewing is None:
            return
        with self._changing:
            self._viewing.visits.back()
            self._viewing = self._task = None
        self._speed_control.measure_anew()
        self._notice = wording.back_at_latest(self._trainer.epochs_done - 1)

    def _prepare(self) -> tuple[Reports, int]:
        """Pause; return the stops, and the stop that is on view or being visited."""
        self._pause()
        self._notice = None
        if isinstance(self._task, Rewinding):
            self._stop_rewind()
        elif not isinstance(self._task, Visiting):
            self._task = None
        viewing = self._viewing
        if viewing is not None:
            return viewing.reports, viewing.stop
        reports = Reports.of(self._trainer)
        return reports, reports.latest

    def _view(self, stop: int) -> None:
        viewing, task = self._viewing, self._task
        if viewing is None:
            viewing = Viewing(self._trainer, self._current())
        elif stop == viewing.reports.latest:
            self.leave_view()
            return
        if isinstance(task, Visiting):
            before, bookmark = task.before, task.bookmark
        else:
            before, bookmark = viewing.stop, self._trainer.bookmark()
        with self._changing:
            self._viewing = viewing
            viewing.stop = stop
            pieces = viewing.visits.going(stop, SLICE_MILLISECONDS, clock=self._clock)
        self._begin_task(Visiting(stop, pieces, before, bookmark))
