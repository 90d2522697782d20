"""Names of columns, categories and classes as identifiers of C, and texts in its comments."""

from __future__ import annotations

import re
import unicodedata

from bpengine.errors import ConfigError
from bpwords import must_be, printable

_MOST = 40
"""The most characters of an identifier made of one name, so that a compiler need not shorten any."""
_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
and asm bool catch class delete explicit export false friend main namespace new not operator or
private protected public template this throw true try typename using virtual xor
"""
KEYWORDS = frozenset(_WORDS.split())
"""The words that can't be names in C or in C++."""


def checked_name(name: str) -> str:
    """The name of a model, which begins all names in C.

    Raises:
        ConfigError: it is not an identifier.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or len(name) > _MOST or name.lower() in KEYWORDS:
        allowed = f"at most {_MOST} ASCII letters, digits and _, beginning with a letter, and no word of C"
        raise ConfigError("name", must_be(allowed, name))
    return name


class Identifiers:
    """Makes identifiers that differ from each other.

    Args:
        prefix: what each of them begins with.
        taken: identifiers that are used for something else.
    """

    def __init__(self, prefix: str = "", *taken: str) -> None:
        self._prefix = prefix
        self._taken = set(taken)

    def of(self, *names: str) -> str:
        """An identifier for a name of the user's, or for several names within one another.

        Letters lose their accents, other signs become _, and the second one of its kind ends in _2.
        """
        stem = "_".join(([self._prefix] if self._prefix else []) + [_ascii(name) for name in names])
        if not self._prefix and (stem[0].isdigit() or stem.lower() in KEYWORDS):
            stem = f"_{stem}"
        identifier, number = stem, 1
        while identifier in self._taken:
            number += 1
            identifier = f"{stem}_{number}"
        self._taken.add(identifier)
        return identifier


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:_MOST] or "_"


def in_comment(text: str) -> str:
    """A text of the user's that can't end a comment of C, begin one, or continue a line."""
    return printable(text, 2000).replace("*/", "* /").replace("/*", "/ *").replace("??/", "?? /")


def quoted(text: str) -> str:
    """A name of the user's in a comment of C."""
    return f"'{in_comment(text[:100])}'"
