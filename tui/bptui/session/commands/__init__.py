"""The commands of a session: functions from what it is now to a transition; see `Session.do`."""

from bptui.session.commands.changing import change, defaults, learn, new_seed, open_map_run, restart, take
from bptui.session.commands.editing import edit, toggle_edit, toggle_frozen, toggle_knocked_out
from bptui.session.commands.now import SessionNow
from bptui.session.commands.past import leave_view, redo, return_to, rewind, scrub, undo, view, view_near
from bptui.session.commands.running import (
    change_speed,
    pause,
    refuse,
    say,
    step_batch,
    step_epoch,
    step_samples,
    stop,
    toggle,
    toggle_cloud,
    toggle_pin,
    toggle_what_if,
    unpin,
)

__all__ = [
    "SessionNow",
    "change",
    "change_speed",
    "defaults",
    "edit",
    "learn",
    "leave_view",
    "new_seed",
    "open_map_run",
    "pause",
    "redo",
    "refuse",
    "restart",
    "return_to",
    "rewind",
    "say",
    "scrub",
    "step_batch",
    "step_epoch",
    "step_samples",
    "stop",
    "take",
    "toggle",
    "toggle_cloud",
    "toggle_edit",
    "toggle_frozen",
    "toggle_knocked_out",
    "toggle_pin",
    "toggle_what_if",
    "undo",
    "unpin",
    "view",
    "view_near",
]
