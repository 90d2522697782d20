"""Nothing is cut off, nothing is lost on the way from one size to another."""

from __future__ import annotations

import pytest

from bpengine import FIELDS, NumberField, Task
from bpengine.data.csv import parse_csv
from bptui.process.restrictions import MIN_SIZE
from bptui.screen.app import BptuiApp
from bptui.screen.tabs.panel_layout import PanelLayout
from bptui.screen.tabs.panels import NAMES
from bptui.session import commands
from bptui.settings.start_settings import StartSettings
from bpwords.numbers import error_text
from tests.tui.support.apps import lines, make_app, make_trained_app
from tests.tui.support.driving import press, press_at_once, resize, rest

TABS: list[tuple[Task, tuple[int, int]]] = [
    *(("regression", size) for size in ((80, 24), (120, 36))),
    *(("classification", size) for size in ((60, 18), (200, 50))),
]
"""Each with little room and with much."""


@pytest.mark.parametrize(("task", "size"), TABS)
async def test_every_setting_can_be_reached_and_nothing_is_cut_off(task: Task, size: tuple[int, int]) -> None:
    app = make_trained_app(task, 20)
    async with app.run_test(size=size) as pilot:
        await rest(pilot)
        text = "\n".join(lines(app))
        seen = set()
        for _ in FIELDS[::3]:  # more of them are seen at once
            panel = "\n".join(lines(app))
            seen |= {field.name for field in FIELDS if f"{field.label} " in panel and field.symbol in panel}
            await press_at_once(pilot, "down", "down", "down")
        assert seen == {field.name for field in FIELDS}
        for part in ("Regression", "Classification", "paused", f"20/{app.view.session.config.epochs}"):
            assert part in text
        speed = "seed 0" if size[0] >= 80 else "run in 10 s"
        for part in ("space", "? help", "q quit", "epoch", "error", speed):
            assert part in text
        below_title = "\n".join(lines(app)[2:])  # at 60 columns, the legend of a map ends with the sign
        assert "…" not in (below_title if size[0] < 80 else text), "something was cut off"


async def test_below_the_smallest_size_the_screen_says_what_it_needs() -> None:
    app = make_app()
    async with app.run_test(size=(59, 18)) as pilot:
        for size in ((59, 18), (60, 17), (20, 5), (1, 1)):
            await resize(pilot, *size)
            if size != (1, 1):
                words = " ".join(" ".join(lines(app)).split())
                assert "needs {} columns and {} rows".format(*MIN_SIZE) in words
            await resize(pilot, 80, 24)
            assert "hidden units" in "\n".join(lines(app))


async def test_sentences_fit_on_one_line_at_80_columns() -> None:
    app = make_app("classification", samples=100)
    session = app.view.session
    sentences = [field.help for field in FIELDS]
    for act in (None, commands.toggle, commands.toggle, commands.restart, commands.new_seed):
        if act is not None:
            session.do(act)
        sentences.append(session.snapshot().status.advice)
    session.advance_to(1)
    sentences.append(session.snapshot().status.advice)
    session.advance_to(1000)
    sentences.append(session.snapshot().status.advice)
    for field in FIELDS:
        for direction in (1, -1):
            session.do(commands.change, field, field.move(getattr(session.config, field.name), direction))
            sentences.append(session.snapshot().status.advice)
        if isinstance(field, NumberField):
            for value in {field.maximum, field.minimum} if field.name != "samples" else {field.minimum}:
                session.do(commands.change, field, value)
                sentences.append(session.snapshot().status.advice)
    session.advance_to(10)
    sentences.append(session.snapshot().status.advice)
    assert [sentence for sentence in sentences if len(sentence) > 78] == []


@pytest.mark.parametrize("name", ["[/x]", "[b"])
async def test_names_of_the_user_are_no_markup(name: str) -> None:
    classes = parse_csv(f"x,l\n1,{name}\n2,b\n3,{name}\n", f"{name}.csv", "classification")
    numbers = parse_csv(f"a,b,c,{name}\n1,2,2,3\n2,4,1,5\n3,3,3,1\n", f"{name}.csv", "regression")
    app = BptuiApp(
        StartSettings(sources={"regression": numbers, "classification": classes}, kernel="numpy", paused=True)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert f"predicted over actual {name}" in "\n".join(lines(app))
        app.view.change_options(setting=[field.name for field in FIELDS].index("dataset"))
        await press(pilot, "right")
        assert f"the data comes from {name}.csv." in "\n".join(lines(app))
        assert f"‹{name}.csv›" in "\n".join(lines(app)), "and not a named data set"
        await press(pilot, "2", "m")
        text = "\n".join(lines(app))
        assert f"+ {name} " in text or f"x {name} " in text
        app.view.change_options(unit=(1, [*classes.classes].index(name)))
        for panel in NAMES:  # each of them, the unit in detail, and the words
            app.view.panel_layout = PanelLayout(focused=panel, zoomed=True)
            await rest(pilot)
            if panel == "network":
                await press(pilot, "enter", "escape")
        await press(pilot, "t", "escape")


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_figures_of_metrics_are_whole(size: tuple[int, int]) -> None:
    app = make_app("regression", test_share=0.3, learning_rate=5, clip=50)
    app.view.session.advance_to(0)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "m", "m")
        metrics = app.view.session.snapshot().run.metrics
        test = app.view.session.snapshot().run.test_metrics
        assert metrics.r2 is not None
        assert metrics.r2 < -100
        assert test is not None
        text = "\n".join(lines(app))
        for error in (metrics.error, test.error, metrics.rmse, metrics.r2):
            assert error_text(error) in text
