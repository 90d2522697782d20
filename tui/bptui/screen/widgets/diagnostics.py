"""The diagnostics panel: findings about the network in sentences, and figures for each layer."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import Diagnostics, LayerDiagnostics, findings
from bptui.session.snapshot import Snapshot
from bpwords import translatable, word
from bpwords.numbers import number, share_text
from bpwords.wrapping import lines_of

_HEADING_ROWS = 3
"""A blank row and the two rows of the headings."""
_MIN_LAYER_ROWS = 3
"""The rows that the sentences leave for the layers, if the network has that many."""


class DiagnosticsPanel(Widget):
    """Shows sentences, the most important first, and a row for each layer as far as they fit."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The run that is shown."""

    def render(self) -> RenderableType:
        """The sentences and the table, or why there are none."""
        if self.snapshot is None:
            return Text()
        if self.snapshot.status.hides_verdicts:
            return Text(word("What happens inside is shown after your answer."))
        diagnostics = self.snapshot.network.diagnostics
        if diagnostics is None:
            return Text(word("The network is too large to be measured while it trains."))
        width, height = self.content_size
        rows = min(_MIN_LAYER_ROWS, len(diagnostics.layers))
        if diagnostics.divergence_epoch is not None:  # the sentences say why, and the layers nothing
            rows = 0
        sentences = _sentences(diagnostics, width, height - _HEADING_ROWS - rows)
        table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
        table.add_column(word("layer", "title"), no_wrap=True, vertical="bottom")
        for heading in translatable(("gradient", "log10(update\n/weight)", "saturated", "off"), "title"):
            table.add_column(word(heading, "title"), justify="right", no_wrap=True)
        for layer in diagnostics.layers[: max(0, height - len(sentences) - _HEADING_ROWS)]:
            table.add_row(*_row(layer))
        return Group(*sentences, Text(), table)


def _sentences(diagnostics: Diagnostics, width: int, rows: int) -> list[Text]:
    """The rows of the sentences that fit, at least of one; sentences with a remedy are bold."""
    shown: list[Text] = []
    for finding in findings(diagnostics):
        style = "bold" if finding.remedy else ""
        lines = [Text(line, style) for line in lines_of(finding.sentence, max(width, 1))]
        if shown and len(shown) + len(lines) > rows:
            break
        shown += lines
    return shown


def _row(layer: LayerDiagnostics) -> tuple[str, ...]:
    """The cells of a layer's row: name, gradient norm, log10(update/weight), saturated share, units off."""
    off = f"{len(layer.off)}/{layer.units}" if layer.off else "0"
    name = layer.name.removeprefix("layer ")
    name = word("output") if name == "output layer" else name
    ratio = _log10_text(layer.update_ratio)
    return (
        name,
        number(layer.gradient_norm, 2, keeps_zeros=True),
        ratio,
        share_text(layer.saturation),
        off,
    )


def _log10_text(ratio: float | None) -> str:
    """The decimal logarithm of a ratio; a dash if it was not measured, the word none for 0."""
    if ratio is None:
        return "–"
    return f"{math.log10(ratio):+.1f}" if ratio > 0 else "none"
