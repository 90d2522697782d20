"""The exception for commands that can't be executed."""

from __future__ import annotations


class RefusedError(Exception):
    """A command can't be executed. The message says what is allowed, in a sentence without a period."""
