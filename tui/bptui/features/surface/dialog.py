"""The surface: a dialog with the error over a plane through the weights, and the path of the run on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from textual.app import ComposeResult
from textual.widgets import Static

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.functions import log
from bpengine.explain.surface import Plane
from bpengine.kernels.regularization import norm_of
from bptui.experiments.runner import Runner
from bptui.features.surface.plan import gradient_of, surface_of
from bptui.features.surface.words import describe_surface, weights_now
from bptui.screen.actions.opening import push
from bptui.screen.app import BptuiApp
from bptui.screen.drawing import LOG_FLOOR, ColorMap, Figure, Kind, Legend, Scale, Series, Span, axis_over
from bptui.screen.overlays.dialog import DialogFrame, RunDialog, prose
from bptui.screen.widgets.footer import CLOSE, hint_of
from bptui.screen.widgets.plot import Plot
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bpwords import Sentence, capitalized, joined, word
from bpwords.numbers import error_text

_ARROW = 0.15
"""The length of the arrow, as a fraction of the plot."""


class SurfaceScreen(RunDialog):
    """Shows the error over a plane through the weights; the run goes on, and its place follows.

    Args:
        session: returns the session of the run.
        refresh: shows the tab's run as it is now, and then calls `show` with its snapshot.
        runner: measures the surface.
    """

    ACTIONS = {
        "surface": "dismiss",
        "toggle_run": "run",
        "scrub_back": "scrub(-1)",
        "scrub_on": "scrub(1)",
        "scrub_far_back": "scrub(-1, True)",
        "scrub_far_on": "scrub(1, True)",
        "restart": "measure",
        "new_seed": "measure(True)",
    }

    DEFAULT_CSS = "SurfaceScreen #surface { width: 110; height: 100%; max-height: 46; }"

    def __init__(self, session: Callable[[], Session], refresh: Callable[[], None], runner: Runner) -> None:
        super().__init__(session().snapshot())
        self._session, self._refresh_run, self._runner = session, refresh, runner
        self._words, self._plot = Static(markup=False), Plot()
        keys = (
            hint_of(("scrub_back", "scrub_on"), "epoch"),
            hint_of("toggle_run", "run, pause"),
            hint_of("restart", "around the path"),
            hint_of("new_seed", "at random"),
            CLOSE,
        )
        parts = self._words, self._plot
        self._frame = DialogFrame(*parts, title=word("the surface"), keys=keys, id="surface")

    def compose(self) -> ComposeResult:
        """Yield the words and the plot."""
        yield self._frame

    def on_mount(self) -> None:
        """Begin to measure."""
        self._begin(None)

    @property
    def is_done(self) -> bool:
        """Whether nothing more will be measured."""
        return self._surface.has_ended

    def _begin(self, seed: int | None) -> None:
        """Measure a surface: the principal one of the path, or a random one."""
        self._surface = surface_of(self._session(), seed, self._runner)
        self._start = self._session().document.past.first
        self.carry_out(self._surface, self._runner, self._draw)

    def show_run(self) -> None:
        """Show the run as it is now, or the surface of another run."""
        if self._session().document.past.first is self._start:
            self._draw()
        else:
            self._begin(self._surface.seed)

    def action_scrub(self, direction: int, far: bool = False) -> None:
        """View the next (1) or the previous (-1) reported epoch."""
        self._session().do(commands.scrub, direction, far=far)
        self._refresh_run()

    def action_run(self) -> None:
        """Let the run continue, or pause it."""
        self._session().do(commands.toggle)
        self._refresh_run()

    def action_measure(self, at_random: bool = False) -> None:
        """Measure again, around the path as it is now or in other random directions."""
        last = self._surface.seed
        self._begin(None if not at_random else 0 if last is None else last + 1)

    def _draw(self) -> None:
        surface, snapshot, session = self._surface, self._snapshot, self._session()
        if surface.plane is None:
            offer = Sentence("{problem}: {new_seed} draws a plane with two random directions.")
            self._words.update(offer(problem=capitalized(surface.problem)))
            self._plot.clear()
            return
        if surface.errors is None:
            self._words.update(word("Measuring the surface…"))
            return
        rests = snapshot.status.stage is not Stage.RUNNING and not session.in_progress
        gradient = gradient_of(session) if rests else None
        self._words.update(prose(joined(*describe_surface(surface, snapshot, gradient))))
        path = np.array([state.parameters for state in session.document.past.states])
        now = weights_now(snapshot)
        title = self._plot.show(*surface_figure(surface.plane, surface.errors, path, now, gradient))
        self._frame.border_title = self._plot.legend(title)


def surface_figure(
    plane: Plane, errors: Array, path: Array, now: Array, gradient: Array | None
) -> tuple[Figure, Legend]:
    """The plot of a surface, on a logarithmic scale, and its legend.

    Args:
        plane: the plane.
        errors: the errors over it; shape (rows, columns), the lowest row first.
        path: the weights and biases of the stored states; shape (states, parameters).
        now: those of the run; shape (parameters,).
        gradient: the gradient of the error there; None for no arrow.
    """
    heights = log(np.maximum(errors, LOG_FLOOR))
    low = float(heights.min())
    high = max(float(heights[np.isfinite(heights)].max(initial=low)) - low, 1e-9)
    shade = ColorMap.of_numbers(heights - low, 0.0, high, *plane.limits)
    places = plane.places(np.vstack([path, now]))
    lines = [Series(places[:, 0], places[:, 1], "border", Kind.LINE)]
    downhill = np.zeros(2) if gradient is None else -plane.projected(gradient)
    spans = np.array([right - left for left, right in plane.limits])
    if downhill.any():
        shaft = np.vstack([places[-1], places[-1] + downhill * (_ARROW / norm_of(downhill / spans))])
        lines.append(Series(shaft[:, 0], shaft[:, 1], "limit", Kind.LINE))
        lines.append(Series(shaft[1:, 0], shaft[1:, 1], "limit", Kind.SIGNS, "*"))
    lines.append(Series(places[-1:, 0], places[-1:, 1], "present", Kind.SIGNS, "◆"))
    legend = Legend.of(
        error_text(float(errors.min())),
        Scale.over(0.0, high).legend(0.0, high),
        error_text(float(errors.max())),
        Span(f"━ {word('path')}", "border"),
        Span(f"◆ {word('now', 'sign')}", "present"),
        *((Span(f"─* {word('downhill')}", "limit"),) if downhill.any() else ()),
        between=" ",
    )
    x, y = (axis_over(np.array(limits), width=5) for limits in plane.limits)
    names = "d1", "d2"
    return Figure(x, y, tuple(lines), shade=shade, x_name=names[0], y_name=names[1]), legend


def open_dialog(app: BptuiApp) -> None:
    """Show the error over a plane through the weights, and keep the place of the run up to date."""
    view = app.view
    push(SurfaceScreen(lambda: view.session, view.frames.show_now, app.runner), view)
