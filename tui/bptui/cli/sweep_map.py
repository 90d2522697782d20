"""The heat map of a sweep: in a terminal, where it fills as runs end, and as a picture."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.style import Style
from rich.text import Text

from bpengine.many.sweeps.cells import Cells
from bptui.cli.progress import throttled
from bptui.process.streams import is_dumb, needs_ascii, styled_stdout
from bptui.screen.drawing.heat_map import MapStyle, best_text, heat_map

WIDTH = 120
"""The most columns of the picture."""


@contextlib.contextmanager
def live_map(cells: Cells, *, ascii: bool) -> Iterator[Callable[[int], None]]:
    """Show the map as it fills, and leave it there at the end; yield the function that updates it."""
    console = Console(file=styled_stdout(), highlight=False)
    style = map_style_of(console, ascii=ascii)
    if is_dumb():
        yield lambda _done: None
    else:
        with Live(
            whole_map(cells, style),
            console=console,
            auto_refresh=False,  # so that no thread writes while a signal ends the process
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        ) as live:
            console.show_cursor(True)  # a process that is killed would leave the cursor hidden
            live.refresh()
            yield throttled(
                lambda _done: live.update(whole_map(cells, style), refresh=True), len(cells.sweep)
            )
    console.print(whole_map(cells, style))


def map_picture(cells: Cells, path: Path, *, ascii: bool) -> str | bytes:
    """The heat map as the content of a file; it does not depend on the terminal."""
    from textual.strip import Strip

    from bptui.screen.terminal.themes import DARK
    from bptui.session.saving.pictures.formats import picture_of

    console = Console(
        file=io.StringIO(), width=WIDTH, force_terminal=True, color_system="truecolor", no_color=False,
        legacy_windows=False, _environ={},
    )  # fmt: skip
    map_style = MapStyle(WIDTH, colors=path.suffix != ".txt", ascii=ascii)
    style = Style(color=DARK.foreground, bgcolor=DARK.background)
    rows = [Strip(line) for line in console.render_lines(whole_map(cells, map_style), style=style, pad=False)]
    width = max(row.cell_length for row in rows)
    return picture_of([row.adjust_cell_length(width, style) for row in rows], path.suffix)


def whole_map(cells: Cells, style: MapStyle) -> RenderableType:
    """The map with the best cell and the number of runs."""
    ended = f"{cells.done} of {len(cells.sweep)} runs"
    diverged = sum(cell.diverged for cell in cells.cells)
    counts = Text(f"{ended}, {diverged} diverged" if diverged else ended)
    return Group(heat_map(cells, style), Text(best_text(cells)), counts)


def map_style_of(console: Console, *, ascii: bool) -> MapStyle:
    """What the terminal can show. Sixteen colors are too few for a scale."""
    colors = console.color_system in ("256", "truecolor") and not console.no_color
    return MapStyle(console.width, colors=colors, ascii=ascii or needs_ascii())
