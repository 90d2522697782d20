"""Commands that edit the network: set weights, freeze units, knock units out and bring them back."""

from __future__ import annotations

from dataclasses import replace

from bpengine import ConfigError, Edit
from bpengine.training.edits import Input, possible_edits
from bpengine.training.run import edited
from bptui.session.activity import Transition
from bptui.session.commands.context import SessionNow
from bptui.session.sentences import notices
from bpwords import Sentence


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


def toggle_frozen(now: SessionNow, layer: int, unit: int, input: Input = None) -> Transition:
    """Freeze a unit, one of its weights or its bias, or unfreeze it if it is frozen. See `edit`."""
    freeze = Edit("freeze", layer, unit, input)
    if refusal := _refusal(now, freeze):
        return refusal
    effects = now.document.shown.effects
    is_frozen = effects.frozen()[effects.indices(effects.check(freeze))].all()
    return edit(now, replace(freeze, kind="unfreeze") if is_frozen else freeze)


def toggle_knocked_out(now: SessionNow, layer: int, unit: int) -> Transition:
    """Knock out a hidden unit, or bring it back. See `edit`."""
    if refusal := _refusal(now, Edit("freeze", layer, unit)):
        return refusal
    is_out = (layer, unit) in now.document.shown.effects.knocked_out
    return edit(now, Edit("bring back" if is_out else "knock out", layer, unit))


def toggle_edit(now: SessionNow, command: str, unit: tuple[int, int]) -> Transition:
    """Apply the command freeze or knock_out to a unit, given by its layer and number."""
    return {"freeze": toggle_frozen, "knock_out": toggle_knocked_out}[command](now, *unit)


def _refusal(now: SessionNow, edit: Edit) -> Transition | None:
    """The transition if the network lacks the edit's unit, which may have been chosen in a larger network."""
    if possible_edits(now.document.shown.sizes, (edit,)):
        return None
    return now.unchanged(Sentence("This network has no {target}.")(target=edit.target))
