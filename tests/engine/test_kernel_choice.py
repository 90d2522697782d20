"""Which kernel each name selects, and the message if that kernel cannot be used."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bpengine import ConfigError, Trainer, TrainingConfig
from bpengine.kernels import choice, loading, make_kernel
from bpengine.kernels.choice import KERNELS
from tests.engine.kernels import needs_numba, problem
from tests.engine.runs import assert_same


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make numba look as if it were not installed."""
    monkeypatch.setattr(loading, "_result", None)
    monkeypatch.setitem(sys.modules, "numba", None)


@needs_numba
@pytest.mark.parametrize(("name", "kernel"), [("auto", "numba"), ("numba", "numba"), ("numpy", "numpy")])
def test_kernels_are_chosen_by_name_where_numba_is_installed(name: str, kernel: str) -> None:
    loading.load_numba()
    assert make_kernel(name, problem()).name == kernel


@needs_numba
def test_a_run_begins_with_numpy_and_continues_in_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    code = loading.load_numba()
    monkeypatch.setattr(loading, "_result", None)
    monkeypatch.setattr(choice, "PATIENCE", 1000)
    config = TrainingConfig(samples=50, batch_size=3, test_share=0.2)
    trainer, expected = Trainer(config), Trainer(config, kernel="numpy")
    begun: list[int] = []
    monkeypatch.setattr(loading, "load_in_background", lambda: begun.append(trainer.epochs_done))
    assert trainer.kernel.name == "numpy"
    for run in (trainer, expected):
        run.run_for(math.inf, max_samples=choice.PATIENCE + 10, clock=lambda: 0.0)
    assert trainer.kernel.name == "numpy"
    assert set(begun) == {choice.PATIENCE // 40}, "as soon as it has been patient"
    assert 0 < trainer.samples_done < 40
    monkeypatch.setattr(loading, "_result", code)
    for run in (trainer, expected):
        run.step()
    assert (trainer.kernel.name, expected.kernel.name) == ("numba", "numpy")
    for run in (trainer, expected):
        run.run_epoch()
    assert_same(trainer, expected)


@pytest.mark.usefixtures("without_numba")
@pytest.mark.parametrize("name", ["auto", "numpy"])
def test_numpy_where_numba_is_missing(name: str) -> None:
    assert make_kernel(name, problem()).name == "numpy"


@pytest.mark.usefixtures("without_numba")
def test_asking_for_numba_where_it_is_missing_is_an_error() -> None:
    with pytest.raises(ConfigError) as caught:
        make_kernel("numba", problem())
    assert str(caught.value) == "kernel: numba is not installed; pip install numba installs it"


@pytest.mark.parametrize("name", ["", "Numba", "gpu", "x" * 1000])
def test_unknown_names_of_kernels_are_refused(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_kernel(name, problem())
    message = str(caught.value)
    assert message.startswith("kernel: must be auto, numpy or numba, got ")
    assert len(message) < 120


def test_every_name_of_a_kernel_is_tested() -> None:
    assert KERNELS == ("auto", "numpy", "numba")


@pytest.mark.parametrize(
    "failure",
    ["raise ImportError('Numba needs NumPy 2.5 or less.\\nGot 2.6')", "1 / 0", "import nothing_of_this_name"],
)
def test_a_broken_numba_counts_as_missing(tmp_path: Path, failure: str) -> None:
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text(failure, encoding="utf-8")
    script = (
        "from bpengine import ConfigError\n"
        "from bpengine.kernels import make_kernel\n"
        "from tests.engine.kernels import problem\n"
        "assert make_kernel('auto', problem()).name == 'numpy'\n"
        "try:\n"
        "    make_kernel('numba', problem())\n"
        "except ConfigError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("kernel: numba does not work: ")
    assert "pip install -U numba" in done.stdout
