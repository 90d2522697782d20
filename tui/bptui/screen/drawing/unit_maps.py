"""The panel of hidden units' pictures: a block for each layer, with words above each picture."""

from __future__ import annotations

from bptui.screen.drawing.canvas import Canvas
from bptui.screen.drawing.pictured_layers import PicturedLayer, pictured_layers
from bptui.screen.drawing.roles import PICTURE_STYLES
from bptui.screen.drawing.spans import Span
from bptui.screen.drawing.unit_map_layout import UnitMapLayout, lay_out_maps, lay_out_pixels
from bptui.screen.drawing.unit_picture import Limits, paint_unit, write_scale
from bptui.session.snapshot import Snapshot
from bptui.session.units import why_unknown
from bpwords import Sentence, many, word
from bpwords import columns as text_columns
from bpwords.numbers import signed
from bpwords.wrapping import lines_of

_ROLES = ("label", "warning", *PICTURE_STYLES)


def draw_unit_maps(
    snapshot: Snapshot, width: int, height: int, *, own_scales: bool = False, colors: bool = True
) -> list[list[Span]]:
    """A block of pictures for each layer, as `height` rows of spans, each `width` characters in all.

    Args:
        snapshot: the run.
        width: columns.
        height: rows.
        own_scales: whether each unit has a scale from its own lowest to its highest output, instead of the
            range that the units of a layer share.
        colors: whether there are enough colors for maps.
    """
    if width <= 0 or height <= 0:
        return [[] for _ in range(height)]
    canvas, layers = Canvas(width, height, _ROLES), pictured_layers(snapshot)
    layout, row = _layout(snapshot, layers, width, height) if layers else None, 0
    if layout is None or not any(layout.shown):
        lines = [word("no room for pictures")] if layers else lines_of(why_unknown(snapshot), width)
        for number, line in enumerate(lines):
            canvas.write(number, 0, line, "label")
        return canvas.rows()
    for number, (layer, shown) in enumerate(zip(layers, layout.shown, strict=True)):
        if not shown:
            canvas.write(row, 0, _left_out(layers[number:]), "label")
            break
        _write_heading(canvas, row, layer, shown, own_scales=own_scales, colors=colors)
        for unit in range(shown):
            below, left = layout.place(unit)
            limits = layer.own_limits(unit) if own_scales else None
            words, role = _words(layer, unit, limits, layout.columns)
            canvas.write(row + 1 + below, left, words, role)
            place, size = (row + 2 + below, left), (layout.columns, layout.rows)
            values = layer.values[..., unit]
            paint_unit(canvas, *place, size, values, limits or layer.limits, colors=colors)
        row += 1 + layout.height(shown)
    return canvas.rows()


def _layout(snapshot: Snapshot, layers: tuple[PicturedLayer, ...], width: int, height: int) -> UnitMapLayout:
    counts, picture = tuple(len(layer.names) for layer in layers), snapshot.run.dataset.picture
    if picture is None or not layers[0].is_even:
        return lay_out_maps(counts, layers[0].values.ndim - 1, width, height)
    return lay_out_pixels(counts, picture[:2], width, height)


def _left_out(layers: tuple[PicturedLayer, ...]) -> str:
    """How many units have no pictures, because their layers do not fit."""
    units = sum(len(layer.names) for layer in layers)
    one, several = "… {left} units in another layer", "… {left} units in {n} more layers"
    return many(len(layers), one, several, left=units)


def _write_heading(
    canvas: Canvas, row: int, layer: PicturedLayer, shown: int, *, own_scales: bool, colors: bool
) -> None:
    """Write what a layer is, how many of its units are shown, and the scale that they share."""
    more = Sentence("{shown} of {count} units")(shown=shown, count=len(layer.names))
    heading = f"{layer.heading}  {more}  " if shown < len(layer.names) else f"{layer.heading}  "
    canvas.write(row, 0, heading + (word("own scales") if own_scales else ""), "label")
    if not own_scales:
        write_scale(canvas, row, text_columns(heading), layer.limits, layer.values.ndim - 1, colors=colors)


def _words(layer: PicturedLayer, unit: int, limits: Limits | None, columns: int) -> tuple[str, str]:
    """The name of a unit with what matters most: that it is saturated or off, its own scale, or its mean.

    Returns:
        The words, and their role.
    """
    facts, variants, role = layer.facts[unit], list[str](), "label"
    if facts is not None and facts.label:
        variants, role = [facts.label, facts.label[:3]], "warning"
    elif limits is not None:
        low, high = map(signed, limits)
        variants = [Sentence("{low} to {high}")(low=low, high=high), f"{low} {high}"]
    elif facts is not None and not layer.is_even:
        variants = [Sentence("mean {mean}")(mean=signed(facts.mean)), signed(facts.mean)]
    texts = [f"{layer.names[unit]} {variant}" for variant in variants]
    return next((text for text in texts if text_columns(text) <= columns), layer.names[unit])[:columns], role
