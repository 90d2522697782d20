"""Gets numba ready, on demand: to import it takes half a second, and to compile with it some seconds.

What was compiled is kept in numba's cache on disk, so that only the first time takes long. A cache that can't
be used costs time and nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import importlib.util
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


class NumbaError(RuntimeError):
    """numba is missing or doesn't work here; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the numba kernel needs."""

    module: Any
    """`bpengine.kernels.compiled`."""
    train: Callable[..., int]
    """Its `train` as machine code."""


_lock = threading.Lock()
_result: Loaded | NumbaError | None = None


def load_numba(spare_folder: str | None = None) -> Loaded:
    """Import numba and get the machine code ready, unless that is done. It blocks for as long as it takes.

    numba's warnings are silenced for good: they would end up on somebody's screen.

    Args:
        spare_folder: where to keep what was compiled if numba's own places can't be used.

    Raises:
        NumbaError: numba is missing or doesn't work.
    """
    global _result  # noqa: PLW0603  (a process loads it once, whoever asks)
    with _lock:
        if _result is None:
            try:
                with _no_garbage_collection():
                    _result = _load(spare_folder)
            except NumbaError as error:
                _result = error
        if isinstance(_result, NumbaError):
            raise NumbaError(str(_result))
        return _result


def load_numba_aside(callback: Callable[[bool], object]) -> Callable[[], None]:
    """Do what `load_numba` does without keeping this thread from its work.

    A process of its own compiles, since that would hold up other threads again and again. Only then a thread
    of this process loads the result, from the cache on disk.

    Args:
        callback: called in that thread at the end: whether numba is ready.

    Returns:
        A function that gives up: it ends what still goes on, and `callback` is not called any more. That
        happens by itself when the interpreter exits.
    """
    aside = _Aside(callback)
    aside.start()
    return aside.give_up


class _Aside(threading.Thread):
    def __init__(self, callback: Callable[[bool], object]) -> None:
        super().__init__(name="load-numba", daemon=True)
        self._callback = callback
        self._given_up = threading.Event()
        # A daemon thread that is within LLVM while the interpreter ends can take it down.
        atexit.register(self.give_up)

    def give_up(self) -> None:
        self._given_up.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join(timeout=10)

    def run(self) -> None:
        ready = False
        with contextlib.suppress(NumbaError), _spare_folder() as folder:
            if _result is None and _is_installed():
                self._fill_cache(folder)
            if not self._given_up.is_set():
                load_numba(folder)
                ready = True
        atexit.unregister(self.give_up)
        if not self._given_up.is_set():
            self._callback(ready)

    def _fill_cache(self, spare_folder: str | None) -> None:
        import subprocess  # noqa: PLC0415  (wanted by screens only)

        code = f"from bpengine.kernels import loading; loading.fill_cache({spare_folder!r})"
        with (
            contextlib.suppress(OSError),
            subprocess.Popen(
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            ) as process,
        ):
            while process.poll() is None:
                if self._given_up.wait(0.02):
                    process.kill()


@contextlib.contextmanager
def _spare_folder() -> Iterator[str | None]:
    import shutil  # noqa: PLC0415  (wanted by screens only)
    import tempfile  # noqa: PLC0415

    folder = None
    with contextlib.suppress(OSError):
        folder = tempfile.mkdtemp(prefix="bptui-")
    try:
        yield folder
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def fill_cache(spare_folder: str | None) -> None:
    """All that the helping process does. It ends with its parent, whose end closes its standard input."""

    def end_with_parent() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)
    load_numba(spare_folder)


def _is_installed() -> bool:
    return importlib.util.find_spec("numba") is not None


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """While a hundred thousand objects are made that stay: it would find nothing.

    They are frozen at the end, else every full collection would look at them again, which stops all threads
    for a tenth of a second.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def _load(spare_folder: str | None) -> Loaded:
    if not _is_installed():
        raise NumbaError("numba is not installed")
    warnings.filterwarnings("ignore", module=r"numba(\.|$)")
    try:
        numba = importlib.import_module("numba")
        warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
        if numba.config.DISABLE_JIT:
            raise NumbaError("numba is switched off by NUMBA_DISABLE_JIT")
        module = importlib.import_module("bpengine.kernels.compiled")
        return Loaded(module, _compile(numba, module, spare_folder))
    except NumbaError:
        raise
    except Exception as error:  # of every kind, where it doesn't fit this NumPy, Python or machine
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise NumbaError(f"numba doesn't work: {reason[:200]}") from error


def _compile(numba: Any, module: Any, spare_folder: str | None) -> Callable[..., int]:
    """Machine code for `compiled.train`: from the cache on disk, from one in the spare folder, or without.

    A cache can fail in any way: no place to write to, half a file, a full disk.
    """
    with contextlib.suppress(Exception):
        return _cached(numba, module)
    if spare_folder is not None:
        usual_folder = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = spare_folder
        try:
            with contextlib.suppress(Exception):
                return _cached(numba, module)
        finally:
            numba.config.CACHE_DIR = usual_folder
    return _ready(numba.njit(**module.OPTIONS)(module.train), module)


def _cached(numba: Any, module: Any) -> Callable[..., int]:
    train = numba.njit(cache=True, **module.OPTIONS)(module.train)
    try:
        return _ready(train, module)
    except Exception:  # of every kind that a cache can fail with: without one it only takes longer
        train.recompile()  # of nothing yet: it only empties the cache
        return _ready(train, module)


def _ready(train: Any, module: Any) -> Callable[..., int]:
    train.compile(module.SIGNATURE)
    train.disable_compile()  # lest a wrong argument start the compiler in the middle of a run
    compiled: Callable[..., int] = train
    return compiled
