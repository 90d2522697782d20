"""Several pictures of a screen as one that moves: an SVG file, or a page with a slider over the epochs."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import chain
from typing import NamedTuple

from textual.strip import Strip

from bptui.session.saving import pictures
from bptui.session.saving.pictures import svg
from bptui.session.saving.pictures.cells import Stretch, stretches

SECONDS = 0.7
"""How long an animated picture shows a frame; the last one stays three times as long."""
LAST = 3


class EpochScreen(NamedTuple):
    """A screen at an epoch."""

    name: str
    """What the slider calls it, such as `epoch 200`."""
    rows: Sequence[Strip]
    words: str
    """The run at this epoch in words."""


def moving_svg(frames: Sequence[EpochScreen], title: str) -> str:
    """The frames as an SVG document that shows one after the other, again and again.

    Only rows that differ from those of the last frame are written again. The last frame is what viewers
    without animation see, and people who want nothing to move.
    """
    last, drawn = _drawn(frames)
    beats = len(frames) - 1 + LAST
    width = svg.WIDTH * sum(stretch.width for stretch in last[0])
    blank = f'<rect width="{width}" height="{svg.HEIGHT}" fill="{svg.background_of(last)}"/>'
    layers = [
        "<style>"
        f".frame {{ visibility: hidden; animation: frame {beats * SECONDS:.1f}s steps(1) infinite; }}\n"
        f"@keyframes frame {{ 0% {{ visibility: visible; }} {100 / beats:.3f}% {{ visibility: hidden; }} }}\n"
        "@media (prefers-reduced-motion) { .frame { animation: none; } }</style>"
    ]
    for number, rows in enumerate(drawn[:-1]):
        changed = [
            svg.placed_row(line, blank + row)
            for line, (row, end) in enumerate(zip(rows, drawn[-1], strict=True))
            if row != end
        ]
        delay = f'style="animation-delay: {number * SECONDS:.1f}s"'
        layers.append(f'<g class="frame" {delay}>{"".join(changed)}</g>')
    return svg.document(last, title, drawn[-1], "".join(layers))


def page(frames: Sequence[EpochScreen], title: str, facts: Mapping[str, str]) -> str:
    """The frames as an HTML page that needs nothing else: a slider shows one of them.

    Args:
        frames: the frames; each different row is written once.
        title: the heading.
        facts: what is said below the pictures, by headings.
    """
    last, drawn = _drawn(frames)
    numbers = {row: number for number, row in enumerate(dict.fromkeys(chain(*drawn)))}
    shown = [
        {"name": frame.name, "words": frame.words, "rows": [numbers[row] for row in rows]}
        for frame, rows in zip(frames, drawn, strict=True)
    ]
    told = json.dumps({"height": svg.HEIGHT, "rows": [*numbers], "frames": shown})
    parts = {
        "TITLE": svg.xml_escaped(title),
        "SCREEN": svg.document(last, title, []),
        "FACTS": "".join(
            f"<h2>{svg.xml_escaped(name)}</h2><pre>{svg.xml_escaped(text)}</pre>"
            for name, text in facts.items()
        ),
        "LAST": str(len(frames) - 1),
        "FRAMES": base64.b64encode(gzip.compress(told.encode(), mtime=0)).decode(),
    }
    template = resources.files(pictures).joinpath("page.html").read_text(encoding="utf-8")
    return re.sub(r"{{(\w+)}}", lambda mark: parts[mark[1]], template)


def _drawn(frames: Sequence[EpochScreen]) -> tuple[list[list[Stretch]], list[list[str]]]:
    """The last screen, and the drawn rows of all of them."""
    screens = [[stretches(row) for row in frame.rows] for frame in frames]
    background = svg.background_of(screens[-1])
    return screens[-1], [[svg.drawn_row(row, background) for row in screen] for screen in screens]
