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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bpengine import elementary


class NumbaError(RuntimeError):
    """numba cannot be used; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the numba kernel needs."""

    module: Any
    """`bpengine.kernels.compiled`."""
    train: Callable[..., int]
    """Its `train` as machine code, for a single run."""
    shuffle: Callable[..., None]
    """Its `shuffle` as machine code."""
    predict: Callable[..., None]
    """Its `predict` as machine code."""


NO_CACHE = 3
"""The exit status of the compiling process if numba's cache folders cannot be used."""

_lock = threading.Lock()
_result: Loaded | NumbaError | None = None
_lanes: Callable[..., int] | None = None
_is_frozen = False


def load_numba(spare_folder: str | None = None) -> Loaded:
    """Import numba and get the machine code ready, unless that has been done; block until then.

    numba's warnings are silenced for good, because they would be written over the screen.

    Args:
        spare_folder: where to keep the machine code if numba's own cache folders cannot be used.

    Raises:
        NumbaError: numba is missing or does not work.
    """
    global _result  # noqa: PLW0603  (loaded once per process)
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


def load_lanes(spare_folder: str | None = None) -> Callable[..., int]:
    """Return `compiled.train` as machine code for runs side by side; compile it the first time.

    Args:
        spare_folder: as for `load_numba`.

    Raises:
        NumbaError: numba is missing or does not work.
    """
    global _lanes  # noqa: PLW0603  (loaded once per process)
    load_numba(spare_folder)
    with _lock, _no_garbage_collection():
        if _lanes is None:
            numba, module = _import_numba()
            try:
                _lanes = _compile(numba, module, module.train, module.SIDE_BY_SIDE, spare_folder)
            except Exception as error:  # any kind: numba, LLVM and the disk each raise their own
                raise _broken(error) from error
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
            numba, module = _import_numba()
            _result = Loaded(
                module,
                _cached_only(numba, module, module.train, module.ALONE),
                _cached_only(numba, module, module.shuffle, module.SHUFFLE),
                _cached_only(numba, module, module.predict, module.PREDICT),
            )
        if lanes and _lanes is None and isinstance(_result, Loaded):
            numba, module = _import_numba()
            _lanes = _cached_only(numba, module, module.train, module.SIDE_BY_SIDE)
    return (_lanes if lanes else _result) is not None


def has_numba() -> bool:
    """Whether `load_numba` would return at once."""
    return isinstance(_result, Loaded)


def loaded() -> Loaded | None:
    """The machine code, if `load_numba` would return it at once."""
    return _result if isinstance(_result, Loaded) else None


def has_lanes() -> bool:
    """Whether `load_lanes` would return at once."""
    return _lanes is not None


