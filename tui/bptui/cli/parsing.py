"""What the subcommands' parsers share: one-line errors, and a flag for each hyperparameter."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from bpengine import FIELDS, TASKS, ConfigError, Field, TrainingConfig
from bptui.streams import complain

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

LONGEST_VALUE = 40
"""Characters of a value that are shown where it is refused."""


class BadUseError(Exception):
    """Bad use that the parser alone can't see; the message is its one line."""


def shown(value: object, longest: int = LONGEST_VALUE) -> str:
    """The value in quotes, cut short and with control characters escaped."""
    return repr(str(value)[:longest])


def cut(text: str) -> str:
    """The type of an argument with choices: no choice is so long, and no line should be."""
    return text[:LONGEST_VALUE]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """Parse all the arguments, or exit."""
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            self.error(f"unrecognized arguments: {shown(' '.join(unknown))}")
        return options

    def error(self, message: str) -> NoReturn:
        """Print the line and exit with status 2."""
        complain(f"{self.prog}: error: {message}")
        raise SystemExit(2)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help or version at once; argparse's own would swallow what goes wrong."""
        stream = sys.stdout if file is None else file
        stream.write(message)
        sys.stdout.flush()


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
        type=cut,
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
                f"{shown(text)} is not allowed: it takes {field.allowed}"
            ) from None

    return parse
