"""What the subcommands' parsers share: one-line errors, and a flag for each hyperparameter."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn, TextIO

from bpengine import FIELDS, TASKS, ConfigError, Field, TrainingConfig


class BadUseError(Exception):
    """Bad use that the parser alone can't see; the message is its one line."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads or types there; a stream that was closed before we started is None."""
    return stream is not None and stream.isatty()


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the line and exit with status 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")


def make_parser(prog: str, description: str, epilog: str) -> Parser:
    """A parser that shows its texts as they are written."""
    return Parser(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_task(parser: Parser, *, optional: bool = False) -> None:
    """The task, by position."""
    parser.add_argument(
        "task",
        choices=TASKS,
        nargs="?" if optional else None,
        default="regression" if optional else None,
        metavar="|".join(TASKS),
        help="fit a sine, or tell points above a sine from points below it"
        + (" (default: regression)" if optional else ""),
    )


def add_hyperparameters(parser: Parser) -> None:
    """A flag for each of FIELDS."""
    group = parser.add_argument_group("hyperparameters")
    for field in FIELDS:
        regression, classification = (
            field.format(getattr(TrainingConfig.defaults(task), field.name)) for task in TASKS
        )
        both = regression if regression == classification else f"{regression}; {classification} for classes"
        group.add_argument(
            field.flag,
            dest=field.name,
            type=_parse(field),
            metavar="X" if field.type is float else "N",
            help=f"{field.label}, {field.symbol}: {field.help} (default: {both})".replace("%", "%%"),
        )


def config_from(options: argparse.Namespace) -> TrainingConfig:
    """The task's defaults with the flags that were given."""
    given = {field.name: getattr(options, field.name) for field in FIELDS}
    return TrainingConfig.defaults(
        options.task, **{name: value for name, value in given.items() if value is not None}
    )


def _parse(field: Field) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            return field.parse(text)
        except ConfigError:
            raise argparse.ArgumentTypeError(
                f"{text[:40]!r} is not allowed: it takes {field.allowed}"
            ) from None

    return parse
