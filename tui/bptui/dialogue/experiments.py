"""The command that sweeps two settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bpengine import ConfigError
from bptui.commands.grammar import RefusedError, refused
from bptui.dialogue.dialogue import Dialogue
from bptui.experiments.map.plan import MapBase, MapPlan, proposed_plan, typed_axis
from bptui.experiments.map.training import MapTraining
from bptui.session.description.map import describe_map
from bptui.session.description.words import line_of
from bpwords import Sentence, joined, word

_BY = re.compile(r"\s+by\s+", re.IGNORECASE)


def sweep_map(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Train a map, and describe it in words. If paused, describe what is known so far."""
    base, memory = dialogue.session.map_base(dialogue.experiment_limits())
    plan = _typed_plan(base, text) if text else memory.plan
    if plan is not None:
        problem = base.problem(plan)
        if problem:
            raise RefusedError(problem.rstrip(".。"))
        memory.plan = plan
    mapping = MapTraining(base, plan)
    is_told = False
    for _ in dialogue.carry_out(mapping):
        if mapping.cells is not None and not is_told:
            is_told = True
            runs = Sentence("Training {n} runs.")(n=len(mapping.cells.sweep))
            yield joined(runs, word(mapping.note))
    if mapping.cells is None or mapping.has_failed:
        raise RefusedError((mapping.note or word("the map was interrupted")).rstrip(".。"))
    yield from map(line_of, describe_map(mapping.cells))


def _typed_plan(base: MapBase, text: str) -> MapPlan:
    """The proposed map with the typed settings.

    Raises:
        RefusedError: the text can't be understood.
    """
    parts = _BY.split(text)
    if len(parts) != 2:
        raise refused(
            "say two settings and values: {open_map:learning rate=0.01..1:log:5 by hidden units=1..4}"
        )
    try:
        columns, rows = (typed_axis(part, None) for part in parts)
    except ConfigError as error:
        raise RefusedError(error.reason if error.setting == "vary" else str(error)) from None
    return replace(proposed_plan(base), columns=columns, rows=rows)
