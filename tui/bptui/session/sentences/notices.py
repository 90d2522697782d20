"""The sentences of the status line: the answers to keys, and what the screen shows of the run."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine import ConfigError, Edit, Field
from bpengine.data.formulas.fields import FeaturesField, FormulaField
from bpengine.wording import listed, printable
from bptui.formatting import changed_settings, error_text, sentence_case
from bptui.session.comparison import common_errors
from bptui.session.reports import Reports
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH, with_differences
from bptui.session.snapshot import ComparedRun, Snapshot, State
from bpwords import Sentence, columns, joined, many

AT_DEFAULTS = Sentence("All hyperparameters are at their defaults.")
WHAT_IF_ON = Sentence("What if: each change retrains to this epoch and compares.")
CLOUD_OFF = Sentence("The cloud is off: the run is shown alone.")
CLOUD_WAITS = Sentence("The cloud is on, but only drawn at the latest epoch: {latest} goes there.")
WHAT_IF_OFF = Sentence("What if is off: each change acts on the run as it is.")
NOTHING_YET = Sentence("There is no earlier epoch yet: the run has just begun.")
NOTHING_TO_REWIND = Sentence("Nothing to go back to: this run was resumed in the middle of an epoch.")
WITHOUT_FILES = Sentence("Not possible here: this session may not save or open files.")
AT_START = Sentence("This is the start of the run: there is no earlier step.")
NOTHING_TO_UNDO = Sentence("Nothing to undo.")
NOTHING_TO_REDO = Sentence("Nothing to redo.")

# What was stopped.

REWIND_STOPPED = Sentence("The rewind was stopped: the run is exactly as it was. {toggle_run} continues.")
STEP_STOPPED = Sentence("The step was stopped. {toggle_run} continues, {step_epoch} completes the epoch.")
VISIT_STOPPED = Sentence("Stopped on the way to an earlier epoch. {scrub_back} and {scrub_on} go to others.")
_WHAT_IF_STOPPED = Sentence(
    "What-if stopped. {toggle_run} continues from here, {undo} returns to the previous run."
)
_NOT_REPEATED_WHEN_STOPPED = Sentence(
    "Stopped. Not repeated: {edits}. {toggle_run} continues, {undo} undoes it."
)


def what_if_stopped(edits: Sequence[Edit]) -> str:
    """The what-if in progress was stopped, before it had repeated these edits of the previous run."""
    return _with_edits(_NOT_REPEATED_WHEN_STOPPED, edits) if edits else _WHAT_IF_STOPPED()


# The end of a run.

_FINISHED = {
    "epochs": Sentence("The run has finished: {restart} restarts it, more epochs let it continue."),
    "target error": Sentence(
        "The run has finished: {restart} restarts it, a lower target error lets it continue."
    ),
    "patience": Sentence("The run has finished: {restart} restarts it, more patience lets it continue."),
}


def finished(reason: str) -> str:
    """The run has finished and can't be run or stepped further.

    Args:
        reason: why it has ended; see `Run.stop_reason`.
    """
    return _FINISHED[reason]()


# Edits of the network.

_NOT_IN_THIS_NETWORK = Sentence("Not repeated: {edits} (not in this network).")

_CHANGED_NETWORK = {
    State.READY: Sentence("{change}: takes effect at once; {toggle_run} starts the training with it."),
    State.RUNNING: Sentence("{change}: takes effect at once; training continues with it."),
    State.PAUSED: Sentence("{change}: takes effect at once; {toggle_run} continues with it."),
    State.FINISHED: Sentence("{change}: takes effect at once; the run has finished."),
    State.DIVERGED: Sentence("{change}: takes effect at once; training continues with it."),
}
_CHANGED_TRAINING = {
    State.READY: Sentence("{change}: {toggle_run} starts the training with it."),
    State.RUNNING: Sentence("{change}: training continues with it."),
    State.PAUSED: Sentence("{change}: {toggle_run} continues with it."),
    State.DIVERGED: Sentence("{change}: training continues with it."),
}
_ONCE_IT_CONTINUES = {
    "epochs": Sentence("{change}: takes effect once more epochs let the run continue."),
    "target error": Sentence("{change}: takes effect once a lower target error lets the run continue."),
    "patience": Sentence("{change}: takes effect once more patience lets the run continue."),
}

_SAME_VALUE = Sentence("{target} has that value already.")
_FROZEN_ALREADY = Sentence("{target} is frozen already.")
_NOT_FROZEN = Sentence("{target} is not frozen.")
_KNOCKED_OUT_ALREADY = Sentence("{target} is knocked out already.")
_NOT_KNOCKED_OUT = Sentence("{target} is not knocked out.")
_FROZEN_AS_KNOCKED_OUT = Sentence(
    "{target} is knocked out: it stays frozen until {bring_back} brings it back."
)
_FROZEN_BY_UNIT = Sentence(
    "{target} stays frozen until unit {unit} of layer {layer} is brought back ({bring_back})."
)
_FROZEN_BY_UNITS = Sentence("{target} stays frozen until the units that are knocked out are brought back.")


def edits_left_out(edits: Sequence[Edit]) -> str:
    """The network of a what-if has no place for these edits of the previous run."""
    return _with_edits(_NOT_IN_THIS_NETWORK, edits)


def _with_edits(sentence: Sentence, edits: Sequence[Edit]) -> str:
    """The sentence with the edits that fit, and how many more there are; or only with their number."""
    words = [edit.words for edit in edits]
    for count in range(len(edits), 0, -1):
        rest = [f"{len(edits) - count} more"] if count < len(edits) else []
        text = sentence(edits=listed([*words[:count], *rest]))
        if columns(text) <= MAX_SENTENCE_LENGTH:
            return text
    return sentence(edits=many(len(edits), "one edit", "{n} edits"))


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
    change = sentence_case(edit.words)
    if edit.kind not in ("freeze", "unfreeze"):
        return _CHANGED_NETWORK[state](change=change)
    if state is State.FINISHED:
        return _ONCE_IT_CONTINUES[stop_reason](change=change)
    return _CHANGED_TRAINING[state](change=change)


def edits_nothing(edit: Edit, *, frozen: bool, knocked_out: Sequence[tuple[int, int]]) -> str:
    """An edit would change nothing.

    Args:
        edit: the edit.
        frozen: whether the unit, weight or bias is frozen.
        knocked_out: the layer and the number of each unit that is knocked out.
    """
    target = sentence_case(edit.target)
    match edit.kind:
        case "set" | "set all":
            return _SAME_VALUE(target=edit.target)
        case "freeze":
            return _FROZEN_ALREADY(target=target)
        case "unfreeze" if frozen:
            return _stays_frozen(edit, knocked_out)
        case "unfreeze":
            return _NOT_FROZEN(target=target)
        case "knock out":
            return _KNOCKED_OUT_ALREADY(target=target)
        case "bring back":
            return _NOT_KNOCKED_OUT(target=target)


def _stays_frozen(edit: Edit, knocked_out: Sequence[tuple[int, int]]) -> str:
    """An edit would unfreeze a weight or bias that stays frozen while a unit is knocked out."""
    target = sentence_case(edit.target)
    if edit.input is None and (edit.layer, edit.unit) in knocked_out:
        return _FROZEN_AS_KNOCKED_OUT(target=target)
    owners = [(layer, unit) for layer, unit in knocked_out if (layer, unit) == (edit.layer, edit.unit)]
    if edit.layer is not None and isinstance(edit.input, int):
        owners += [place for place in knocked_out if place == (edit.layer - 1, edit.input)]
    if not owners:
        return _FROZEN_BY_UNITS(target=target)
    layer, unit = owners[0]
    return _FROZEN_BY_UNIT(target=target, unit=unit + 1, layer=layer + 1)


# Another run, and the way back.

NEW_SEED = Sentence("New seed {seed}: new random weights, another order of samples.")
_RESTARTED = Sentence("Restarted with the same seed {seed}: the same run.")
_RESTARTED_WITHOUT_EDITS = Sentence("Restarted with seed {seed}, without the edits of the previous run.")
OPENED = Sentence("Opened {name}. {toggle_run} trains, {undo} returns to the previous run.")
UNDONE = Sentence("Undone: {what}. {redo} redoes it.")
UNDONE_AND_WAITS = Sentence("Undone: {what}. {redo} redoes it; {toggle_run} continues.")
REDONE = Sentence("Redone: {what}.")
REDONE_AND_WAITS = Sentence("Redone: {what}. {toggle_run} continues.")
UNPINNED = Sentence("Unpinned {label}. {undo} pins it again.")
_PINNED = Sentence("Pinned as {label}: other runs are compared with it. Change something, and compare.")
_PINNED_INSTEAD = Sentence(
    "Pinned as {label} in place of the oldest pin. {undo} returns to that one, {pins} lists all."
)


def restarted(seed: int, *, edited: bool) -> str:
    """The run was restarted with the same seed.

    Args:
        seed: the seed.
        edited: whether the run before had edits; the new one has none.
    """
    return (_RESTARTED_WITHOUT_EDITS if edited else _RESTARTED)(seed=seed)


def pinned(label: str, *, replaced: bool) -> str:
    """The run was pinned under this letter, possibly in place of the oldest pin."""
    return (_PINNED_INSTEAD if replaced else _PINNED)(label=label)


# Changes of the settings.

_LEARNS_WHEN_STARTED = Sentence(
    "Learning {function}: {toggle_run} starts the training with it. {undo} undoes it."
)
_LEARNS = Sentence("Learning {function}: the run restarts. {undo} undoes it.")
_RESTARTS_WHEN_STARTED = Sentence("{change}: {toggle_run} starts the training with it.")
_RESTARTS = Sentence("{change}: the run restarts.")
_ACTS = {
    State.READY: Sentence("{change}: takes effect when training starts ({toggle_run})."),
    State.RUNNING: Sentence("{change}: the network continues from where it is."),
    State.PAUSED: Sentence("{change}: takes effect when training continues ({toggle_run})."),
    State.FINISHED: Sentence("{change}: takes effect when the run restarts ({restart})."),
    State.DIVERGED: Sentence("{change}: {press restart} to restart with it."),
}
ALL_INPUTS = Sentence("The features are all inputs again.")
"""What follows a notice if the new data lacks an input of the features."""
DATA_FROM_FILE = Sentence("{setting}: not used, the data comes from {name}.")

_SAME_FORMULA = Sentence("{setting} is already {value}. To change it, type another one.")
_HIGHEST = Sentence("{setting}: {value} is the highest value.")
_LOWEST = Sentence("{setting}: {value} is the lowest value.")
_CURRENT = Sentence("{setting}: {value} is the current value.")


def learns(function: str, state: State) -> str:
    """The run, which was in this state, now learns a function that was typed."""
    sentence = _LEARNS_WHEN_STARTED if state is State.READY else _LEARNS
    return sentence(function=printable(function, 24))


def restarts(change: str, state: State) -> str:
    """A change needs a new run; `state` is what the run was doing."""
    return (_RESTARTS_WHEN_STARTED if state is State.READY else _RESTARTS)(change=change)


def acts(change: str, state: State) -> str:
    """When a change of a setting takes effect on a run in this state."""
    return _ACTS[state](change=change)


def unchanged(field: Field, value: object) -> str:
    """The setting already has this value: it was typed again, or is at a limit."""
    if isinstance(field, (FeaturesField, FormulaField)):
        return _SAME_FORMULA(setting=field.label, value=field.brief(value))
    if field.move(value, 1) == value:
        sentence = _HIGHEST
    elif field.move(value, -1) == value:
        sentence = _LOWEST
    else:
        sentence = _CURRENT
    return sentence(setting=field.label, value=field.format(value))


# What is in progress.

RETRAINING = Sentence("What if: retraining, epoch {epoch} of {end}.[ {pause} pauses.]")
RETRAINING_PAUSED = Sentence("What if: retraining, epoch {epoch} of {end}. {toggle_run} continues.")
_STEPPING = Sentence("Training {epochs}: sample {sample} of {samples}.[ {to_settings} stops.]")
REWINDING = Sentence("Rewinding: epoch {epoch} of {end}.[ {to_settings} stops.]")
VISITING = Sentence("Going to an earlier epoch: epoch {epoch} of {end}.[ {to_settings} stops.]")


def stepping(left: int, sample: int, samples: int) -> str:
    """So many epochs are still to be trained; this is the sample in the current one."""
    return _STEPPING(epochs=many(left, "one epoch", "{n} epochs"), sample=sample, samples=samples)


# Earlier epochs: a rewind, a look at one, and a branch.

_BACK_AS_IT_WAS = Sentence("Back {where}, exactly as it was.")
_BACK_WITH_OLD_SETTINGS = Sentence("Back {where}, with the settings it had then.")
_CONTINUES_THERE = Sentence("{toggle_run} continues from there.")
_HAD_ENDED_THERE = Sentence("The run had ended there.")
_AFTER_EPOCH = Sentence("after epoch {epoch}")
_AT_THE_START = Sentence("at the start")

_VIEWING = Sentence("Viewing {moment}, paused: {toggle_run} branches here.")
_VIEWING_WITHOUT_CLOUD = Sentence(
    "Viewing {moment}, without the cloud: {latest} shows it, {toggle_run} branches."
)
_VIEWING_IN_THE_BOX = Sentence("Viewing {moment}: taking a step begins a branch.")
_EPOCH_OF = Sentence("epoch {epoch} of {newest}")
_START_OF = Sentence("the start of {epochs}")
_START_OF_FIRST = Sentence("the start of the first epoch")
_START = Sentence("the start")

_FIRST_STOP = Sentence("This is the start of the run: there is no earlier epoch.")
_RESUMED_AFTER_START = Sentence("The run was resumed after its start: earlier epochs were not saved.")
_RESUMED_AFTER = Sentence("The run was resumed after epoch {epoch}: earlier epochs were not saved.")
_LAST_STOP = Sentence("This is the latest epoch: the run has ended.")
_LAST_STOP_WAITS = Sentence("This is the latest epoch: {toggle_run} continues the training.")
_BACK_AT_LATEST = Sentence("Back at epoch {epoch}, the latest: the run is unchanged.")
_BACK_IN_FIRST = Sentence("Back in the first epoch: the run is unchanged.")

BRANCHED_BY_STEP = Sentence("This step begins a branch: {undo} returns to the original run.")
_BRANCHED = Sentence(
    "The run is back at epoch {epoch}. {toggle_run} trains, {undo} returns to the original run."
)
_BRANCHED_AT_START = Sentence(
    "The run is back at the start. {toggle_run} trains, {undo} returns to the original run."
)
_IS_BRANCH = Sentence("A branch of an earlier run. {undo} returns to the original run.")
_SAME_BRANCH = Sentence("Epoch error {error} in epoch {epoch}; in the original run {before}.")
_CHANGED_SINCE = Sentence(
    "{changes} since epoch {since}: epoch error {error} in epoch {epoch}, without it {before}"
)
_CHANGED_AT = Sentence(
    "{changes} at epoch {since}: epoch error {error} in epoch {epoch}, without it {before}"
)


def rewound(epoch: int, *, same_settings: bool, finished: bool) -> str:
    """The run went back to the beginning of this epoch."""
    where = _AFTER_EPOCH(epoch=epoch - 1) if epoch else _AT_THE_START()
    back = _BACK_AS_IT_WAS if same_settings else _BACK_WITH_OLD_SETTINGS
    after = _HAD_ENDED_THERE if finished else _CONTINUES_THERE
    return joined(back(where=where), after())


def viewing_sentence(stop: int, done: int, *, cloud: bool) -> str:
    """Which epoch is viewed, and what the keys do; short, since the timeline may be beside it.

    Args:
        stop: the stop that the user looks at.
        done: the completed epochs of the run.
        cloud: whether the cloud is on. It belongs to the latest epoch, and is not drawn at an earlier one.
    """
    if not cloud:
        return _VIEWING(moment=_moment(stop, done))
    return _VIEWING_WITHOUT_CLOUD(moment=_moment(stop, done) if stop > 0 else _START())


def viewing_in_the_box(stop: int, done: int) -> str:
    """The same sentence for the box."""
    return _VIEWING_IN_THE_BOX(moment=_moment(stop, done))


def _moment(stop: int, done: int) -> str:
    if stop > 0:
        return _EPOCH_OF(epoch=stop - 1, newest=done - 1)
    return _START_OF(epochs=many(done, "{n} epoch", "{n} epochs")) if done else _START_OF_FIRST()


def at_first_stop(reports: Reports) -> str:
    """There is no earlier epoch to view."""
    if not reports.earliest:
        return _FIRST_STOP()
    return _RESUMED_AFTER_START() if reports.earliest == 1 else _RESUMED_AFTER(epoch=reports.earliest - 1)


def at_last_stop(*, waits: bool) -> str:
    """There is no later epoch to view. The run either waits for a command to continue, or has ended."""
    return (_LAST_STOP_WAITS if waits else _LAST_STOP)()


def back_at_latest(epoch: int) -> str:
    """The run is shown as it is now again, after this epoch; -1 within the first one."""
    return _BACK_AT_LATEST(epoch=epoch) if epoch >= 0 else _BACK_IN_FIRST()


def branched(epoch: int) -> str:
    """The run now continues from the earlier epoch that the user looked at; -1 for its start."""
    return _BRANCHED(epoch=epoch) if epoch >= 0 else _BRANCHED_AT_START()


def branch_sentence(original: ComparedRun, live: Snapshot) -> str:
    """The error of the branch, and the error of the original run at the same epoch.

    Args:
        original: the run that the live one branched off.
        live: the live run.
    """
    before, after, left_at = original.snapshot.run, live.run, original.branched_at
    common = common_errors(original.snapshot, live)
    if common is None or left_at is None or common[0] <= left_at:
        return _IS_BRANCH()
    epoch, old, new = common
    errors = {"error": error_text(new), "epoch": epoch, "before": error_text(old)}
    if not changed_settings(before.config, after.config) and before.edits == after.edits:
        return _SAME_BRANCH(**errors)
    others = any(change > left_at + 1 for change in after.change_epochs)
    sentence = _CHANGED_SINCE if others else _CHANGED_AT
    return with_differences(sentence, before, after, since=max(left_at, 0), **errors)
