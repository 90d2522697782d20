"""The commands of lessons, files, panels and the program itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bptui.commands.table.command import Command, Word
from bptui.lazy import LazyModule, late

if TYPE_CHECKING:
    from bptui.dialogue import files, lessons
    from bptui.dialogue import table as answers
    from bptui.features.share import dialog as share_dialog
    from bptui.screen.actions import opening
else:
    files, lessons, answers = late("bptui.dialogue", "files", "lessons", "table")
    share_dialog = LazyModule("bptui.features.share.dialog")
    opening = LazyModule("bptui.screen.actions.opening")

_command = partial(Command, topic="screen")

COMMANDS: tuple[Command, ...] = (
    _command(
        "lessons",
        "G",
        "lessons",
        "Open a lesson: a guide of steps, questions and tasks beside the run.",
        lambda app: app.lessons.choose(),
        Word(
            "lesson",
            lessons.lesson,
            "lessons",
            usage="[ID | back | off]",
            help="Open a lesson, a guide of steps, questions and tasks, go back in it, or leave it. "
            "Without a "
            "word, list all.",
            completes=lessons.ids,
        ),
        synonyms=("lessons", "tutorial", "guide", "course", "tour", "teach", "learn", "getting started"),
    ),
    _command(
        "lesson_on",
        "c",
        "next step, back",
        "In a lesson: go to the next page or step, or begin to type the number that is asked for.",
        lambda app: app.guide.on(),
        Word("next", lessons.following, "lessons", help="Go to the next step of the lesson."),
        synonyms=("next step", "answer"),
    ),
    _command(
        "lesson_back",
        "C",
        "next step, back",
        "In a lesson: go back by a page or a step; the run stays as it is.",
        lambda app: app.guide.back(),
        synonyms=("previous step",),
    ),
    _command(
        "lesson_hint",
        "H",
        "hint, show me",
        "In a lesson: show the hint of the task, or the task again.",
        lambda app: app.guide.hint(),
        Word("hint", lessons.hint, "lessons", help="Say the hint of the task."),
    ),
    _command(
        "lesson_show",
        "S",
        "hint, show me",
        "In a lesson: watch how the task is done, from where it began; again, or esc, stops it.",
        lambda app: app.guide.show_me(),
        Word(
            "solution",
            lessons.show_me,
            "lessons",
            help="Do the task of the lesson, from where it began, and say each command.",
        ),
        synonyms=("show me", "demo"),
    ),
    _command(
        "save",
        "w",
        "save",
        "Save a checkpoint, an export, the settings, the command line, a page or a picture.",
        share_dialog.open_dialog,
        Word(
            "save",
            files.save,
            "files",
            usage="[checkpoint | settings | command line] [FILE]",
            help="Save a checkpoint, the settings or the command line.",
            completes=files.savings,
        ),
        synonyms=("export", "download", "screenshot", "picture", "share", "page", "html", "svg", "png"),
    ),
    _command(
        "focus_next",
        "tab",
        "next panel",
        "Focus the next panel; one that does not fit opens full screen.",
        lambda app: app.panels.arrange(app.view.panel_layout.focusing_next(1)),
    ),
    _command(
        "focus_previous",
        "shift+tab",
        "previous panel",
        "Focus the previous panel.",
        lambda app: app.panels.arrange(app.view.panel_layout.focusing_next(-1)),
    ),
    _command(
        "zoom",
        "z",
        "maximize",
        "Maximize or restore the focused panel.",
        lambda app: app.panels.arrange(app.view.panel_layout.toggling_zoom()),
        synonyms=("zoom", "full screen", "enlarge", "bigger", "larger"),
    ),
    _command(
        "hide_panel",
        "x",
        "hide, show panels",
        "Hide the focused panel.",
        lambda app: app.panels.arrange(app.view.panel_layout.hiding_focused()),
        synonyms=("close panel",),
    ),
    _command(
        "show_panels",
        "X",
        "hide, show panels",
        "Show all panels again.",
        lambda app: app.panels.show_all(),
        synonyms=("all panels",),
    ),
    _command(
        "to_settings",
        "escape",
        "to the settings",
        "Stop what is in progress, leave an earlier epoch, go to the settings, end what-if, leave a lesson.",
        lambda app: app.guide.escape(),
    ),
    _command(
        "help",
        "question_mark",
        "help",
        "Open the help: the focused panel and the ten most useful keys, then a page for each topic.",
        lambda app: opening.help(app.view),
        Word(
            "help",
            answers.help_on,
            "files",
            usage="[COMMAND | SETTING]",
            help="List the commands, or explain a command or a setting.",
            completes=answers.explained,
        ),
        synonyms=("hello", "keys", "shortcuts", "manual", "documentation"),
    ),
    _command(
        "command_palette",
        "ctrl+p",
        "find by name",
        "Find a key, setting, value, data set or panel by name, and set or open it.",
        lambda app: app.action_command_palette(),
        synonyms=("search", "commands"),
        everywhere=True,
    ),
    _command(
        "quit",
        "q",
        "quit",
        "Quit.",
        lambda app: app.action_quit(),
        Word("quit", answers.leave, "files", aliases=("exit", "bye"), help="Quit; the run is kept."),
        synonyms=("leave", "close"),
    ),
)
