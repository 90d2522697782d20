"""A run in words, for people who can't see pictures."""

from bptui.describe.whole import describe

__all__ = ["describe"]
