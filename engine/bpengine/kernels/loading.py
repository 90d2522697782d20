"""Gets numba ready, on demand: to import it takes half a second, and to compile with it some seconds.

What was compiled is kept in numba's cache on disk, so that only the first time takes long. A cache that can't
be used costs time and nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import importlib.util
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
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


def load_numba() -> Loaded:
    """Import numba and get the machine code ready, unless that is done. It blocks for as long as it takes.

    numba's warnings are silenced for good: they would end up on somebody's screen.

    Raises:
        NumbaError: numba is missing or doesn't work.
    """
    global _result  # noqa: PLW0603  (a process loads it once, whoever asks)
    with _lock:
        if _result is None:
            try:
                _result = _load()
            except NumbaError as error:
                _result = error
        if isinstance(_result, NumbaError):
            raise NumbaError(str(_result))
        return _result


def load_numba_aside(callback: Callable[[bool], object]) -> Callable[[], None]:
    """Do what `load_numba` does without keeping this thread from its work.

    A process of its own compiles, since compiling in a thread would hold up the others again and again.
    A thread then loads the result from the cache.

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
            self.join(timeout=5)

    def run(self) -> None:
        ready = False
        with contextlib.suppress(NumbaError):
            _import_numba()
            self._fill_cache()
            if not self._given_up.is_set():
                load_numba()
                ready = True
        atexit.unregister(self.give_up)
        if not self._given_up.is_set():
            self._callback(ready)

    def _fill_cache(self) -> None:
        with contextlib.suppress(OSError), _process_that_fills_cache() as process:
            while process.poll() is None:
                if self._given_up.wait(0.02):
                    process.kill()


def _process_that_fills_cache() -> subprocess.Popen[bytes]:
    code = "from bpengine.kernels import loading; loading.fill_cache()"
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def fill_cache() -> None:
    """All that the helping process does. It ends with its parent, whose end closes its standard input."""

    def end_with_parent() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)
    load_numba()


def _import_numba() -> Any:
    if importlib.util.find_spec("numba") is None:
        raise NumbaError("numba is not installed")
    warnings.filterwarnings("ignore", module=r"numba(\.|$)")
    try:
        numba = importlib.import_module("numba")
    except Exception as error:  # of every kind, where it doesn't fit this NumPy, Python or machine
        raise _broken(error) from error
    warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
    if numba.config.DISABLE_JIT:
        raise NumbaError("numba is switched off by NUMBA_DISABLE_JIT")
    return numba


def _load() -> Loaded:
    _import_numba()
    try:
        module = importlib.import_module("bpengine.kernels.compiled")
        return Loaded(module, _compile(module))
    except Exception as error:
        raise _broken(error) from error


def _broken(error: Exception) -> NumbaError:
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return NumbaError(f"numba doesn't work: {reason[:200]}")


def _compile(module: Any) -> Callable[..., int]:
    """Machine code for `compiled.train`, from the cache on disk if it can be had from there."""
    try:
        train = _dispatcher(module, cache=True)  # raises where no folder can be written to
        try:
            train.compile(module.SIGNATURE)
        except Exception:  # unpickling half a file can raise anything
            train.recompile()  # of nothing yet: it only empties the cache
            train.compile(module.SIGNATURE)
    except Exception:
        train = _dispatcher(module, cache=False)
        train.compile(module.SIGNATURE)
    train.disable_compile()  # lest a wrong argument start the compiler in the middle of a run
    compiled: Callable[..., int] = train
    return compiled


def _dispatcher(module: Any, *, cache: bool) -> Any:
    return _import_numba().njit(cache=cache, **module.OPTIONS)(module.train)
