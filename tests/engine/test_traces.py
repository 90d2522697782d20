"""Whole runs have the errors that the two original scripts print."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpengine import Trainer, TrainingConfig
from tests.engine.each_kernel import KERNEL_NAMES

TRACES = {
    "regression_seed_0": TrainingConfig.defaults("regression", seed=0),
    "regression_seed_1": TrainingConfig.defaults("regression", seed=1),
    "regression_seed_3_hidden_4_rate_0.05": TrainingConfig.defaults(
        "regression", seed=3, hidden_units=(4,), learning_rate=0.05
    ),
    "classification_seed_0": TrainingConfig.defaults("classification", seed=0),
    "classification_seed_1": TrainingConfig.defaults("classification", seed=1),
    "classification_seed_3_hidden_4_rate_0.2_scale_0.1": TrainingConfig.defaults(
        "classification", seed=3, hidden_units=(4,), learning_rate=0.2, init_scale=0.1
    ),
}
FOLDER = Path(__file__).parent / "traces"


def read(name: str) -> dict[int, float]:
    """Return the error of each epoch in the trace."""
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="ascii").splitlines()
    return {int(epoch): float(error) for epoch, error in (line.split("\t") for line in lines)}


def test_every_trace_is_checked() -> None:
    assert {path.stem for path in FOLDER.glob("*.tsv")} == set(TRACES)


@pytest.mark.parametrize("name", TRACES)
def test_the_errors_agree_with_the_trace(name: str) -> None:
    trainer = Trainer(TRACES[name], kernel=KERNEL_NAMES[-1])
    errors = {record.epoch: record.error for record in trainer.reports()}
    # The scripts add in another order, and thousands of steps amplify the difference a little.
    assert errors == pytest.approx(read(name), rel=1e-9, abs=0)
