"""The plot's widget: what it refreshes, and how looks become styles."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from textual.strip import Strip

from bptui.screen.drawing import Axis, Figure, Kind, Legend, Series, Shade, Span
from bptui.screen.tabs.panel_area import PanelTitles
from bptui.screen.widgets.plot import Plot
from tests.tui.support.apps import WidgetApp, lines, make_trained_app
from tests.tui.support.driving import press, rest


class NotedPlot(Plot):
    """A plot that notes which of its rows are drawn."""

    drawn: ClassVar[set[int]] = set()

    def render_line(self, y: int) -> Strip:
        self.drawn.add(y)
        return super().render_line(y)


def figure(*places: tuple[float, float]) -> Figure:
    x, y = np.reshape(places, (-1, 2)).T
    tick = ((0.0, "0"),)
    shade = Shade(np.array([[0, 1]]), (0, 1), (0, 1), "  ", ("above", "below"), ("above-2", "below-2"))
    return Figure(Axis(0, 1, tick), Axis(0, 1, tick), (Series(x, y, "present", Kind.POINTS),), shade)


def test_figures_are_equal_if_they_draw_the_same() -> None:
    nowhere = float("nan")
    assert figure((0, 0), (1, nowhere)) == figure((0, 0), (1, nowhere))
    assert figure((0, 0)) != figure((0, 1))
    assert figure((0, 0)) != figure((0, 0), (1, 1))
    assert figure((0, 0)) != replace(figure((0, 0)), shade=None)
    assert figure((0, 0)) != replace(figure((0, 0)), note="Press space")


async def test_the_same_figure_is_not_drawn_again() -> None:
    app = WidgetApp(NotedPlot())
    async with app.run_test(size=(42, 12)):
        plot = app.widget
        plot.figure = first = figure((0, 0))
        plot.figure = figure((0, 0))
        assert plot.figure is first
        plot.figure = other = figure((0, 1))
        assert plot.figure is other


async def test_changes_of_a_hidden_plot_are_drawn_when_it_is_shown_again() -> None:
    app = make_trained_app("classification", 20)
    async with app.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        curve = app.view.query_one("#error", Plot)

        def drawn() -> list[str]:
            x, y, width, height = curve.content_region
            return [line[x : x + width] for line in lines(app)[y : y + height]]

        before = drawn()
        await press(pilot, "tab", "tab", "right")
        assert drawn() != before, "the cursor"
        await press(pilot, "tab", "z", ".", "z")
        assert drawn() == before


async def test_a_title_has_the_colors_of_the_theme_even_if_a_frame_comes_as_it_changes() -> None:
    app = WidgetApp(NotedPlot())
    async with app.run_test(size=(42, 12)) as pilot:
        plot, legend = app.widget, Legend((Span("━", "fit"),))
        titles = PanelTitles({"plot": plot}, {})
        titles.set("plot", legend, focused=False)
        before = plot.border_title
        app.theme = "textual-light"
        titles.set("plot", legend, focused=False)  # the style sheet is not yet read again
        await rest(pilot)
        titles.paint("plot", focused=False)
        assert plot.border_title == plot.legend(legend).markup != before


async def test_only_rows_of_a_plot_that_changed_are_drawn_again() -> None:
    app = WidgetApp(NotedPlot())
    async with app.run_test(size=(42, 12)) as pilot:
        plot = app.widget
        plot.figure = figure((0, 0))
        await rest(pilot)
        plot.drawn.clear()
        plot.figure = figure((0, 0))
        await rest(pilot)
        assert not plot.drawn, "the plot looks as before"
        plot.figure = figure((0, 0), (1, 1))
        await rest(pilot)
        assert plot.drawn == {0}


@pytest.mark.parametrize(
    ("theme", "tinted"), [("textual-dark", True), ("textual-light", True), ("ansi-dark", False)]
)
async def test_tints_are_behind_all_that_is_drawn(theme: str, tinted: bool) -> None:
    app = WidgetApp(NotedPlot())
    app.theme = theme
    async with app.run_test(size=(42, 12)):
        plot = app.widget
        plot.figure = figure((0, 0))
        strip = plot.render_line(9)
        colors = [segment.style.bgcolor for segment in strip if segment.style is not None]
        assert strip.cell_length == 42
        axis, one, other = colors
        assert (one != axis) == (other != axis) == (one != other) == tinted
        point = list(strip)[1]
        assert point.text.startswith("+")
        assert point.style is not None
        assert point.style.color != one


async def test_a_cleared_plot_stays_empty_in_another_size() -> None:
    app = WidgetApp(NotedPlot())
    async with app.run_test(size=(42, 12)) as pilot:
        plot = app.widget
        plot.show(figure((0, 0)), Legend.of("points"))
        plot.clear()
        await pilot.resize_terminal(60, 20)
        await rest(pilot)
        assert plot.figure is None
