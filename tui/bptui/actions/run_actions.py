"""Actions on the run of the open tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bptui.commands import key_of
from bptui.kept.keeping_app import KeepingApp

if TYPE_CHECKING:
    from bptui.drawing.unit_position import Place
    from bptui.screens.unit import UnitScreen
    from bptui.widgets.network import NetworkPanel


class RunActions(KeepingApp):
    """The base of the app with the keys that act on the run: each calls the open tab's session."""

    def action_toggle_run(self) -> None:
        """Run or pause."""
        self._command("toggle")

    def action_step_epoch(self) -> None:
        """Train one epoch."""
        self._command("step_epoch")

    def action_restart(self) -> None:
        """Restart with the same seed."""
        self._command("restart")

    def action_new_seed(self) -> None:
        """Restart with the next seed."""
        self._command("new_seed")

    def action_undo(self) -> None:
        """Undo the last change."""
        self._command("undo")

    def action_redo(self) -> None:
        """Redo what was undone."""
        self._command("redo")

    def action_defaults(self) -> None:
        """Set the hyperparameters to their values at the start or, if they have those, to the defaults."""
        self._command("defaults")

    def action_rewind(self) -> None:
        """Go back to an earlier epoch."""
        self._command("rewind")

    def action_scrub(self, direction: int, far: bool = False) -> None:
        """View the next (1) or the previous (-1) reported epoch."""
        self.view.scrub(direction, far=far)

    def action_change_speed(self, direction: int) -> None:
        """Train faster or slower."""
        self._command("change_speed", direction)

    def action_toggle_pin(self) -> None:
        """Pin this run, or unpin it."""
        self._command("toggle_pin")

    def action_toggle_what_if(self) -> None:
        """Turn what-if on or off: whether each change retrains and compares."""
        self._command("toggle_what_if")

    def action_toggle_cloud(self) -> None:
        """Show the run as one of many starts, or alone."""
        self._command("toggle_cloud")

    def action_freeze(self) -> None:
        """Freeze or unfreeze the chosen unit, if the network is in focus."""
        self._edit_unit("freeze", self.view.options.unit)

    def action_knock_out(self) -> None:
        """Knock out the chosen unit or bring it back, if the network is in focus."""
        self._edit_unit("knock_out", self.view.options.unit)

    def on_network_panel_edited(self, event: NetworkPanel.Edited) -> None:
        """Edit the chosen unit."""
        self._edit_unit(event.command, event.unit)

    def on_unit_screen_edited(self, event: UnitScreen.Edited) -> None:
        """Edit the unit that is shown, or one of its weights."""
        if event.edit is not None:
            self._command("edit", event.edit)
        else:
            self._command("toggle_edit", event.command, event.unit)

    def _edit_unit(self, command: str, unit: Place) -> None:
        view = self.view
        if view.panel_layout.focused == "network":
            self._command("toggle_edit", command, unit)
        else:
            where = f"{key_of(command)} acts on a unit: choose one in the network"
            self._command("say", f"{where} ({key_of('focus_next')} goes to the next panel).")
