"""The commands that try changes of the settings, and apply one."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.many.advice import Verdict
from bpengine.wording import shown
from bptui.describe.advice import describe_advice
from bptui.describe.words import ascii_line
from bptui.formatting import with_arrows
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.plain.training import answer
from bptui.session import commands


def advise(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Try changes of the settings, and say which help. If paused, say what is known so far."""
    advising = dialogue.session.advising(dialogue.experiment_limits())
    if advising.edited:
        yield f"The run was {advising.edited}, these starts are not."
    note = ""
    for _ in dialogue.carry_out(advising):
        if advising.note != note:
            note = advising.note
            yield note
    advice = advising.advice
    if advice is None:
        raise RefusedError("no change has been tried yet")
    dialogue.helpful = tuple(trial.change for trial in advice.of(Verdict.HELPS))
    yield from map(ascii_line, describe_advice(advice))
    if dialogue.helpful:
        yield "Say take and a number to make a change."


def take(dialogue: Dialogue, text: str) -> str:
    """Apply a change that was found to help."""
    changes = dialogue.helpful
    if not changes:
        raise RefusedError("there is no change to take; say advise first")
    if not text.isdecimal() or not 1 <= int(text) <= len(changes):
        raise RefusedError(f"say the number of a change, from 1 to {len(changes)}; got {shown(text)}")
    change = changes[int(text) - 1]
    if change.before != dialogue.session.config:
        raise RefusedError("the settings have changed since then; say advise again")
    dialogue.session.do(commands.take, change.values, with_arrows(change.text))
    return answer(dialogue)
