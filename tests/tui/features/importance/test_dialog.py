"""What matters? The dialog fills, and its plot shows how answers depend on the highlighted column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from numpy.random import RandomState
from textual.widgets import Static

from bptui.cli.inputs import read_inputs
from bptui.cli.screen import parser
from bptui.features.importance.dialog import ImportanceScreen
from bptui.screen.overlays.dialog import DialogOptions
from bptui.screen.widgets.plot import Plot
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import press, until


@pytest.fixture(autouse=True)
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with three classes, a column that decides them, one that is idle, and a category."""
    monkeypatch.chdir(tmp_path)
    rng, rows = RandomState(2), ["size,idle,color,day,kind"]
    for number in range(120):
        size, color = rng.normal(), ("red", "green")[rng.randint(2)]
        kind = "small" if size < -0.4 else "large" if size > 0.4 and color == "red" else "other"
        rows.append(f"{size:.3f},{rng.normal():.3f},{color},2024-01-{number % 28 + 1:02},{kind}")
    Path("things.csv").write_text("\n".join(rows))


async def test_the_dialog_lists_the_columns_and_draws_the_chosen_one_for_the_chosen_class() -> None:
    flags = ["--data=things.csv", "--target=kind", "--epochs=60"]
    restored = read_inputs(parser().parse(["classification", *flags])).trainer()
    restored.fit()
    app = make_app("classification", restored=restored)
    async with app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "I")
        screen = app.screen
        assert isinstance(screen, ImportanceScreen)
        options, plot = screen.query_one(DialogOptions), screen.query_one(Plot)
        await until(pilot, lambda: options.option_count == 4 and plot.figure is not None)
        texts = [str(option.prompt).split() for option in options.options]
        assert texts[0][:2] == ["size", "█" * 20]
        assert {text[0]: text[1:] for text in texts}["idle"] == ["–", "not", "decided"]
        assert "30 test rows" in str(screen.query(Static).first().render())
        about = screen.query_one("#answers", Static)
        assert str(about.render()).startswith(
            "probability of large by size, the other columns as in the rows"
        )
        first = plot.figure
        assert any("←→ other class" in line for line in lines(app))
        await press(pilot, "right", "right")
        assert str(about.render()).startswith("probability of small by size")
        assert plot.figure != first
        place = [text[0] for text in texts].index("color")
        await press(pilot, *["down"] * place)
        await until(pilot, lambda: "small by color" in str(about.render()))
        assert any("green" in line and "red" in line for line in lines(app)[-5:]), "categories are ticks"
        place = [text[0] for text in texts].index("day") - place
        await press(pilot, *["down" if place > 0 else "up"] * abs(place))
        await until(pilot, lambda: any("2024-01-" in line for line in lines(app)[-5:]))
        await press(pilot, "t")
        assert any(
            re.search(r"size: by [\d.]+, [\d.]+ to [\d.]+ over the starts", line) for line in lines(app)
        )
        await press(pilot, "t", "I")
        assert app.screen is not screen


async def test_without_test_rows_it_says_what_is_missing() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "s", "I")
        assert str(app.screen.query(Static).first().render()).startswith(
            "Needs 2 test samples or more, got 0"
        )
