"""The commands that view earlier epochs."""

from __future__ import annotations

import re

from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.plain.training import answer

_EPOCH = re.compile(r"(?:epoch\s+)?([0-9]{1,9})", re.IGNORECASE)
_START, _LATEST = "start", "latest"


def view(dialogue: Dialogue, text: str) -> str:
    """View the run as it was after an epoch or at its start, or as it is."""
    session, word = dialogue.session, text.casefold()
    latest = dialogue.snapshot.timeline.latest
    epoch = _EPOCH.fullmatch(word)
    if word == _START:
        session.view(-1)
    elif word == _LATEST:
        session.leave_view()
    elif epoch is not None and int(epoch[1]) <= latest:
        session.view(int(epoch[1]))
    else:
        until = f"an epoch up to {latest}, which the run has reached, " if latest >= 0 else ""
        raise RefusedError(f"what to view must be {until}{_START} or {_LATEST}, got {text!r}")
    return answer(dialogue)


def back(dialogue: Dialogue, _text: str) -> str:
    """View the reported epoch before."""
    dialogue.session.scrub(-1)
    return answer(dialogue)


def on(dialogue: Dialogue, _text: str) -> str:
    """View the reported epoch after."""
    dialogue.session.scrub(1)
    return answer(dialogue)
