"""Picture files: checks whether a picture can be made, and the picture of a sweep."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from bpengine.wording import either, shown
from bptui.cli.parsing import BadUseError
from bptui.pictures.formats import SUFFIXES, PngError, check_png, picture_of

if TYPE_CHECKING:
    from bpengine.many.sweeps.cells import Cells

WIDTH = 120
"""The most columns of the picture of a sweep."""


def check_picture(path: Path, flag: str, *, ascii: bool) -> None:
    """Check, before any work is done, that a picture in the format of this file can be made.

    Raises:
        BadUseError: no format has this ending, or something that the format needs is missing.
    """
    if path.suffix not in SUFFIXES:
        allowed = f"a name ending in {either(SUFFIXES)}"
        raise BadUseError(f"argument {flag}: must be {allowed}, got {shown(path, 200)}")
    if path.suffix == ".png":
        try:
            check_png("M" if ascii else "M─⣿")
        except PngError as error:
            raise BadUseError(f"argument {flag}: {error}") from None


def forget_variables() -> None:
    """Let no picture depend on variables such as NO_COLOR and TEXTUAL_THEME, which Textual and rich read."""
    for name in [*os.environ]:
        # PNG files use the fonts in the home folder. What numba reads makes no difference to the numbers.
        if name != "HOME" and not name.startswith("NUMBA_"):
            del os.environ[name]


def map_picture(cells: Cells, path: Path, *, ascii: bool) -> str | bytes:
    """The heat map as the content of a file; it does not depend on the terminal."""
    from rich.console import Console
    from rich.style import Style
    from textual.strip import Strip

    from bptui.cli.live_map import whole_map
    from bptui.drawing.heat_map import MapStyle
    from bptui.terminal.themes import DARK

    console = Console(
        file=io.StringIO(), width=WIDTH, force_terminal=True, color_system="truecolor", no_color=False,
        legacy_windows=False, _environ={},
    )  # fmt: skip
    map_style = MapStyle(WIDTH, colors=path.suffix != ".txt", ascii=ascii)
    style = Style(color=DARK.foreground, bgcolor=DARK.background)
    rows = [Strip(line) for line in console.render_lines(whole_map(cells, map_style), style=style, pad=False)]
    width = max(row.cell_length for row in rows)
    return picture_of([row.adjust_cell_length(width, style) for row in rows], path.suffix)
