"""How the dialogue writes texts: on one line, and as sentences."""

from __future__ import annotations

from bpengine.wording import escaped
from bptui.describe.words import signs_spelled


def line_of(text: str) -> str:
    """The text as the dialogue writes it: on one line, without arrows and control characters."""
    return escaped(signs_spelled(" ".join(text.split())))


def sentence(text: str) -> str:
    """The text with a capital letter and a period."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
