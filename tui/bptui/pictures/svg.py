"""The screen as SVG that looks the same in browsers, librsvg, Inkscape, resvg and LaTeX.

These renderers differ in how they treat blanks, in the widths of their fonts, and in the font from which they
take line-drawing and braille characters. Therefore no blank is written. Each word has its own place and, for
renderers that know `textLength`, its own length; any other character stands in the middle of its cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from rich.cells import cell_len
from textual.strip import Strip

from bptui.pictures.cells import CellStyle, Piece, Stretch, pieces, stretches

WIDTH, HEIGHT = 12, 23
"""The size of a cell. In most monospaced fonts, 12 is the width of a character of size 20."""
FONT_SIZE = 20
BASELINE = 18
"""The baseline, from the top of a cell. Line-drawing characters then reach from row to row."""
UPPER = 12
"""The upper half of a cell."""
MARGIN = 12
RADIUS = 8
"""The radius of the corners."""
FONTS = "'DejaVu Sans Mono', Menlo, 'Cascadia Mono', 'Liberation Mono', 'Noto Sans Mono', monospace"
"""The fonts for words; a renderer uses the first one that is installed."""
_HALVES = re.compile("▀+|▄+|▌")
"""Half blocks, which are rectangles: as characters they would leave seams in many fonts."""
_NOT_IN_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_of(rows: Iterable[Strip], *, title: str) -> str:
    """Return the rows as an SVG document."""
    screen = [stretches(row) for row in rows]
    width = WIDTH * max(sum(stretch.width for stretch in row) for row in screen) + 2 * MARGIN
    height = HEIGHT * len(screen) + 2 * MARGIN
    background = _most_common_background(screen)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
        f"<title>{_escaped(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="{RADIUS}" fill="{background}"/>',
        f'<g transform="translate({MARGIN} {MARGIN})" font-family="{FONTS}" font-size="{FONT_SIZE}">',
        '<g shape-rendering="crispEdges">',
    ]
    for number, row in enumerate(screen):
        lines += _rects(row, HEIGHT * number, background)
    lines.append("</g>")
    for number, row in enumerate(screen):
        lines += _texts(row, HEIGHT * number + BASELINE)
    lines += ["</g>", "</svg>", ""]
    return "\n".join(lines)


def _most_common_background(screen: list[list[Stretch]]) -> str:
    cells: Counter[str] = Counter()
    for row in screen:
        for stretch in row:
            cells[stretch.style.background] += stretch.width
    return cells.most_common(1)[0][0]


def _rects(row: list[Stretch], y: int, background: str) -> Iterator[str]:
    """Yield the parts of a row whose background differs from that of the whole picture."""
    for color, alike in groupby(row, key=lambda stretch: stretch.style.background):
        together = list(alike)
        if color != background:
            x, width = WIDTH * together[0].column, WIDTH * sum(stretch.width for stretch in together)
            yield f'<rect x="{x}" y="{y}" width="{width}" height="{HEIGHT}" fill="{color}"/>'
    for stretch in row:
        for half in _HALVES.finditer(stretch.text):
            x, width = WIDTH * (stretch.column + cell_len(stretch.text[: half.start()])), WIDTH * len(half[0])
            top, height, width = {
                "▀": (y, UPPER, width),
                "▄": (y + UPPER, HEIGHT - UPPER, width),
                "▌": (y, HEIGHT, WIDTH // 2),
            }[half[0][0]]
            color = stretch.style.color
            yield f'<rect x="{x}" y="{top}" width="{width}" height="{height}" fill="{color}"/>'


def _texts(row: list[Stretch], y: int) -> Iterator[str]:
    for stretch in row:
        style = _attributes(stretch.style)
        drawn = (piece for piece in pieces(stretch) if not _HALVES.match(piece.text))
        for are_words, together in groupby(drawn, key=lambda piece: piece.is_word):
            if are_words:
                yield from (_word(word, y, style) for word in together)
            else:
                characters = "".join(map(_centered, together))
                yield f'<text y="{y}" text-anchor="middle"{style}>{characters}</text>'


def _word(word: Piece, y: int, style: str) -> str:
    length = f' textLength="{WIDTH * word.width}"' if word.width > 1 else ""
    return f'<text x="{WIDTH * word.column}" y="{y}"{length}{style}>{_escaped(word.text)}</text>'


def _centered(character: Piece) -> str:
    middle = WIDTH * (2 * character.column + character.width) // 2
    return f'<tspan x="{middle}">{_escaped(character.text)}</tspan>'


def _attributes(style: CellStyle) -> str:
    decorations = {"underline": style.underline, "line-through": style.strike}
    attributes = {
        "fill": style.color,
        "font-weight": "bold" if style.bold else "",
        "font-style": "italic" if style.italic else "",
        "text-decoration": " ".join(name for name, is_drawn in decorations.items() if is_drawn),
    }
    return "".join(f' {name}="{value}"' for name, value in attributes.items() if value)


def _escaped(text: str) -> str:
    return escape(_NOT_IN_XML.sub("?", text))
