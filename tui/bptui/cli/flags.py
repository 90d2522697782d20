"""A flag for every setting, grouped by subject."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bpengine import FIELD, TASKS, ChoiceField, ConfigError, Field, NamesField
from bptui.cli import SUBCOMMANDS
from bptui.cli.parsing import Parser, one_of, shown
from bptui.settings.options import DATA_OPTIONS, FPS, KERNEL, SUBJECTS, Option, default_text, fields_of


def add_task(parser: Parser, *, otherwise: str) -> None:
    """The task, by position; None if it isn't given.

    Args:
        parser: gets it.
        otherwise: what happens without it, in words.
    """
    parser.add_argument(
        "task",
        type=_task_or_subcommand if parser.prog == "bptui" else one_of(*TASKS),
        nargs="?",
        metavar="|".join(TASKS),
        help="fit numbers, or tell classes apart "
        f"(default: what --dataset, --resume or --config is for; {otherwise})",
    )


def add_settings(parser: Parser, *, kernel: str, screen: Iterable[Option] = ()) -> None:
    """Flags for the hyperparameters, the data, the kernel, a settings file and a checkpoint.

    Args:
        parser: gets them.
        kernel: what computes by default.
        screen: which settings of the screen are among them.
    """
    for subject in SUBJECTS:
        group = parser.add_argument_group(subject)
        for field in fields_of(subject):
            group.add_argument(
                field.flag,
                dest=field.name,
                type=_parser_of(field.parse, field.allowed),
                metavar=field.metavar,
                help=_help_of(field),
            )
    _add_options(parser, "your own data", *DATA_OPTIONS)
    group = parser.add_argument_group("settings and state")
    group.add_argument(
        "--config", type=Path, metavar="FILE", help="take settings from a TOML file; a flag beside it wins"
    )
    group.add_argument(
        "--resume",
        type=Path,
        metavar="FILE",
        help="go on with the run that bptui train --save wrote, its settings included",
    )
    _add_option(group, KERNEL, f" (default: {kernel})")
    for option in screen:
        _add_option(group, option, f" (default: {FPS.example})" if option is FPS else "")


def given(options: argparse.Namespace) -> dict[str, Any]:
    """The hyperparameters and the data's options that were given as flags, by name."""
    names = [*FIELD, *(option.name for option in DATA_OPTIONS)]
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def _task_or_subcommand(text: str) -> str:
    """The task, where a subcommand may have been meant."""
    if text in SUBCOMMANDS:  # else it would have been seen
        raise argparse.ArgumentTypeError(f"{shown(text)} is a subcommand: it goes before all else")
    return one_of(*TASKS, *SUBCOMMANDS)(text)


def _help_of(field: Field) -> str:
    choices = f" Takes {field.allowed}." if isinstance(field, (ChoiceField, NamesField)) else ""
    text = f"{field.label}, {field.symbol}: {field.help}{choices} (default: {default_text(field)})"
    return text.replace("%", "%%")


def _add_options(parser: Parser, title: str, *options: Option) -> None:
    group = parser.add_argument_group(title)
    for option in options:
        _add_option(group, option)


def _add_option(group: argparse._ArgumentGroup, option: Option, note: str = "") -> None:
    words = option.help[0].lower() + option.help[1:].rstrip(".")
    if not option.metavar:
        group.add_argument(
            option.flag, dest=option.name, action=argparse.BooleanOptionalAction, help=f"{words}{note}"
        )
        return
    group.add_argument(
        option.flag,
        dest=option.name,
        type=_parser_of(option.parse, option.allowed),
        metavar=option.metavar,
        help=f"{words}{note}".replace("%", "%%"),
    )


def _parser_of(parse: Callable[[str], Any], allowed: str) -> Callable[[str], Any]:
    def parsed(text: str) -> Any:
        try:
            return parse(text)
        except (ConfigError, ValueError):
            raise argparse.ArgumentTypeError(f"{shown(text)} is not allowed: it takes {allowed}") from None

    return parsed
