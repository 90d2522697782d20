"""The commands that look inside the network and a step of training, and draw samples."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.commands.table.command import Command, Word
from bptui.lazy import LazyModule, late

if TYPE_CHECKING:
    from bptui.dialogue import changing, completing
    from bptui.dialogue import worked_step as walking
    from bptui.features.draw import dialog as draw_dialog
    from bptui.features.predict import dialog as predict_dialog
    from bptui.features.predict import talk as predict_talk
    from bptui.features.surface import dialog as surface_dialog
    from bptui.features.surface import talk as surface_talk
    from bptui.screen.actions import opening
else:
    changing, completing, walking = late("bptui.dialogue", "changing", "completing", "worked_step")
    draw_dialog = LazyModule("bptui.features.draw.dialog")
    predict_dialog, predict_talk = late("bptui.features.predict", "dialog", "talk")
    surface_dialog, surface_talk = late("bptui.features.surface", "dialog", "talk")
    opening = LazyModule("bptui.screen.actions.opening")

_command = partial(Command, topic="inside")

COMMANDS: tuple[Command, ...] = (
    _command(
        "surface",
        "V",
        "what helps, maps",
        "The surface: the error over a plane through the weights, and the path of the run on it.",
        surface_dialog.open_dialog,
        Word(
            "surface",
            surface_talk.say,
            "one step",
            usage="[random]",
            help="Say how the error changes over a plane through the weights: around the path, or at random.",
            completes=partial(completing.among, ("random",)),
        ),
        synonyms=("loss landscape", "valley", "descent", "principal components", "pca"),
    ),
    _command(
        "predict",
        "D",
        "draw, predict",
        "Predict: type a value for each input or, for pictures, draw one, and fool the network.",
        predict_dialog.open_dialog,
        Word(
            "predict",
            predict_talk.say,
            "results",
            usage="[VALUES]",
            help="Say what the network answers for a value of each input, such as predict 0.3; "
            "without values, "
            "what they may be.",
        ),
        synonyms=("prediction", "inference", "answer", "new row", "new rows", "pad"),
    ),
    _command(
        "draw",
        "B",
        "draw samples",
        "Draw samples over one or two inputs: the run restarts with them.",
        draw_dialog.open_dialog,
        synonyms=("points by hand", "own data", "place", "new data"),
    ),
    _command(
        "open_box",
        "o",
        "the box, words",
        "Open the box: pause, and walk through the next step of the run number by number.",
        lambda app: opening.box(app.view, app.score),
        Word(
            "box",
            walking.box,
            "one step",
            usage="[next | back [STRIDE] | another sample]",
            help="Walk through the next step of the run, number by number or by a stride such as layer.",
        ),
        synonyms=(
            "predict",
            "predictions",
            "backpropagation",
            "backprop",
            "chain rule",
            "derivation",
            "formulas",
            "step by step",
            "debugger",
        ),
    ),
    _command(
        "freeze",
        "f",
        "freeze, knock out",
        "In the network: freeze the chosen unit, so that training leaves it as it is, or unfreeze it.",
        lambda app: app.panels.edit_unit("freeze"),
        Word(
            "freeze",
            partial(changing.freeze, "freeze"),
            "network",
            usage="UNIT | layer N | WEIGHT",
            help="Freeze a unit, a layer, a weight or a bias: training leaves it as it is.",
        ),
        synonyms=("lock", "fix weights"),
    ),
    _command(
        "knock_out",
        "K",
        "freeze, knock out",
        "In the network: knock out the chosen unit, which then counts as 0, or bring it back.",
        lambda app: app.panels.edit_unit("knock_out"),
        Word(
            "knock out",
            partial(changing.knock_out, "knock out"),
            "network",
            usage="UNIT",
            help="Knock out a hidden unit: it counts as 0, and is frozen.",
        ),
        synonyms=("ablation", "ablate", "remove unit"),
    ),
)
