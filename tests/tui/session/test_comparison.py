"""Two runs beside each other: one that is pinned stays in the plots and is compared in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, Edit, Task, TrainingConfig
from bpengine.training.history import History
from bptui.screen.drawing import Figure, Kind
from bptui.screen.tabs.error_curve import error_figure
from bptui.screen.tabs.panels import plot_figure
from bptui.session import commands
from bptui.session.description import describe
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH, compare, edits_in_words
from bptui.session.snapshot import Snapshot, Stage
from bpwords.numbers import error_text, number
from tests.tui.support.apps import lines, make_app
from tests.tui.support.driving import press, press_at_once
from tests.tui.support.sessions import make_session, said, stage_of, trained


def compared_points(figure: Figure) -> int:
    """How many points of a pinned run are drawn."""
    return sum(
        len(series.x) for series in figure.series if series.role == "pin-A" and series.kind is Kind.DOTTED
    )


def figure_of(snapshot: Snapshot) -> tuple[Figure, str]:
    """The task's own plot, and its legend."""
    figure, legend = plot_figure(snapshot, detail=False)
    return figure, str(legend)


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_the_pinned_run_stays_in_the_plots_as_it_was(task: Task) -> None:
    session = make_session(task)
    session.advance_to(10)
    before = session.snapshot()
    assert "pinned" not in figure_of(before)[1]
    session.do(commands.toggle_pin)
    session.advance_to(20)
    snapshot = session.snapshot()
    assert snapshot.comparison.reference is not None
    assert before.network.grid_outputs is not None
    assert snapshot.comparison.reference.network.grid_outputs is not None
    assert (snapshot.comparison.reference.network.grid_outputs == before.network.grid_outputs).all()
    assert (snapshot.comparison.reference.run.curve[1] == before.run.curve[1]).all()
    assert (
        snapshot.comparison.reference.run.epoch,
        snapshot.comparison.reference.run.error,
        snapshot.comparison.reference.run.config,
    ) == (10, before.run.error, before.run.config)
    figure, legend = figure_of(snapshot)
    assert compared_points(figure)
    assert "pinned" in legend
    assert compared_points(error_figure(snapshot, log=True)) == 11
    session.do(commands.unpin, "A")
    snapshot = session.snapshot()
    assert snapshot.comparison.reference is None
    assert snapshot.status.advice.startswith("Unpinned A.")
    assert compared_points(figure_of(snapshot)[0]) == 0
    assert compared_points(error_figure(snapshot, log=True)) == 0


@pytest.mark.parametrize("task, other", [("regression", "sinc"), ("classification", "blobs")])
def test_answers_to_other_data_are_not_drawn(task: Task, other: str) -> None:
    session = make_session(task)
    session.advance_to(5)
    session.do(commands.toggle_pin)
    session.do(commands.change, FIELD["dataset"], other)
    session.advance_to(5)
    snapshot = session.snapshot()
    assert snapshot.comparison.reference is not None
    figure, legend = figure_of(snapshot)
    assert compared_points(figure) == 0
    assert "pinned" not in legend
    session.do(commands.change, FIELD["dataset"], "sine" if task == "regression" else "sine-border")
    session.advance_to(5)
    assert compared_points(figure_of(session.snapshot())[0])


def test_the_advice_names_the_difference_and_the_errors_at_the_last_common_epoch() -> None:
    session = make_session()
    session.advance_to(9)
    session.do(commands.toggle_pin)
    assert session.snapshot().status.advice.startswith("Pinned as A: other runs are compared")
    session.do(commands.take, {"learning_rate": 0.2}, "another rate")
    for to, compared in ((4, 4), (20, 9)):  # the pinned run goes no further than epoch 9
        session.advance_to(to)
        before, after = (
            trained(TrainingConfig.defaults("regression", learning_rate=rate), compared + 1)
            for rate in (0.1, 0.2)
        )
        assert before.history.last is not None
        assert after.history.last is not None
        errors = f"{error_text(before.history.last.error)} → {error_text(after.history.last.error)}"
        assert said(session) == f"η 0.1 → 0.2: epoch error {errors} in epoch {compared}"


def test_long_curves_that_were_thinned_are_compared_at_an_epoch_that_both_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(History, "CAPACITY", 64)
    session = make_session(epochs=200, samples=10, hidden_units=(1,))
    session.advance_to(144)  # every fourth is kept, and the last
    session.do(commands.toggle_pin)
    session.do(commands.new_seed)
    session.advance_to(74)  # every second, and the last
    snapshot = session.snapshot()
    assert snapshot.comparison.reference is not None
    assert [np.diff(each.run.curve[0]).max() for each in (snapshot.comparison.reference, snapshot)] == [4, 2]
    advice = said(session)
    epoch = int(advice.rpartition(" in epoch ")[2])
    assert epoch == 72
    pinned, live = (trained(session.config.replace(seed=seed), epoch + 1).history.last for seed in (0, 1))
    assert pinned is not None
    assert live is not None
    assert advice == f"s 0 → 1: epoch error {error_text(pinned.error)} → {error_text(live.error)} in epoch 72"


