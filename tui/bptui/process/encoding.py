"""Whether the terminal can show more characters than ASCII."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def needs_ascii() -> bool:
    """Whether the terminal can't show the characters that the screen uses.

    Its encoding may lack them, and the fonts of the Linux console have no braille characters.
    """
    if _locale_lacks_utf_8():
        return True
    return not can_write(sys.__stderr__, "─⠿⊕η") or os.environ.get("TERM") == "linux"  # Textual writes there


def can_write(stream: TextIO | None, text: str) -> bool:
    """Whether the encoding of a stream has the characters of a text."""
    try:
        text.encode(getattr(stream, "encoding", "") or "")  # None in a stream that is only in memory
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _locale_lacks_utf_8() -> bool:
    """Whether the environment names a locale without UTF-8, such as C.

    Python does not tell: with such a locale it still writes UTF-8, and sets LC_CTYPE to a locale with UTF-8
    (PEP 538 and 540). If the environment names no locale, the terminal most likely has UTF-8.
    """
    names = ["LC_ALL", "LC_CTYPE", "LANG"]
    if sys.flags.utf8_mode:
        names.remove("LC_CTYPE")
    locale = next(filter(None, map(os.environ.get, names)), "UTF-8")
    return "utf8" not in locale.lower().replace("-", "")
