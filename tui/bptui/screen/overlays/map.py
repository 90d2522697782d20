"""The map screen: a sweep of two settings as a heat map that fills while its runs are trained."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Values
from dataclasses import dataclass, replace
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.geometry import Region
from textual.widgets import Static

from bpengine import FIELDS
from bpengine.many.sweeps.cells import METRICS, Cells
from bptui.experiments.map.memory import MapMemory
from bptui.experiments.map.plan import MapBase, MapPlan, proposed_plan
from bptui.experiments.map.training import MapTraining
from bptui.screen.drawing import Figure, Legend, Span
from bptui.screen.drawing.heat_map import MapLayout, MapStyle, Marks, best_text, cell_at, map_layout, map_rows
from bptui.screen.overlays.dialog import Dialog
from bptui.screen.overlays.help import HelpScreen
from bptui.screen.overlays.help_pages import panel_section
from bptui.screen.overlays.map_setup import MapSetup
from bptui.screen.overlays.map_text import cell_text, heading, map_help, map_hints
from bptui.screen.overlays.map_widgets import CellPlot, HeatMap
from bptui.screen.overlays.reading import WordsScreen
from bptui.screen.terminal.capabilities import has_scale, is_ascii
from bptui.screen.terminal.driver import writer_is_busy
from bptui.screen.widgets.footer import KeyFooter
from bptui.session.description.map import describe_map
from bptui.session.description.words import line_of
from bptui.session.fits import CellFits
from bptui.settings.start_settings import FRAMES_PER_SECOND
from bpwords import Sentence, joined, word

NO_ROOM = "There is no room for the map: make the terminal wider."


@dataclass(frozen=True, slots=True)
class Opened:
    """The run that is to be opened on the tab."""

    values: Values[str, Any]
    """Those of its settings that the map varies."""
    what: str
    """The change in words."""


class MapScreen(Dialog[Opened]):
    """Shows a map while it is trained; returns the run to open, or None after escape.

    Args:
        base: the run and settings that the map is based on.
        memory: remembers earlier maps of the tab.
        figure: makes the plot of a cell's fits, and its legend.
    """

    ACTIONS = {
        "less": "move(-1, 0)",
        "more": "move(1, 0)",
        "much_less": "move(-3, 0)",
        "much_more": "move(3, 0)",
        "up": "move(0, -1)",
        "down": "move(0, 1)",
        "first": "move(-100, 0)",
        "last": "move(100, 0)",
        "page_up": "move(0, -100)",
        "page_down": "move(0, 100)",
        "edit": "open",
        "toggle_smooth": "set_up",
        "toggle_metrics": "next_metric",
        "rewind": "to_best",
        "restart": "restart",
        "describe": "describe",
        "help": "help",
        "open_map": "dismiss",
    }

    BINDINGS = [Binding("escape,q", "dismiss", "Close", show=False), Binding("f1", "help", show=False)]

    DEFAULT_CSS = """
    MapScreen {
        background: $background;
        #map-heading { height: 1; padding: 0 1; background: $panel; }
        #map-scroll { height: auto; max-height: 60%; scrollbar-size-vertical: 1; }
        #map-cells { margin: 0 1; }
        #map-best { height: 1; padding: 0 1; text-style: bold; }
        #map-bottom { height: 1fr; }
        #map-cell { width: 43; max-width: 54%; height: 1fr; padding: 0 1; }
        #map-plot { width: 1fr; height: 1fr; }
        #map-cell, #map-plot { border-top: solid $primary-muted; border-title-color: $text; }
    }
    """

    def __init__(
        self,
        base: MapBase,
        memory: MapMemory,
        figure: Callable[[CellFits], tuple[Figure, Legend]],
    ) -> None:
        super().__init__()
        self._base, self._memory = base, memory
        self._mapping = MapTraining(base, memory.plan)
        self._shown: tuple[object, ...] = ()
        """What the map consisted of when it was shown."""
        self._cursor: int | None = None
        """The cell that the user has chosen; None follows the best cell."""
        self._footer = KeyFooter(map_hints(has_cell=False))
        self._heading = Static(id="map-heading", markup=False)
        self._map = HeatMap(id="map-cells")
        self._scroll = VerticalScroll(self._map, id="map-scroll", can_focus=False)
        self._best = Static(id="map-best", markup=False)
        self._cell = Static(id="map-cell", markup=False)
        self._plot = CellPlot(figure, id="map-plot")
        self._bottom = Horizontal(self._cell, self._plot, id="map-bottom")

    def compose(self) -> ComposeResult:
        """Yield the map, and below it the cell under the cursor."""
        with Vertical():
            yield self._heading
            yield self._scroll
            yield self._best
            yield self._bottom
        yield self._footer

    def on_mount(self) -> None:
        """Begin to train."""
        self._timer = self.set_interval(1 / FRAMES_PER_SECOND, self._tick)
        plan, recalled = self._memory.plan, self._memory.recalled(self._base)
        if recalled is not None:  # the runner remembers its results
            self._base, plan = recalled
        self._begin(plan)

    def on_unmount(self) -> None:
        """End the training of the cell's starts."""
        self._plot.reset()

    def on_resize(self) -> None:
        """Lay the map out for the new size."""
        self._show()

    @property
    def _cells(self) -> Cells | None:
        return self._mapping.cells

    @property
    def is_done(self) -> bool:
        """Whether nothing more will change: the whole map and the fits of the cell are shown."""
        is_complete, cells = self._mapping.has_ended and self._shown == self._to_show, self._cells
        return is_complete and (cells is None or not cells.done or self._plot.shows(self._shown_fits))

    @property
    def _shown_cell(self) -> int:
        """The cell under the cursor."""
        assert self._cells is not None
        if self._cursor is not None:
            return self._cursor
        return self._cells.ranking[0] if self._cells.done else 0

    @property
    def _shown_fits(self) -> tuple[int, int]:
        """The cell under the cursor, and its median run."""
        assert self._cells is not None
        cell = self._cells.cells[self._shown_cell]
        first = self._shown_cell * self._cells.sweep.starts
        return self._shown_cell, cell.middle(self._cells.metric).run if cell.results else first

    @property
    def _map_style(self) -> MapStyle:
        width = max(self.size.width - 3, 1)  # without padding and a scroll bar
        return MapStyle(width, colors=has_scale(self.app), ascii=is_ascii(self.app))

    @property
    def _layout(self) -> MapLayout | None:
        return None if self._cells is None else map_layout(self._cells, self._map_style)

    def _begin(self, plan: MapPlan | None, *, afresh: bool = False) -> None:
        """Train a map from its beginning.

        Args:
            plan: the plan; None for the proposed one.
            afresh: whether to train even runs whose results are remembered.
        """
        self._mapping = MapTraining(self._base, plan, afresh=afresh)
        self.carry_out(self._mapping, self._base.limits.runner)
        self._plot.reset()
        self._cursor = None
        self._timer.resume()
        self._show()

    def _tick(self) -> None:
        """Show new results unless the terminal has not yet taken the last frame."""
        if writer_is_busy(self.app):
            return
        if self._shown != self._to_show:
            self._show()
        self._follow_with_fits()
        if self.is_done:
            self._timer.pause()

    def _follow_with_fits(self) -> None:
        """Show in the plot what the starts of the cell under the cursor have learned."""
        cells, mapping = self._cells, self._mapping
        if cells is None or not cells.done:
            return
        is_complete = len(cells.cells[self._shown_cell].results) == cells.sweep.starts
        runner, may_train = self._base.limits.runner, is_complete or mapping.has_ended
        self._plot.follow(self._shown_fits, cells.sweep, runner, may_train=may_train)

    @property
    def _to_show(self) -> tuple[object, ...]:
        cells, mapping = self._cells, self._mapping
        return cells, None if cells is None else cells.done, mapping.note, mapping.has_ended

    def _show(self) -> None:
        cells, mapping = self._cells, self._mapping
        self._shown = self._to_show
        said = heading(cells, word(mapping.note), ended=mapping.has_ended)
        self._heading.update(f"{word('map', 'panel')}  {said}", layout=False)
        self._footer.hints = map_hints(has_cell=self._chosen is not None)
        if cells is None:
            self._map.shown = []
            self._best.update("", layout=False)
            self._cell.update("", layout=False)
            return
        if mapping.is_complete and mapping.plan is not None:
            self._memory.keep(self._base, mapping.plan)
        number = self._shown_cell
        best = cells.ranking[0] if cells.done else None
        layout = self._layout
        marks = Marks(number, best)
        no_room = [[Span(word(NO_ROOM))]]
        self._map.shown = no_room if layout is None else map_rows(cells, self._map_style, layout, marks)
        self._best.update(best_text(cells, brief=True), layout=False)
        self._cell.update(cell_text(cells, number), layout=False)
        if layout is not None:
            row = layout.place(number)[1]
            self._scroll.scroll_to_region(Region(0, row + 2, 1, 1), animate=False)

    @property
    def _chosen(self) -> int | None:
        """The cell under the cursor, if one of its runs can be opened."""
        if self._cells is None or not self._cells.cells[self._shown_cell].results:
            return None
        return self._shown_cell

    def action_move(self, columns: int, rows: int) -> None:
        """Move the cursor by this many columns and rows, at most to the edge."""
        layout = self._layout
        if layout is None:  # no run is known yet, or there is no room for the map
            return
        column, row = layout.place(self._shown_cell)
        column = min(max(column + columns, 0), layout.counts[0] - 1)
        row = min(max(row + rows, 0), layout.counts[1] - 1)
        self._go(layout.number(column, row))

    def on_heat_map_clicked(self, event: HeatMap.Clicked) -> None:
        """Move the cursor to the clicked cell or, if it is already there, open a run of the cell."""
        cells, layout = self._cells, self._layout
        number = None
        if cells is not None and layout is not None:
            number = cell_at(cells, self._map_style, layout, event.x, event.y)
        if number is None:
            return
        if number == self._cursor:
            self.action_open()
        else:
            self._go(number)

    def action_to_best(self) -> None:
        """Move the cursor to the best cell, and follow it while the map fills."""
        if self._cells is not None:
            self._go(None)

    def _go(self, number: int | None) -> None:
        self._cursor = number
        self._plot.point_to(self._shown_fits)
        self._timer.resume()
        self._show()

    def action_next_metric(self) -> None:
        """Show the next figure: error, test error if there is a test set, or the share that succeeds."""
        cells, plan = self._cells, self._mapping.plan
        if cells is None or plan is None:
            return
        known = [metric for metric in METRICS if metric != "test-error" or cells.sweep.all_tested]
        following = known[(known.index(plan.metric) + 1) % len(known)]
        self._mapping.show(replace(plan, metric=following))
        self._go(self._cursor)

    def action_restart(self) -> None:
        """Train the same map again."""
        self._begin(self._mapping.plan, afresh=True)

    def action_set_up(self) -> None:
        """Edit the settings of the map."""
        plan = self._mapping.plan or proposed_plan(self._base)
        self.app.push_screen(MapSetup(self._base, plan), self._take_plan)

    def _take_plan(self, plan: MapPlan | None) -> None:
        """Show another map; it is trained unless only the figure that the cells show has changed."""
        if plan is None:
            return
        self._memory.plan = plan
        if self._mapping.show(plan):
            self._go(self._cursor)
            return
        self._begin(plan)

    def action_open(self) -> None:
        """Return the median run of the cell."""
        cells, number = self._cells, self._chosen
        if cells is None or number is None:
            return
        start = cells.cells[number].middle(cells.metric)
        config = cells.sweep.runs[start.run]
        values = {field.name: getattr(config, field.name) for field in FIELDS}
        if self._mapping.is_complete:
            self._memory.open(values)
        seed = Sentence("seed {seed}")(seed=start.seed)
        self.dismiss(Opened(values, word(", ", "legend").join((cells.name(number), seed))))

    def action_describe(self) -> None:
        """Describe the map in words."""
        if self._cells is not None:
            text = joined(*map(line_of, describe_map(self._cells)))
            self.app.push_screen(WordsScreen(("", text), title=word("the map in words", "title")))

    def action_help(self) -> None:
        """Explain the map."""
        self.app.push_screen(HelpScreen([panel_section("map", map_help(), self._base.config.task)]))
