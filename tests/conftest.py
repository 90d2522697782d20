"""What every test needs, above all for the processes that it starts in folders of their own."""

from __future__ import annotations

import gc
import importlib.util
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None, max_examples=50)  # no test depends on speed
settings.load_profile("any machine")

# As in bptui.__main__: OpenBLAS would start threads that nothing uses.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if "PYTHONPATH" in os.environ:
    parts = os.environ["PYTHONPATH"].split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(str(Path(part).absolute()) for part in parts)


_compiler = pytest.StashKey[subprocess.Popen[bytes]]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Compile the kernel into numba's cache while the workers collect the tests.

    Otherwise each of them, and some of the processes that tests start, would compile it: ten seconds each.
    """
    if importlib.util.find_spec("numba") is not None:
        script = "from bpengine.kernels import loading; loading.load_lanes()"
        config.stash[_compiler] = subprocess.Popen([sys.executable, "-c", script])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Begin no test before the kernel is compiled."""
    if _compiler in node.config.stash:
        node.config.stash[_compiler].wait()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect the tests without looking for garbage: modules and tests never are."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Collect garbage rarely, and exempt the modules and the tests, which live to the end.

    Each app is tens of thousands of objects: a tenth of the time would go into looking for garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 10, 10)


def pytest_sessionfinish() -> None:
    """Look for garbage once. At its end, pytest looks five times at all objects that are not frozen."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def state_homes() -> Iterator[Path]:
    """Where tests remember what a person would remember at home."""
    with tempfile.TemporaryDirectory(prefix="bptui-state-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def state_home(state_homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for each test, in which nothing is remembered yet."""
    place = state_homes / uuid.uuid4().hex
    monkeypatch.setenv("XDG_STATE_HOME", str(place))
    return place
