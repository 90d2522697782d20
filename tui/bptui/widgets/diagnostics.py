"""The diagnostics panel: gradients, update sizes and saturation, layer by layer."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import LayerDiagnostics, verdict
from bptui.session.snapshot import Snapshot

_ROWS_ABOVE = 5
"""The verdict, a blank row, and the two rows of the headings, with one to spare for a long verdict."""


class DiagnosticsPanel(Widget):
    """The verdict in a sentence, and a row for each layer that there is room for."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The run that is shown."""

    def render(self) -> RenderableType:
        """Verdict and table, or why there are none."""
        if self.snapshot is None:
            return Text()
        diagnostics = self.snapshot.network.diagnostics
        if diagnostics is None:
            return Text("The network is too large to be measured while it trains.")
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("layer", no_wrap=True, vertical="bottom")
        for heading in ("gradient", "log10(update\n/weight)", "saturated", "dead"):
            table.add_column(heading, justify="right", no_wrap=True)
        for layer in diagnostics.layers[: max(0, self.size.height - _ROWS_ABOVE)]:
            table.add_row(*_row(layer))
        return Group(Text(verdict(diagnostics), "bold"), Text(), table)


def _row(layer: LayerDiagnostics) -> tuple[str, ...]:
    """Layer, gradient norm, log10(update/weight), share of saturated outputs, dead units."""
    ratio = "–" if layer.update_log10 is None else f"{layer.update_log10:+.1f}"
    dead = f"{len(layer.dead)}/{layer.units}" if layer.dead else "0"
    name = layer.name.removeprefix("layer ").removesuffix(" layer")
    return name, f"{layer.gradient_norm:.1e}", ratio, f"{100 * layer.saturation:.0f}%", dead
