"""Showing a solution: its commands, one after the other, each said before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.timer import Timer

from bpengine import FIELDS
from bptui.commands import COMMAND
from bptui.lessons.solutions import Act, EditUnit, MoveValue, Press, SetValue, Train
from bptui.screen.actions.settings import Settings
from bptui.screen.tabs.run_view import RunView
from bptui.session import commands

POLL_SECONDS = 0.1
"""The time between two looks at whether the run has come to rest."""


class Showing:
    """Does what the commands of a solution do, with a pause before and after each.

    Args:
        view: the tab.
        settings: the part of the app that changes settings.
        acts: the commands.
        say: called with each command before it is done, and with None at the end.
        seconds: the length of a pause.
    """

    def __init__(
        self,
        view: RunView,
        settings: Settings,
        acts: Iterable[Act],
        say: Callable[[Act | None], object],
        seconds: float,
    ) -> None:
        self._view, self._settings, self._acts = view, settings, iter(acts)
        self._say, self._seconds = say, seconds
        self._timer: Timer | None = None
        self._next()

    def stop(self) -> None:
        """Do nothing more."""
        if self._timer is not None:
            self._timer.stop()

    def _next(self) -> None:
        if self._view.session.in_progress:
            self._after(POLL_SECONDS, self._next)
            return
        act = next(self._acts, None) if self._view.frames.is_open else None
        if act is None:
            self._say(None)
            return
        if isinstance(act, SetValue | MoveValue):  # the row is chosen before its value changes
            self._view.choose_setting(FIELDS.index(act.field))
        elif isinstance(act, EditUnit):
            self._view.change_options(unit=act.unit)
        self._say(act)
        self._after(self._seconds, lambda: self._do(act))

    def _after(self, seconds: float, call: Callable[[], object]) -> None:
        self._timer = self._view.set_timer(seconds, call)

    async def _do(self, act: Act) -> None:
        view = self._view
        if not view.frames.is_open:  # another tab was opened
            self._say(None)
            return
        if isinstance(act, SetValue):
            self._settings.set(view, act.field, act.value)
        elif isinstance(act, MoveValue):
            value = getattr(view.session.config, act.field.name)
            self._settings.set(view, act.field, act.field.move(value, act.direction, coarse=act.coarse))
        elif isinstance(act, EditUnit):
            view.do(commands.toggle_edit, act.edit, act.unit)
        elif isinstance(act, Train):
            self._train(act)
        elif isinstance(act, Press) and (act.turns is None or act.turns is not self._is_on(act)):
            await view.app.run_action(COMMAND[act.name].action)
        self._after(self._seconds, self._next)

    def _is_on(self, act: Press) -> bool:
        session = self._view.session
        return session.document.what_if if act.name == "toggle_what_if" else session.cloud.is_on

    def _train(self, act: Train) -> None:
        session, amount = self._view.session, act.amount
        if amount.samples is not None:
            self._view.do(commands.step_samples, amount.samples)
            return
        epochs = amount.epochs_from(session.epochs_done, session.config.epochs)
        if epochs > 0:
            self._view.do(commands.step_epoch, epochs)
