"""Which panels are to be seen: by the size of the screen, and by what a person hid or zoomed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

PANELS = ("settings", "plot", "error", "table", "metrics", "network", "units", "diagnostics")
"""Every panel, in the order in which tab walks through them."""

_SIZES = (  # columns, rows and what there is room for; the last that fits counts
    (0, 0, ("settings", "plot", "error", "table")),
    (120, 36, ("settings", "plot", "error", "table", "metrics", "network")),
    (160, 48, PANELS),
)


@dataclass(frozen=True, slots=True)
class PanelLayout:
    """What a person made of the screen."""

    hidden: frozenset[str] = frozenset()
    """Panels that are not to be shown."""
    focused: str = "settings"
    """The panel that keys act on."""
    zoomed: bool = False
    """Whether that one has the whole room."""
    metrics: bool = False
    """Whether the metrics take the table's place, where there is no room for both."""

    def shown(self, width: int, height: int) -> frozenset[str]:
        """The panels to be seen on a screen of so many columns and rows: at least one."""
        fitting = {panel for panel in self._fitting(width, height) if panel not in self.hidden}
        if self.zoomed or self.focused not in fitting:
            return frozenset({self.focused})
        return frozenset(fitting)

    def walked(self, direction: int) -> Self:
        """With the next panel (1) or the one before (-1) in focus, of those that aren't hidden."""
        walk = [panel for panel in PANELS if panel not in self.hidden or panel == self.focused]
        return replace(self, focused=walk[(walk.index(self.focused) + direction) % len(walk)])

    def without_focused(self) -> Self:
        """With the panel in focus hidden and the next one in focus; the last one stays."""
        if len(self.hidden) == len(PANELS) - 1:
            return self
        following = self.walked(1).focused
        return replace(self, hidden=self.hidden | {self.focused}, focused=following, zoomed=False)

    def whole(self, width: int, height: int) -> Self:
        """With nothing hidden, and another one in focus if that one has no place: it would be seen alone."""
        whole = replace(self, hidden=frozenset(), zoomed=False)
        return whole if self.focused in whole._fitting(width, height) else whole.back()

    def back(self) -> Self:
        """With the first panel that isn't hidden in focus again, the settings if they can be, none zoomed."""
        focused = next(panel for panel in PANELS if panel not in self.hidden)
        return replace(self, focused=focused, zoomed=False)

    def with_other_figures(self) -> Self:
        """With metrics for the table or the table for metrics: in sight and, if the other was, in focus."""
        wanted, other = ("table", "metrics") if self.metrics else ("metrics", "table")
        focused = wanted if self.focused == other else self.focused
        return replace(self, metrics=not self.metrics, hidden=self.hidden - {wanted}, focused=focused)

    def focusing(self, panel: str) -> Self:
        """With this one in focus."""
        return replace(self, focused=panel)

    def _fitting(self, width: int, height: int) -> tuple[str, ...]:
        fitting = next(
            panels for columns, rows, panels in reversed(_SIZES) if width >= columns and height >= rows
        )
        if "metrics" not in fitting and self.metrics:
            return tuple("metrics" if panel == "table" else panel for panel in fitting)
        return fitting
