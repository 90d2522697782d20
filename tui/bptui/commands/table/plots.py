"""The commands that change what plots and panels show, and tell it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.commands.table.command import Command, Word
from bptui.lazy import LazyModule, late

if TYPE_CHECKING:
    from bptui.dialogue import completing, describing, units
    from bptui.screen.actions import opening
else:
    completing, describing, units = late("bptui.dialogue", "completing", "describing", "units")
    opening = LazyModule("bptui.screen.actions.opening")

_command = partial(Command, topic="plots")

COMMANDS: tuple[Command, ...] = (
    _command(
        "toggle_detail",
        "v",
        "look inside",
        "Show units' contributions; regions of classes for probabilities; in the units, own scales.",
        lambda app: app.panels.toggle_detail(),
        Word(
            "units",
            units.units,
            "network",
            usage="[UNIT | layer N]",
            help="Describe the outputs of the hidden units over the inputs.",
        ),
        synonyms=("contributions", "probabilities", "confidence", "parts"),
    ),
    _command(
        "plane",
        "T",
        "any two columns",
        "Show more than two inputs over any two columns: arrows change one, enter names them and a sample.",
        lambda app: app.panels.toggle_plane(),
        Word(
            "plane",
            describing.plane,
            "results",
            usage="[COLUMN by COLUMN [at SAMPLE]]",
            help="Describe the answers over any two columns, the others at their medians or as in a sample.",
        ),
        synonyms=("two columns", "axes", "slice", "cross section", "scatter plot"),
    ),
    _command(
        "describe",
        "t",
        "the box, words",
        "Describe the run in words.",
        lambda app: opening.describe(app.view),
        Word(
            "describe",
            describing.tell,
            "results",
            usage="[SECTION]",
            aliases=("words",),
            help="Describe the run, or one side of it, as in describe fit or describe error.",
            completes=completing.sections,
            synonyms=("plot", "draw", "summary", "explain"),
        ),
        synonyms=("summary", "explain", "text", "screen reader"),
    ),
    _command(
        "toggle_log",
        "L",
        "curve and metrics",
        "Switch the error axis between logarithmic and linear.",
        lambda app: app.panels.toggle("log_errors"),
        synonyms=("log scale", "logarithmic", "linear axis"),
    ),
    _command(
        "toggle_smooth",
        "e",
        "curve and metrics",
        "Smooth the error curve, or show the error of each epoch.",
        lambda app: app.panels.toggle("smooth"),
        synonyms=("moving average", "smoothing"),
    ),
    _command(
        "toggle_rates",
        "E",
        "curve and metrics",
        "Show the learning rate and 2/sharpness, a guide to the largest stable one, or the errors.",
        lambda app: app.panels.toggle("rates"),
        synonyms=("sharpness", "stability", "2/L", "curvature", "eigenvalue"),
    ),
    _command(
        "toggle_metrics",
        "m",
        "curve and metrics",
        "Show the metrics or the errors of the reported epochs or, on a small screen, the network.",
        lambda app: app.panels.toggle_metrics(),
        Word(
            "metrics",
            describing.metrics,
            "results",
            help="Say how good the outputs are, and which classes are confused.",
        ),
        synonyms=("accuracy", "confusion matrix", "rmse", "good"),
    ),
)
