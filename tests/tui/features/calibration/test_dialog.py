"""How sure? The dialog tells how sure the answers are, draws it, follows the run, and says why it can't."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.random import RandomState
from textual.widgets import Static

from bptui.cli.inputs import read_inputs
from bptui.cli.screen import parser
from bptui.features.calibration.dialog import CalibrationScreen
from bptui.screen.app import BptuiApp
from bptui.screen.widgets.plot import Plot
from bptui.session import commands
from bptui.session.description import describe
from bpwords.numbers import error_text, percent
from tests.tui.support.apps import lines, make_app, make_trained_app, shown
from tests.tui.support.driving import press, until


def said(app: BptuiApp) -> str:
    return str(app.screen.query(Static).first().render())


async def test_the_confidence_of_test_samples_is_shown_beside_what_is_right_and_follows_the_run() -> None:
    app = make_trained_app("classification", 20, dataset="moons", samples=400, test_share=0.5, epochs=60)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "A")
        assert isinstance(app.screen, CalibrationScreen)
        before, plot = said(app), app.screen.query_one(Plot)
        assert before.startswith("The mean confidence is ") and "of the 200 test samples are right" in before
        assert before.split(" Each point")[0] in " ".join(describe(app.view.session.snapshot()).split())
        assert plot.figure is not None and len(plot.figure.series) == 3
        assert any("%┤" in line for line in lines(app))
        app.view.do(commands.step_epoch)
        await until(pilot, lambda: said(app) != before)
        await press(pilot, "A")
        assert not isinstance(app.screen, CalibrationScreen)
        await press(pilot, "n")
        await until(
            pilot, lambda: bool((cloud := shown(app).comparison.cloud) and cloud.band and cloud.standing)
        )
        await press(pilot, "A")
        band, test = shown(app).comparison.cloud.band, shown(app).run.dataset.test
        assert band is not None and test is not None
        answers = band.together[-1].answers
        right = (answers.argmax(axis=1) == test.targets.argmax(axis=1)).mean()
        assert np.allclose(answers.sum(axis=1), 1)
        assert f"confidence of {percent(answers.max(axis=1).mean())}; {percent(right)} are right" in said(app)


async def test_without_enough_test_samples_or_classes_it_says_so() -> None:
    app = make_app("classification", samples=100, test_share=0.2)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "A")
        assert said(app).startswith(
            "Needs 50 test samples or more, got 20: --test-share 0.5 holds those out."
        )
        await press(pilot, "escape", "1", "A")
        assert said(app).startswith("Only the probabilities of classes say how sure")


async def test_a_table_is_compared_with_the_best_constant_and_the_linear_model(tmp_path: Path) -> None:
    rng = RandomState(5)
    rows = "\n".join(f"{a:.4f},{b:.4f},{2 * a - b:.4f}" for a, b in rng.normal(size=(160, 2)).tolist())
    (tmp_path / "line.csv").write_text(f"a,b,y\n{rows}")  # which needs no network
    restored = read_inputs(
        parser().parse(["regression", f"--data={tmp_path / 'line.csv'}", "--epochs=20"])
    ).trainer()
    restored.fit()
    app = make_app(restored=restored)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: any("linear model" in line for line in lines(app)))
        constant, linear = app.view.session.snapshot().run.references
        assert any(
            "best constant" in line and error_text(constant.metrics.error) in line for line in lines(app)
        )
        assert linear.metrics.error < 1e-3 * constant.metrics.error
        told = " ".join(describe(app.view.session.snapshot()).split())
        assert "The network is not better than the linear model beyond chance." in told
        assert f"That of the best linear model is {error_text(linear.metrics.error)}." in told
