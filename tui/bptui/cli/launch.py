"""Launching the screen or the line dialogue."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from bptui.process.restrictions import UNRESTRICTED, Restrictions
from bptui.process.streams import print_error, redirect_to_null
from bptui.settings.deferred_start import DeferredStart
from bpwords import Sentence

if TYPE_CHECKING:
    from bpengine import Task
    from bpengine.data.csv import Outline, Spelling
    from bptui.settings.start_settings import StartSettings


def launch(start: StartSettings | DeferredStart, restrictions: Restrictions = UNRESTRICTED) -> int:
    """Run the screen until it is left, and keep its state; return the exit status."""
    from bptui.process.allowance import Allowance
    from bptui.screen.app import BptuiApp
    from bptui.screen.terminal.guard import TerminalGuard

    allowance = Allowance(restrictions)
    with TerminalGuard() as guard:
        app = BptuiApp(start, guard=guard, open_file=_open_file, allowance=allowance)
        try:
            status = app.run() or app.return_code or 0
            status = guard.status or status  # without memory, the app fails while it ends
        finally:
            app.keep()
    return _ended(status, app.keep_problem, allowance.farewell)


def _open_file(name: str, open_task: Task, spell: Spelling) -> StartSettings | Outline | str:
    """The content of the file, the columns from which to choose the target, or why it can't be opened."""
    from bptui.cli.opening import try_open

    return try_open(name, open_task, spell)


def converse(start: StartSettings, restrictions: Restrictions = UNRESTRICTED) -> int:
    """Hold the dialogue until the input or the dialogue ends; return the exit status."""
    from bptui.dialogue.conversation import Conversation
    from bptui.dialogue.dialogue import Dialogue
    from bptui.dialogue.requests import Signals

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # names of files may have any bytes
    signals = Signals()
    dialogue = Dialogue(
        start, open_file=_open_file, restrictions=restrictions, pause_requested=signals.pause_requested
    )
    conversation = Conversation(dialogue, signals, start.history_path)
    status = conversation.run()
    if status:
        redirect_to_null(sys.stdout)  # the reader may have stopped reading
    return _ended(status, dialogue.keeper.problem, dialogue.allowance.farewell)


def _ended(status: int, keep_problem: str, farewell: str) -> int:
    """Print why nothing was kept and why the program ended by itself; return the exit status."""
    if keep_problem:
        print_error(f"bptui: {Sentence('nothing was kept: {problem}')(problem=keep_problem)}")
        status = status or 1
    if farewell:
        print_error(f"bptui: {farewell}")
    return status
