"""`bptui --plain`: the line dialogue on standard input and output."""

from __future__ import annotations

import io
import sys

from bptui.cli.opening import try_open
from bptui.cli.streams import print_error, redirect_to_null
from bptui.plain.conversation import Conversation
from bptui.plain.dialogue import Dialogue
from bptui.plain.signals import Signals
from bptui.startup.restrictions import Restrictions
from bptui.startup.start_settings import StartSettings


def converse(start: StartSettings, restrictions: Restrictions | None = None) -> int:
    """Hold the dialogue until the input or the dialogue ends; return the exit status."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # names of files may have any bytes
    signals = Signals()
    dialogue = Dialogue(
        start, open_file=try_open, restrictions=restrictions, pause_requested=signals.pause_requested
    )
    conversation = Conversation(dialogue, signals, start.history_path)
    status = conversation.run()
    if status:
        redirect_to_null(sys.stdout)  # the reader may have stopped reading
    if dialogue.keeper.problem:
        print_error(f"bptui: nothing was kept: {dialogue.keeper.problem}")
        status = status or 1
    if conversation.farewell:
        print_error(f"bptui: {conversation.farewell}")
    return status
