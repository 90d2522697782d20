"""A description of a run in words, for people who can't see the plots."""

from bptui.describe.description import SECTIONS, Section, describe, describe_progress, sections

__all__ = ["SECTIONS", "Section", "describe", "describe_progress", "sections"]
