"""Loading numba on demand: the import takes half a second, and compiling with it takes some seconds.

The machine code is kept in numba's cache on disk, so that only the first time takes long. A cache that cannot
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
from pathlib import Path
from typing import Any, NamedTuple

from bpengine.arithmetic import elementary
from bpwords import Sentence, word


class NumbaError(RuntimeError):
    """numba cannot be used; the message says why, in one line."""


class Loaded(NamedTuple):
    """What the numba kernel needs."""

    module: Any
    """`bpengine.kernels.compiled`."""
    train: Callable[..., int]
    """Its `train` as machine code, for a single run."""
    shuffle: Callable[..., None]
    """Its `shuffle` as machine code."""
    predict: Callable[..., None]
    """Its `predict` as machine code."""


class Lanes(NamedTuple):
    """What the numba kernel needs besides for runs side by side."""

    train: Callable[..., int]
    """`train` of `bpengine.kernels.compiled` as machine code, for any number of runs."""
    predict: Callable[..., None]
    """Its `predict` as machine code."""


_lock = threading.Lock()
_result: Loaded | NumbaError | None = None
_lanes: Lanes | None = None
_is_frozen = False


def load_numba() -> Loaded:
    """Import numba and get the machine code ready, unless that has been done; block until then.

    numba's warnings are silenced for good, because they would be written over the screen.

    Raises:
        NumbaError: numba is missing or does not work.
    """
    global _result  # noqa: PLW0603  (loaded once per process)
    with _lock:
        if _result is None:
            try:
                with _no_garbage_collection():
                    _result = _load(_compile)
            except NumbaError as error:
                _result = error
        if isinstance(_result, NumbaError):
            raise NumbaError(str(_result))
        return _result


def load_lanes() -> Lanes:
    """Get the machine code for runs side by side ready as well, unless that has been done.

    Raises:
        NumbaError: numba is missing or does not work.
    """
    global _lanes  # noqa: PLW0603  (loaded once per process)
    load_numba()
    with _lock, _no_garbage_collection():
        if _lanes is None:
            _lanes = _load_lanes(_compile)
        return _lanes


def _take_from_cache(*, lanes: bool) -> bool:
    """Take the machine code from the cache if it is there, without compiling; return whether it was.

    Another process would find it as well, but only after an import of numba of its own, which takes as long
    as this one's.
    """
    global _result, _lanes  # noqa: PLW0603  (loaded once per process)
    # Errors of any kind: the code is not there, or half of it.
    with _lock, _no_garbage_collection(), contextlib.suppress(Exception):
        if _result is None:
            _result = _load(_cached_only)
        if lanes and _lanes is None and isinstance(_result, Loaded):
            _lanes = _load_lanes(_cached_only)
    return (_lanes if lanes else _result) is not None


def loaded() -> Loaded | None:
    """The machine code, if `load_numba` would return it at once; else None."""
    return _result if isinstance(_result, Loaded) else None


def has_lanes() -> bool:
    """Whether `load_lanes` would return at once."""
    return _lanes is not None


def load_in_background(*, lanes: bool = False) -> None:
    """Do what `load_numba` or `load_lanes` does in the background, unless that was begun before.

    A thread loads the machine code from the cache on disk. If it is not there, another process compiles it
    first, because compiling in a thread holds up the other threads again and again. The thread compiles only
    if numba's cache folders can't be used. The loading ends when the interpreter exits.

    Args:
        lanes: whether to load the machine code for runs side by side, too.
    """
    if lanes not in _begun and is_installed():
        _begun.add(lanes)
        _BackgroundLoading(lanes=lanes).start()


_begun: set[bool] = set()
"""What was begun in the background: loading with lanes, or without."""
_one_at_a_time = threading.Lock()
"""Held by the thread that loads, so that two do not compile the same."""


class _BackgroundLoading(threading.Thread):
    def __init__(self, *, lanes: bool) -> None:
        super().__init__(name="load-numba", daemon=True)
        self._lanes = lanes
        self._given_up = threading.Event()
        # A daemon thread that runs LLVM while the interpreter exits can crash it.
        atexit.register(self._give_up)

    def _give_up(self) -> None:
        self._given_up.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join(timeout=10)

    def run(self) -> None:
        with _one_at_a_time, contextlib.suppress(NumbaError):
            if not self._given_up.is_set() and not _take_from_cache(lanes=self._lanes):
                self._fill_cache()
            if not self._given_up.is_set():
                (load_lanes if self._lanes else load_numba)()
                # Little beside the import of numba, and nothing has to wait for it later.
                _take_from_cache(lanes=True)
        atexit.unregister(self._give_up)

    def _fill_cache(self) -> None:
        """Let another process compile."""
        import subprocess  # noqa: PLC0415  (only the screen needs it)

        code = f"from bpengine.kernels import loading; loading.fill_cache(lanes={self._lanes})"
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


def fill_cache(*, lanes: bool = False) -> None:
    """Everything that the compiling process does. It ends when its parent closes its standard input.

    Args:
        lanes: whether to compile for runs side by side, too.
    """

    def end_with_parent() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)
    with _no_garbage_collection(), contextlib.suppress(NumbaError):
        _load(_cached)
        if lanes:
            _load_lanes(_cached)


def is_installed() -> bool:
    """Whether there is a numba, which may still not work."""
    return importlib.util.find_spec("numba") is not None


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause garbage collection while a hundred thousand objects are created, none of them garbage.

    The objects are frozen at the end of the first pause, in which numba is imported. Otherwise every full
    collection would look at them again, which stops all threads for a tenth of a second. Frozen garbage is
    never freed, so they are frozen once only.
    """
    global _is_frozen  # noqa: PLW0603  (once per process)
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not _is_frozen:
            gc.freeze()
            _is_frozen = True
        if enabled:
            gc.enable()


