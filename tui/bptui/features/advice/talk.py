"""What the dialogue says of changes that help."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.many.advice import Verdict
from bpengine.numbers import whole_range
from bptui.commands.grammar import must, refused
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.training import answer
from bptui.features.advice.plan import advising_for
from bptui.features.advice.words import describe_advice
from bptui.formatting import with_arrows
from bptui.session import commands
from bptui.session.description.words import caveat, line_of
from bpwords import Sentence, word


def say(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Try changes of the settings, and say which help. If paused, say what is known so far."""
    advising = advising_for(dialogue.session, dialogue.experiment_limits())
    if advising.edited:
        yield caveat(advising.edited)
    note = ""
    for _ in dialogue.carry_out(advising):
        if advising.note != note:
            note = advising.note
            yield word(note)
    advice = advising.advice
    if advice is None:
        raise refused("no change has been tried yet")
    dialogue.helpful = tuple(trial.change for trial in advice.of(Verdict.HELPS))
    yield from map(line_of, describe_advice(advice))
    if dialogue.helpful:
        yield Sentence("{press take} and a number to make a change.")()


def take(dialogue: Dialogue, text: str) -> str:
    """Apply a change that was found to help."""
    changes = dialogue.helpful
    if not changes:
        raise refused("there is no change to take; {press advise} first")
    if not text.isdecimal() or not 1 <= int(text) <= len(changes):
        raise must(word("the number of a change"), whole_range(1, len(changes)), text)
    change = changes[int(text) - 1]
    if change.before != dialogue.session.config:
        raise refused("the settings have changed since then; {press advise} again")
    dialogue.session.do(commands.take, change.values, with_arrows(change.text))
    return answer(dialogue)
