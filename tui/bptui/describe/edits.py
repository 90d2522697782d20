"""What was edited in the network, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine import Edit
from bptui.describe.words import counted, listed
from bptui.session.snapshot import Snapshot

MAX_EDITS = 4
"""The most edits that are listed one by one: the newest ones."""


def describe_edits(snapshot: Snapshot) -> list[str]:
    """Say that the network was edited, and how; nothing if it was not.

    After a what-if, also say which edits of the previous run it lacks.
    """
    edits, not_repeated = snapshot.run.edits, snapshot.comparison.not_repeated
    sentences = []
    if edits:
        sentences.append(f"The network was edited: {_told(edits)}.")
    if not_repeated:
        sentences.append(f"Of the edits of the previous run, some were not repeated: {_told(not_repeated)}.")
    return sentences


def _told(edits: Sequence[Edit]) -> str:
    newest = edits[-MAX_EDITS:]
    left_out = len(edits) - len(newest)
    what = listed([f"{edit.words} in epoch {edit.epoch}" for edit in newest])
    return f"{counted(left_out, 'earlier edit')}, then {what}" if left_out else what
