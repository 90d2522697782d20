"""The languages of the screen: which one is wanted, and its translations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from unicodedata import bidirectional

FOLDER = Path(__file__).parent
MAX_BYTES = 1_000_000
"""The size of the largest file of translations, about four times that of the Chinese one."""

_RIGHT_TO_LEFT = {"R", "AL"}
"""The directions of the letters of Hebrew, Arabic and the like, by Unicode."""


def locale_language(environment: Mapping[str, str]) -> str:
    """The language of the locale, such as "zh"; "en" if it has none."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    language = next(filter(None, names), "").partition(".")[0].partition("_")[0].lower()
    return language if language.isalpha() and language not in ("c", "posix") else "en"


def file_of(language: str, settings: Path | None = None) -> Path | None:
    """The file of translations into a language; None if there is none, as for English.

    Args:
        language: the language, such as "zh".
        settings: the settings file; a folder `languages` beside it may have files as well, which come first.
    """
    folders = [] if settings is None else [settings.parent / "languages"]
    paths = (folder / f"{language}.po" for folder in (*folders, FOLDER))
    return next((path for path in paths if path.is_file()), None)


def translations(
    language: str, settings: Path | None = None, is_command: Callable[[str], bool] | None = None
) -> Mapping[str, str]:
    """The translations into a language, for `bpwords.use`; none for English.

    Args:
        language, settings: see `file_of`.
        is_command: whether a slot names a command; see `catalogue`.

    Raises:
        ValueError: the file can't be read, or is no .po file; the message names it.
    """
    path = None if language == "en" else file_of(language, settings)
    if path is None:
        return {}
    from bpwords.catalogue import catalogue

    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ValueError(f"is too large: the limit is {MAX_BYTES // 1_000_000} MB")
        content = data.decode("utf-8-sig")
        if path.parent != FOLDER and not _RIGHT_TO_LEFT.isdisjoint(map(bidirectional, {*content})):
            raise ValueError("is written from right to left, but the panels are laid out from left to right")
        return catalogue(content, is_command)
    except UnicodeDecodeError:
        raise ValueError(f"{path}: is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from None
