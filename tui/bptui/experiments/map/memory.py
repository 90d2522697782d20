"""The maps of a tab that are remembered: the plan that was edited last, and the last complete map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpengine import TrainingConfig
from bptui.experiments.map.plan import MapBase, MapPlan


class MapMemory:
    """The maps of a tab.

    Attributes:
        plan: the plan that the user has edited last; None before that.
    """

    def __init__(self) -> None:
        self.plan: MapPlan | None = None
        self._complete: tuple[MapBase, MapPlan] | None = None
        self._opened: TrainingConfig | None = None  # the settings of the run that was opened from it

    def keep(self, base: MapBase, plan: MapPlan) -> None:
        """Note a complete map in place of the last one, which can be the same map with other figures."""
        known = self._complete
        if known is None or known[0].config != base.config or not known[1].has_runs_of(plan):
            self._opened = None
        self._complete = base, plan

    def open(self, values: Mapping[str, Any]) -> None:
        """Note the settings of a run of the complete map, which is now opened on the tab."""
        if self._complete is not None:
            self._opened = self._complete[0].config.replace(**values)

    def recalled(self, base: MapBase) -> tuple[MapBase, MapPlan] | None:
        """The last complete map, if the tab's run still has its settings or is one of its runs; else None.

        None as well if the user has edited the plan since then.
        """
        if self._complete is None:
            return None
        known, plan = self._complete
        if base.source is not known.source or not (self.plan is None or self.plan.has_runs_of(plan)):
            return None
        return self._complete if base.config in (known.config, self._opened) else None
