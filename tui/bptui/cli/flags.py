"""The flags for all settings, grouped by subject."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bpengine import FIELD, TASKS, ChoiceField, ConfigError, Field, NamesField
from bpengine.data.formulas.fields import FormulaField, RangeField
from bpengine.kernels.choice import KERNELS
from bpengine.wording import must_be, shown
from bptui.cli import SUBCOMMANDS
from bptui.cli.parsing import Parser, one_of
from bptui.settings.options import DATA_OPTIONS, FIELDS_BY_SUBJECT, FPS, Option, default_text

AUTO = "auto"
"""The default kernel."""
_LISTED = (ChoiceField, NamesField, FormulaField, RangeField)
"""The types of settings whose allowed values the help lists."""


def add_task(parser: Parser, *, otherwise: str) -> None:
    """Add the task, a positional argument that is None if it is not given.

    Args:
        parser: the parser to add to.
        otherwise: what happens without it, in words.
    """
    parser.add_argument(
        "task",
        type=_task_or_subcommand if parser.prog == "bptui" else one_of(*TASKS),
        nargs="?",
        metavar="|".join(TASKS),
        help="predict numbers, or tell classes apart "
        f"(default: the task of --dataset, --resume or --config; {otherwise})",
    )


def add_settings(
    parser: Parser, *, kernel: bool = False, screen: Iterable[Option] = (), resumes: bool = True
) -> None:
    """Add flags for the hyperparameters, the data, a settings file and a checkpoint.

    Args:
        parser: the parser to add to.
        kernel: whether the user may choose what computes.
        screen: the options of the screen to add.
        resumes: whether the run may be resumed from a checkpoint.
    """
    for subject, fields in FIELDS_BY_SUBJECT.items():
        group = parser.add_argument_group(subject)
        for field in fields:
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
        "--config", type=Path, metavar="FILE", help="take settings from a TOML file; flags override it"
    )
    if resumes:
        group.add_argument(
            "--resume",
            type=Path,
            metavar="FILE",
            help="continue the run that bptui train --save wrote, with its settings",
        )
    else:
        parser.set_defaults(resume=None)
    if kernel:
        group.add_argument(
            "--kernel",
            type=one_of(*KERNELS),
            metavar="|".join(KERNELS),
            default=AUTO,
            help="what computes, with the same numbers: NumPy until numba's machine code is loaded (auto), "
            f"NumPy only (numpy), or machine code from the start (numba) (default: {AUTO})",
        )
    else:
        parser.set_defaults(kernel=AUTO)
    for option in screen:
        _add_option(group, option, f" (default: {FPS.example})" if option is FPS else "")


def given(options: argparse.Namespace) -> dict[str, Any]:
    """The hyperparameters and data options that were given as flags, by name."""
    names = [*FIELD, *(option.name for option in DATA_OPTIONS)]
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def _task_or_subcommand(text: str) -> str:
    """Parse the task; refuse a misplaced subcommand with an explanation."""
    if text in SUBCOMMANDS:
        raise argparse.ArgumentTypeError(f"{shown(text)} is a subcommand and must come first")
    return one_of(*TASKS, *SUBCOMMANDS)(text)


def _help_of(field: Field) -> str:
    choices = f" Allowed: {field.allowed}." if isinstance(field, _LISTED) else ""
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
        type=_parser_of(option.parse or option.read, option.allowed),
        metavar=option.metavar,
        help=f"{words}{note}".replace("%", "%%"),
    )


def _parser_of(parse: Callable[[str], Any], allowed: str) -> Callable[[str], Any]:
    """An argparse type.

    Args:
        parse: converts the text; its ConfigErrors say what is allowed.
        allowed: the allowed values in words, for a ValueError, which does not say it.
    """

    def parsed(text: str) -> Any:
        try:
            return parse(text)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(error.reason) from None
        except ValueError:
            raise argparse.ArgumentTypeError(must_be(allowed, text)) from None

    return parsed
