"""What was edited in the network, in words."""

from __future__ import annotations

from bptui.describe.words import counted, listed
from bptui.session.snapshot import Snapshot

MAX_EDITS = 4
"""The most edits that are told one by one: the newest ones."""


def describe_edits(snapshot: Snapshot) -> list[str]:
    """Say that the run is no clean one, and what was done to it; nothing if it was not edited."""
    edits = snapshot.run.edits
    if not edits:
        return []
    newest = edits[-MAX_EDITS:]
    left_out = len(edits) - len(newest)
    what = listed([f"{edit.words} in epoch {edit.epoch}" for edit in newest])
    before = f"{counted(left_out, 'earlier edit')}, then " if left_out else ""
    return [f"The network was edited: {before}{what}."]
