"""Launching the screen before the engine is loaded, if no argument has to be checked by the engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.cli.launch import launch
from bptui.commands import TABS
from bptui.startup.deferred_start import DeferredStart
from bptui.terminal.encoding import needs_ascii

if TYPE_CHECKING:
    from bptui.startup.start_settings import StartSettings


def launch_before_engine(arguments: list[str]) -> int:
    """Show the first frame, then load the engine and start; return the exit status."""
    task = next((task for task in TABS if task in arguments), TABS[0])
    return launch(
        DeferredStart(task, needs_ascii(), partial(_load, arguments), paused="--paused" in arguments)
    )


def _load(arguments: list[str]) -> StartSettings:
    from bptui.cli.screen import parser, start_settings

    return start_settings(parser().parse(arguments))
