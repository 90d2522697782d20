"""An app with one plot of a sine as it is learned: `python -m benchmarks.plots bptui|textual-plotext`.

At its end it prints the processor time of a frame in milliseconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from textual import events
from textual.app import App, ComposeResult
from textual.widget import Widget

from bptui.screen.drawing import Axis, Figure, Kind, Series
from bptui.screen.terminal.capabilities import PacedScreen, announce_size, paced_screen, use_themes
from bptui.screen.terminal.driver import TerminalDriver
from bptui.screen.terminal.themes import THEME_CSS
from bptui.screen.widgets.plot import Plot

FRAMES = 60
FRAME_SECONDS = 1 / 12
X = np.linspace(0, 2 * np.pi, 160)
TICKS = ((-1.0, "-1"), (0.0, "0"), (1.0, "1"))


def fit(frame: int) -> Any:
    """The learned curve in this frame."""
    return np.sin(X) * (1 - 0.97**frame)


def bptui_plot() -> tuple[Widget, Callable[[int], None]]:
    """The plot of bptui, and a function that draws a frame."""
    plot = Plot()
    axes = Axis(0, 2 * np.pi, ((0.0, "0"), (np.pi, "π"))), Axis(-1.1, 1.1, TICKS)

    def draw(frame: int) -> None:
        series = Series(X, np.sin(X), "target", Kind.DASHED), Series(X, fit(frame), "fit", Kind.LINE)
        plot.figure = Figure(*axes, series)

    return plot, draw


def plotext_plot() -> tuple[Widget, Callable[[int], None]]:
    """The plot of textual-plotext, and a function that draws a frame."""
    plot = import_module("textual_plotext").PlotextPlot()

    def draw(frame: int) -> None:
        plot.plt.clear_data()
        plot.plt.ylim(-1.1, 1.1)
        plot.plt.plot(X.tolist(), np.sin(X).tolist(), marker="braille")
        plot.plt.plot(X.tolist(), fit(frame).tolist(), marker="braille")
        plot.refresh()

    return plot, draw


PLOTS = {"bptui": bptui_plot, "textual-plotext": plotext_plot}


class PlotApp(App[None]):
    """Draws its frames and ends; the other plot is sent by Textual's own driver."""

    CSS = THEME_CSS

    def __init__(self, name: str) -> None:
        super().__init__(driver_class=TerminalDriver if name == "bptui" else None)
        use_themes(self)
        plot, draw = PLOTS[name]()
        self._plot = plot
        self._draw = draw
        self._frame = 0
        self._began = 0.0
        self.milliseconds = 0.0

    def get_default_screen(self) -> PacedScreen:
        """A screen that waits for the terminal, as that of bptui."""
        return paced_screen(self)

    def on_resize(self, event: events.Resize) -> None:
        """Tell the driver the size of the frames."""
        announce_size(self, event.size)

    def compose(self) -> ComposeResult:
        """The plot, and nothing else."""
        yield self._plot

    def on_mount(self) -> None:
        """Begin to draw frames."""
        self.set_interval(FRAME_SECONDS, self._next)

    def _next(self) -> None:
        if self._frame == 1:
            self._began = time.process_time()
        if self._frame == FRAMES:
            self.milliseconds = 1000 * (time.process_time() - self._began) / (FRAMES - 1)
            self.exit()
            return
        self._draw(self._frame)
        self._frame += 1


if __name__ == "__main__":
    app = PlotApp(sys.argv[1])
    app.run()
    print(f"{app.milliseconds:.2f} ms a frame")
