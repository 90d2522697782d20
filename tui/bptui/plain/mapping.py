"""The command that sweeps two settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bpengine import ConfigError
from bptui.describe.map import describe_map
from bptui.describe.words import ascii_line, counted
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.starts.map.mapping import MapBase, Mapping
from bptui.starts.map.plan import MapPlan, typed_axis
from bptui.starts.map.proposing import proposed_plan

_BY = re.compile(r"\s+by\s+", re.IGNORECASE)


def sweep_map(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Train a map, and describe it in words. If paused, describe what is known so far."""
    base, memory = dialogue.session.map_base(dialogue.experiment_limits())
    plan = _typed_plan(base, text) if text else memory.plan
    if plan is not None:
        problem = base.problem(plan)
        if problem:
            raise RefusedError(problem.rstrip("."))
        memory.plan = plan
    mapping = Mapping(base, plan)
    is_told = False
    for _ in dialogue.carry_out(mapping):
        if mapping.cells is not None and not is_told:
            is_told = True
            yield f"Training {counted(len(mapping.cells.sweep), 'run')}. {mapping.note}".strip()
    if mapping.cells is None or mapping.has_failed:
        raise RefusedError((mapping.note or "the map was interrupted").rstrip("."))
    yield from map(ascii_line, describe_map(mapping.cells))


def _typed_plan(base: MapBase, text: str) -> MapPlan:
    """The proposed map with the typed settings.

    Raises:
        RefusedError: the text can't be understood.
    """
    parts = _BY.split(text)
    if len(parts) != 2:
        raise RefusedError("say two settings and values: map learning rate=0.01..1:log:5 by hidden=1..4")
    try:
        columns, rows = (typed_axis(part, None) for part in parts)
    except ConfigError as error:
        raise RefusedError(error.reason if error.setting == "vary" else str(error)) from None
    proposed = proposed_plan(base.config, base.source, base.allows, compiled=base.compiled)
    return replace(proposed, columns=columns, rows=rows)
