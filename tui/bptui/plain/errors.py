"""The exception for commands that can't be executed."""

from __future__ import annotations


class RefusedError(Exception):
    """A command can't be executed; the message is a sentence without its period that says what is allowed."""
