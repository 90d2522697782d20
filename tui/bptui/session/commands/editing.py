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
