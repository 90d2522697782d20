"""The sentences of the status line: the answers to keys, and what the screen shows of the run."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine import DATASETS, FIELD, ConfigError, Edit, Field, TrainingConfig
from bpengine.data.formulas.fields import FeaturesField, FormulaField
from bpengine.wording import counted, listed, printable
from bptui.commands import key_first, key_of
from bptui.formatting import changed_settings, error_text, sentence_case
from bptui.session.comparison import MAX_SENTENCE_LENGTH, common_errors, differences
from bptui.session.reports import Reports
from bptui.session.snapshot import ComparedRun, Snapshot, State

AT_DEFAULTS = "All hyperparameters are at their defaults."
WHAT_IF_ON = "What if: each change retrains to this epoch and compares."
CLOUD_OFF = "The cloud is off: the run is shown alone."
WHAT_IF_OFF = "What if is off: each change acts on the run as it is."
NOTHING_YET = "There is no earlier epoch yet: the run has just begun."
NOTHING_TO_REWIND = "Nothing to go back to: this run was resumed in the middle of an epoch."
WITHOUT_FILES = "Not possible here: this session may not save or open files."
AT_START = "This is the start of the run: there is no earlier step."
NOTHING_TO_UNDO = "Nothing to undo."
NOTHING_TO_REDO = "Nothing to redo."

_CORE = ("hidden_units", "activation", "optimizer", "learning_rate")
"""The settings by which a recipe is named."""
_MORE = {
    "epochs": "more epochs let",
    "target error": "a lower target error lets",
    "patience": "more patience lets",
}
"""How to let a run continue, by the reason for its end."""


def cloud_waits() -> str:
    """The cloud was switched on while the user looks at an earlier epoch."""
    latest = key_of("to_settings")
    return f"The cloud is on, but only drawn at the latest epoch: {latest} goes there."


def finished(reason: str) -> str:
    """The run has finished and can't be run or stepped further.

    Args:
        reason: why it has ended; see `Run.stop_reason`.
    """
    return f"The run has finished: {key_of('restart')} restarts it, {_MORE[reason]} it continue."


def rewind_stopped() -> str:
    """The rewind in progress was stopped."""
    return f"The rewind was stopped: the run is exactly as it was. {key_first('toggle_run')} continues."


def stopped() -> str:
    """The step in progress was stopped."""
    run, step = key_first("toggle_run"), key_of("step_epoch")
    return f"The step was stopped. {run} continues, {step} completes the epoch."


def what_if_stopped(edits: Sequence[Edit]) -> str:
    """The what-if in progress was stopped, before it had repeated these edits of the previous run."""
    run, undo = key_first("toggle_run"), key_of("undo")
    if edits:
        start, end = "Stopped. Not repeated: ", f". {run} continues, {undo} undoes it."
        return f"{start}{_listed(edits, MAX_SENTENCE_LENGTH - len(start) - len(end))}{end}"
    return f"What-if stopped. {run} continues from here, {undo} returns to the previous run."


def edits_left_out(edits: Sequence[Edit]) -> str:
    """The network of a what-if has no place for these edits of the previous run."""
    start, end = "Not repeated: ", " (not in this network)."
    return f"{start}{_listed(edits, MAX_SENTENCE_LENGTH - len(start) - len(end))}{end}"


def _listed(edits: Sequence[Edit], room: int) -> str:
    """The edits that fit, and how many more there are; or only their number."""
    words = [edit.words for edit in edits]
    for count in range(len(edits), 0, -1):
        rest = [f"{len(edits) - count} more"] if count < len(edits) else []
        text = listed([*words[:count], *rest])
        if len(text) <= room:
            return text
    return "one edit" if len(edits) == 1 else f"{len(edits)} edits"


def refused(error: ConfigError) -> str:
    """An edit is not possible."""
    return f"{sentence_case(error.reason if error.setting == 'edit' else str(error))}."


def edited(edit: Edit, state: State, stop_reason: str) -> str:
    """An edit was made. All edits but freezing and unfreezing change the outputs at once.

    Args:
        edit: the edit.
        state: what the run is doing.
        stop_reason: why the run has ended, if it has; see `Run.stop_reason`.
    """
    run = key_of("toggle_run")
    acts_on_training_only = edit.kind in ("freeze", "unfreeze")
    match state:
        case State.READY:
            when = f"{run} starts the training with it."
        case State.PAUSED:
            when = f"{run} continues with it."
        case State.FINISHED if acts_on_training_only:
            when = f"takes effect once {_MORE[stop_reason]} the run continue."
        case State.FINISHED:
            when = "the run has finished."
        case _:
            when = "training continues with it."
    return f"{sentence_case(edit.words)}: {'' if acts_on_training_only else 'takes effect at once; '}{when}"


def edits_nothing(edit: Edit, *, frozen: bool, knocked_out: Sequence[tuple[int, int]]) -> str:
    """An edit would change nothing.

    Args:
        edit: the edit.
        frozen: whether the unit, weight or bias is frozen.
        knocked_out: the layer and the number of each unit that is knocked out.
    """
    match edit.kind:
        case "set" | "set all":
            return f"{edit.target} has that value already."
        case "freeze":
            return f"{sentence_case(edit.target)} is frozen already."
        case "unfreeze" if frozen:
            return _stays_frozen(edit, knocked_out)
        case "unfreeze":
            return f"{sentence_case(edit.target)} is not frozen."
        case "knock out":
            return f"{sentence_case(edit.target)} is knocked out already."
        case "bring back":
            return f"{sentence_case(edit.target)} is not knocked out."


def _stays_frozen(edit: Edit, knocked_out: Sequence[tuple[int, int]]) -> str:
    """An edit would unfreeze a weight or bias that stays frozen while a unit is knocked out."""
    key, target = key_of("knock_out"), sentence_case(edit.target)
    if edit.input is None and (edit.layer, edit.unit) in knocked_out:
        return f"{target} is knocked out: it stays frozen until {key} brings it back."
    owners = [(layer, unit) for layer, unit in knocked_out if (layer, unit) == (edit.layer, edit.unit)]
    if edit.layer is not None and isinstance(edit.input, int):
        owners += [place for place in knocked_out if place == (edit.layer - 1, edit.input)]
    if not owners:
        return f"{target} stays frozen until the units that are knocked out are brought back."
    layer, unit = owners[0]
    owner = f"unit {unit + 1} of layer {layer + 1}"
    return f"{target} stays frozen until {owner} is brought back ({key})."


def restarted(seed: int, *, edited: bool) -> str:
    """The run was restarted with the same seed.

    Args:
        seed: the seed.
        edited: whether the run before had edits; the new one has none.
    """
    if edited:
        return f"Restarted with seed {seed}, without the edits of the previous run."
    return f"Restarted with the same seed {seed}: the same run."


def new_seed(seed: int) -> str:
    """The run was restarted with another seed."""
    return f"New seed {seed}: new random weights, another order of samples."


def undone(what: str, *, waits: bool) -> str:
    """The change was undone; `waits` says whether the run waits for a key to continue."""
    continues = f"; {key_of('toggle_run')} continues" if waits else ""
    return f"Undone: {what}. {key_of('redo')} redoes it{continues}."


def redone(what: str, *, waits: bool) -> str:
    """The change was redone; `waits` says whether the run waits for a key to continue."""
    continues = f" {key_first('toggle_run')} continues." if waits else ""
    return f"Redone: {what}.{continues}"


def pinned(label: str, *, replaced: bool) -> str:
    """The run was pinned under this letter, possibly in place of the oldest pin."""
    if replaced:
        undo, pins = key_of("undo"), key_of("pins")
        place = f"Pinned as {label} in place of the oldest pin"
        return f"{place}. {undo} returns to that one, {pins} lists all."
    return f"Pinned as {label}: this run stays in the plots. Change something, and compare."


def unpinned(label: str) -> str:
    """The pin of this letter was removed."""
    return f"Unpinned {label}. {key_of('undo')} pins it again."


def opened(name: str) -> str:
    """A file was opened in place of the run."""
    run, undo = key_first("toggle_run"), key_of("undo")
    return f"Opened {name}. {run} trains, {undo} returns to the previous run."


def learns(function: str, state: State) -> str:
    """The run, which was in this state, now learns a function that was typed."""
    what, undo = printable(function, 24), key_of("undo")
    return f"Learning {what}: {restarts(state)} {undo} undoes it."


def suited(config: TrainingConfig) -> str:
    """A data set was chosen, with the settings that learn it: a new run."""
    which = "settings that suit it" if DATASETS[config.dataset].recipe else "default settings"
    values = [FIELD[name].brief(getattr(config, name)) for name in _CORE]
    network, training = " ".join(values[:2]), " ".join(values[2:])
    return f"{config.dataset} with {which} ({network}, {training}); {key_of('undo')} undoes it."


def restarts(state: State) -> str:
    """What a change does that needs a new run, by what the run was doing: the end of a sentence."""
    if state is State.READY:
        return f"{key_of('toggle_run')} starts the training with it."
    return "the run restarts."


ALL_INPUTS = " The features are all inputs again."
"""What follows a notice if the new data lacks an input of the features."""


def unchanged(field: Field, value: object) -> str:
    """The setting already has this value: it was typed again, or is at a limit."""
    if isinstance(field, (FeaturesField, FormulaField)):
        return f"{field.label} is already {field.brief(value)}. To change it, type another one."
    if field.move(value, 1) == value:
        which = "highest"
    elif field.move(value, -1) == value:
        which = "lowest"
    else:
        which = "current"
    return f"{field.label}: {field.format(value)} is the {which} value."


def when_it_acts(state: State) -> str:
    """When a change of a setting takes effect: the end of a sentence."""
    match state:
        case State.DIVERGED:
            return f"press {key_of('restart')} to restart with it."
        case State.FINISHED:
            return f"takes effect when the run restarts ({key_of('restart')})."
        case State.RUNNING:
            return "the network continues from where it is."
        case _:
            continues = "starts" if state is State.READY else "continues"
            return f"takes effect when training {continues} ({key_of('toggle_run')})."


def data_from_file(field: Field, name: str) -> str:
    """The setting applies only to the named data sets, but the samples come from a file."""
    return f"{field.label}: not used, the data comes from {name}."


def rewound(epoch: int, *, same_settings: bool, finished: bool) -> str:
    """The run went back to the beginning of this epoch."""
    where = f"after epoch {epoch - 1}" if epoch else "at the start"
    how = "exactly as it was" if same_settings else "with the settings it had then"
    continues = f"{key_first('toggle_run')} continues from there."
    after = "The run had ended there." if finished else continues
    return f"Back {where}, {how}. {after}"


# An earlier epoch that the user looks at, and a branch.


def viewing_sentence(stop: int, done: int, *, cloud: bool) -> str:
    """Which epoch is viewed, and what the keys do; short, since the timeline may be beside it.

    Args:
        stop: the stop that the user looks at.
        done: the completed epochs of the run.
        cloud: whether the cloud is on. It belongs to the latest epoch, and is not drawn at an earlier one.
    """
    run = key_of("toggle_run")
    if cloud:
        shown = _what(stop, done) if stop > 0 else "the start"
        return f"Viewing {shown}, without the cloud: {key_of('to_settings')} shows it, {run} branches."
    return f"Viewing {_what(stop, done)}, paused: {run} branches here."


def viewing_in_the_box(stop: int, done: int) -> str:
    """The same sentence for the box."""
    return f"Viewing {_what(stop, done)}: taking a step begins a branch."


def _what(stop: int, done: int) -> str:
    epoch = stop - 1
    if epoch >= 0:
        return f"epoch {epoch} of {done - 1}"
    return f"the start of {counted(done, 'epoch')}" if done else "the start of the first epoch"


def at_first_stop(reports: Reports) -> str:
    """There is no earlier epoch to view."""
    if not reports.earliest:
        return "This is the start of the run: there is no earlier epoch."
    first = "its start" if reports.earliest == 1 else f"epoch {reports.earliest - 1}"
    return f"The run was resumed after {first}: earlier epochs were not saved."


def at_last_stop(*, waits: bool) -> str:
    """There is no later epoch to view. The run either waits for a key to continue, or has ended."""
    continues = f"{key_of('toggle_run')} continues the training" if waits else "the run has ended"
    return f"This is the latest epoch: {continues}."


def back_at_latest(epoch: int) -> str:
    """The run is shown as it is now again, after this epoch; -1 within the first one."""
    where = f"at epoch {epoch}, the latest" if epoch >= 0 else "in the first epoch"
    return f"Back {where}: the run is unchanged."


def visit_stopped() -> str:
    """The visit in progress was stopped."""
    back, on = key_of("scrub_back"), key_of("scrub_on")
    return f"Stopped on the way to an earlier epoch. {back} and {on} go to others."


def branched_by_step() -> str:
    """A step was taken from the earlier epoch that the user looks at."""
    return f"This step begins a branch: {key_of('undo')} returns to the original run."


def branched(epoch: int) -> str:
    """The run now continues from the earlier epoch that the user looked at."""
    where = f"epoch {epoch}" if epoch >= 0 else "the start"
    run, undo = key_first("toggle_run"), key_of("undo")
    return f"The run is back at {where}. {run} trains, {undo} returns to the original run."


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
        return f"Epoch error {error_text(new)} in epoch {epoch}; in the original run {error_text(old)}."
    others = any(change > left_at + 1 for change in after.change_epochs)
    when = f" {'since' if others else 'at'} epoch {max(left_at, 0)}"
    errors = f": epoch error {error_text(new)} in epoch {epoch}, without it {error_text(old)}"
    room = MAX_SENTENCE_LENGTH - len(when) - len(errors)
    return differences(before, after, room) + when + errors
