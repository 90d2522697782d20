"""The cloud says what is so when each start is trained alone, whatever the live run does meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, DivergedError, Trainer, TrainingConfig
from bptui.experiments.seeds.cloud import Computation
from bptui.experiments.seeds.cloud_snapshot import Band, CloudSnapshot, Spread
from bptui.experiments.seeds.run_setup import setup_of
from bptui.experiments.seeds.statistics import compared, standing
from bptui.session import commands
from bptui.session.description import describe
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, Stage
from tests.engine.kernels import needs_numba
from tests.tui.support.clock import Clock

RATE = FIELD["learning_rate"]


def at_rest(session: Session) -> tuple[Snapshot, CloudSnapshot, Band]:
    """The session once nothing is left to compute."""
    session.run_until_idle()
    session.do(commands.say, "")
    snapshot = session.snapshot()
    cloud = snapshot.comparison.cloud
    assert cloud is not None
    assert cloud.band is not None
    assert not cloud.is_working
    return snapshot, cloud, cloud.band


def with_cloud(kernel: str, trained: int, **settings: Any) -> Session:
    """A session that has trained for so many epochs, with its cloud on."""
    config = TrainingConfig.defaults("regression", **{"samples": 12, "epochs": 1000, **settings})
    session = Session(config, kernel=kernel, clock=Clock(0.001))
    session.advance_to(trained - 1)
    session.do(commands.toggle_cloud)
    return session


def alone(config: TrainingConfig, seed: int, epochs: int) -> Trainer:
    """A start, trained by itself."""
    trainer = Trainer(config.replace(seed=seed))
    with contextlib.suppress(DivergedError):
        while trainer.epochs_done < epochs and not trainer.finished:
            trainer.run_epoch()
    return trainer


@needs_numba
def test_the_starts_of_a_large_network_are_divided_into_parts_that_can_be_given_up_soon() -> None:
    for width, parts in ((3, 2), (200, 8)):
        trainer = Trainer(TrainingConfig.defaults("regression", hidden_units=(width, width), samples=999))
        made = Computation(trainer, setup_of(trainer))
        assert len(made.parts) == parts


@needs_numba
@pytest.mark.parametrize(
    ("trained", "settings"),
    [
        (20, {"init_scale": 0.0}),
        (20, {"hidden_units": 1, "seed": 70}),
        (80, {"learning_rate": 1.2, "hidden_units": 4, "target_error": 0.002}),
        (20, {"test_share": 0.3, "noise": 0.1, "optimizer": "adam", "learning_rate": 0.01}),
    ],
    ids=["no difference at the start", "one unit", "some diverge or end early", "test samples"],
)
def test_each_start_is_what_it_is_alone_and_one_is_the_live_run(
    trained: int, settings: dict[str, Any]
) -> None:
    session = with_cloud("auto", trained, **settings)
    snapshot, cloud, band = at_rest(session)
    config = session.config
    assert band.seeds == tuple(range(config.seed // 64 * 64, config.seed // 64 * 64 + 64))
    trainers = [alone(config, seed, band.epochs_done) for seed in band.seeds]
    errors, curves, fits = [], [], []
    for trainer in trainers:
        last = trainer.history.last
        diverged = trainer.divergence is not None
        error = np.nan if last is None else last.error if last.test_error is None else last.test_error
        errors.append(np.inf if diverged else error)
        curve = np.full(band.epochs_done, np.inf if diverged or last is None else last.error)
        known = trainer.history.curve()[1]
        curve[: len(known)] = known[: len(curve)]
        curves.append(curve)
        if not diverged:
            fits.append(trainer.predict(np.linspace(*trainer.dataset.domain[0], 200)))
    np.testing.assert_array_equal(band.errors, errors)
    assert band.diverged == sum(trainer.divergence is not None for trainer in trainers)
    in_order = np.sort(np.array(curves), axis=0)
    places = band.epochs.astype(int)
    np.testing.assert_array_equal((band.low, band.high), in_order[[6, 57]][:, places])
    np.testing.assert_array_equal(band.median, np.median(in_order, axis=0)[places])
    assert band.spread.fits is not None
    ranks = [-(-len(fits) // 10) - 1, -(-9 * len(fits) // 10) - 1]
    drawn = [each[:, 0] for each in band.spread.fits]
    np.testing.assert_allclose(drawn, np.sort(np.array(fits), axis=0)[ranks], rtol=1e-12, atol=1e-12)
    assert band.spread.mean is not None
    np.testing.assert_allclose(band.spread.mean[:, 0], np.mean(fits, axis=0), rtol=1e-9, atol=1e-12)
    alive = [trainer for trainer in trainers if trainer.divergence is None]
    for number, together in enumerate(band.together):
        data = alive[0].dataset if number == 0 else alive[0].dataset.test
        assert data is not None
        outputs = [trainer.network.predict(data.inputs) for trainer in alive]
        each = [float(((answer - data.targets) ** 2).sum(axis=1).mean() / 2) for answer in outputs]
        mean = float(((np.mean(outputs, axis=0) - data.targets) ** 2).sum(axis=1).mean() / 2)
        assert together[:3] == pytest.approx((mean, np.median(each), min(each)), rel=1e-9)
        np.testing.assert_allclose(together.answers, np.mean(outputs, axis=0), rtol=1e-9, atol=1e-12)
        assert together.mean <= np.mean(each) * (1 + 1e-12)  # an identity: the loss is convex
    assert len(band.together) == (1 if alive[0].dataset.test is None else 2)
    assert "The mean of their answers, as one network, has an error now of" in describe(snapshot)
    own = errors[band.seeds.index(config.seed)]
    assert cloud.is_live
    assert cloud.standing is not None
    assert cloud.standing.better_than == sum(error > own for error in errors)
    assert f"better than {cloud.standing.better_than} of 64 starts" in snapshot.status.advice
    assert f"better than {cloud.standing.better_than} of 64 starts" in describe(snapshot)
    if settings.get("init_scale") == 0.0:
        starts = {tuple(alone(config, seed, 0).network.parameters) for seed in band.seeds}
        assert len(starts) == 1, "only the order of the samples differs"


def test_every_start_makes_the_changes_of_the_live_run_where_that_makes_them() -> None:
    session = with_cloud("numpy", 3, epochs=20)
    session.do(commands.step_samples, 5)
    session.do(commands.change, RATE, 0.7)
    session.advance_to(9)
    session.do(commands.change, FIELD["momentum"], 0.5)  # of no effect with this optimizer
    session.do(commands.change, FIELD["epochs"], 40)
    session.do(commands.change, RATE, 0.05)
    session.advance_to(14)
    _, cloud, band = at_rest(session)
    assert (cloud.changes_on_the_way, cloud.is_live) == (True, True)
    for place in (0, len(band.seeds) - 1):
        trainer = Trainer(TrainingConfig.defaults("regression", samples=12, seed=band.seeds[place]))
        trainer.run_for(1e9, max_samples=3 * 12 + 5)
        trainer.reconfigure(trainer.config.replace(learning_rate=0.7))
        trainer.run_for(1e9, max_samples=7 * 12 - 5)
        trainer.reconfigure(trainer.config.replace(learning_rate=0.05))
        trainer.run_for(1e9, max_samples=5 * 12)
        assert trainer.history.last is not None
        assert band.errors[place] == trainer.history.last.error
    assert "makes the same changes" in describe(session.snapshot())


def test_the_cloud_follows_steps_rewinds_restarts_and_seeds_until_it_is_turned_off() -> None:
    session = with_cloud("numpy", 4, report_interval=2, samples=5)
    follow: list[tuple[Callable[[], object], int]] = [
        (lambda: None, 4),
        (lambda: session.do(commands.step_epoch), 5),
        (lambda: session.do(commands.rewind), 3),
        (lambda: session.do(commands.undo), 5),
        (lambda: session.do(commands.new_seed), 0),
    ]
    for action, epochs in follow:
        action()
        session.run_until_idle()
        cloud = session.snapshot().comparison.cloud
        assert cloud is not None
        assert cloud.target == epochs
        assert epochs == (0 if cloud.band is None else cloud.band.epochs_done)
        assert cloud.is_live
    assert session.stage is Stage.READY
    session.do(commands.say, "")
    assert session.snapshot().status.advice.endswith("Space trains all of them.")
    assert session.state_to_keep() is not None
    session.do(commands.toggle_cloud)
    assert session.snapshot().comparison.cloud is None
    assert not session.cloud.is_working


def test_a_resumed_run_is_one_of_the_starts_if_its_origin_is_known() -> None:
    session = with_cloud("numpy", 3, samples=5)
    session.do(commands.change, RATE, 0.7)
    session.advance_to(6)
    state = session.state_to_keep()
    assert state.cloud
    document = state.document
    later = with_cloud("numpy", 1, samples=5)
    later.take_state(state, paused=True)
    _, cloud, _ = at_rest(later)
    assert (cloud.is_live, cloud.changes_on_the_way) == (True, True)
    later.take_state(
        state._replace(document=replace(document, run=replace(document.run, began=None))), paused=True
    )
    snapshot, cloud, _ = at_rest(later)
    assert not cloud.is_live
    assert snapshot.status.advice.startswith("This run, which is none of them, is better than")
    assert "none of these starts" in describe(snapshot)


@needs_numba
def test_a_what_if_compares_start_by_start_and_undo_ends_that() -> None:
    session = with_cloud("auto", 20, seed=3)
    at_rest(session)
    session.do(commands.toggle_what_if)
    session.do(commands.change, RATE, 0.2)
    snapshot, cloud, band = at_rest(session)
    assert cloud.compared is not None
    config = session.config
    pairs = [
        [alone(each, seed, 20).history.last for each in (config.replace(learning_rate=0.1), config)]
        for seed in band.seeds
    ]
    errors = np.array([[last.error for last in pair if last] for pair in pairs])
    better, worse = (int((sign * (errors[:, 1] - errors[:, 0]) > 0).sum()) for sign in (-1, 1))
    assert (cloud.compared.better, cloud.compared.worse) == (better, worse)
    assert (cloud.compared.old_median, cloud.compared.new_median) == tuple(np.median(errors, axis=0))
    assert snapshot.status.advice.startswith("η 0.1 → 0.2, 64 starts: ")
    assert snapshot.status.advice.endswith(cloud.compared.verdict)
    assert len(snapshot.status.advice) <= 78
    assert f"of the starts, {better} got better and {worse} worse" in describe(snapshot)
    session.do(commands.scrub, -1)
    viewed = session.snapshot()
    assert viewed.timeline.viewed is not None
    assert viewed.comparison.cloud is None
    session.do(commands.leave_view)
    again = session.snapshot().comparison.cloud
    assert again is not None
    assert again.compared is cloud.compared, "a look at an earlier epoch trains no start anew"
    assert not again.is_working
    session.do(commands.change, FIELD["seed"], 4)  # the same starts: nothing to compare
    assert at_rest(session)[1].compared is None
    session.do(commands.change, FIELD["noise"], 0.1)
    assert at_rest(session)[1].compared is None, "errors on other data are no comparison"
    for _ in range(3):
        session.do(commands.undo)
    assert at_rest(session)[1].compared is None


@needs_numba
def test_starts_that_were_trained_before_answer_at_once() -> None:
    session = with_cloud("auto", 20)
    _, _, band = at_rest(session)
    session.do(commands.toggle_what_if)
    session.do(commands.change, RATE, 0.2)
    _, cloud, _ = at_rest(session)
    assert cloud.compared is not None
    session.do(commands.undo)
    for _ in range(2):
        session.do(commands.toggle_cloud)
    again = session.snapshot().comparison.cloud
    assert again is not None
    assert not again.is_working
    assert again.band is band
    session.do(commands.rewind)
    _, _, earlier = at_rest(session)
    assert earlier.epochs_done < band.epochs_done, "starts do not go back"


def test_the_rank_of_a_run_among_starts_has_limits_and_verdicts() -> None:
    errors = np.array([1e-5, 2e-5, 3e-5, 4e-4, np.inf])
    place = standing(2e-5, errors)
    assert (place.better_than, place.limit, place.above) == (3, 1e-4, 2)
    assert standing(np.inf, np.full(3, np.inf)).limit is None
    assert standing(0.0, np.zeros(3)).limit is None

    def band(values: list[float], first: int = 0) -> Band:
        none = np.empty(0)
        seeds = tuple(range(first, first + len(values)))
        return Band(
            5, seeds, np.array(values), 0, none, none, none, none, Spread(len(values), None, None, None)
        )

    old, new = band([1.0, 1.0, np.inf, np.inf, *[1.0] * 6]), band([1.0, 2.0, np.inf, 0.5, *[0.5] * 6])
    change = compared(["H 3 → 4"], old, new)
    assert change is not None
    assert (change.better, change.worse, change.verdict) == (7, 1, "no clear difference")
    assert compared([], old, band([1.0], first=64)) is None
    clear = compared([], band([1.0] * 6), band([2.0] * 6))
    assert clear is not None
    assert clear.verdict == "clearly worse"


@needs_numba
@pytest.mark.parametrize(
    "settings",
    [{"learning_rate": 2.0}, {"learning_rate": 0.1, "target_error": 0.5}],
    ids=["some diverge", "all end early"],
)
def test_starts_are_trained_one_by_one_until_they_can_be_side_by_side_with_the_same_numbers(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = False
    monkeypatch.setattr("bptui.experiments.seeds.cloud.lanes_are_ready", lambda _kernel: ready)
    monkeypatch.setattr("bptui.experiments.seeds.cloud.ROUND_SECONDS", 1e-6)
    config = TrainingConfig.defaults("regression", samples=5, hidden_units=2, **settings)
    trainer = alone(config, 3, 8)
    made, clouds = Computation(trainer, setup_of(trainer)), []
    made.target = 8
    while not made.is_done:
        ready = made.epochs_done >= 4
        for part in made.jobs():
            while part.advance():
                pass
            made.take(part, part.result())
        clouds.append((made.epochs_done, made.band, {type(part).__name__ for part in made.parts}))
    assert {kind for epochs, _, (kind,) in clouds if epochs <= 4} == {"OneByOne"}
    assert {kind for epochs, _, (kind,) in clouds if epochs > 4} == {"SideBySide"}
    assert made.seeds == Computation(trainer, setup_of(trainer)).seeds == range(64)
    for epochs, band, _ in clouds:
        assert band is not None
        errors = [alone(trainer.config, seed, epochs).history.last for seed in band.seeds]
        assert band.errors.tolist() == [each.error for each in errors if each]


def test_the_cloud_says_that_there_would_be_more_starts_with_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.experiments.seeds.cloud.is_installed", lambda: False)
    session = with_cloud("numpy", 2, epochs=100_000)
    snapshot, cloud, _ = at_rest(session)
    assert (cloud.starts, cloud.lacks_numba) == (8, True)
    assert snapshot.status.advice.endswith(" Only 8 starts: numba is not installed.")
    assert "There are only 8 starts, since numba is not installed." in describe(snapshot)
    few = with_cloud("numpy", 2, epochs=10)
    assert not at_rest(few)[1].lacks_numba, "there are as many as with numba"
