"""A description of a run in words, for people who can't see the plots."""

from bptui.session.description.whole_run import SECTIONS, Section, describe, describe_progress, sections
