"""How each layer fares: its gradient, how large updates are beside its weights, and how saturated it is."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import LayerDiagnostics, verdict
from bptui.formatting import error_text
from bptui.session.snapshot import Snapshot


class DiagnosticsPanel(Widget):
    """The verdict in a sentence, and a row a layer, as many as fit."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The moment shown."""

    def render(self) -> RenderableType:
        """Verdict and table, or why there are none."""
        if self.snapshot is None:
            return Text()
        diagnostics = self.snapshot.network.diagnostics
        if diagnostics is None:
            return Text("The network is too large to be looked into while it trains.")
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim")
        table.add_column("layer", no_wrap=True)
        for heading in ("gradient", "log u:w", "flat", "dead"):
            table.add_column(heading, justify="right", no_wrap=True)
        for layer in diagnostics.layers[: max(0, self.size.height - 4)]:
            table.add_row(*_row(layer))
        return Group(Text(verdict(diagnostics), "bold"), Text(), table)


def _row(layer: LayerDiagnostics) -> tuple[str, ...]:
    """Number, norm of the gradient, log10 of update:data, saturated outputs and dead units."""
    ratio = "–" if layer.update_log10 is None else f"{layer.update_log10:+.1f}"
    dead = f"{len(layer.dead)}/{layer.units}" if layer.dead else "0"
    name = layer.name.removeprefix("layer ").removesuffix(" layer")
    return name, error_text(layer.gradient_norm), ratio, f"{100 * layer.saturation:.0f}%", dead
