"""The screen as SVG that looks the same in browsers, librsvg, Inkscape, resvg and LaTeX.

These renderers differ in how they treat blanks, in the widths of their fonts, and in the font from which they
take line-drawing and braille characters. Therefore no blank is written, and lines, blocks and the dots of
braille are drawn as shapes. Each word has its own place and, for renderers that know `textLength`, its own
length; any other character stands in the middle of its cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from rich.cells import cell_len
from textual.strip import Strip

from bptui.session.saving.pictures.cells import CellStyle, Piece, Stretch, pieces, stretches

WIDTH, HEIGHT = 12, 23
"""The size of a cell. In most monospaced fonts, 12 is the width of a character of size 20."""
FONT_SIZE = 20
BASELINE = 18
"""The baseline, from the top of a cell."""
UPPER = 12
"""The height of the upper half of a cell; lines cross there."""
MARGIN = 12
RADIUS = 8
"""The radius of the corners."""
FONTS = "'DejaVu Sans Mono', Menlo, 'Cascadia Mono', 'Liberation Mono', 'Noto Sans Mono', monospace"
"""The fonts for words; a renderer uses the first one that is installed."""
_BLOCKS = {
    **{block: (0, HEIGHT - HEIGHT * eighths // 8, WIDTH, 1) for eighths, block in enumerate("▁▂▃▄▅▆▇█", 1)},
    **{shade: (0, 0, WIDTH, quarters / 4) for quarters, shade in enumerate("░▒▓", 1)},
    "▀": (0, 0, WIDTH, 1),
    "▌": (0, 0, WIDTH // 2, 1),
    "▐": (WIDTH // 2, 0, WIDTH // 2, 1),
}
"""Blocks, which are rectangles: as characters they would leave seams in many fonts. The left side, the top,
the width and the opacity of each; each reaches to the bottom of its cell, but for that of the upper half."""
_BLOCK = re.compile("|".join(f"{block}+" for block in _BLOCKS))
_DOTS = ((3, 3), (3, 9), (3, 14), (9, 3), (9, 9), (9, 14), (3, 20), (9, 20))
"""Where the dots of a braille character lie in its cell, from the lowest bit of its code point on."""
_BRAILLE = 0x2800
_ARMS = {"l": "M{x} {y}h6", "r": "M{x} {y}m6 0h6", "u": "M{x} {y}m6 0v-12", "d": "M{x} {y}m6 0v11"}
"""The parts of line-drawing characters, from the middle of the left side of a cell."""
_LINES = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "rud", "┤": "lud", "┬": "lrd",
    "┴": "lru", "┼": "lrud",
}  # fmt: skip
"""Which parts each has."""
_NOT_IN_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_of(rows: Iterable[Strip], *, title: str) -> str:
    """Return the rows as an SVG document."""
    screen = [stretches(row) for row in rows]
    return document(screen, title, [drawn_row(row, background_of(screen)) for row in screen])


def document(screen: list[list[Stretch]], title: str, rows: Iterable[str], after: str = "") -> str:
    """Return an SVG document of drawn rows.

    Args:
        screen: the screen, for the size and the background.
        title: what the picture shows.
        rows: from `drawn_row`.
        after: what is drawn after the rows.
    """
    width = WIDTH * max(sum(stretch.width for stretch in row) for row in screen) + 2 * MARGIN
    height = HEIGHT * len(screen) + 2 * MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
        f"<title>{xml_escaped(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="{RADIUS}" fill="{background_of(screen)}"/>',
        f'<g transform="translate({MARGIN} {MARGIN})" font-family="{FONTS}" font-size="{FONT_SIZE}">',
        *(placed_row(number, row) for number, row in enumerate(rows)),
        after,
        "</g>",
        "</svg>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def placed_row(number: int, row: str) -> str:
    """A drawn row at its place on the screen; empty if nothing is drawn."""
    return f'<g transform="translate(0 {HEIGHT * number})">{row}</g>' if row else ""


def drawn_row(row: list[Stretch], background: str) -> str:
    """The elements that draw a row at the top of a picture with this background."""
    rects = "".join(_rects(row, background))
    boxes = f'<g shape-rendering="crispEdges">{rects}</g>' if rects else ""
    return "".join((boxes, *_shapes(row), *_texts(row)))


def background_of(screen: list[list[Stretch]]) -> str:
    """The most common background."""
    cells: Counter[str] = Counter()
    for row in screen:
        for stretch in row:
            cells[stretch.style.background] += stretch.width
    return cells.most_common(1)[0][0]


def _rects(row: list[Stretch], background: str) -> Iterator[str]:
    """Yield the parts of a row whose background differs from that of the whole picture."""
    for color, stretched in groupby(row, key=lambda stretch: stretch.style.background):
        together = list(stretched)
        if color != background:
            x, width = WIDTH * together[0].column, WIDTH * sum(stretch.width for stretch in together)
            yield f'<rect x="{x}" y="0" width="{width}" height="{HEIGHT}" fill="{color}"/>'
    for stretch in row:
        for alike in _BLOCK.finditer(stretch.text):
            column = stretch.column + cell_len(stretch.text[: alike.start()])
            left, top, width, opacity = _BLOCKS[alike[0][0]]
            height = UPPER if alike[0][0] == "▀" else HEIGHT - top
            color = stretch.style.color if opacity == 1 else f'{stretch.style.color}" fill-opacity="{opacity}'
            for x, wide in _joined(left + WIDTH * column, width, len(alike[0])):
                yield f'<rect x="{x}" y="{top}" width="{wide}" height="{height}" fill="{color}"/>'


def _joined(x: int, width: int, count: int) -> list[tuple[int, int]]:
    """The places and the widths of that many equal blocks from x on: one for all that touch."""
    if width == WIDTH:
        return [(x, width * count)]
    return [(x + WIDTH * number, width) for number in range(count)]


def _shapes(row: list[Stretch]) -> Iterator[str]:
    """Yield the dots of braille characters and the lines of a row."""
    for stretch in row:
        dots = lines = ""
        for piece in pieces(stretch):
            x, bits = WIDTH * piece.column, ord(piece.text[0]) - _BRAILLE
            if 0 <= bits < 1 << len(_DOTS):
                dots += "".join(f"M{x + dx} {y}h0" for bit, (dx, y) in enumerate(_DOTS) if bits >> bit & 1)
            else:
                arms = _LINES.get(piece.text, "")
                lines += "".join(_ARMS[arm].format(x=x, y=UPPER) for arm in arms)
        color = f'fill="none" stroke="{stretch.style.color}"'
        if dots:
            yield f'<path d="{dots}" {color} stroke-width="3" stroke-linecap="round"/>'
        if lines:
            yield f'<path d="{lines}" {color} stroke-width="1.5"/>'


def _is_shape(text: str) -> bool:
    return text in _LINES or text in _BLOCKS or 0 <= ord(text[0]) - _BRAILLE < 1 << len(_DOTS)


def _texts(row: list[Stretch]) -> Iterator[str]:
    for stretch in row:
        style = _attributes(stretch.style)
        drawn = (piece for piece in pieces(stretch) if not _is_shape(piece.text))
        for are_words, together in groupby(drawn, key=lambda piece: piece.is_word):
            if are_words:
                yield from (_word(word, style) for word in together)
            else:
                characters = "".join(map(_centered, together))
                yield f'<text y="{BASELINE}" text-anchor="middle"{style}>{characters}</text>'


def _word(word: Piece, style: str) -> str:
    length = f' textLength="{WIDTH * word.width}"' if word.width > 1 else ""
    return f'<text x="{WIDTH * word.column}" y="{BASELINE}"{length}{style}>{xml_escaped(word.text)}</text>'


def _centered(character: Piece) -> str:
    middle = WIDTH * (2 * character.column + character.width) // 2
    return f'<tspan x="{middle}">{xml_escaped(character.text)}</tspan>'


def _attributes(style: CellStyle) -> str:
    decorations = {"underline": style.underline, "line-through": style.strike}
    attributes = {
        "fill": style.color,
        "font-weight": "bold" if style.bold else "",
        "font-style": "italic" if style.italic else "",
        "text-decoration": " ".join(name for name, is_drawn in decorations.items() if is_drawn),
    }
    return "".join(f' {name}="{value}"' for name, value in attributes.items() if value)


def xml_escaped(text: str) -> str:
    """The text in XML."""
    return escape(_NOT_IN_XML.sub("?", text))
