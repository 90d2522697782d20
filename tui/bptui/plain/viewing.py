"""The commands that view earlier epochs."""

from __future__ import annotations

import re

from bptui.describe import describe_progress
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.plain.wording import in_commands, sentence

_EPOCH = re.compile(r"(?:epoch\s+)?([0-9]{1,9})", re.IGNORECASE)
_START, _LATEST = "start", "latest"


def view(dialogue: Dialogue, text: str) -> str:
    """View the run as it was after an epoch or at its start, or as it is now."""
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
    return _answer(dialogue)


def back(dialogue: Dialogue, _text: str) -> str:
    """View the previous reported epoch."""
    dialogue.session.scrub(-1)
    return _answer(dialogue)


def on(dialogue: Dialogue, _text: str) -> str:
    """View the next reported epoch."""
    dialogue.session.scrub(1)
    return _answer(dialogue)


def _answer(dialogue: Dialogue) -> str:
    """Which epoch is viewed now, or why it has not changed."""
    dialogue.finish()
    notice = dialogue.session.notice
    return sentence(in_commands(notice)) if notice else describe_progress(dialogue.snapshot)
