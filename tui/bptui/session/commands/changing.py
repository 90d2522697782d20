"""Commands that begin another run, or change this one: its settings (live or as a what-if) or its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bpengine import DATASETS, FIELD, ConfigError, DataError, Dataset, Edit, Field, TrainingConfig
from bpengine.data.features import FeatureError
from bpengine.training.edits import Input, possible_edits
from bpengine.training.run import edited, reconfigured
from bptui.formatting import changed_settings
from bptui.session.activity import Running, Transition
from bptui.session.commands.context import SessionNow
from bptui.session.document import Baseline, Document, Goal, edits_to_repeat
from bptui.session.sentences import notices
from bptui.session.snapshot import Stage, changes_data
from bpwords import Sentence, joined, word

WITHOUT_WHAT_IF = frozenset({"epochs", "report_interval"})
"""The settings that do not affect epochs already trained, so that a what-if would show nothing."""


def restart(now: SessionNow) -> Transition:
    """Begin the same run again; a paused run stays paused."""
    transition = _restarted(now, {}, now.source)
    is_edited = bool(now.document.run.edits or transition.document.missing)
    notice = notices.restarted(now.config.seed, edited=is_edited)
    return replace(transition, notice=notice, undo=word("restart", "undo"))


def new_seed(now: SessionNow) -> Transition:
    """Restart with the next seed."""
    old = now.config.seed
    seed = FIELD["seed"].move(old, 1)
    if seed == old:  # it was the highest seed
        seed = 0
    transition = _restarted(now, {"seed": seed}, now.source)
    return replace(
        transition, notice=notices.NEW_SEED(seed=seed), undo=f"{FIELD['seed'].said} {old} → {seed}"
    )


def learn(now: SessionNow, function: str) -> Transition:
    """Restart with the samples of a function in place of the current data; a paused run stays paused.

    Raises:
        ConfigError: the text is not a formula for the task.
        DataError: the function can't be learned over its range.
    """
    transition = _restarted(now, {"function": function}, None)
    what = Sentence("learn {function}")(function=FIELD["function"].brief(function))
    notice = joined(notices.learns(function, now.stage), transition.notice or "")
    return replace(transition, notice=notice, undo=what)


def draw(now: SessionNow, source: Dataset, *, begins: bool) -> Transition:
    """Restart with samples that were drawn by hand; a run that has not begun begins.

    Args:
        now: the session.
        source: the samples.
        begins: whether they begin a stroke, before which undo returns.

    Raises:
        ConfigError: the settings do not go together with them.
        DataError: the settings do not suit them.
    """
    transition = _restarted(now, {}, source)
    activity = Running() if now.stage is Stage.READY else transition.activity
    return replace(transition, activity=activity, undo=word("samples drawn", "undo") if begins else "")


def change(now: SessionNow, field: Field, value: object) -> Transition:
    """Set a hyperparameter on the running network or, if the field needs it, with a restart.

    If the value does not go together with the other settings, the notice says so.

    Raises:
        ConfigError: the value is not allowed.
    """
    config = now.config
    old = getattr(config, field.name)
    new = field.validate(value)
    if now.source is not None and field.describes_named_data:
        return Transition(
            now.document, now.training, notices.DATA_FROM_FILE(setting=field.said, name=now.source.name)
        )
    changes = {field.name: new}
    if field.name == "dataset":
        share = {"test_share": config.test_share} if config.test_share else {}
        noisy = TrainingConfig.recipe(new, noise=config.noise)
        changes |= {"function": "", **noisy, **share, **DATASETS[new].recipe}
    changes = {name: after for name, after in changes.items() if after != getattr(config, name)}
    if not changes:
        return Transition(now.document, now.training, notices.unchanged(field, new))
    before = f"{field.said} {field.brief(old)}"
    if "function" in changes:
        before = f"{FIELD['function'].said} {FIELD['function'].brief(config.function)}"
    what = f"{before} → {field.brief(new)}"
    notice = notices.suited(config.replace(**changes)) if len(changes) > 1 else ""
    return _applied(now, changes, what, notice=notice)


def take(now: SessionNow, values: Mapping[str, Any], what: str, *, compare: bool = True) -> Transition:
    """Set several hyperparameters at once, and restart with them, as an experiment has tried them.

    A run that only becomes longer continues instead. A paused run stays paused.

    Args:
        now: the session.
        values: the new values by the names of the settings.
        what: the change in words.
        compare: whether to retrain and compare if what-if is on.
    """
    restarts = not WITHOUT_WHAT_IF.issuperset(values)
    return _applied(now, dict(values), what, restarts=restarts, compare=compare)


def open_map_run(now: SessionNow, values: Mapping[str, Any], what: str) -> Transition:
    """Open a run of a map: take its settings and run, without a comparison. See `take`."""
    transition = take(now, values, what, compare=False)
    stage = replace(now, document=transition.document, activity=transition.activity).stage
    return replace(transition, activity=Running()) if stage is Stage.READY else transition


def defaults(now: SessionNow) -> Transition:
    """Return to the settings at the start or, if they are set already, to the task's defaults."""
    config, opened_with = now.config, now.document.opened_with
    defaults = TrainingConfig.defaults(config.task)
    if config == defaults:
        return Transition(now.document, now.training, notices.AT_DEFAULTS())
    then, what = opened_with, word("Back to the settings at the start")
    if config == opened_with:
        then, what = defaults, word("Back to the defaults")
    return _applied(now, {field.name: new for field, _, new in changed_settings(config, then)}, what)


