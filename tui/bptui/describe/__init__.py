"""A description of a run in words, for people who can't see the plots."""

from bptui.describe.description import describe, describe_progress

__all__ = ["describe", "describe_progress"]
