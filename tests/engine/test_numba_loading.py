"""numba loads whatever the state of its cache on disk, also in the background, and prints nothing."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bpengine.kernels import loading
from tests.engine.kernels import needs_numba

pytestmark = needs_numba

TIMEOUT = 900
"""Seconds to wait for what takes a few on an idle machine. Only a test that fails waits this long."""
LOAD = (
    "from bpengine.kernels import loading\n"
    "from bpengine.kernels import make_kernel\n"
    "from tests.engine.kernels import problem\n"
    "make_kernel('numba', problem())\n"
    "loaded = loading.load_numba()\n"
    "functions = loaded.train, loaded.shuffle, loaded.predict\n"
    "print(sum(sum(each.stats.cache_hits.values()) for each in functions))\n"
)
"""Prints how many of the three functions came from the cache."""


@pytest.fixture
def compiled_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process, the helping one too, compiles short functions in place of those of `compiled`."""
    folder = tmp_path / "short"
    folder.mkdir()
    (folder / "short.py").write_text(
        "def train(key, position, lanes, samples, scratch, orders):\n    pass\n\n"
        "def shuffle(key, position, lanes, samples, scratch, orders):\n    pass\n\n"
        "def predict(key, position, lanes, samples, scratch, orders):\n    pass\n"
    )
    (folder / "sitecustomize.py").write_text(
        "import short\n"
        "from bpengine.kernels import compiled\n"
        "compiled.train, compiled.ALONE = short.train, compiled.SHUFFLE\n"
        "compiled.shuffle = short.shuffle\n"
        "compiled.predict, compiled.PREDICT = short.predict, compiled.SHUFFLE\n"
    )
    monkeypatch.syspath_prepend(folder)


def python(script: str, cache: Path | None) -> str:
    """The output of a script that must not warn, with numba's cache in this folder, nowhere or as usual."""
    own_cache = {"NUMBA_CACHE_DIR": str(cache), "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "always"}
        | (own_cache if cache else {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.mark.usefixtures("compiled_soon")
def test_machine_code_is_compiled_without_a_place_for_a_cache(tmp_path: Path) -> None:
    if not hasattr(pytest.importorskip("numba.core.config"), "CACHE_LOCATOR_CLASSES"):
        pytest.skip("this numba cannot be kept from finding a place")
    file = tmp_path / "file"
    file.touch()
    assert python(LOAD, file / "cache") == "0"
    assert python(ASIDE, file / "cache").split() == ["True", "0"]


ASIDE = """
import threading
from bpengine.kernels import loading
def wait():
    for thread in threading.enumerate():
        if thread.name == "load-numba":
            thread.join()
loading.load_in_background()
wait()
print(loading.loaded() is not None)
print(sum(loading.load_numba().train.stats.cache_hits.values()))
"""
LANES_ASIDE = """
loading.load_in_background(lanes=True)
wait()
print(loading.has_lanes())
print(sum(loading.load_lanes().train.stats.cache_hits.values()))
"""


@pytest.mark.usefixtures("compiled_soon")
def test_another_process_compiles_into_the_cache_and_half_a_file_is_mended(tmp_path: Path) -> None:
    """This process itself never compiles what it can have compiled aside."""
    assert python(ASIDE, tmp_path / "new").split() == ["True", "1"]
    for pattern in ("train*.nbc", "shuffle*.nbi"):
        (broken,) = tmp_path.rglob(f"*{pattern}")
        broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])
    assert python(LOAD, tmp_path / "new") == "1"
    assert python(LOAD, tmp_path / "new") == "3"


def test_lanes_are_compiled_in_another_process_too() -> None:
    """With the usual cache, which other tests need as well: compiling takes long."""
    assert python(ASIDE + LANES_ASIDE, None).split() == ["True", "1"] * 2
    alone = "import subprocess\ndef none(*_, **__):\n    print('another process')\nsubprocess.Popen = none\n"
    assert python(alone + ASIDE + LANES_ASIDE, None).split() == ["True", "1"] * 2, "it was in the cache"


def test_loading_machine_code_freezes_garbage_only_once() -> None:
    """Not at each look into the cache: a screen that opens a dialog looks, and frozen garbage is a leak."""
    loading.load_numba()
    frozen = gc.get_freeze_count()
    loading.load_lanes()
    loading._take_from_cache(lanes=True)
    assert gc.get_freeze_count() <= frozen  # some of these objects may be gone


def test_nothing_is_compiled_where_numba_is_missing(tmp_path: Path) -> None:
    assert (
        python("import sys; sys.modules['numba'] = None" + ASIDE.rpartition("print")[0], tmp_path) == "False"
    )


def test_the_interpreter_ends_without_waiting_for_the_compiler(tmp_path: Path) -> None:
    script = (
        "import subprocess, threading\n"
        "from bpengine.kernels import loading\n"
        "start, compiles = subprocess.Popen, threading.Event()\n"
        "def starts(*args, **options):\n"
        "    compiles.set()\n"
        "    return start(*args, **options)\n"
        "subprocess.Popen = starts\n"
        "loading.load_in_background()\n"
        "compiles.wait()\n"
    )
    assert python(script, tmp_path) == ""
    assert not list(tmp_path.rglob("*.nbc"))


def test_the_helping_process_ends_with_its_parent(tmp_path: Path) -> None:
    helper = subprocess.Popen(
        [sys.executable, "-c", "from bpengine.kernels import loading; loading.fill_cache()"],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "NUMBA_CACHE_DIR": str(tmp_path)},
        stdin=subprocess.PIPE,
    )
    assert helper.stdin is not None
    helper.stdin.close()
    assert helper.wait(TIMEOUT) == 1
