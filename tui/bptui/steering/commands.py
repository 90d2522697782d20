"""The table of commands of the screen that steers a run; those of the trainer have the same keys here."""

from __future__ import annotations

from dataclasses import replace

from bptui.commands import COMMAND as OF_TRAINER
from bptui.commands import Command

TOPICS = ("training", "settings", "plots", "screen")
"""The topics of the commands, each a page of the help."""


def _like(name: str, help: str = "", label: str = "") -> Command:
    """A command of the trainer that does the same to a run that is steered.

    Args:
        name: its name, by which it has the trainer's keys, topic and synonyms.
        help: its sentence, and its label; empty if they are the trainer's.
    """
    command = OF_TRAINER[name]
    return replace(
        command, help=help or command.help, label=label or command.label, screen=None, dialogue=None
    )


COMMANDS: tuple[Command, ...] = (
    _like("toggle_run", "Pause the training before its next step, or let it continue."),
    _like("step_epoch", "Train one step, and pause.", "one step"),
    _like(
        "rewind",
        "Return to a saved state and pause. What was trained since stays in the curves as a branch.",
        "a saved state",
    ),
    Command(
        "save_state",
        "S",
        "save the state",
        "Save the state of the training before its next step, to return to it later.",
        topic="training",
        synonyms=("checkpoint",),
    ),
    _like("undo", "Undo the last change of a setting, whoever made it."),
    _like("redo"),
    _like("restart", "Open the next run with this name, once this one has ended.", "next run"),
    Command(
        "stop_run",
        "Q",
        "stop the training",
        "End the training before its next step. It asks first.",
        topic="training",
        synonyms=("kill", "end", "abort"),
    ),
    _like("up", "Choose the setting above."),
    _like("down", "Choose the setting below."),
    _like("less", "Lower the chosen setting; in a curve, move the cursor to earlier steps."),
    _like("more", "Raise the chosen setting; in a curve, move the cursor to later steps."),
    _like("much_less", "Lower the chosen setting by a large step."),
    _like("much_more", "Raise the chosen setting by a large step."),
    _like("first", "Choose the first setting; in a curve, go to the first step."),
    _like("last", "Choose the last setting; in a curve, go to the last step."),
    _like("edit", "Pick or type a value for the chosen setting."),
    _like("filter"),
    _like("toggle_metrics", "Show the next metric that has no room.", "next metric"),
    _like("toggle_log", "Switch the axis of a metric between logarithmic and linear."),
    _like("toggle_smooth", "Smooth the curves, or show each report."),
    _like("describe"),
    _like("save", "Save a picture of the screen or the record of the run in a file."),
    _like("focus_next", "Focus the next panel."),
    _like("focus_previous"),
    _like("zoom"),
    _like("to_settings", "Remove the cursor, restore the panels, or go to the settings."),
    _like("help", "Open the help: a page for each topic."),
    _like("command_palette", "Find a key or a setting by name."),
    _like("quit", "Leave. The training continues."),
)
COMMAND: dict[str, Command] = {command.name: command for command in COMMANDS}
"""The commands by name."""


def key(name: str) -> str:
    """The key of a command as texts name it."""
    return COMMAND[name].shown.partition(" ")[0]