def _applied(
    now: SessionNow,
    changes: dict[str, Any],
    what: str,
    *,
    restarts: bool = False,
    compare: bool = True,
    notice: str = "",
) -> Transition:
    """Change settings as a what-if, with a restart, or on the running network, as they require.

    Args:
        now: the session.
        changes: the new values by the names of the settings.
        what: the change in words, for the notice.
        restarts: whether to restart even if the settings could change on the running network.
        compare: whether it is a what-if if what-if is on.
        notice: the notice of a restart; by default, the change in words and what the run does.
    """
    try:
        if now.document.what_if and compare and not WITHOUT_WHAT_IF.issuperset(changes):
            transition = _what_if(now, changes)
        elif restarts or any(FIELD[name].needs_restart for name in changes):
            transition = _restarted(now, changes, now.source, notice or notices.restarts(what, now.stage))
        else:
            transition = _changed_live(now, changes, what)
    except (ConfigError, DataError) as error:
        return Transition(now.document, now.training, Sentence("{text}.")(text=error))
    return replace(transition, undo=what)


def _changed_live(now: SessionNow, changes: dict[str, Any], what: str) -> Transition:
    """Change settings on the running network.

    Raises:
        ConfigError: the settings do not go together.
    """
    document = now.document.branched()
    run = reconfigured(document.run, now.config.replace(**changes), len(document.past.first.changes))
    after = replace(now, document=replace(document, run=run))
    return Transition(after.document, now.training, notices.acts(what, after.stage))


def _restarted(
    now: SessionNow, changes: dict[str, Any], source: Dataset | None, notice: str = ""
) -> Transition:
    """Begin a new run with these changes and these samples of the user; a paused run stays paused.

    Raises:
        ConfigError: the settings do not go together.
        DataError: the settings do not suit the data.
    """
    before = now.document
    document, note = _begun(now, changes, source)
    baseline, history = before.baseline, before.run.history
    if baseline is not None and baseline.shared is not None:
        document = replace(document, baseline=None)  # a new run shares no epoch with it
    elif baseline is not None:
        document = replace(document, missing=tuple(range(len(baseline.run.edits))))
    previous = before.previous if history.last is None else history.curve()
    document = replace(document, previous=previous if _has_same_data(now, document) else None)
    runs = now.has_ended or now.runs_on
    return Transition(document, Running() if runs else None, joined(notice, note))


