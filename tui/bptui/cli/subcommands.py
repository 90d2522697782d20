"""The subcommands: the module of each, and what the short help says of it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptui.cli.parsing import Parser


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand, whose module is imported when it is used."""

    module: str
    """The module, which has the same two functions. Its docstring is the help."""
    group: str
    """Its group in the short help, in at most 8 characters."""
    does: str
    """What the short help says of it, in at most 53 characters."""

    def parser(self) -> Parser:
        """Make the parser of its arguments."""
        made: Parser = import_module(self.module).parser()
        return made

    def run(self, options: argparse.Namespace) -> int:
        """Do what the arguments say, and return the exit status."""
        status: int = import_module(self.module).run(options)
        return status


SCREEN = Subcommand("bptui.cli.screen", "", "")
"""What is run without a subcommand."""
SUBCOMMANDS = {
    "learn": Subcommand("bptui.cli.learn", "learn", "take a lesson beside the live run"),
    "lessons": Subcommand("bptui.cli.lessons", "learn", "list, write and check lessons, and grade hand-ins"),
    "trace": Subcommand("bptui.cli.trace", "learn", "work out one training step, number by number"),
    "worksheet": Subcommand("bptui.cli.worksheet", "learn", "write a worksheet of steps, with its solutions"),
    "draw": Subcommand(
        "bptui.features.draw.cli", "run", "draw samples of two classes by hand, and learn them"
    ),
    "train": Subcommand("bptui.cli.train", "run", "train without a screen; print text, jsonl or csv"),
    "predict": Subcommand("bptui.features.predict.cli", "run", "answer new rows with a run"),
    "runs": Subcommand("bptui.cli.runs", "run", "list the runs that were kept"),
    "advise": Subcommand(
        "bptui.features.advice.cli", "compare", "find out by experiment which changes lower the error"
    ),
    "importance": Subcommand(
        "bptui.features.importance.cli", "compare", "find out which columns of a table matter"
    ),
    "sweep": Subcommand("bptui.cli.sweep", "compare", "train every combination of some settings' values"),
    "verify": Subcommand("bptui.cli.verify", "compare", "repeat the run of a checkpoint, and compare"),
    "snapshot": Subcommand(
        "bptui.cli.snapshot", "take out", "write the screen of a trained network to a file"
    ),
    "share": Subcommand(
        "bptui.features.share.cli", "take out", "write a run as one page or one moving picture"
    ),
    "export": Subcommand("bptui.cli.export", "take out", "write a run as NumPy, C, PyTorch, ONNX or JSON"),
    "config": Subcommand(
        "bptui.cli.config", "take out", "print the settings in effect, or write a file of them"
    ),
    "attach": Subcommand(
        "bptui.cli.attach", "your own", "steer a training of your own, or list those that run"
    ),
    "serve": Subcommand("bptui.cli.serve", "tools", "serve the screen to browsers"),
    "gradcheck": Subcommand(
        "bptui.cli.gradcheck", "tools", "compare the derivatives with central differences"
    ),
    "completion": Subcommand("bptui.cli.completion", "tools", "let your shell complete what you type"),
    "doctor": Subcommand("bptui.cli.doctor", "tools", "print versions and what the terminal can do"),
}


def listed() -> list[str]:
    """A line for each subcommand; the first of a group begins with its name."""
    groups = ["", *(subcommand.group for subcommand in SUBCOMMANDS.values())]
    return [
        f"{'' if each.group == last else each.group:<8} bptui {name:<11} {each.does}"
        for last, (name, each) in zip(groups, SUBCOMMANDS.items(), strict=False)
    ]
