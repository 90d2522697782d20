"""Make the fonts of `bptui serve`: what the screen may show of DejaVu Sans Mono, and the braille it lacks.

pip install fonttools brotli
python docs/fonts.py /usr/share/fonts/truetype/dejavu tui/bptui/cli/web/static
"""

import sys
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter, save_font
from fontTools.ttLib import TTFont

KEPT = (
    "20-7e a0-17f 18f 192 2b0-2ff 370-3ff 400-45f 2010-205f 2070-209f 20ac 2100-214f 2190-23ff 2500-266f "
    "2701-2717 27e8-27e9 fffd"
)
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""The column and the row of the dot that each bit of a braille character stands for."""
RADIUS = 250


def braille(bits: int, width: int, top: int, bottom: int):
    """A glyph whose dots are as far apart as those of the next cell are from them."""
    pen = TTGlyphPen(None)
    for bit, (column, row) in enumerate(DOTS):
        if bits >> bit & 1:
            x, y = width * (2 * column + 1) // 4, top - (top - bottom) * (2 * row + 1) // 8
            around = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
            points = [(x + RADIUS * dx, y + RADIUS * dy) for dx, dy in around]
            pen.moveTo(points[0])
            for corner, end in zip(points[1::2], (*points[2::2], points[0]), strict=True):
                pen.qCurveTo(corner, end)
            pen.closePath()
    return pen.glyph()


def main(source: Path, target: Path) -> None:
    """Write both fonts."""
    ranges = (part.split("-") for part in KEPT.split())
    kept = [code for part in ranges for code in range(int(part[0], 16), int(part[-1], 16) + 1)]
    for name in ("DejaVuSansMono", "DejaVuSansMono-Bold"):
        font = TTFont(source / f"{name}.ttf")
        width, cell = font["hmtx"]["A"][0], font["hhea"]
        for bits in range(256):
            glyph = f"braille{bits:02x}"
            font["glyf"][glyph] = braille(bits, width, cell.ascent, cell.descent)
            font["hmtx"][glyph] = width, width // 4 - RADIUS
            for table in font["cmap"].tables:
                if table.isUnicode():
                    table.cmap[0x2800 + bits] = glyph
        options = Options(flavor="woff2", hinting=False, layout_features=[])
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[*kept, *range(0x2800, 0x2900)])
        subsetter.subset(font)
        save_font(font, str(target / f"{name}.woff2"), options)


main(*map(Path, sys.argv[1:]))
