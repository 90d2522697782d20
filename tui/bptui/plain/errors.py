"""Commands that can't be done."""

from __future__ import annotations


class RefusedError(Exception):
    """A command can't be done; the message is a sentence without its period that says what is allowed."""
