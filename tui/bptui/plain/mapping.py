"""The command that sweeps two settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bpengine import ConfigError
from bpengine.wording import counted
from bptui.describe.map import describe_map
from bptui.describe.words import ascii_line
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.starts.map.mapping import Mapping
from bptui.starts.map.plan import MapBase, MapPlan, typed_axis
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
    task = base.limits.runner.begin(mapping)
    is_told = False
    try:
        while not (mapping.has_ended or dialogue.pause_requested()):
            dialogue.work()
            task.collect()
            if mapping.cells is not None and not is_told:
                is_told = True
                yield f"Training {counted(len(mapping.cells.sweep), 'run')}. {mapping.note}".strip()
    finally:
        task.end()
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
    return replace(proposed_plan(base), columns=columns, rows=rows)