def load_in_background(*, lanes: bool = False) -> None:
    """Do what `load_numba` or `load_lanes` does in the background, unless that was begun before.

    A thread loads the machine code from the cache on disk. If it is not there, another process compiles it
    first, because compiling in a thread would hold up the other threads again and again. The loading ends
    when the interpreter exits.

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
        with _one_at_a_time, contextlib.suppress(NumbaError), contextlib.ExitStack() as stack:
            folder = None
            there = self._given_up.is_set() or _take_from_cache(lanes=self._lanes)
            if not there and self._fill_cache(None) == NO_CACHE:
                folder = stack.enter_context(_spare_folder())
                self._fill_cache(folder)
            if not self._given_up.is_set():
                (load_lanes if self._lanes else load_numba)(folder)
                # Little beside the import of numba, and nothing has to wait for it later.
                _take_from_cache(lanes=True)
        atexit.unregister(self._give_up)

    def _fill_cache(self, spare_folder: str | None) -> int | None:
        """Let another process compile; return its exit status, or None if it cannot be started."""
        import subprocess  # noqa: PLC0415  (only the screen needs it)

        arguments = f"{spare_folder!r}, lanes={self._lanes}"
        code = f"from bpengine.kernels import loading; loading.fill_cache({arguments})"
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
            return process.returncode
        return None


@contextlib.contextmanager
def _spare_folder() -> Iterator[str | None]:
    import tempfile  # noqa: PLC0415  (only where there is no other folder)

    folder = None
    with contextlib.suppress(OSError):
        folder = tempfile.mkdtemp(prefix="bptui-")
    try:
        yield folder
    finally:
        if folder is not None:
            _delete(folder)


def _delete(folder: str) -> None:
    import shutil  # noqa: PLC0415  (only where there is no other folder)

    shutil.rmtree(folder, ignore_errors=True)


def fill_cache(spare_folder: str | None, *, lanes: bool = False) -> None:
    """Everything that the compiling process does: compile into a cache, or exit with `NO_CACHE`.

    It ends when its parent closes its standard input, and deletes the spare folder if the parent was killed.

    Args:
        spare_folder: the folder to use; by default numba's own cache folders.
        lanes: whether to compile for runs side by side, too.
    """

    def end_with_parent() -> None:
        os.read(0, 1)
        if spare_folder is not None:
            _delete(spare_folder)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)
    with _no_garbage_collection():
        numba, module = _import_numba()
        try:
            for function, signature in (
                (module.train, module.ALONE),
                (module.shuffle, module.SHUFFLE),
                (module.predict, module.PREDICT),
                *([(module.train, module.SIDE_BY_SIDE)] if lanes else []),
            ):
                _cached(numba, module, function, signature, spare_folder)
        except Exception:  # any kind: a read-only folder, a full disk
            sys.exit(NO_CACHE)


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


def _load(spare_folder: str | None) -> Loaded:
    numba, module = _import_numba()
    try:
        return Loaded(
            module,
            _compile(numba, module, module.train, module.ALONE, spare_folder),
            _compile(numba, module, module.shuffle, module.SHUFFLE, spare_folder),
            _compile(numba, module, module.predict, module.PREDICT, spare_folder),
        )
    except Exception as error:  # any kind: numba, LLVM and the disk each raise their own
        raise _broken(error) from error


def _import_numba() -> tuple[Any, Any]:
    """Return numba and `bpengine.kernels.compiled`."""
    if not is_installed():
        raise NumbaError("numba is not installed; pip install numba installs it")
    warnings.filterwarnings("ignore", module=r"numba(\.|$)")
    try:
        numba = importlib.import_module("numba")
        warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
        if numba.config.DISABLE_JIT:
            raise NumbaError("numba is switched off by NUMBA_DISABLE_JIT")
        return numba, importlib.import_module("bpengine.kernels.compiled")
    except NumbaError:
        raise
    except Exception as error:  # any kind: a wrong NumPy, a missing LLVM, an old processor
        raise _broken(error) from error


def _broken(error: Exception) -> NumbaError:
    """Return the error for numba that does not fit this NumPy, Python or machine."""
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return NumbaError(f"numba does not work: {reason[:200]}; pip install -U numba may help")


def _compile(
    numba: Any, module: Any, function: Callable[..., Any], signature: Any, spare_folder: str | None
) -> Callable[..., Any]:
    """Machine code for a function: from the cache on disk, from the spare folder, or newly compiled.

    A cache can fail in any way: a read-only folder, half a file, a full disk.
    """
    with contextlib.suppress(Exception):
        return _cached(numba, module, function, signature, None)
    if spare_folder is not None:
        with contextlib.suppress(Exception):
            return _cached(numba, module, function, signature, spare_folder)
    return _ready(numba.njit(**module.OPTIONS)(function), signature)


def _cached(
    numba: Any, module: Any, function: Callable[..., Any], signature: Any, folder: str | None
) -> Callable[..., Any]:
    """Machine code from the cache in this folder, by default numba's own; compiled into it if necessary."""
    usual_folder = numba.config.CACHE_DIR
    if folder is not None:
        numba.config.CACHE_DIR = folder
    try:
        dispatcher = _dispatcher(numba, module, function)
        try:
            return _ready(dispatcher, signature)
        except Exception:  # any kind; without the cache, loading only takes longer
            dispatcher.recompile()  # nothing is compiled yet, so that this only empties the cache
            return _ready(dispatcher, signature)
    finally:
        numba.config.CACHE_DIR = usual_folder


def _dispatcher(numba: Any, module: Any, function: Callable[..., Any]) -> Any:
    """The function with its cache, without any machine code yet."""
    dispatcher: Any = numba.njit(cache=True, **module.OPTIONS)(function)
    # numba watches the file of the function alone, but all these files are compiled into it.
    dispatcher._cache._cache_file._source_stamp = _stamp(module)
    return dispatcher


def _stamp(module: Any) -> tuple[tuple[str, float, int], ...]:
    """The names, times and sizes of the files that are compiled: those of `compiled`, and `elementary`."""
    folder = Path(module.__file__).parent
    files = (*sorted(folder.glob("*.py")), Path(elementary.__file__))
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
