"""The sharpness of the run on screen: now and along the run, whenever and however it was measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from bpengine import DivergedError, Edit
from bpengine.training.sharpness import completed, measuring_value
from bptui.experiments.beside import AT_ONCE, POINTS, Rates
from bptui.experiments.runner import NO_MEMORY
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, Stage
from tests.tui.support.sessions import RATE, make_session, trained


def shown(session: Session) -> Snapshot:
    """What is shown once everything is measured."""
    session.stability.follows = session.stability.has_curve = True
    session.snapshot()
    session.stability.compute_all()
    return session.snapshot()


def rates_of(session: Session) -> Rates:
    rates = shown(session).rates
    assert rates is not None
    return rates


def same(one: Rates, other: Rates) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in zip(
            (one.epochs, one.rates, one.limits), (other.epochs, other.rates, other.limits), strict=True
        )
    )


def test_the_curve_has_the_limit_and_the_learning_rate_of_each_point() -> None:
    session = make_session(samples=12, schedule="step", schedule_epochs=40, schedule_factor=0.5)
    session.advance_to(99)
    rates = rates_of(session)
    assert rates.epochs.tolist() == [*range(0, 101, 2)]
    assert len(rates.epochs) <= POINTS
    for epoch in (0, 38, 40, 100):
        run = trained(session.config, epoch)
        place = epoch // 2
        assert rates.rates[place] == run.learning_rate
        assert rates.limits[place] == 2 / completed(measuring_value(run.run_state(), run.dataset))


def test_the_curve_depends_on_the_run_only() -> None:
    at_the_end, as_it_goes = (make_session(samples=12, epochs=400, report_interval=50) for _ in range(2))
    for session in (at_the_end, as_it_goes):
        session.advance_to(29)
        session.do(commands.change, RATE, 0.5)
        if session is as_it_goes:
            rates_of(session)
        session.advance_to(150)
        if session is as_it_goes:
            rates_of(session)
            session.do(commands.rewind)
            session.advance_to(150)
    assert same(rates_of(at_the_end), rates_of(as_it_goes))
    before, after = rates_of(at_the_end).rates[[7, 8]].tolist()  # at epochs 28 and 32
    assert (before, after) == (0.1, 0.5)


def test_the_curve_is_that_of_the_edit_that_was_made() -> None:
    session = make_session(samples=12)
    session.advance_to(3)
    curves = []
    for value in (-1.0, -2.0):  # which have the same hash
        session.do(commands.edit, Edit("set", 1, 0, 0, value))
        session.advance_to(9)
        curves.append(rates_of(session).limits)
        session.do(commands.undo)
    assert np.array_equal(curves[0][:4], curves[1][:4])
    assert not np.isclose(curves[0][5:], curves[1][5:], rtol=1e-3).any()


def test_the_sharpness_is_that_of_the_weights_that_are_shown() -> None:
    session = make_session(samples=12)
    session.advance_to(9)
    diagnostics = shown(session).network.diagnostics
    assert diagnostics is not None
    assert diagnostics.sharpness == trained(session.config, 10).sharpness()
    session.do(commands.step_samples, 5)
    moved = session.snapshot().network.diagnostics
    assert moved is not None
    assert moved.sharpness is None, "until it is measured"
    assert session.is_computing
    measured = session.snapshot(measures=AT_ONCE).network.diagnostics
    assert measured is not None
    assert measured.sharpness not in (None, diagnostics.sharpness)


def test_a_run_that_diverged_says_how_far_its_learning_rate_was_above_the_limit() -> None:
    session = make_session(samples=12, learning_rate=20, batch_size=0)
    session.advance_to(2000)
    assert session.stage is Stage.DIVERGED
    diagnostics = shown(session).network.diagnostics
    run = trained(session.config, 0)
    first = run.sharpness()
    with pytest.raises(DivergedError):
        for _ in range(2000):
            run.run_epoch()
    assert diagnostics is not None
    assert diagnostics.sharpness == run.sharpness() == first


def test_without_a_panel_that_shows_it_nothing_is_measured() -> None:
    session = make_session()
    session.advance_to(3)
    assert session.snapshot().rates is None
    assert not session.is_computing


def test_while_the_run_is_running_the_newest_measured_point_stands_for_it() -> None:
    session = make_session(samples=12, epochs=100_000)
    session.advance_to(39)
    last = shown(session).network.diagnostics
    session.do(commands.toggle)
    assert session.stage is Stage.RUNNING
    diagnostics = session.snapshot().network.diagnostics
    session.stability.compute_all()
    now = session.snapshot().network.diagnostics
    assert last is not None
    assert diagnostics is not None
    assert now is not None
    assert now.sharpness is not None
    assert diagnostics.sharpness in (None, now.sharpness)


def test_a_run_without_enough_memory_says_so_and_the_next_one_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> Iterator[None]:
        yield
        raise MemoryError

    session = make_session(samples=12)
    session.advance_to(2)
    with monkeypatch.context() as memory:
        memory.setattr("bptui.experiments.beside.measuring_value", fail)
        assert rates_of(session).note == NO_MEMORY
    assert rates_of(session).note == NO_MEMORY, "it is not tried again and again"
    session.do(commands.new_seed)
    session.advance_to(2)
    rates = rates_of(session)
    assert (rates.note, rates.is_complete) == ("", True)
