"""The base of the parsers of all subcommands: how they report errors and show help."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bpengine.data.formulas.fields import FEATURES, FUNCTION, X_RANGE
from bpengine.numbers import whole_in, whole_range
from bptui.process.streams import print_error
from bpwords import Sentence, did_you_mean, must_be, must_be_one_of, shown, translatable, word

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_NEGATIVE = re.compile(r"-[.,]?\d")
_UNKNOWN = Sentence("unrecognized arguments: {words}")
_OF_ARGPARSE = translatable(("expected one argument", "the following arguments are required"))


class BadUseError(Exception):
    """Bad use that argparse does not notice; the message is one line."""


def needs(other: str) -> str:
    """Why a flag is refused that needs another one."""
    return Sentence("needs {other}")(other=other)


def not_with(other: str) -> str:
    """Why a flag is refused that does not go with another argument."""
    return Sentence("not allowed with {other}")(other=other)


def one_of(*names: str) -> Callable[[str], str]:
    """An argparse type for one of these names; the message of argparse's `choices` has another wording."""

    def parsed(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(must_be_one_of(names, text))
        return text

    return parsed


def add_choice(
    group: argparse._ActionsContainer, flag: str, names: Iterable[str], help: str, **more: Any
) -> None:
    """Add a flag whose value is one of these names, with further arguments for argparse."""
    group.add_argument(flag, type=one_of(*names), metavar="|".join(names), help=help, **more)


def add_file(group: argparse._ActionsContainer, flag: str, help: str, **more: Any) -> None:
    """Add a flag that names a file, with further arguments for argparse."""
    group.add_argument(flag, type=Path, metavar="FILE", help=help, **more)


def add_folder(group: argparse._ActionsContainer, flag: str, help: str, **more: Any) -> None:
    """Add a flag that names a folder, with further arguments for argparse."""
    group.add_argument(flag, type=Path, metavar="DIR", help=help, **more)


def add_switch(group: argparse._ActionsContainer, flag: str, help: str) -> None:
    """Add a flag without a value."""
    group.add_argument(flag, action="store_true", help=help)


def add_number(
    group: argparse._ActionsContainer,
    flag: str,
    help: str,
    low: int,
    high: int = 10**12,
    default: int | None = None,
) -> None:
    """Add a flag for a whole number in a range."""

    def parsed(text: str) -> int:
        number = whole_in(text, low, high)
        if number is None:
            allowed = whole_range(low, high if high < 10**12 else None)
            raise argparse.ArgumentTypeError(must_be(allowed, text))
        return number

    group.add_argument(flag, type=parsed, metavar="N", default=default, help=help)


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line.

    Attributes:
        synonyms: for each flag, other flags that people try in its place.
        keeps_words: whether unknown arguments are kept, in `words`, instead of being refused.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.synonyms: dict[str, tuple[str, ...]] = {}
        self.keeps_words = False
        self.color = False  # newer versions of Python would color the help
        self._negative_number_matcher = _NEGATIVE  # as newer versions of Python have it: -1e5 is no flag

    @property
    def flags(self) -> Collection[str]:
        """All flags, also those in groups. The dict of argparse that has them is private, but long-lived."""
        return self._option_string_actions.keys()

    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """Parse the arguments, to which `prog` is added, the name of the command; exit if one is unknown."""
        joined = _joined(arguments)
        self._refuse_unknown_flags(joined)
        parse = self.parse_known_args if self._subparsers else self.parse_known_intermixed_args
        options, unknown = parse(joined)
        if self.keeps_words:
            options.words = unknown
        elif unknown:
            self.error(_UNKNOWN(words=shown(" ".join(unknown))))
        options.prog = self.prog
        return options

    def _refuse_unknown_flags(self, arguments: list[str]) -> None:
        """Report the first flag that does not exist, before its value is taken for another argument."""
        if self._subparsers is not None or self.keeps_words:
            return  # there are other flags
        known = {flag: self.synonyms.get(flag, ()) for flag in self.flags}
        for argument in arguments:
            flag = argument.partition("=")[0]
            if argument == "--":
                return
            if flag.startswith("--") and " " not in flag and flag not in known:
                self.error(_UNKNOWN(words=shown(argument)) + did_you_mean(flag, known))

    def error(self, message: str) -> NoReturn:
        """Print the message as one line and exit with status 2."""
        parts = [word(part) if part in _OF_ARGPARSE else part for part in message.split(": ")]
        if parts[0].startswith("argument "):
            parts[0] = Sentence("argument {name}")(name=parts[0].removeprefix("argument "))
        message = word(": ", "list").join(parts)
        print_error(Sentence("{prog}: error: {message}")(prog=self.prog, message=message))
        raise SystemExit(2)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help or version without swallowing errors, as argparse does."""
        stream = sys.stdout if file is None else file
        stream.write(message)
        sys.stdout.flush()


def add_action(actions: argparse._SubParsersAction[Parser], name: str, usage: str, does: str) -> Parser:
    """Add an action of a subcommand, with a short form of its arguments and what it does."""
    says = does[0].lower() + does[1:].rstrip(".")
    return actions.add_parser(
        name, usage=f"%(prog)s {usage}", help=says, description=does, allow_abbrev=False
    )


def _joined(arguments: list[str]) -> list[str]:
    """The arguments, with a formula or a range that begins with a minus sign joined to its flag.

    Otherwise argparse would take it for another flag.
    """
    joined: list[str] = []
    for argument in arguments:
        begins_with_minus = argument.startswith("-") and not argument.startswith("--")
        if joined and joined[-1] in (FEATURES.flag, FUNCTION.flag, X_RANGE.flag) and begins_with_minus:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def make_parser(text: str | None) -> Parser:
    """A parser whose help is the docstring of its module, with its line breaks.

    Args:
        text: what the command does; its usage in a short form, since a list of all flags would fill the
            screen; and examples and notes, with blank lines between the three. None if Python leaves
            docstrings out.
    """
    description, usage, notes = (text or "\n\nusage: bptui\n\n").split("\n\n", 2)
    _, *words = usage.split()
    return Parser(
        prog=" ".join(part for part in words[:2] if part.isalpha()),  # the command with its subcommand
        usage=" ".join(words),
        description=description,
        epilog=notes.strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
