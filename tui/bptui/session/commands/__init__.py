"""The commands of a session: functions from what it is now to a transition; see `Session.do`."""

from bptui.session.commands.changing import (
    change,
    defaults,
    draw,
    edit,
    learn,
    new_seed,
    open_map_run,
    restart,
    take,
    toggle_edit,
)
from bptui.session.commands.context import SessionNow
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
from bptui.session.commands.time_travel import (
    leave_view,
    redo,
    return_to,
    rewind,
    scrub,
    step_back,
    undo,
    view,
)
