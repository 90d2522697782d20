"""Print the current settings as a settings file, or write a template of all settings.

usage: bptui config show [TASK|DATASET|FILE] [settings], or init [FILE]

examples:
  bptui config init                               write bptui.toml: every setting, as a comment
  bptui config show --config bptui.toml           the resulting settings
  bptui config show regression --hidden 8,8 > run.toml
  bptui config show --help                        all flags

Exit status: 0 done, 2 bad use.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bpengine import TASKS
from bptui.cli.file_checks import write_new
from bptui.cli.flags import add_settings
from bptui.cli.inputs import read_inputs
from bptui.cli.parsing import Parser, add_action, make_parser
from bptui.cli.screen_flags import check_theme, refuse_stdin
from bptui.cli.which_run import NAMED, add_kept_folder, add_named, open_named
from bptui.settings.options import ASCII, FPS, LANGUAGE, SCREEN_OPTIONS, TASK, THEME
from bptui.settings.writing import template, written

NAME = "bptui.toml"
"""The default name of the file that is written."""


def parser() -> Parser:
    """The parser of `bptui config`."""
    made = make_parser(__doc__)
    actions = made.add_subparsers(dest="action", required=True, metavar="show|init", prog=made.prog)
    does = "Print the current settings as TOML, for one task or both."
    show = add_action(actions, "show", f"[{NAMED}] [settings]", does)
    add_named(show, otherwise="both tasks")
    add_settings(show, screen=SCREEN_OPTIONS)
    add_kept_folder(show)
    does = "Write a file that has every setting as a comment, with its default."
    init = add_action(actions, "init", "[FILE]", does)
    path = Path(NAME)
    init.add_argument("file", type=Path, nargs="?", default=path, metavar="FILE", help=f"default: {NAME}")
    return made


def run(options: argparse.Namespace) -> int:
    """Print or write; return the exit status."""
    if options.action == "show":
        return _show(options)
    write_new(options.file, template())
    return 0


def _show(options: argparse.Namespace) -> int:
    open_named(options)
    refuse_stdin(options)
    both = options.task is None and options.resume is None
    inputs = read_inputs(options, otherwise=TASKS[0], both=both)
    top: dict[str, Any] = {TASK.name: inputs.start}
    check_theme(inputs, options)
    values = (inputs.theme, inputs.says_ascii, inputs.fps, inputs.lessons.language)
    for option, value in zip((THEME, ASCII, FPS, LANGUAGE), values, strict=True):
        if value != option.default:
            top[option.name] = value
    tables = {}
    for task, config in inputs.configs.items():
        is_resumed = inputs.restored is not None and inputs.restored.source is not None
        tables[task] = (config, None if is_resumed else inputs.data[task])
    print(written(top, tables, inputs.keys), end="")
    return 0
