"""The cloud on the screen: the key, time that passes for it alone, threads, and what the plots show."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine import Dataset, Task, TrainingConfig, load_csv
from bptui.experiments.runner import Runner
from bptui.experiments.seeds.cloud_snapshot import Band
from bptui.screen.drawing import Axis, Figure, draw
from bptui.screen.tabs.cloud import DISAGREEMENT, disagreement
from bptui.screen.tabs.cloud import band as band_series
from bptui.screen.tabs.error_curve import error_curve_title, error_figure
from bptui.screen.tabs.panels import plot_figure
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, Stage
from tests.tui.support.apps import EPOCHS, lines, make_app, shown
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.driving import is_at_work, press, until
from tests.tui.support.figures import series_of
from tests.tui.support.running import call


async def test_the_key_of_the_cloud_trains_starts_in_threads_while_the_run_is_paused() -> None:
    app = make_app(samples=10, epochs=12)
    session = app.view.session
    session.advance_to(3)
    session.cloud.use(Runner(2))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "n")
        await until(pilot, lambda: "better than" in lines(app)[-2])
        assert not session.cloud.is_working
        assert (shown(app).status.stage, shown(app).run.epoch) == (Stage.PAUSED, 3)
        assert "⠅ 64 starts" in lines(app)[1]
        await press(pilot, "i", "right")
        await until(pilot, lambda: "64 starts: " in lines(app)[-2])
        assert shown(app).comparison.cloud is not None
        await press(pilot, "n")
        assert shown(app).comparison.cloud is None
        assert "alone" in lines(app)[-2]


async def test_a_hidden_tab_begins_no_further_round_of_training() -> None:
    app = make_app(epochs=EPOCHS, samples=10)  # so that there are only eight starts
    cloud, session = app.view.session.cloud, app.view.session
    session.advance_to(40)
    runner = Runner(2)
    cloud.use(runner)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "n", "2")
        await until(pilot, lambda: cloud.has_news and not is_at_work(runner))
        assert cloud.is_working
        await press(pilot, "1")
        await until(pilot, lambda: not cloud.is_working)


def with_cloud(task: Task, source: Dataset | None = None, **settings: Any) -> tuple[Snapshot, Band]:
    """A run of five epochs, and the starts around it."""
    config = TrainingConfig.defaults(task, **{"epochs": 30, "init_scale": 1.0, **settings})
    session = Session(config, source)
    session.advance_to(4)
    session.do(commands.toggle_cloud)
    session.run_until_idle()
    snapshot = session.snapshot()
    cloud = snapshot.comparison.cloud
    assert cloud is not None
    assert cloud.band is not None
    return snapshot, cloud.band


def drawn(figure: Figure) -> str:
    """The figure's characters in a small plot."""
    return "\n".join("".join(span.text for span in row) for row in draw(figure, 60, 20))


def test_the_plots_show_the_band_and_the_median() -> None:
    snapshot, band = with_cloud("regression", samples=20)
    for log in (True, False):
        figure = error_figure(snapshot, log=log)
        assert series_of(figure, "median")[-1].y.tolist() == band.median.tolist()
        assert series_of(figure, "cloud")
    assert "⠅ 64 starts" in str(error_curve_title(snapshot, log=True, smooth=False))
    figure, legend = plot_figure(snapshot)
    assert series_of(figure, "cloud")
    assert str(legend).endswith("⠅ 64 starts ╌ their mean")
    assert not series_of(plot_figure(snapshot, detail=True)[0], "cloud")
    x, y = Axis(0, 10), Axis(1e-4, 1, log=True)
    region, *_ = band_series(np.array([0.0, 5.0]), np.array([1e-3, 1e-3]), np.array([1e-1, 1e-1]))
    rows = draw(Figure(x, y, (region,)), 42, 42)
    text = ["".join(span.text for span in row) for row in rows]
    heights = [sum(row[column] in "⠅⡂" for row in text) for column in (3, 12, 25, 35)]
    assert heights[0] in (19, 20, 21, 22), "half of the decades"
    assert heights[1:] == [heights[0], 0, 0], "and none behind the last place"


def test_the_plots_show_where_starts_disagree_about_classes(tmp_path: Any) -> None:
    snapshot, band = with_cloud("classification", samples=16)
    assert band.spread.agreement is not None
    assert band.spread.agreement.min() < 0.7
    figure, legend = plot_figure(snapshot)
    assert {*DISAGREEMENT} <= {*drawn(figure)}
    assert "░ 64 starts" in str(legend)
    assert "starts" not in str(plot_figure(snapshot, detail=True)[1])
    levels = disagreement(np.array([[1.0, 0.9], [0.89, 0.5]]), (2, 3))
    assert levels.tolist() == [[0, 0, 0], [1, 1, 2]]
    file = tmp_path / "one.csv"
    file.write_text("x,kind\n" + "".join(f"{x},{'ab'[x > 5]}\n" for x in range(12)))
    snapshot, band = with_cloud("classification", load_csv(file, "classification", target="kind"))
    assert band.spread.fits is not None
    assert series_of(plot_figure(snapshot)[0], "cloud")
    snapshot, band = with_cloud("regression", dataset="plane", samples=9)
    assert (band.spread.fits, band.spread.agreement) == (None, None)
    assert plot_figure(snapshot)[0].shade is not None


def test_the_command_line_and_the_dialogue_tell_the_cloud_in_words() -> None:
    done = call("train", "regression", "--epochs", "4", "--samples", "9", "--kernel", "numpy", "--cloud")
    assert (done.status, done.err) == (0, "")
    words = "Of 64 starts that differ only in the seed, the median epoch error after 4 epochs is"
    (told,) = (line for line in done.lines if line.startswith("Other starts: "))
    assert words in told
    assert told.count("better than") == 1
    dialogue = dialogue_of(epochs=4, samples=9)
    said(dialogue, "run")
    assert said(dialogue, "cloud").startswith(words)
    described = said(dialogue, "describe")
    assert words in described
    assert (described.count("better than"), described.count("Finished:")) == (1, 1)
    assert said(dialogue, "cloud") == "The cloud is off: the run is shown alone."
    assert words not in said(dialogue, "describe")
