"""The sentences of the status line: the answers to keys, and what the screen shows of the run."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine import DATASETS, ConfigError, Dataset, Edit, Field, TrainingConfig
from bpengine.data.formulas.fields import FeaturesField, FormulaField
from bptui.formatting import changed_settings
from bptui.session.document import Reports
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH, with_differences
from bptui.session.snapshot import ComparedRun, Snapshot, Stage, common_errors
from bpwords import Sentence, as_sentence, capitalized, columns, joined, listed, many, printable
from bpwords.numbers import error_text

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


def what_if_stopped(edits: Sequence[Edit]) -> str:
    """The what-if in progress was stopped, before it had repeated these edits of the previous run."""
    if edits:
        stopped = Sentence("Stopped. Not repeated: {edits}. {toggle_run} continues, {undo} undoes it.")
        return _with_edits(stopped, edits)
    returns = Sentence("{toggle_run} continues from here, {undo} returns to the previous run.")
    return joined(Sentence("What-if stopped.")(), returns())


_SUITED = Sentence("{name} with settings that suit it ({settings})[; {undo} undoes it].")
_WITH_DEFAULTS = Sentence("{name} with default settings ({settings})[; {undo} undoes it].")
_PARTLY_SUITED = Sentence("{name} with your settings, and others that suit it ({settings}).")
_MORE = {
    "epochs": Sentence("more epochs"),
    "target error": Sentence("a lower target error"),
    "patience": Sentence("more patience"),
}
"""What lets a run continue, by the reason for its end."""


def finished(reason: str) -> str:
    """The run has finished and can't be run or stepped further.

    Args:
        reason: why it has ended; see `Run.stop_reason`.
    """
    finished = Sentence("The run has finished: {restart} restarts it, with {cause} it continues.")
    return finished(cause=_MORE[reason]())


# Edits of the network.

_CHANGED_NETWORK = {
    Stage.READY: Sentence("{change}: takes effect at once; {toggle_run} starts the training with it."),
    Stage.PAUSED: Sentence("{change}: takes effect at once; {toggle_run} continues with it."),
    Stage.FINISHED: Sentence("{change}: takes effect at once; the run has finished."),
}


def edits_left_out(edits: Sequence[Edit]) -> str:
    """The network of a what-if has no place for these edits of the previous run."""
    return _with_edits(Sentence("Not repeated: {edits} (not in this network)."), edits)


def _with_edits(sentence: Sentence, edits: Sequence[Edit]) -> str:
    """The sentence with the edits that fit, and how many more there are; or only with their number."""
    words = [edit.words for edit in edits]
    for count in range(len(edits), 0, -1):
        rest = [Sentence("{n} more")(n=len(edits) - count)] if count < len(edits) else []
        text = sentence(edits=listed([*words[:count], *rest]))
        if columns(text) <= MAX_SENTENCE_LENGTH:
            return text
    return sentence(edits=many(len(edits), "one edit", "{n} edits"))


def refused(error: ConfigError) -> str:
    """An edit is not possible."""
    return as_sentence(error.reason if error.setting == "edit" else str(error))


def edited(edit: Edit, stage: Stage, stop_reason: str) -> str:
    """An edit was made. All edits but freezing and unfreezing change the outputs at once.

    Args:
        edit: the edit.
        stage: what the run is doing.
        stop_reason: why the run has ended, if it has; see `Run.stop_reason`.
    """
    change = capitalized(edit.words)
    if edit.kind not in ("freeze", "unfreeze"):
        others = Sentence("{change}: takes effect at once; training continues with it.")
        return _CHANGED_NETWORK.get(stage, others)(change=change)
    if stage is Stage.FINISHED:
        once = Sentence("{change}: takes effect once the run continues with {cause}.")
        return once(change=change, cause=_MORE[stop_reason]())
    return acts(change, stage)


def edits_nothing(edit: Edit, *, frozen: bool, knocked_out: Sequence[tuple[int, int]]) -> str:
    """An edit would change nothing.

    Args:
        edit: the edit.
        frozen: whether the unit, weight or bias is frozen.
        knocked_out: the layer and the number of each unit that is knocked out.
    """
    target = capitalized(edit.target)
    match edit.kind:
        case "set" | "set all":
            return Sentence("{target} has that value already.")(target=edit.target)
        case "freeze":
            return Sentence("{target} is frozen already.")(target=target)
        case "unfreeze" if frozen:
            return _stays_frozen(edit, knocked_out)
        case "unfreeze":
            return Sentence("{target} is not frozen.")(target=target)
        case "knock out":
            return Sentence("{target} is knocked out already.")(target=target)
        case "bring back":
            return Sentence("{target} is not knocked out.")(target=target)


def _stays_frozen(edit: Edit, knocked_out: Sequence[tuple[int, int]]) -> str:
    """An edit would unfreeze a weight or bias that stays frozen while a unit is knocked out."""
    target = capitalized(edit.target)
    if edit.input is None and (edit.layer, edit.unit) in knocked_out:
        stays = Sentence("{target} is knocked out: it stays frozen until {bring_back} brings it back.")
        return stays(target=target)
    owners = [(layer, unit) for layer, unit in knocked_out if (layer, unit) == (edit.layer, edit.unit)]
    if edit.layer is not None and isinstance(edit.input, int):
        owners += [place for place in knocked_out if place == (edit.layer - 1, edit.input)]
    if not owners:
        stays = Sentence("{target} stays frozen until the units that are knocked out are brought back.")
        return stays(target=target)
    waits = Sentence("{target} stays frozen until {owner} is brought back ({bring_back}).")
    return waits(target=target, owner=Edit("freeze", *owners[0]).target)


# Another run, and the way back.

NEW_SEED = Sentence("New seed {seed}: new random weights, another order of samples.")
OPENED = Sentence("Opened {name}. {toggle_run} trains, {undo} returns to the previous run.")
UNDONE = Sentence("Undone: {what}. {redo} redoes it[; {toggle_run} continues].")
REDONE = Sentence("Redone: {what}.[ {toggle_run} continues.]")
UNPINNED = Sentence("Unpinned {label}. {undo} pins it again.")


def restarted(seed: int, *, edited: bool) -> str:
    """The run was restarted with the same seed.

    Args:
        seed: the seed.
        edited: whether the run before had edits; the new one has none.
    """
    if edited:
        return Sentence("Restarted with seed {seed}, without the edits of the previous run.")(seed=seed)
    return Sentence("Restarted with the same seed {seed}: the same start.")(seed=seed)


def pinned(label: str, *, replaced: bool) -> str:
    """The run was pinned under this letter, possibly in place of the oldest pin."""
    if replaced:
        start = Sentence("Pinned as {label} in place of the oldest pin.")(label=label)
        return joined(start, Sentence("{undo} returns to that one, {pins} lists all.")())
    pinned = Sentence("Pinned as {label}: other runs are compared with it. Change something, and compare.")
    return pinned(label=label)


# Changes of the settings.

_ACTS = {
    Stage.READY: Sentence("{change}: {toggle_run} starts the training with it."),
    Stage.RUNNING: Sentence("{change}: the network continues from where it is."),
    Stage.PAUSED: Sentence("{change}: {toggle_run} continues with it."),
    Stage.FINISHED: Sentence("{change}: takes effect when the run restarts ({restart})."),
    Stage.DIVERGED: Sentence("{change}: {press restart} to restart with it."),
}
ALL_INPUTS = Sentence("The features are all inputs again.")
"""What follows a notice if the new data lacks an input of the features."""
DATA_FROM_FILE = Sentence("{setting}: not used, the data comes from {name}.")


def learns(function: str, stage: Stage) -> str:
    """The run, which was at this stage, now learns a function that was typed."""
    learning = Sentence("Learning {function}")(function=printable(function, 24))
    return joined(restarts(learning, stage), Sentence("{undo} undoes it.")())


def suited(config: TrainingConfig, source: Dataset | None = None, *, undoes: bool = True) -> str:
    """A data set was chosen, with the settings that learn it: a new run.

    Args:
        config: the settings of the run.
        source: the user's own samples; None for a named data set.
        undoes: whether there was a run before.
    """
    sentence = _SUITED if source or DATASETS[config.dataset].recipe else _WITH_DEFAULTS
    if not undoes:
        sentence = _PARTLY_SUITED if config.unsuited(source) else sentence.without("undo")
    name = printable(source.name, 20) if source else config.dataset
    return sentence(name=name, settings=config.brief)


def restarts(change: str, stage: Stage) -> str:
    """A change needs a new run; `stage` is what the run was doing."""
    return (
        acts(change, stage)
        if stage is Stage.READY
        else Sentence("{change}: the run restarts.")(change=change)
    )


def acts(change: str, stage: Stage) -> str:
    """When a change that the training follows takes effect on a run at this stage."""
    return _ACTS[stage](change=change)


def unchanged(field: Field, value: object) -> str:
    """The setting already has this value: it was typed again, or is at a limit."""
    if isinstance(field, (FeaturesField, FormulaField)):
        same = Sentence("{setting} is already {value}. To change it, type another one.")
        return same(setting=field.said, value=field.brief(value))
    if field.move(value, 1) == value:
        sentence = Sentence("{setting}: {value} is the highest value.")
    elif field.move(value, -1) == value:
        sentence = Sentence("{setting}: {value} is the lowest value.")
    else:
        sentence = Sentence("{setting}: {value} is the current value.")
    return sentence(setting=field.said, value=field.format(value))


# What is in progress.

RETRAINING = Sentence("What if: retraining, epoch {epoch} of {end}.[ {pause} pauses.]")
RETRAINING_PAUSED = Sentence("What if: retraining, epoch {epoch} of {end}. {toggle_run} continues.")
REWINDING = Sentence("Rewinding: epoch {epoch} of {end}.[ {to_settings} stops.]")
VISITING = Sentence("Going to an earlier epoch: epoch {epoch} of {end}.[ {to_settings} stops.]")


def stepping(left: int, sample: int, samples: int) -> str:
    """So many epochs are still to be trained; this is the sample in the current one."""
    epochs = many(left, "one epoch", "{n} epochs")
    stepping = Sentence("Training {epochs}: sample {sample} of {samples}.[ {to_settings} stops.]")
    return stepping(epochs=epochs, sample=sample, samples=samples)


# Earlier epochs: a rewind, a look at one, and a branch.

BRANCHED_BY_STEP = Sentence("This step begins a branch: {undo} returns to the original run.")


def rewound(epoch: int, *, same_settings: bool, finished: bool) -> str:
    """The run went back to the beginning of this epoch."""
    where = Sentence("after epoch {epoch}")(epoch=epoch - 1) if epoch else Sentence("at the start")()
    back = Sentence(
        "Back {where}, exactly as it was."
        if same_settings
        else "Back {where}, with the settings it had then."
    )
    after = Sentence("The run had ended there." if finished else "{toggle_run} continues from there.")
    return joined(back(where=where), after())


def viewing_sentence(stop: int, done: int, *, cloud: bool) -> str:
    """Which epoch is viewed, and what the keys do; short, since the timeline may be beside it.

    Args:
        stop: the stop that the user looks at.
        done: the completed epochs of the run.
        cloud: whether the cloud is on. It belongs to the latest epoch, and is not drawn at an earlier one.
    """
    if not cloud:
        return Sentence("Viewing {moment}, paused: {toggle_run} branches here.")(moment=_moment(stop, done))
    moment = _moment(stop, done) if stop > 0 else Sentence("the start")()
    without = Sentence("Viewing {moment}, without the cloud: {latest} shows it, {toggle_run} branches.")
    return without(moment=moment)


def viewing_in_the_box(stop: int, done: int) -> str:
    """The same sentence for the box."""
    return Sentence("Viewing {moment}: taking a step begins a branch.")(moment=_moment(stop, done))


def _moment(stop: int, done: int) -> str:
    if stop > 0:
        return Sentence("epoch {epoch} of {newest}")(epoch=stop - 1, newest=done - 1)
    if not done:
        return Sentence("the start of the first epoch")()
    return Sentence("the start of {epochs}")(epochs=many(done, "{n} epoch", "{n} epochs"))


def at_first_stop(reports: Reports) -> str:
    """There is no earlier epoch to view."""
    if not reports.earliest:
        return Sentence("This is the start of the run: there is no earlier epoch.")()
    if reports.earliest == 1:
        return Sentence("The run was resumed after its start: earlier epochs were not saved.")()
    resumed = Sentence("The run was resumed after epoch {epoch}: earlier epochs were not saved.")
    return resumed(epoch=reports.earliest - 1)


def at_last_stop(*, waits: bool) -> str:
    """There is no later epoch to view. The run either waits for a command to continue, or has ended."""
    if waits:
        return Sentence("This is the latest epoch: {toggle_run} continues the training.")()
    return Sentence("This is the latest epoch: the run has ended.")()


def back_at_latest(epoch: int) -> str:
    """The run is shown as it is now again, after this epoch; -1 within the first one."""
    if epoch < 0:
        return Sentence("Back in the first epoch: the run is unchanged.")()
    return Sentence("Back at epoch {epoch}, the latest: the run is unchanged.")(epoch=epoch)


def branched(epoch: int) -> str:
    """The run now continues from the earlier epoch that the user looked at; -1 for its start."""
    moment = Sentence("epoch {epoch}")(epoch=epoch) if epoch >= 0 else Sentence("the start")()
    back = Sentence("The run is back at {moment}. {toggle_run} trains, {undo} returns to the original run.")
    return back(moment=moment)


def branch_sentence(original: ComparedRun, live: Snapshot) -> str:
    """The error of the branch, and the error of the original run at the same epoch.

    Args:
        original: the run that the live one branched off.
        live: the live run.
    """
    before, after, left_at = original.snapshot.run, live.run, original.branched_at
    common = common_errors(original.snapshot, live)
    if common is None or left_at is None or common[0] <= left_at:
        return Sentence("A branch of an earlier run. {undo} returns to the original run.")()
    epoch, old, new = common
    errors = {"error": error_text(new), "epoch": epoch, "before": error_text(old)}
    if not changed_settings(before.config, after.config) and before.edits == after.edits:
        return Sentence("Epoch error {error} in epoch {epoch}; in the original run {before}.")(**errors)
    others = any(change > left_at + 1 for change in after.change_epochs)
    if others:
        sentence = Sentence(
            "{changes} since epoch {since}: epoch error {error} in epoch {epoch}, without it {before}"
        )
    else:
        sentence = Sentence(
            "{changes} at epoch {since}: epoch error {error} in epoch {epoch}, without it {before}"
        )
    return with_differences(sentence, before, after, since=max(left_at, 0), **errors)
