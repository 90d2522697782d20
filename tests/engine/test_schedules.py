"""How the learning rate changes over the epochs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, Trainer, TrainingConfig
from bpengine.network.optimizers import SCHEDULES
from tests.engine import formulas
from tests.engine.runs import baseline_of


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("constant", {0: 1, 7: 1, 10**8: 1}),
        ("step", {0: 1, 3: 1, 4: 0.5, 7: 0.5, 8: 0.25, 40: 2.0**-10}),
        ("exponential", {0: 1, 2: math.sqrt(0.5), 4: 0.5, 6: 0.5**1.5, 40: 2.0**-10}),
        ("cosine", {0: 1, 2: 0.75, 4: 0.5, 5: 0.5, 10**8: 0.5, 1: 0.5 + 0.25 * (1 + math.sqrt(0.5))}),
    ],
)
def test_schedules_agree_with_rates_worked_by_hand(name: str, rates: dict[int, float]) -> None:
    for epoch, rate in rates.items():
        assert SCHEDULES[name].multiple(epoch, 4, 0.5) == pytest.approx(rate, rel=1e-14)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("length", [1, 3, 10**8])
@pytest.mark.parametrize("factor", [0.0, 5e-324, 0.5, 1.0])
def test_schedules_have_a_rate_at_any_epoch(name: str, length: int, factor: float) -> None:
    rates = [SCHEDULES[name].multiple(epoch, length, factor) for epoch in (0, 1, 2, 3, 1000, 10**8)]
    assert all(math.isfinite(rate) and rate >= 0 for rate in rates)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_computes_the_formula_that_is_shown_for_it(name: str) -> None:
    schedule = SCHEDULES[name]
    for epoch in (0, 1, 3, 4, 7, 100):
        rate = formulas.value(schedule.formula, e=epoch, T=4, γ=0.3, η=0.2)
        assert 0.2 * schedule.multiple(epoch, 4, 0.3) == pytest.approx(rate, rel=1e-13)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_know_which_settings_they_use(name: str) -> None:
    schedule = SCHEDULES[name]
    by_default, shorter, weaker = (
        [schedule.multiple(epoch, length, factor) for epoch in range(20)]
        for length, factor in ((8, 0.5), (4, 0.5), (8, 0.25))
    )
    assert (by_default != shorter) == (by_default != weaker) == schedule.changes


@pytest.mark.parametrize("name", ["constant", "step", "exponential", "cosine"])
@pytest.mark.parametrize("length", [1, 3, 10**8])
@pytest.mark.parametrize("factor", [0.0, 5e-324, 0.5, 1.0])
def test_schedules_lead_from_the_whole_rate_down_to_the_factor(name: str, length: int, factor: float) -> None:
    multiple = SCHEDULES[name].multiple
    rates = [multiple(epoch, length, factor) for epoch in (0, 1, 2, 3, 1000, 10**8)]
    assert rates[0] == 1
    assert all(0 <= rate <= 1 for rate in rates)
    assert rates == sorted(rates, reverse=True)
    if name != "constant":
        assert multiple(length, length, factor) == pytest.approx(factor)
    if factor == 1:
        assert rates == [1] * 6


def test_the_field_of_schedules_has_them_all() -> None:
    field = FIELD["schedule"]
    assert [field.validate(name) for name in SCHEDULES] == list(SCHEDULES)


SCHEDULED = TrainingConfig(schedule="step", schedule_epochs=2, schedule_factor=0.3, epochs=7)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_trains_each_epoch_at_its_scheduled_rate(name: str) -> None:
    config = SCHEDULED.replace(schedule=name)
    baseline, trainer = baseline_of(config), Trainer(config)
    trainer.run_for(1e9, max_samples=4 * len(trainer.dataset), clock=lambda: 0.0)
    trainer.step()
    while trainer.run_epoch() is not None:
        pass
    for epoch in range(config.epochs):
        baseline.learning_rate = 0.1 * SCHEDULES[name].multiple(epoch, 2, 0.3)
        baseline.epoch()
    np.testing.assert_allclose(trainer.network.parameters, baseline.parameters, rtol=1e-11)


def test_the_trainer_tells_the_rate() -> None:
    trainer = Trainer(SCHEDULED)
    rates = []
    while not trainer.finished:
        rates.append(trainer.learning_rate)
        trainer.step()
        assert trainer.learning_rate == rates[-1]
        trainer.run_epoch()
    assert rates == pytest.approx([0.1, 0.1, 0.03, 0.03, 0.009, 0.009, 0.0027])


@pytest.mark.parametrize(
    ("changes", "rate"),
    [
        ({"schedule": "constant"}, 0.1),
        ({"schedule": "exponential"}, 0.1 * 0.3**1.5),
        ({"schedule_epochs": 1}, 0.1 * 0.3**3),
        ({"schedule_factor": 0.5}, 0.05),
        ({"learning_rate": 1.0}, 0.3),
    ],
)
def test_changes_of_the_schedule_act_at_once(changes: dict[str, Any], rate: float) -> None:
    trainer, baseline = Trainer(SCHEDULED), baseline_of(SCHEDULED)
    for epoch in range(3):
        trainer.run_epoch()
        baseline.learning_rate = 0.1 if epoch < 2 else 0.03
        baseline.epoch()
    trainer.reconfigure(SCHEDULED.replace(**changes))
    assert trainer.learning_rate == pytest.approx(rate)
    trainer.run_epoch()
    baseline.learning_rate = rate
    baseline.epoch()
    np.testing.assert_allclose(trainer.network.parameters, baseline.parameters, rtol=1e-11)
