"""The app of `bptui --restricted`, for people who may use nothing else of the machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.binding import Binding

from bptui.app import BptuiApp
from bptui.commands import COMMANDS
from bptui.startup.restrictions import ProcessorShare, Restrictions
from bptui.terminal.signals import TerminalGuard
from bptui.terminal.textual_internals import bind

if TYPE_CHECKING:
    from bptui.startup.start_settings import StartSettings

CHECK_SECONDS = 1.0
"""Seconds between two checks of the time."""
SHARE_SECONDS = 0.05
"""The most seconds between two checks whether some of the processor share is left."""
WORK = (events.InputEvent, events.Paste, events.Resize)
"""The events with which a user makes the app work and draw."""


class RestrictedApp(BptuiApp):
    """An app without files and links, and with limits on settings, processor and time.

    Args:
        start: the settings at the start.
        restrictions: the limits.
        guard: watches the terminal; None if there is none, as in tests.
        clock: returns seconds since any fixed point in time.
        used: returns the seconds of processor time that the process has used.

    Attributes:
        farewell: why the screen ended by itself; empty if it did not.
    """

    _restrictions: Restrictions

    def __init__(
        self,
        start: StartSettings,
        restrictions: Restrictions,
        *,
        guard: TerminalGuard | None = None,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
    ) -> None:
        super().__init__(start, guard=guard, restrictions=restrictions)
        for command in COMMANDS:
            if command.name in restrictions.actions:
                bind(self, Binding(command.keys, "refuse", command.label, show=False))
        self.farewell = ""
        self._clock = clock
        self._started = self._last_input = clock()
        self._share = ProcessorShare(restrictions.processor_share, clock, used)
        self.runner.may_work = self._may_train
        for view in self.tabs.views.values():
            view.frames.may_train = self._may_train

    def _may_train(self) -> bool:
        """Whether the next slice of training may begin."""
        may = self._share.is_left()
        if may:
            asyncio.get_running_loop().call_soon(self._share.end_slice)
        return may

    async def on_mount(self) -> None:  # Textual also calls the method of the base class
        """Watch the clock, and lower the priority after the first frame."""
        self.set_interval(CHECK_SECONDS, self.check_time)
        if self._guard is not None:
            self.call_after_refresh(self._restrictions.lower_priority)

    async def on_event(self, event: events.Event) -> None:
        """Note the time of a key or a click, and handle what makes work when the share allows it."""
        if isinstance(event, events.InputEvent):
            self._last_input = self._clock()
        if isinstance(event, WORK) and not event.is_forwarded:
            while (delay := self._share.input_delay()) and not self._has_to_end:
                await asyncio.sleep(min(delay, SHARE_SECONDS))
        await super().on_event(event)

    @property
    def _has_to_end(self) -> bool:
        return self._guard is not None and self._guard.status != 0

    def check_time(self) -> None:
        """End the screen when its time is over."""
        now = self._clock()
        self.farewell = self._restrictions.time_out(now - self._last_input, now - self._started)
        if self.farewell:
            self.exit(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action, or the command that it runs, may run."""
        names = parameters if action == "do" else (action,)
        return self._restrictions.actions.isdisjoint(names) and super().check_action(action, parameters)

    def action_refuse(self) -> None:
        """Say that a command is not possible here."""
        from bptui.session import commands, notices  # which load the engine

        self.view.do(commands.say, notices.WITHOUT_FILES)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing."""

    def deliver_screenshot(self, *_arguments: Any, **_options: Any) -> None:
        """Write nothing."""

    def save_screenshot(self, *_arguments: Any, **_options: Any) -> str:
        """Write nothing."""
        return ""

    def deliver_text(self, *_arguments: Any, **_options: Any) -> None:
        """Write nothing."""

    def deliver_binary(self, *_arguments: Any, **_options: Any) -> None:
        """Write nothing."""
