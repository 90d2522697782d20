"""The language in which a command speaks to people: on the screen, on stderr, and on stdout at a terminal."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bpengine import ConfigError
from bptui.cli.file_checks import errors_naming
from bptui.cli.flags import add_flags
from bptui.cli.parsing import Parser, add_file
from bptui.commands.naming import is_command
from bptui.process.streams import needs_ascii
from bptui.settings.languages import file_of, locale_language, translations
from bptui.settings.options import ASCII, LANGUAGE
from bptui.settings.reading import read_settings
from bpwords import must_be, use


def choose_language(parser: Parser, arguments: list[str]) -> None:
    """Say everything from now on in the language of --lang, of the settings file or of the locale.

    It is chosen once, before the arguments are parsed, so that what is wrong with them is said in it as well.
    English takes its place where only ASCII can be shown, and for a picture in a file if no flag says which.

    Args:
        parser: the parser of the command. One without the flag says everything in English.
        arguments: the arguments of the command.

    Raises:
        BadUseError: there are no such translations, or their file can't be used.
    """
    use({})  # an earlier start in this process may have used another one
    if LANGUAGE.flag not in parser.flags:
        return
    early = Parser(prog=parser.prog, add_help=False, allow_abbrev=False)
    add_flags(early, (LANGUAGE, ASCII))
    add_file(early, "--config", "")
    options, others = early.parse_known_args(arguments)
    settings = options.config or next((Path(word) for word in others if word.endswith(".toml")), None)
    top: Mapping[str, Any] = {}
    if settings is not None and settings.is_file():  # a stream can be read only once
        with contextlib.suppress(ConfigError):  # what is wrong is said when the settings are needed
            top = read_settings(settings).top
    default = parser.get_default(LANGUAGE.name)
    asked = options.language or default or top.get(LANGUAGE.name)
    is_ascii = top.get(ASCII.name, not default and needs_ascii()) if options.ascii is None else options.ascii
    names_lesson = parser.prog.endswith(" learn") and not all(word.startswith("-") for word in others)
    may_be_of_lessons = names_lesson or any(word.startswith("--lesson") for word in others)
    with errors_naming(f"argument {LANGUAGE.flag}", ValueError):
        if asked not in (None, "en") and not may_be_of_lessons and file_of(asked, settings) is None:
            beside = f"a file languages/{asked}.po beside the settings file"
            raise ValueError(must_be(f"en, zh or a language with {beside}", asked))
        language = "en" if is_ascii else asked or locale_language(os.environ)
        use(translations(language, settings, is_command))
