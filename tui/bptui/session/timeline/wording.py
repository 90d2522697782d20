"""The sentences in the status line about an earlier epoch on view, and about a branch."""

from __future__ import annotations

from bptui.commands import key_first, key_of
from bptui.formatting import changed_settings, error_text
from bptui.session.comparison import MAX_SENTENCE_LENGTH, common_errors, differences
from bptui.session.notices import Notice
from bptui.session.snapshot import ComparedRun, Snapshot
from bptui.session.timeline.reports import Reports
from bptui.session.timeline.viewing import Viewing

NOTHING_YET = Notice("There is no earlier epoch yet: the run has just begun.")


def viewing_sentence(viewing: Viewing, *, cloud: bool = False) -> str:
    """Which epoch is viewed, and what the keys do; short, since the timeline may be beside it.

    Args:
        viewing: the epoch on view.
        cloud: whether the cloud is on. It belongs to the latest epoch, and is not drawn at an earlier one.
    """
    run = key_of("toggle_run")
    if cloud:
        shown = _what(viewing) if viewing.stop > 0 else "the start"
        return f"Viewing {shown}, without the cloud: {key_of('to_settings')} shows it, {run} branches."
    return f"Viewing {_what(viewing)}, paused: {run} branches here."


def viewing_in_the_box(viewing: Viewing) -> str:
    """The same sentence for the box."""
    return f"Viewing {_what(viewing)}: taking a step begins a branch."


def _what(viewing: Viewing) -> str:
    epoch, done = viewing.stop - 1, viewing.latest.state.epochs_done
    if epoch >= 0:
        return f"epoch {epoch} of {done - 1}"
    return f"the start of {done} epoch{'s' * (done != 1)}" if done else "the start of the first epoch"


def at_first_stop(reports: Reports) -> Notice:
    """There is no earlier epoch to view."""
    if not reports.earliest:
        return Notice("This is the start of the run: there is no earlier epoch.")
    first = "its start" if reports.earliest == 1 else f"epoch {reports.earliest - 1}"
    return Notice(f"The run was resumed after {first}: earlier epochs were not saved.")


def at_last_stop(*, waits: bool) -> Notice:
    """There is no later epoch to view. The run either waits for a key to continue, or has ended."""
    continues = f"{key_of('toggle_run')} continues the training" if waits else "the run has ended"
    return Notice(f"This is the latest epoch: {continues}.")


def back_at_latest(epoch: int) -> Notice:
    """The run is shown as it is now again, after this epoch; -1 within the first one."""
    where = f"at epoch {epoch}, the latest" if epoch >= 0 else "in the first epoch"
    return Notice(f"Back {where}: the run is unchanged.")


def visit_stopped() -> Notice:
    """The visit in progress was stopped."""
    back, on = key_of("scrub_back"), key_of("scrub_on")
    return Notice(f"Stopped on the way to an earlier epoch. {back} and {on} go to others.")


def branched_by_step() -> Notice:
    """A step was taken from the epoch on view."""
    return Notice(f"This step begins a branch: {key_of('undo')} returns to the original run.")


def branched(epoch: int) -> Notice:
    """The run now continues from the epoch on view."""
    where = f"epoch {epoch}" if epoch >= 0 else "the start"
    run, undo = key_first("toggle_run"), key_of("undo")
    return Notice(f"The run is back at {where}. {run} trains, {undo} returns to the original run.")


def branch_sentence(original: ComparedRun, live: Snapshot) -> str:
    """The error of the branch, and the error of the original run at the same epoch.

    Args:
        original: the run that the live one branched off.
        live: the live run.
    """
    before, after, left_at = original.snapshot.run, live.run, original.branched_at
    common = common_errors(original.snapshot, live)
    if common is None or left_at is None or common[0] <= left_at:
        return f"A branch of an earlier run. {key_first('undo')} returns to the original run."
    epoch, old, new = common
    if not changed_settings(before.config, after.config) and before.edits == after.edits:
        return f"Error in epoch {epoch}: {error_text(new)}; in the original run {error_text(old)}."
    others = any(change > left_at + 1 for change in after.change_epochs)
    when = f" {'since' if others else 'at'} epoch {max(left_at, 0)}"
    errors = f": error in epoch {epoch} {error_text(new)}, without it {error_text(old)}"
    room = MAX_SENTENCE_LENGTH - len(when) - len(errors)
    return differences(before, after, room) + when + errors
