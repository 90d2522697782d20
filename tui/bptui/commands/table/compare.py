"""The commands that compare runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.commands.table.command import Command, Word
from bptui.lazy import LazyModule, late

if TYPE_CHECKING:
    from bptui.dialogue import changing, completing, describing, experiments, training
    from bptui.features.advice import dialog as advice_dialog
    from bptui.features.advice import talk as advice_talk
    from bptui.features.calibration import dialog as calibration_dialog
    from bptui.features.calibration import talk as calibration_talk
    from bptui.features.importance import dialog as importance_dialog
    from bptui.features.importance import talk as importance_talk
    from bptui.screen.actions import opening
    from bptui.session import commands as run
else:
    changing, completing, describing, experiments, training = late(
        "bptui.dialogue", "changing", "completing", "describing", "experiments", "training"
    )
    advice_dialog, advice_talk = late("bptui.features.advice", "dialog", "talk")
    calibration_dialog, calibration_talk = late("bptui.features.calibration", "dialog", "talk")
    importance_dialog, importance_talk = late("bptui.features.importance", "dialog", "talk")
    opening = LazyModule("bptui.screen.actions.opening")
    run = LazyModule("bptui.session.commands")

_command = partial(Command, topic="compare")

COMMANDS: tuple[Command, ...] = (
    _command(
        "toggle_pin",
        "p",
        "pin, list pins",
        "Pin this run to compare others with it (up to four), or unpin it.",
        lambda app: app.view.do(run.toggle_pin),
        Word("pin", partial(training.do, run.toggle_pin), "comparing"),
        synonyms=("baseline", "keep for comparison"),
    ),
    _command(
        "pins",
        "P",
        "pin, list pins",
        "List the pinned runs with their errors and settings that differ; unpin one.",
        lambda app: opening.pins(app.view),
        Word("pins", training.pins, "comparing"),
    ),
    _command(
        "toggle_what_if",
        "i",
        "what if, cloud",
        "What if: each change retrains to this epoch and compares.",
        lambda app: app.view.do(run.toggle_what_if),
        Word(
            "what if",
            changing.what_if,
            "comparing",
            usage="[on | off]",
            aliases=("whatif",),
            completes=partial(completing.among, ("on", "off")),
        ),
        synonyms=("experiment", "try a change"),
    ),
    _command(
        "advise",
        "a",
        "what helps, maps",
        "What would help? Try about 30 changes on many starts, and take one that lowers the error.",
        advice_dialog.open_dialog,
        Word("advise", advice_talk.say, "comparing"),
        synonyms=("improve", "tune", "suggest", "recommend", "what helps", "overfitting", "underfitting"),
    ),
    _command(
        "importance",
        "I",
        "what matters",
        "What matters? Train 8 starts, and see how the test error rises when a column is shuffled.",
        importance_dialog.open_dialog,
        Word("importance", importance_talk.say, "comparing"),
        synonyms=("feature importance", "permutation", "which columns", "partial dependence", "relevance"),
    ),
    _command(
        "calibration",
        "A",
        "calibration",
        "How sure? The confidence of the test samples beside what is right, for classes.",
        calibration_dialog.open_dialog,
        Word(
            "calibration",
            calibration_talk.say,
            "comparing",
            help="Say how confident the answers for the test samples are, and how often they are right.",
        ),
        synonyms=("reliability", "overconfident"),
    ),
    _command(
        "toggle_cloud",
        "n",
        "what if, cloud",
        "Show the run among many starts that differ only in the seed, or alone again.",
        lambda app: app.view.do(run.toggle_cloud),
        Word(
            "cloud",
            describing.cloud,
            "comparing",
            usage="[on | off]",
            aliases=("starts",),
            help="Say where the run stands among many starts that differ only in the seed, or stop training "
            "them.",
            completes=partial(completing.among, ("on", "off")),
        ),
        synonyms=("many seeds", "luck", "variance", "distribution"),
    ),
    _command(
        "open_map",
        "M",
        "what helps, maps",
        "Sweep two settings: a heat map with many starts in each cell; open one of its runs.",
        lambda app: opening.map_of_settings(app.tabs, app.experiment_limits()),
        Word(
            "map",
            experiments.sweep_map,
            "comparing",
            usage="[SETTING=VALUES by SETTING=VALUES]",
            aliases=("sweep",),
            help="Sweep two settings, many starts each: the best values, and how the error changes "
            "with each.",
            completes=completing.settings,
        ),
        synonyms=("grid search", "heat map", "heatmap", "hyperparameter search"),
    ),
)
