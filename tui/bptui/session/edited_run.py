"""A run whose network can be edited: weights set, units frozen, knocked out and brought back."""

from __future__ import annotations

from dataclasses import replace

from bpengine import ConfigError, Edit
from bpengine.edits import Input, possible_edits
from bptui.session import notices
from bptui.session.changeable_run import ChangeableRun
from bptui.session.notices import Notice


class EditedRun(ChangeableRun):
    """A run with edits that undo takes back. See `LiveRun` for the arguments."""

    def edit(self, edit: Edit) -> None:
        """Edit a weight, a unit or a layer of the network without a restart, even if what-if is on.

        A notice says what was done, or why it is not possible.
        """
        self._stop_rewind()
        trainer = self._trainer
        before, done = self._version(edit.words), len(trainer.edits)
        try:
            with self._changing:
                trainer.edit(edit)
        except ConfigError as error:
            self._notice = notices.refused(error)
            return
        if len(trainer.edits) == done:
            frozen, knocked_out = trainer.is_frozen(edit), trainer.knocked_out
            self._notice = notices.edits_nothing(edit, frozen=frozen, knocked_out=knocked_out)
            return
        self._leave_latest()
        self._undo.push(before)
        self._settle()
        self._notice = notices.edited(edit, self.state, trainer.stop_reason)

    def toggle_frozen(self, layer: int, unit: int, input: Input = None) -> None:
        """Freeze a unit, one of its weights or its bias, or unfreeze it if it is frozen. See `edit`."""
        freeze = Edit("freeze", layer, unit, input)
        if self._has_place(freeze):
            self.edit(replace(freeze, kind="unfreeze") if self._trainer.is_frozen(freeze) else freeze)

    def toggle_knocked_out(self, layer: int, unit: int) -> None:
        """Knock out a hidden unit, or bring it back. See `edit`."""
        if self._has_place(Edit("freeze", layer, unit)):
            is_out = (layer, unit) in self._trainer.knocked_out
            self.edit(Edit("bring back" if is_out else "knock out", layer, unit))

    def _has_place(self, edit: Edit) -> bool:
        """Whether the network has the edit's unit; if not, since it was chosen in a larger one, say so."""
        has_place = bool(possible_edits(self._trainer.sizes, (edit,)))
        if not has_place:
            self._notice = Notice(f"This network has no {edit.target}.")
        return has_place

    def toggle_edit(self, command: str, unit: tuple[int, int]) -> None:
        """Apply the command freeze or knock_out to a unit, given by its layer and number."""
        {"freeze": self.toggle_frozen, "knock_out": self.toggle_knocked_out}[command](*unit)
