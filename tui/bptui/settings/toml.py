"""Writing values as TOML. The standard library can only read TOML."""

from __future__ import annotations

from bpengine import ConfigError

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def assignment(name: str, value: object) -> str:
    """A line that sets a key.

    Raises:
        ConfigError: the value is text that is not Unicode, such as a file name of arbitrary bytes.
    """
    try:
        return f"{name} = {literal(value)}"
    except UnicodeEncodeError:
        raise ConfigError(
            name, f"{ascii(value)[:80]} can't be written as TOML, since it is not Unicode"
        ) from None


def literal(value: object) -> str:
    """The TOML for a number, a boolean, a text or a tuple of them.

    Raises:
        UnicodeEncodeError: a text is not Unicode.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)  # the shortest text that gives the same number again
        case tuple():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            return _string(str(value))


def comment(text: str) -> str:
    """A comment of one line."""
    return f"# {text}"


def _string(text: str) -> str:
    text.encode()  # raises an error if the text is not Unicode
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"
