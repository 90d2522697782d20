"""Which kernel each name selects, and the message if that kernel cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bpengine import ConfigError
from bpengine.kernels import loading, make_kernel
from bpengine.kernels.choice import KERNELS
from tests.engine.kernels import needs_numba, problem


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make numba look as if it were not installed."""
    monkeypatch.setattr(loading, "_result", None)
    monkeypatch.setitem(sys.modules, "numba", None)


@needs_numba
@pytest.mark.parametrize(("name", "kernel"), [("auto", "numba"), ("numba", "numba"), ("numpy", "numpy")])
def test_with_numba(name: str, kernel: str) -> None:
    assert make_kernel(name, problem()).name == kernel


@needs_numba
@pytest.mark.parametrize(
    ("width", "batch_size", "kernel"),
    [  # as measured: numba takes 0.04, 0.2, 0.7, 0.9, 0.8 times NumPy's time, and then 1.1, 1.1 and 2.2 times
        (8, 1, "numba"),
        (8, 8, "numba"),
        (50, 4, "numba"),
        (120, 2, "numba"),
        (250, 1, "numba"),
        (50, 8, "numpy"),
        (250, 2, "numpy"),
        (50, 32, "numpy"),
    ],
)
def test_auto_takes_the_kernel_that_is_faster(width: int, batch_size: int, kernel: str) -> None:
    made = problem(sizes=(2, width, width, 2), batch_size=batch_size, samples=64)
    assert make_kernel("auto", made).name == kernel


@needs_numba
def test_numba_by_name_takes_every_problem() -> None:
    assert make_kernel("numba", problem(sizes=(2, 50, 50, 2), batch_size=32, samples=64)).name == "numba"


@pytest.mark.usefixtures("without_numba")
@pytest.mark.parametrize("name", ["auto", "numpy"])
def test_numpy_where_numba_is_missing(name: str) -> None:
    assert make_kernel(name, problem()).name == "numpy"


@pytest.mark.usefixtures("without_numba")
def test_numba_asked_for_and_missing() -> None:
    with pytest.raises(ConfigError) as caught:
        make_kernel("numba", problem())
    assert str(caught.value) == "kernel: numba is not installed; pip install numba installs it"


@needs_numba
@pytest.mark.parametrize(
    ("registry", "kind", "name"), [("OPTIMIZERS", "optimizer", "adam"), ("ACTIVATIONS", "activation", "tanh")]
)
def test_what_numba_has_no_code_for(
    registry: str, kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = problem(activations=("tanh",), optimizer="adam")
    assert make_kernel("auto", made).name == "numba"
    monkeypatch.delitem(getattr(loading.load_numba().module, registry), name)
    assert make_kernel("auto", made).name == "numpy"
    with pytest.raises(ConfigError) as caught:
        make_kernel("numba", made)
    assert str(caught.value) == f"kernel: numba has no code for the {kind} {name}; numpy has"


@pytest.mark.parametrize("name", ["", "Numba", "gpu", "x" * 1000])
def test_unknown_names(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_kernel(name, problem())
    message = str(caught.value)
    assert message.startswith("kernel: must be auto, numpy or numba, got ")
    assert len(message) < 120


def test_every_name_is_tried_here() -> None:
    assert KERNELS == ("auto", "numpy", "numba")


@pytest.mark.parametrize(
    "failure",
    ["raise ImportError('Numba needs NumPy 2.5 or less.\\nGot 2.6')", "1 / 0", "import nothing_of_this_name"],
)
def test_numba_that_is_broken(tmp_path: Path, failure: str) -> None:
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
