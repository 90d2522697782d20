"""What the dialogue says of surface."""

from __future__ import annotations

from collections.abc import Iterator

from bptui.commands.grammar import choice_of, refused
from bptui.dialogue.dialogue import Dialogue
from bptui.features.surface.plan import gradient_of, surface_of
from bptui.features.surface.words import describe_surface
from bpwords import word


def say(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Measure the error over a plane through the weights, and say what it is like."""
    is_random = text and choice_of(text, ("random",), word("what follows surface"))
    seed = dialogue.session.config.seed if is_random else None
    measuring = surface_of(dialogue.session, seed, dialogue.experiment_limits().runner)
    for _ in dialogue.carry_out(measuring):
        pass
    if measuring.problem:
        raise refused("{why}; {surface:random} takes random directions", why=measuring.problem)
    if measuring.errors is None:
        raise refused("the experiment was interrupted")
    yield from describe_surface(measuring, dialogue.snapshot, gradient_of(dialogue.session))