Get = Callable[[Any, Any, Callable[..., Any], Any], Callable[..., Any]]
"""(numba, `compiled`, a function, its signature) -> machine code: `_compile`, `_cached` or `_cached_only`."""


def _load(get: Get) -> Loaded:
    """Get the functions for single runs."""
    with _broken_if_it_fails():
        numba, module = _import_numba()
        return Loaded(
            module,
            train=get(numba, module, module.train, module.ALONE),
            shuffle=get(numba, module, module.shuffle, module.SHUFFLE),
            predict=get(numba, module, module.predict, module.PREDICT),
        )


def _load_lanes(get: Get) -> Lanes:
    """Get the functions for runs side by side."""
    with _broken_if_it_fails():
        numba, module = _import_numba()
        return Lanes(
            train=get(numba, module, module.train, module.SIDE_BY_SIDE),
            predict=get(numba, module, module.predict, module.PREDICT_SIDE_BY_SIDE),
        )


def _import_numba() -> tuple[Any, Any]:
    """Return numba and `bpengine.kernels.compiled`."""
    if not is_installed():
        raise NumbaError(word("numba is not installed; pip install numba installs it"))
    warnings.filterwarnings("ignore", module=r"numba(\.|$)")
    numba = importlib.import_module("numba")
    warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
    if numba.config.DISABLE_JIT:
        raise NumbaError(word("numba is switched off by NUMBA_DISABLE_JIT"))
    return numba, importlib.import_module("bpengine.kernels.compiled")


@contextlib.contextmanager
def _broken_if_it_fails() -> Iterator[None]:
    """Raise a `NumbaError` in place of any other error: numba does not fit this NumPy, Python or machine."""
    try:
        yield
    except NumbaError:
        raise
    except Exception as error:  # any kind: numba, LLVM and the disk each raise their own
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        said = Sentence("numba does not work: {reason}; pip install -U numba may help")
        raise NumbaError(said(reason=reason[:200])) from error


def _compile(numba: Any, module: Any, function: Callable[..., Any], signature: Any) -> Callable[..., Any]:
    """Machine code for a function: from the cache on disk, or newly compiled.

    A cache can fail in any way: a read-only folder, half a file, a full disk.
    """
    with contextlib.suppress(Exception):
        return _cached(numba, module, function, signature)
    return _ready(numba.njit(**module.OPTIONS)(function), signature)


def _cached(numba: Any, module: Any, function: Callable[..., Any], signature: Any) -> Callable[..., Any]:
    """Machine code from numba's cache; compiled into it if necessary."""
    dispatcher = _dispatcher(numba, module, function)
    try:
        return _ready(dispatcher, signature)
    except Exception:  # any kind; without the cache, loading only takes longer
        dispatcher.recompile()  # nothing is compiled yet, so that this only empties the cache
        return _ready(dispatcher, signature)


def _dispatcher(numba: Any, module: Any, function: Callable[..., Any]) -> Any:
    """The function with its cache, without any machine code yet."""
    dispatcher: Any = numba.njit(cache=True, **module.OPTIONS)(function)
    # numba watches the file of the function alone, but all these files are compiled into it.
    dispatcher._cache._cache_file._source_stamp = _stamp(module)
    return dispatcher


def _stamp(module: Any) -> tuple[tuple[str, float, int], ...]:
    """The names, times and sizes of the files that are compiled: those of `compiled`, and of `arithmetic`."""
    folders = Path(module.__file__).parent, Path(elementary.__file__).parent
    files = (file for folder in folders for file in sorted(folder.glob("*.py")))
    return tuple((file.name, file.stat().st_mtime, file.stat().st_size) for file in files)


def _cached_only(numba: Any, module: Any, function: Callable[..., Any], signature: Any) -> Callable[..., Any]:
    """Machine code from numba's own cache; raises an error of any kind if it is not there."""
    dispatcher = _dispatcher(numba, module, function)
    dispatcher._compiler = None
    return _ready(dispatcher, signature)


def _ready(dispatcher: Any, signature: Any) -> Callable[..., Any]:
    dispatcher.compile(signature)
    dispatcher.disable_compile()  # so that a wrong argument cannot start the compiler in the middle of a run
    compiled: Callable[..., Any] = dispatcher
    return compiled
