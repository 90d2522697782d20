"""Small pictures of the output of each hidden unit: over the domain or, for many inputs, over the samples."""

from __future__ import annotations

import textwrap

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.drawing.spans import Span, padded
from bptui.drawing.unit_facts import limits_of, own_limits, why_not_drawn
from bptui.drawing.unit_map_layout import BETWEEN, MapLayout, lay_out_maps
from bptui.drawing.unit_picture import draw_unit, scale_spans
from bptui.session.snapshot import Snapshot


def draw_unit_maps(
    snapshot: Snapshot, width: int, height: int, *, own_scales: bool = False
) -> list[list[Span]]:
    """A block of pictures for each layer, as `height` rows of spans, each `width` characters in all.

    Args:
        snapshot: the run.
        width: columns.
        height: rows.
        own_scales: whether each unit has a scale from its own lowest to its highest output, instead of the
            range that the units of a layer share.
    """
    units = snapshot.network.unit_outputs or _over_samples(snapshot)
    if units is None:
        words = textwrap.wrap(why_not_drawn(snapshot), max(width, 1))
        lines = [[Span(line, "label")] for line in words]
    else:
        counts = tuple(layer.shape[-1] for layer in units)
        layout = lay_out_maps(counts, units[0].ndim - 1, width, height)
        lines = _pictures(snapshot, units, layout, own_scales=own_scales)
    return [padded(line, width) for line in (lines + [[] for _ in range(height)])[:height]]


def _over_samples(snapshot: Snapshot) -> tuple[Array, ...] | None:
    """The outputs for the samples, ordered by target or class; None if they are not recorded."""
    recorded = snapshot.network.sample_outputs
    if recorded is None:
        return None
    targets = snapshot.run.dataset.targets
    keys = targets.argmax(axis=1) if snapshot.run.config.task == "classification" else targets[:, 0]
    order = np.argsort(keys, kind="stable")
    return tuple(layer[order] for layer in recorded)


def _pictures(
    snapshot: Snapshot, units: tuple[Array, ...], layout: MapLayout, *, own_scales: bool
) -> list[list[Span]]:
    if not any(layout.shown):
        return [[Span("no room for pictures", "label")]]
    lines: list[list[Span]] = []
    for number, (layer, shown) in enumerate(zip(units, layout.shown, strict=True)):
        count = layer.shape[-1]
        if not shown:
            layers = len(units) - number
            left_out = sum(each.shape[-1] for each in units[number:])
            places = "another layer" if layers == 1 else f"{layers} more layers"
            return [*lines, [Span(f"… {left_out} units in {places}", "label")]]
        activation = snapshot.run.config.activations[number]
        limits = limits_of(activation, layer)
        more = f"  {shown} of {count} units" if shown < count else ""
        heading = [Span(f"layer {number + 1} {activation}{more}  ", "label")]
        if own_scales:
            heading.append(Span("own scales", "label"))
        else:
            heading += scale_spans(limits, layer.ndim - 1)
        lines.append(heading)
        for first in range(0, shown, layout.abreast):
            block = [
                draw_unit(
                    layer[..., unit],
                    str(unit + 1),
                    activation,
                    own_limits(layer[..., unit]) if own_scales else limits,
                    (layout.columns, layout.rows),
                    own_scale=own_scales,
                )
                for unit in range(first, min(first + layout.abreast, shown))
            ]
            lines += _beside(block)
    return lines


def _beside(block: list[list[list[Span]]]) -> list[list[Span]]:
    """Pictures side by side. Neighboring spans with the same style are joined, with the blanks between."""
    lines: list[list[Span]] = []
    for rows in zip(*block, strict=True):
        line: list[Span] = []
        for number, row in enumerate(rows):
            blank = [Span(" " * BETWEEN, line[-1].role)] if number else []
            for span in (*blank, *row):
                if line and (line[-1].role, line[-1].ground) == (span.role, span.ground):
                    line[-1] = line[-1].with_text(line[-1].text + span.text)
                else:
                    line.append(span)
        lines.append(line)
    return lines
