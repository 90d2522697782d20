"""The command that sweeps two settings."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

from bpengine import ConfigError
from bpengine.many.sweeps.cells import Cells
from bptui.describe.map import describe_map
from bptui.describe.words import ascii_line, counted
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.session.map.mapping import MapBase, Mapping
from bptui.session.map.plan import MapPlan, typed_axis
from bptui.session.map.proposing import proposed_plan

POLL_SECONDS = 0.02
"""The time between two checks of a map that is being trained."""
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
    mapping.start()
    cells: Cells | None = None
    try:
        while True:
            news = mapping.news()
            if cells is None and news.begun is not None:
                cells = news.begun.plan.cells(news.begun.sweep)
                yield f"Training {counted(len(cells.sweep), 'run')}. {news.note}".strip()
            if cells is not None:
                cells.add(news.results)
            if news.ended or dialogue.pause_requested():
                break
            time.sleep(POLL_SECONDS)
    finally:
        mapping.stop()
    if cells is None or (news.ended and cells.done < len(cells.sweep)):
        raise RefusedError((news.note or "the map was interrupted").rstrip("."))
    yield from map(ascii_line, describe_map(cells))


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
