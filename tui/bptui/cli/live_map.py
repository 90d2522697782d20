"""The heat map of a sweep in a terminal, which fills as runs end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from bpengine.many.sweeps.cells import Cells
from bptui.cli.progress import REFRESH_SECONDS
from bptui.cli.streams import is_dumb, styled_stdout
from bptui.drawing.heat_map import MapStyle, best_text, heat_map
from bptui.terminal.encoding import needs_ascii


@contextlib.contextmanager
def live_map(cells: Cells, *, ascii: bool) -> Iterator[Callable[[int], None]]:
    """Show the map as it fills, until the end; yield the function that updates it."""
    if is_dumb():
        yield lambda _done: None
        return
    console = Console(file=styled_stdout())
    style = map_style_of(console, ascii=ascii)
    drawn = time.monotonic()
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

        def show(done: int) -> None:
            nonlocal drawn
            now = time.monotonic()
            if now >= drawn + REFRESH_SECONDS or done == len(cells.sweep):
                drawn = now
                live.update(whole_map(cells, style), refresh=True)

        yield show


def print_map(cells: Cells, *, ascii: bool) -> None:
    """Print the map as it is now, with the best cell."""
    console = Console(file=styled_stdout(), highlight=False)
    console.print(whole_map(cells, map_style_of(console, ascii=ascii)))


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
