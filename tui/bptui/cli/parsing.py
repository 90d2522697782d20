"""What the subcommands' parsers share: errors and help as people read them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from bpengine.wording import either
from bptui.cli.streams import print_error

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

MAX_VALUE_LENGTH = 40
"""Characters of a value that are shown where it is refused."""


class BadUseError(Exception):
    """Bad use that the parser alone can't see; the message is its one line."""


def shown(value: object, longest: int = MAX_VALUE_LENGTH) -> str:
    """The value in quotes, cut short and with control characters escaped."""
    return repr(str(value)[:longest])


def one_of(*names: str) -> Callable[[str], str]:
    """The type of an argument that takes one of these names; argparse's own choices word it otherwise."""

    def parsed(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"{shown(text)} is not allowed: it takes {either(names)}")
        return text

    return parsed


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
        print_error(f"{self.prog}: error: {message}")
        raise SystemExit(2)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help or version at once; argparse's own would swallow what goes wrong."""
        stream = sys.stdout if file is None else file
        stream.write(message)
        sys.stdout.flush()


def make_parser(prog: str, usage: str, description: str, epilog: str) -> Parser:
    """A parser that shows its texts as they are written.

    Args:
        prog: the command, with its subcommand.
        usage: what follows it, in short: dozens of flags would fill a screen.
        description: what it does.
        epilog: examples and whatever else there is to say.
    """
    return Parser(
        prog=prog,
        usage=f"{prog} {usage}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
