"""`--kernel`: what computes makes no difference to the results."""

from __future__ import annotations

from unittest import mock

import pytest

from bpengine.kernels import loading
from tests.engine.kernels import needs_numba
from tests.tui.support.imports import packages_after
from tests.tui.support.running import call, run

SPIRAL = (
    *("classification", "--dataset=spiral", "--hidden=8,8", "--activation=tanh", "--init-scale=0.5"),
    *("--initializer=normal", "--optimizer=sgd", "--learning-rate=0.1", "--batch-size=1"),
    *("--test-share=0.2", "--format=csv"),
)
"""A run in which a difference of a last bit would grow."""


@needs_numba
@pytest.mark.parametrize(
    "command",
    [
        ("train", *SPIRAL, "--epochs=16", "--interval=3"),
        ("sweep", *SPIRAL, "--epochs=9", "--vary=seed=0..2"),
    ],
)
def test_every_kernel_prints_the_same_results(command: tuple[str, ...]) -> None:
    by_numpy, by_numba = (call(*command, f"--kernel={kernel}") for kernel in ("numpy", "numba"))
    auto = run(*command)  # in a process of its own, in which no machine code is loaded at first
    assert len(by_numpy.lines) > 3
    # The runs of a sweep end in any order.
    assert sorted(by_numpy.lines) == sorted(by_numba.lines) == sorted(auto.lines)


def test_without_numba_auto_trains_and_numba_is_refused() -> None:
    command = ("train", "regression", "--epochs=3", "--kernel")
    with mock.patch.object(loading, "_result", loading.NumbaError("numba is not installed; pip ...")):
        assert call(*command, "auto").status == 0
        done = call(*command, "numba")
    assert (done.status, done.out) == (2, "")
    assert done.complaint == "bptui train: error: kernel: numba is not installed; pip ..."


@needs_numba
def test_numba_is_imported_only_where_it_computes() -> None:
    short, asked = "train regression --epochs 3", "train regression --epochs 3 --kernel numba"
    found = packages_after("train --help", "config show", "snapshot --output x.png", short, asked)
    assert [command for command, packages in found.items() if "numba" in packages] == [asked]


@pytest.mark.parametrize("command", ["advise", "snapshot", "trace", "worksheet", "gradcheck", "--plain"])
def test_the_kernel_cannot_be_chosen_where_no_result_depends_on_it(command: str) -> None:
    done = call(command, "regression", "--kernel=numpy")
    assert (done.status, done.out) == (2, "")
