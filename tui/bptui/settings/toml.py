"""Values as TOML writes them; the standard library only reads it."""

from __future__ import annotations

from bpengine import ConfigError

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def literal(value: object) -> str:
    """A number, a switch, a text, or a tuple of them.

    Raises:
        ConfigError: it is text that isn't Unicode, such as a file's name of odd bytes.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)  # the shortest digits that give the same number again
        case tuple():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            return _string(str(value))


def comment(text: str) -> str:
    """A comment of one line."""
    return f"# {text}"


def _string(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError(f"{ascii(text)[:80]} can't be written in TOML: it is not Unicode") from None
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"
