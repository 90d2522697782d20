"""How sure: a dialog with the reliability of a classification's probabilities on the test samples."""

from __future__ import annotations

import numpy as np
from textual.app import ComposeResult
from textual.widgets import Static

from bpengine import DataError
from bpengine.explain.calibration import Calibration, calibration
from bptui.features.calibration.words import describe_mean
from bptui.screen.actions.opening import push
from bptui.screen.app import BptuiApp
from bptui.screen.drawing import Axis, Figure, Kind, Legend, Series
from bptui.screen.overlays.dialog import DialogFrame, RunDialog, prose
from bptui.screen.widgets.footer import CLOSE
from bptui.screen.widgets.plot import Plot
from bptui.session.description.calibration import describe_calibration
from bptui.session.snapshot import AFTER_ANSWER, Snapshot
from bpwords import Sentence, as_sentence, joined, word

_STEP = 0.2
"""The distance between the ticks of both axes."""


class CalibrationScreen(RunDialog):
    """Shows the confidence of the test samples beside what is right; it follows the run.

    Args:
        snapshot: the run.
    """

    ACTIONS = {"calibration": "dismiss"}
    DEFAULT_CSS = "CalibrationScreen #calibration { width: 80; height: 100%; max-height: 34; }"

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self._words, self._plot = Static(markup=False), Plot()

    def compose(self) -> ComposeResult:
        """Yield what is found, in words, and the plot."""
        yield DialogFrame(self._words, self._plot, title=word("how sure?"), keys=(CLOSE,), id="calibration")

    def show_run(self) -> None:
        """Show how sure the network is, or why that is not known."""
        snapshot = self._snapshot
        if snapshot.status.hides_verdicts:
            self._words.update(AFTER_ANSWER)
            self._plot.clear()
            return
        try:
            known = calibration(snapshot.run.dataset, snapshot.network.test_outputs)
        except DataError as error:
            self._words.update(as_sentence(str(error)))
            self._plot.clear()
            return
        signs = Sentence("Each point has {samples} samples or more: │ its 95% interval; ─ as right as sure.")
        least = known.samples // len(known.bins)
        words = joined(*describe_calibration(known), *describe_mean(snapshot), signs(samples=least))
        self._words.update(prose(words))
        self._plot.show(reliability(known), Legend())


def reliability(known: Calibration) -> Figure:
    """The plot of accuracy over confidence: a point with its interval for each bin, and the diagonal."""
    bins = np.array(known.bins)
    low = min(bins[:, :3].min() // _STEP * _STEP, 1 - _STEP)
    ticks = np.arange(low, 1 + _STEP / 2, _STEP).tolist()
    axis = Axis(low, 1.0, tuple((tick, f"{100 * tick:.0f} %") for tick in ticks))
    diagonal = Series(np.array([low, 1.0]), np.array([low, 1.0]), "target", Kind.FAINT)
    between = np.linspace(0, 1, 40)
    heights = bins[:, 2:3] + (bins[:, 3:4] - bins[:, 2:3]) * between
    places = np.repeat(bins[:, 0], len(between))
    intervals = Series(places, heights.ravel(), "cloud", Kind.POINTS, "│")
    points = Series(bins[:, 0], bins[:, 1], "fit", Kind.POINTS, "●")
    return Figure(axis, axis, (diagonal, intervals, points), x_name=word("confidence"), y_name=word("right"))


def open_dialog(app: BptuiApp) -> None:
    """Show how sure the answers for the test samples are, and how often they are right."""
    push(CalibrationScreen(app.view.session.snapshot()), app.view)