def test_restarting_keeps_the_pin() -> None:
    session = make_session()
    session.advance_to(3)
    session.do(commands.toggle_pin)
    pin = session.snapshot().comparison.reference
    session.do(commands.restart)
    session.do(commands.toggle)
    session.do(commands.toggle)
    assert session.snapshot().status.advice == "Pinned: the same settings. Space trains."
    session.advance_to(3)
    error = error_text(pin.run.error) if pin is not None else ""
    assert said(session) == f"the same settings: epoch error {error} → {error} in epoch 3"
    for act in (commands.new_seed, commands.rewind, commands.step_epoch, commands.defaults):
        session.do(act)
        assert session.snapshot().comparison.reference is pin


def test_a_run_pinned_before_its_first_epoch_has_nothing_to_compare() -> None:
    session = make_session()
    session.do(commands.toggle_pin)
    session.advance_to(3)
    assert said(session) == "Pinned: the same settings before its first epoch."


def test_a_pin_hides_no_divergence() -> None:
    session = make_session(learning_rate=10.0)
    session.advance_to(0)
    session.do(commands.toggle_pin)
    session.advance_to(10)
    assert stage_of(session) is Stage.DIVERGED
    assert session.snapshot().status.advice.startswith("Diverged in epoch 2")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hidden_units": (12, 12, 12, 12, 12, 12, 12, 12)}, 1),
        ({"activation": "leaky-relu", "optimizer": "nesterov", "learning_rate": 0.123456}, 1),
        ({"seed": 4_000_000_000, "data_seed": 4_000_000_000, "l1": 0.00001, "l2": 0.1, "batch_size": 5}, 2),
    ],
)
def test_the_sentence_of_a_comparison_fits_on_a_line(changes: dict[str, Any], named: int) -> None:
    session = make_session()
    session.advance_to(9)
    pinned = session.snapshot()
    other = make_session(**changes)
    sentences = [compare(pinned, other.snapshot())]
    other.advance_to(9)
    sentences.append(compare(pinned, other.snapshot()))
    sentences.append(compare(make_session().snapshot(), other.snapshot()))
    for sentence in sentences:
        assert len(sentence) <= MAX_SENTENCE_LENGTH, sentence
    assert " in epoch 9" in sentences[1]
    assert sentences[1].partition(": epoch error")[0].count(" → ") == named


@pytest.mark.parametrize("size", [(60, 18), (120, 36)])
async def test_a_comparison_shows_old_and_new_values_of_settings(size: tuple[int, int]) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, "s", "p", "right")
        text = "\n".join(lines(app))
        assert "0.1 → ‹0.2›" in text
        assert "…" not in text
        await press(pilot, "up", "right")
        text = "\n".join(lines(app))
        assert "3 → ‹4›" in text
        assert "0.1 → 0.2" in text
        await press(pilot, "p")
        assert "3 → ‹4›" not in "\n".join(lines(app))


async def test_long_values_are_not_cut_off() -> None:
    app = make_app(hidden_units=(20, 20), activation="sigmoid", dataset="noisy-sine", schedule="constant")
    async with app.run_test(size=(60, 18)) as pilot:
        await press(pilot, "s", "p")
        session = app.view.session
        for name, value in (
            ("hidden_units", (10, 10)),
            ("activation", ("leaky-relu",)),
            ("dataset", "plane"),
            ("schedule_epochs", 100_000),
            ("seed", 4_000_000_000),
            ("optimizer", "nesterov"),
        ):
            session.do(commands.change, FIELD[name], value)
        panel = app.view.query_one("#settings").region
        for _ in tuple(FIELD)[::3]:  # more of them are seen at once
            await press_at_once(pilot, "down", "down", "down")
            rows = lines(app)[panel.y : panel.bottom]
            assert "…" not in "\n".join(row[panel.x :] for row in rows)


@pytest.mark.parametrize("data", [{"dataset": "step"}, {"function": "abs(x)"}, {"noise": 0.1}])
def test_errors_on_other_data_are_no_comparison(data: dict[str, Any]) -> None:
    session = make_session(hidden_units=(20,), learning_rate=0.01, momentum=0.5, l2=0.01, **data)
    session.advance_to(9)
    session.do(commands.toggle_pin)
    session.do(commands.toggle_what_if)
    session.do(commands.defaults)
    snapshot = session.snapshot()
    (pin,) = snapshot.comparison.pins
    for run in (pin, snapshot.comparison.baseline):
        assert run is not None
        field = FIELD[next(iter(data))]
        assert run.changes[0].startswith(field.symbol), "the data come first"
        old, new = run.snapshot.run.error, snapshot.run.error
        errors = f"{number(old or 0)} in epoch 9, this one {number(new or 0)} on other data"
        assert f"{errors}; it has {field.label} " in describe(snapshot)
        end = f"; epoch error {error_text(new)} in epoch 9, on the old data {error_text(old)}"
        assert compare(run.snapshot, snapshot).endswith(end)
        assert len(compare(run.snapshot, snapshot)) <= MAX_SENTENCE_LENGTH
        assert compare(run.snapshot, snapshot).startswith((field.symbol, f"other {field.label}"))


def test_as_many_edits_at_other_places_are_told() -> None:
    edits = tuple(Edit("freeze", layer=0, unit=1, epoch=epoch) for epoch in (3, 4))
    assert edits_in_words(edits[:1], edits[:1]) == []
    assert edits_in_words(edits[:1], edits[1:]) == ["other edits"]
    assert edits_in_words(edits[:1], edits) == ["edits 1 → 2"]
