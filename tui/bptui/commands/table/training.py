"""The commands that train, and go back to earlier epochs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.commands.table.command import Command, Word
from bptui.lazy import LazyModule

if TYPE_CHECKING:
    from bptui.dialogue import training
    from bptui.session import commands as run
else:
    training = LazyModule("bptui.dialogue.training")
    run = LazyModule("bptui.session.commands")

_command = partial(Command, topic="training")

COMMANDS: tuple[Command, ...] = (
    _command(
        "toggle_run",
        "space",
        "run or pause",
        "Run or pause the training.",
        lambda app: app.view.do(run.toggle),
        Word(
            "run",
            training.run,
            "training",
            usage="[EPOCHS | to EPOCH]",
            aliases=("train", "continue", "go"),
            help="Train to the end, for a number of epochs, or to an epoch, and say the error at each "
            "report.",
            synonyms=("start", "play"),
        ),
        synonyms=("start", "play", "pause", "stop"),
    ),
    _command(
        "step_epoch",
        "s",
        "one epoch",
        "Pause, and train one epoch.",
        lambda app: app.view.do(run.step_epoch),
        Word(
            "step",
            training.step,
            "training",
            usage="[COUNT] [epochs | samples]",
            help="Train one epoch or one sample, or a number of them.",
        ),
        synonyms=("single step", "advance"),
    ),
    _command(
        "restart",
        "r",
        "restart",
        "Restart with the same seed (the same run again).",
        lambda app: app.view.do(run.restart),
        Word("restart", partial(training.do, run.restart), "training"),
        synonyms=("reset", "start over"),
    ),
    _command(
        "new_seed",
        "R",
        "new seed",
        "Restart with the next seed (new random weights).",
        lambda app: app.view.do(run.new_seed),
        Word("new seed", partial(training.do, run.new_seed), "training"),
        synonyms=("randomize", "reroll", "new weights"),
    ),
    _command(
        "rewind",
        "b",
        "earlier epochs",
        "Go back to the last reported epoch and pause; while you look at an earlier one, branch there.",
        lambda app: app.view.do(run.rewind),
        Word("rewind", partial(training.do, run.rewind), "training"),
        synonyms=("go back",),
    ),
    _command(
        "scrub_back",
        "comma",
        "earlier epochs",
        "Pause, and view the previous reported epoch; the run is not changed.",
        lambda app: app.view.scrub(-1),
        Word("back", partial(training.scrub, -1), "training"),
        synonyms=("history", "earlier epoch", "time travel"),
    ),
    _command(
        "scrub_on",
        "full_stop",
        "earlier epochs",
        "View the next reported epoch, up to the latest epoch.",
        lambda app: app.view.scrub(1),
        Word("on", partial(training.scrub, 1), "training"),
    ),
    _command(
        "scrub_far_back",
        "left_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run earlier.",
        lambda app: app.view.scrub(-1, far=True),
    ),
    _command(
        "scrub_far_on",
        "right_square_bracket",
        "earlier epochs",
        "View the epoch that is a tenth of the run later.",
        lambda app: app.view.scrub(1, far=True),
    ),
    _command(
        "undo",
        "u",
        "undo, redo",
        "Undo the last change, restart or rewind: the run is as it was before.",
        lambda app: app.view.do(run.undo),
        Word("undo", partial(training.do, run.undo), "settings"),
        synonyms=("revert",),
    ),
    _command(
        "redo",
        "U",
        "undo, redo",
        "Redo what was undone.",
        lambda app: app.view.do(run.redo),
        Word("redo", partial(training.do, run.redo), "settings"),
    ),
    _command(
        "faster",
        "plus,equals_sign",
        "faster, slower",
        "Train faster, up to full speed.",
        lambda app: app.view.do(run.change_speed, 1),
        synonyms=("faster", "speed", "speed up"),
    ),
    _command(
        "slower",
        "minus",
        "faster, slower",
        "Train slower, down to one sample per tick.",
        lambda app: app.view.do(run.change_speed, -1),
        synonyms=("slower", "slow down"),
    ),
)
