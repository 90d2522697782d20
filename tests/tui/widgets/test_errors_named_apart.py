"""The error of an epoch and the error of the current weights have different names, wherever they stand."""

from __future__ import annotations

import re

import pytest

from bptui.formatting import error_text
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import press, rest


async def test_both_errors_are_named_and_explained() -> None:
    app = make_app("regression")
    app.view.session.advance_to(20)
    async with app.run_test(size=(160, 60)) as pilot:
        await rest(pilot)
        text = "\n".join(lines(app))
        run = app.view.session.snapshot().run
        assert error_text(run.error) != error_text(run.metrics.error)
        assert f"epoch error {error_text(run.error)}" in text
        assert any(
            "error now" in line and error_text(run.metrics.error) in line for line in text.splitlines()
        )
        for words in ("Error now: of the current weights.", "Epoch error: the"):
            assert words in text
        assert "Healthy" not in text
        await press(pilot, "question_mark", "end")
        help_text = "\n".join(lines(app))
        assert "epoch error" in help_text
        assert "error now" in help_text


@pytest.mark.parametrize(("trained", "shown"), [(-1, "epoch    –/2001"), (0, "epoch    0/2001")])
async def test_epoch_0_is_shown_only_once_it_has_begun(trained: int, shown: str) -> None:
    app = make_app("regression")
    if trained >= 0:
        app.view.session.advance_to(trained)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert shown in "\n".join(lines(app))


@pytest.mark.parametrize(("width", "settings"), [(80, ""), (120, "η 0.1 → 0.2")])
async def test_the_error_of_the_run_before_is_named_with_its_epoch(width: int, settings: str) -> None:
    app = make_app("regression")
    app.view.session.advance_to(20)
    async with app.run_test(size=(width, 36)) as pilot:
        await press(pilot, *(() if settings else ("m", "m")), "i", "right", "s")
        baseline = app.view.session.snapshot().comparison.baseline
        assert baseline is not None
        text = "\n".join(lines(app))
        row = f"before +20 +{error_text(baseline.snapshot.run.error)} *{settings}"
        assert re.search(rf"run +epoch +epoch error.*\n.*{row}", text)
