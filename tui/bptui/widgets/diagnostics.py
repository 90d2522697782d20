"""How each layer fares: its gradient, how large updates are beside its weights, and how saturated it is."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bptui.snapshot import Snapshot


class DiagnosticsPanel(Widget):
    """A row a layer, and the verdict in a sentence."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The moment shown."""

    def render(self) -> Group | Text:
        """The table, or why there is none."""
        return Text("to come")