def _begun(now: SessionNow, changes: dict[str, Any], source: Dataset | None) -> tuple[Document, str]:
    """Return a run with these changes, and a sentence if other data lacks an input of the features.

    Raises:
        ConfigError: the settings do not go together.
        DataError: the settings do not suit the data.
    """
    config, note = now.config.replace(**changes), ""
    try:
        start = now.new_trainer(config, source).bookmark()
    except FeatureError as error:
        if "features" in changes or not error.column:
            raise
        start = now.new_trainer(config.replace(features=()), source).bookmark()
        note = notices.ALL_INPUTS()
    run, past = start.state, start.keyframes
    return replace(now.document, run=run, past=past, view=None, goal=None, missing=()), note


def _has_same_data(now: SessionNow, document: Document) -> bool:
    """Whether a new run has the data of the current one, so that its errors can be compared with them."""
    return document.run.source is now.source and not changes_data(now.config, document.run.config)


def _what_if(now: SessionNow, changes: dict[str, Any]) -> Transition:
    """Begin a run with these changes that trains to the epoch of the current run, its baseline.

    The edits of the baseline are repeated at the same epochs and samples, if the network has their units.

    Raises:
        ConfigError: the settings do not go together.
        DataError: the settings do not suit the data.
    """
    before = now.document
    goal = before.goal
    if goal is None:
        shown = before.bookmark
        goal = Goal(shown.state.epochs_done, now.runs_on, Baseline(shown.state, shown.keyframes))
    else:  # a run that has not reached its epoch can't be the baseline: the old baseline stays
        goal = replace(goal, runs_on=now.runs_on)
    document, note = _begun(now, changes, now.source)
    repeats, missing = edits_to_repeat(goal.baseline.run, document.run)
    if not _has_same_data(now, document):
        document = replace(document, previous=None)
    document = replace(document, goal=replace(goal, repeats=repeats), baseline=goal.baseline, missing=missing)
    # Without such edits, the comparison says what changed.
    notice = joined(notices.edits_left_out(document.lacking) if missing else "", note)
    return Transition(document, Running(), notice, begins_what_if=True)


def edit(now: SessionNow, edit: Edit) -> Transition:
    """Edit a weight, a unit or a layer of the network without a restart, even if what-if is on.

    The notice says what was done, or why it is not possible.
    """
    before = now.document.shown
    try:
        after = edited(before, edit, len(now.document.past.first.changes))
    except ConfigError as error:
        return Transition(now.document, now.training, notices.refused(error))
    if after is before:
        effects = before.effects
        frozen = bool(effects.frozen()[effects.indices(effects.check(edit))].all())
        notice = notices.edits_nothing(edit, frozen=frozen, knocked_out=effects.knocked_out)
        return Transition(now.document, now.training, notice)
    transition = Transition(replace(now.document.branched(), run=after), now.training, undo=edit.words)
    stage = replace(now, document=transition.document).stage
    return replace(transition, notice=notices.edited(edit, stage, after.stop_reason))


def toggle_edit(now: SessionNow, command: str, unit: tuple[int, int], input: Input = None) -> Transition:
    """Freeze or knock out a unit or, if that was done, unfreeze it or bring it back. See `edit`.

    Args:
        now: the session.
        command: freeze or knock_out.
        unit: its layer and its number.
        input: one of its weights or its bias, which is frozen in its place.
    """
    freeze, shown = Edit("freeze", *unit, input), now.document.shown
    if not possible_edits(shown.sizes, (freeze,)):  # it may have been chosen in a larger network
        return now.unchanged(Sentence("This network has no {target}.")(target=freeze.target))
    if command == "knock_out":
        is_out = unit in shown.effects.knocked_out
        return edit(now, Edit("bring back" if is_out else "knock out", *unit))
    is_frozen = shown.effects.frozen()[shown.effects.indices(shown.effects.check(freeze))].all()
    return edit(now, replace(freeze, kind="unfreeze") if is_frozen else freeze)
