"""Whole runs have the errors that the two original scripts print."""

from __future__ import annotations

from itertools import product
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


@pytest.mark.parametrize(
    ("name", "kernel_name"),
    [
        *product([name for name in TRACES if name.endswith("seed_0")], KERNEL_NAMES),
        *((name, KERNEL_NAMES[-1]) for name in TRACES if not name.endswith("seed_0")),
    ],
)
def test_the_errors_agree_with_the_trace(name: str, kernel_name: str) -> None:
    """One run of each task with each kernel, and the others with the faster one."""
    trainer = Trainer(TRACES[name], kernel=kernel_name)
    errors = {record.epoch: record.error for record in trainer.reports()}
    # BLAS kernels and CPUs differ in the last bits, which thousands of steps amplify a little.
    assert errors == pytest.approx(read(name), rel=1e-9, abs=0)
