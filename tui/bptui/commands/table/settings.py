"""The commands that choose and change settings, and open a tab."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.commands.table.command import TABS, Command, Word
from bptui.lazy import LazyModule, late

if TYPE_CHECKING:
    from bpengine import Task
    from bptui.dialogue import files, training
    from bptui.screen.app import BptuiApp
    from bptui.session import commands as run
else:
    files, training = late("bptui.dialogue", "files", "training")
    run = LazyModule("bptui.session.commands")


def _open(task: Task, app: BptuiApp) -> object:
    return app.action_open_tab(task)


_command = partial(Command, topic="settings")

COMMANDS: tuple[Command, ...] = (
    _command(
        "up",
        "up,k",
        "choose a setting",
        "Choose the setting or, in the network, the unit above.",
        lambda app: app.settings.choose(-1),
    ),
    _command(
        "down",
        "down,j",
        "choose a setting",
        "Choose the setting or, in the network, the unit below.",
        lambda app: app.settings.choose(1),
    ),
    _command(
        "less",
        "left,h",
        "change it",
        "Lower the chosen setting; in the network, go to the previous layer.",
        lambda app: app.settings.change(-1),
    ),
    _command(
        "more",
        "right,l",
        "change it",
        "Raise the chosen setting; in the network, go to the next layer.",
        lambda app: app.settings.change(1),
    ),
    _command(
        "much_less",
        "shift+left,less_than_sign",
        "much lower",
        "Lower the chosen setting by a large step.",
        lambda app: app.settings.change(-1, coarse=True),
    ),
    _command(
        "much_more",
        "shift+right,greater_than_sign",
        "much higher",
        "Raise the chosen setting by a large step.",
        lambda app: app.settings.change(1, coarse=True),
    ),
    _command(
        "first", "home", "first, last", "Choose the first setting.", lambda app: app.settings.choose_end(-1)
    ),
    _command(
        "last", "end", "first, last", "Choose the last setting.", lambda app: app.settings.choose_end(1)
    ),
    _command(
        "page_up",
        "pageup",
        "page up, down",
        "Choose the setting a page up.",
        lambda app: app.settings.choose_page(-1),
    ),
    _command(
        "page_down",
        "pagedown",
        "page up, down",
        "Choose the setting a page down.",
        lambda app: app.settings.choose_page(1),
    ),
    _command(
        "filter",
        "slash",
        "find by name",
        "Find a setting by part of its name.",
        lambda app: app.action_command_palette(),
    ),
    _command(
        "edit",
        "enter",
        "pick or type",
        "Pick or type a value for the chosen setting, or inspect the unit.",
        lambda app: app.settings.edit(),
    ),
    _command(
        "defaults",
        "d",
        "default settings",
        "Go back to the settings at the start, then to the defaults.",
        lambda app: app.view.do(run.defaults),
        Word("defaults", partial(training.do, run.defaults), "settings"),
        synonyms=("default settings", "factory settings"),
    ),
    *(
        _command(
            task,
            str(number),
            "open a tab",
            f"Open the {task} tab.",
            partial(_open, task),
            Word(task, partial(files.switch, task), "settings"),
        )
        for number, task in enumerate(TABS, 1)
    ),
)
