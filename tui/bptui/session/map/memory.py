"""The maps that a tab remembers: the plan that was edited last, and the last complete map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bpengine import TrainingConfig
from bpengine.many.sweeps.cells import Cells
from bptui.session.map.mapping import Begun, MapBase
from bptui.session.map.plan import MapPlan


@dataclass(frozen=True, slots=True, eq=False)
class CompleteMap:
    """A map with all its results."""

    base: MapBase
    begun: Begun
    cells: Cells
    opened: TrainingConfig | None = None
    """The settings of the run that was opened from it; None if none was."""


class MapMemory:
    """The maps of a tab.

    Attributes:
        plan: the plan that the user has edited last; None before that.
    """

    def __init__(self) -> None:
        self.plan: MapPlan | None = None
        self._complete: CompleteMap | None = None

    def keep(self, base: MapBase, begun: Begun, cells: Cells) -> None:
        """Keep a complete map in place of the last one, which can be the same map with other figures."""
        known = self._complete
        opened = known.opened if known is not None and known.begun.sweep is begun.sweep else None
        self._complete = CompleteMap(base, begun, cells, opened)

    def open(self, values: Mapping[str, Any]) -> None:
        """Note the settings of a run of the complete map, which is now opened on the tab."""
        if self._complete is not None:
            opened = self._complete.base.config.replace(**values)
            self._complete = replace(self._complete, opened=opened)

    def recalled(self, base: MapBase) -> CompleteMap | None:
        """The last complete map, if the tab's run still has its settings or is one of its runs; else None.

        None as well if the user has edited the plan since then.
        """
        known = self._complete
        if known is None or base.source is not known.base.source or self.plan not in (None, known.begun.plan):
            return None
        return known if base.config in (known.base.config, known.opened) else None
