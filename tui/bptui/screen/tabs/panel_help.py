"""The help of each panel and of the status line: what it shows, what to look for, and its signs.

The texts are short enough for the whole help to fit one page at 120x36. The signs of plots come from `ROLES`,
with which the plots are drawn.
"""

from __future__ import annotations

from functools import partial

from bpengine.many.sign_test import SIGNIFICANCE
from bptui.screen.drawing.panel_legend import PanelHelp, Sign, signs_of
from bptui.screen.drawing.roles import ROLES
from bptui.screen.drawing.timeline import SHOWN, SIGNS
from bptui.screen.widgets.network import NetworkPanel, UnitMaps
from bptui.session.snapshot import MarkKind

_LINK = NetworkPanel.ROLE_STYLES
_COMPARED = Sign("⠂A ⠂", "pinned A, run before", ROLES["compared"].style)

_MARKS = (
    (MarkKind.SETTING, "setting changed"),
    (MarkKind.EDIT, "weights edited"),
    (MarkKind.BRANCH, "branch"),
)

_plots, _inside = (partial(PanelHelp, topic=topic) for topic in ("plots", "inside"))

SETTINGS = PanelHelp(
    "Each setting with its symbol in formulas and its value. A line below the panels explains the chosen "
    "one.",
    (
        Sign("▸ ‹0.1›", "chosen: arrows change it"),
        Sign("(0.9)", "has no effect now"),
        Sign("0.1 → 0.3", "pinned and current value"),
        Sign("↑ ↓", "more above or below"),
    ),
    topic="settings",
    synonyms=("hyperparameters", "parameters"),
)
PLOT = _plots(
    "The network's outputs and what they should be; the title names the signs. See where they differ.",
    (
        *signs_of("fit", "above", "tested", "wrong", "mislabeled", "border", "target", "sample", "test"),
        *signs_of("far", "shade", "output", "part-1"),
        Sign("▸ 9≠5", "picture: chosen; answered 9, is 5", ROLES["wrong"].style, "classification"),
        _COMPARED,
        *signs_of("cloud", "mean"),
        Sign("░:·", "look inside: uncertain to certain", ROLES["sample"].style, "classification"),
    ),
    synonyms=("fit", "curve", "chart", "graph", "outputs", "decision boundary"),
)
ERROR = _plots(
    "The error by epoch: a straight fall (log axis) is steady. Jags mean too large steps, and a test curve "
    "that rises alone means overfitting.",
    (
        *signs_of("error"),
        Sign("╌", "test", ROLES["test"].style),
        _COMPARED,
        Sign("⠅ ╌", "cloud, its median", ROLES["median"].style),
        *signs_of("cursor", "mark"),
        Sign("1e-03", "0.001"),
        Sign("stay above", "3 × the median, rounded up"),
        Sign("clearly", f"sign test, no ties, p < {SIGNIFICANCE:g}"),
    ),
    synonyms=("loss", "cost", "loss curve", "learning curve", "mse", "convergence"),
)
TABLE = _plots(
    "The error of every k-th epoch (report every). Look at the change: near 0%, little is learned.",
    (
        Sign("epoch error", "mean of an epoch, each sample before its update"),
        Sign("change", "since the row above"),
    ),
    synonyms=("log", "error table"),
)
METRICS = _plots(
    "How good the current weights are. Much better on training than on test samples means overfitting.",
    (
        Sign("error now", "current weights, all units"),
        Sign("RMSE", "error in units of the target", task="regression"),
        Sign("R²", "1: perfect, 0: no better than the mean", task="regression"),
        Sign("accuracy", "share correct", task="classification"),
        Sign("likely range", "95% interval of the test accuracy", task="classification"),
        Sign("actual \\ predicted", "correct on the diagonal", task="classification"),
    ),
    synonyms=("accuracy", "rmse", "r2", "confusion matrix", "precision", "evaluation", "loss"),
)
NETWORK = _inside(
    "Units by layer and weights as links; the line below describes the chosen unit. See which links grow.",
    (
        Sign("⠤⠤⠤", "positive weight", _LINK["positive"]),
        Sign("⠤ ⠤", "dashed: negative", _LINK["negative"]),
        Sign("⠶⠶⠶", "thick: large, from 40%", _LINK["positive"]),
        Sign("⠄⠄⠄", "dotted: small, below 10%", _LINK["positive"]),
        Sign("+ -", "chosen unit's link; click: chain", _LINK["positive"]),
        Sign("(2 -0.41)", "unit and bias", _LINK["unit"]),
        Sign("[1] *2 x3", "chosen, frozen, knocked out", _LINK["chosen"]),
        Sign("⋮ ⋯", "left out", _LINK["caption"]),
        Sign("▄▀", "in colors; gray: outputs of one sign"),
    ),
    synonyms=("weights", "biases", "links", "graph"),
)
UNITS = _inside(
    "Each hidden unit's output over the inputs. Units that look alike do the same work.",
    (
        Sign("▁▄█ ·░▒▓█", "low to high on its layer's scale", UnitMaps.ROLE_STYLES["map"]),
        Sign("▁▄█", "below 0", UnitMaps.ROLE_STYLES["below"]),
        Sign("▄▀", "in colors; gray: outputs of one sign"),
        Sign("+0.1 to +0.8", "own scale"),
        Sign("mean", "of the outputs"),
        Sign("saturated off", "gradient nearly 0", UnitMaps.ROLE_STYLES["warning"]),
    ),
    synonyms=("activations", "feature maps"),
)
DIAGNOSTICS = _inside(
    "What happens inside, bold if there is a remedy. With sgd, layers with small gradients learn slowly.",
    (
        Sign("gradient", "its L2 norm"),
        Sign("log10(update/weight)", "-3: updates change a thousandth"),
        Sign("saturated", "at a limit"),
        Sign("off", "for all samples"),
    ),
    synonyms=("gradients", "vanishing gradients", "exploding gradients", "saturation", "dead units"),
)
TIMELINE = PanelHelp(
    "The whole run; a click views an epoch.",
    (
        Sign(SHOWN, "shown", ROLES["cursor"].style),
        *(Sign(SIGNS[kind], meaning, ROLES["mark"].style) for kind, meaning in _MARKS),
    ),
    topic="training",
)
STATUS = PanelHelp(
    "State, epoch, its mean error, seed and speed; below, the answer to the last key or what to do.",
    topic="training",
)
