"""The plot of what the next step does to the network, magnified where it is small."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bpengine import Task, TrainingConfig
from bpengine.data.csv import parse_csv
from bptui.screen.drawing import Kind
from bptui.screen.tabs.step_effect import effect_figure
from bptui.session import commands
from bptui.session.session import Session
from tests.tui.support.sessions import make_session


def test_the_plot_shows_what_the_step_does_and_says_how_much_it_is_magnified() -> None:
    runs: tuple[tuple[Task, dict[str, Any]], ...] = (
        ("regression", {}),
        ("regression", {"dataset": "hills"}),
        ("classification", {}),
        ("classification", {"dataset": "blobs"}),
        ("regression", {"learning_rate": 0.0}),
        ("regression", {"learning_rate": 1e-5}),  # factors go up to millions
    )
    for task, settings in runs:
        session = make_session(task, **settings)
        session.advance_to(5)
        snapshot, trace = session.snapshot(), session.trace()
        assert trace is not None
        figure, legend = effect_figure(snapshot, trace)
        session.do(commands.step_batch)
        after = session.snapshot()
        by_role = {each.role: each for each in figure.series}
        assert by_role["compared"].kind is Kind.DASHED
        dataset = snapshot.run.dataset
        (x,) = by_role["present"].x
        assert x == pytest.approx(dataset.coordinates[trace.indices[0]][0])
        if settings.get("learning_rate") == 0:
            assert "no change to be seen" in str(legend)
        if len(dataset.domain) == 1:
            assert snapshot.network.grid_outputs is not None
            assert after.network.grid_outputs is not None
            before_line, moved = snapshot.network.grid_outputs[:, 0], after.network.grid_outputs[:, 0]
            assert by_role["compared"].y == pytest.approx(before_line)
            found = re.search(r"magnified x([\d,]+)", str(legend))
            factor = float(found[1].replace(",", "")) if found else 1.0
            assert by_role["fit"].y == pytest.approx(before_line + factor * (moved - before_line))


def test_the_effect_of_a_step_says_that_one_class_has_no_border() -> None:
    session = make_session("classification")
    trace = session.trace()
    assert trace is not None
    figure, legend = effect_figure(session.snapshot(), trace)
    assert not any(each.role in ("border", "compared") for each in figure.series)
    assert "no border: one class everywhere" in str(legend)
    assert "magnified" not in str(legend)


def test_of_many_inputs_the_sample_is_marked_on_the_scale_of_its_plot() -> None:
    rows = [f"{x},{x * x},{-x},{'yes' if x % 3 else 'no'}" for x in range(20)]
    source = parse_csv("a,b,c,t\n" + "\n".join(rows), "a.csv", "classification")
    session = Session(TrainingConfig.defaults("classification"), source)
    session.advance_to(30)
    snapshot, trace = session.snapshot(), session.trace()
    assert trace is not None
    figure, _ = effect_figure(snapshot, trace)
    before = next(each for each in figure.series if each.role == "present")
    place = trace.indices[0]
    signs = [each for each in figure.series if each.role != "present"]
    assert any(before.y[0] == pytest.approx(y) for each in signs for y in each.y), "at the sign of the sample"
    number = int(snapshot.run.dataset.targets[place].argmax())
    share = snapshot.network.outputs[place, number]
    assert before.y[0] == pytest.approx(share)
